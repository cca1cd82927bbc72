"""People type what they say; the catalogue is found by it."""

import unicodedata

import pytest
from django.utils import timezone

from portal.floor.actor import SYSTEM
from procedures import publishing
from procedures.models import Procedure, ProcedureVersion, ServiceField
from procedures.search import search

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    field = ServiceField.objects.create(code="G15-HT", name="Hộ tịch", slug="ho-tich")
    for code, level, name, short, keywords, popularity, scope in [
        (
            "1.001193",
            "commune",
            "Thủ tục đăng ký khai sinh",
            "Đăng ký khai sinh",
            "làm giấy khai sinh, em bé",
            100,
            "full",
        ),
        ("1.004884", "commune", "Thủ tục đăng ký lại khai sinh", "Khai sinh lại", "", 10, "partial"),
        ("1.000894", "commune", "Thủ tục đăng ký kết hôn", "Đăng ký kết hôn", "cưới", 80, "partial"),
        (
            "1.012783",
            "district",
            "Cấp đổi Giấy chứng nhận quyền sử dụng đất",
            "Đổi sổ đỏ",
            "sổ đỏ, sổ hồng",
            50,
            "none",
        ),
        ("3.000333", "province", "Cấp Phiếu lý lịch tư pháp", "Phiếu lý lịch tư pháp", "lí lịch", 60, "full"),
    ]:
        procedure = Procedure.objects.create(
            code=code, field=field, level=level, name=name, keywords=keywords, popularity=popularity
        )
        version = ProcedureVersion.objects.create(
            procedure=procedure, name=name, short_name=short, online_scope=scope, competent="UBND cấp xã"
        )
        publishing.put_in_force(version, at=timezone.now())


def codes(q: str, **given: str) -> list[str]:
    return [procedure.code for procedure in search(q, **given)]


@pytest.mark.parametrize("q", ["khai sinh", "KHAI SINH", "khaí sính", "khai sin", "Khai  sinh"])
def test_found_without_diacritics_in_any_case_and_while_still_typing_the_most_wanted_first(q: str) -> None:
    assert codes(q) == ["1.001193", "1.004884"]


def test_found_by_decomposed_letters() -> None:
    assert codes("ke\u0302\u0301t ho\u0302n") == ["1.000894"]


def test_found_by_everyday_words_and_by_code() -> None:
    assert codes("sổ đỏ") == ["1.012783"]
    assert codes("1.000894")[0] == "1.000894"


def test_i_and_y_are_the_same() -> None:
    assert codes("dang ki ket hon") == ["1.000894"]
    assert codes("lí lịch") == codes("lý lịch") == ["3.000333"]


def test_words_that_say_nothing_do_not_hide_the_answer() -> None:
    assert codes("tôi muốn làm giấy kết hôn ở xã") == ["1.000894"]


@pytest.mark.parametrize(
    ("q", "expected"), [("khia sinh", "1.001193"), ("ket hom", "1.000894"), ("so doo", "1.012783")]
)
def test_a_typo_is_forgiven_only_when_nothing_else_is_found(q: str, expected: str) -> None:
    assert expected in codes(q)[:2]


def test_filters_by_level_and_scope() -> None:
    assert codes("khai sinh", scope="full") == ["1.001193"]
    assert codes("dang ky", level="district") == []


@pytest.mark.parametrize("q", ["", "   ", "\x00", "%", "_", "'; drop table", "((((", "\\"])
def test_what_is_no_word_finds_nothing_and_harms_nothing(q: str) -> None:
    assert codes(q) == []


def test_only_what_is_in_force_is_found() -> None:
    version = ProcedureVersion.objects.get(procedure__code="1.000894")
    publishing.retire(version, by=SYSTEM, at=timezone.now())
    assert codes("kết hôn") == []


def test_one_statement_when_found_and_few_when_misspelt(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        search("khai sinh")
    with django_assert_num_queries(4):  # type: ignore[operator]
        search("toi khia sinh")  # as typed, without “tôi”, which words are known, and those that hold “sinh”


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_nfc_normalisation_search(form: str) -> None:
    """Telephones and Macs send letters and their marks apart (TCVN 6909 is composed)."""
    assert codes(unicodedata.normalize(form, "khai sinh")) == codes("khai sinh")
    assert codes(unicodedata.normalize(form, "Đăng ký kết hôn"))[0] == "1.000894"
    assert codes(unicodedata.normalize(form, "sổ đỏ"))[0] == "1.012783"
