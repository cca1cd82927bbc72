"""The counter over HTTP: scanned, typed, ticked, received; strangers and bad input get words, never a broken page."""

import re
import unicodedata
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dossiers.models import Dossier, Draft, IssuedPaper, ReservedCode, Result
from dossiers.states import Status
from procedures.models import Case, ProcedureVersion, RequiredDocument
from tests.dossiers.counter_world import instant
from tests.dossiers.officers import Desk, text
from tests.dossiers.test_idcard import AN
from tests.world import World

FORM = {"martyr_name": "Nguyễn Văn Long", "relation": "con"}
TICKED = {"giay-co-don": "on", "giay-chinh-don": "1", "giay-co-bang-tqgc": "on", "giay-sao-bang-tqgc": "2"}
OWNER = {
    "quay-kind": "person", "quay-name": "Nguyễn Thị An", "quay-identity": "026190001234", "quay-birth_on_0": "12",
    "quay-birth_on_1": "3", "quay-birth_on_2": "1990", "quay-sex": "female", "quay-address": "Xuân Lôi",
    "quay-phone": "0912 345 678", "quay-identified": "card", "quay-channel": "direct", "quay-mode": "desk",
}  # fmt: skip


class Counter(Desk):
    def begin(self, code: str = "1.010803", card: str = AN) -> str:
        answer = self.client.post("/can-bo/tiep-nhan", {"the": card, "thu-tuc": code})
        assert answer.status_code == 302, text(answer)[-1500:]
        return str(answer["Location"])

    def take(self, address: str, act: str = "nhan", **given: Any) -> Any:
        return self.client.post(address, {"viec": act} | OWNER | FORM | TICKED | given)


@pytest.fixture
def binh(world: World) -> Counter:
    return Counter(world, "binh")


def field(page: Any, name: str) -> str:
    """The value of an input of the page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', text(page))
    assert found, name
    return found[1] or found[2] or ""


# Choosing ------------------------------------------------------------------------------------------------------


def test_the_counter_begins_with_a_card_and_the_frequent_procedures(binh: Counter) -> None:
    page = text(binh.get("tiep-nhan"))
    assert "Hay nhận ở quầy này" in page
    assert 'aria-keyshortcuts="1"' in page
    assert "Trợ cấp thờ cúng liệt sĩ" in page
    assert 'href="/can-bo/tiep-nhan"' in page, "in the left column"


def test_a_scanned_card_is_understood_and_never_stands_in_an_address(binh: Counter) -> None:
    page = binh.client.post("/can-bo/tiep-nhan", {"the": unicodedata.normalize("NFD", AN)})
    assert page.status_code == 200
    assert "Nguyễn Thị An 026" in text(page)
    address = binh.begin()
    assert "026190001234" not in address
    taking = binh.client.get(address)
    assert field(taking, "quay-name") == "Nguyễn Thị An"
    assert field(taking, "quay-birth_on_2") == "1990"


@pytest.mark.parametrize("card", ["rác", "026190001234|", "a|b|c|d|e|f|g", "x" * 5000])
def test_what_is_no_card_is_said_to_be_none(binh: Counter, card: str) -> None:
    answer = binh.client.post("/can-bo/tiep-nhan", {"the": card, "thu-tuc": "1.010803"})
    assert answer.status_code == 422
    assert "Không đọc được mã này" in text(answer)
    assert not Draft.objects.exists()


def test_a_typed_number_stands_for_a_card_and_a_card_may_be_left_out(binh: Counter) -> None:
    assert field(binh.client.get(binh.begin(card="026190001234")), "quay-identity") == "026190001234"
    assert binh.begin(card="").startswith("/can-bo/tiep-nhan/")


def test_a_procedure_is_found_by_words_or_code_among_those_this_counter_receives(binh: Counter, world: World) -> None:
    assert binh.client.post("/can-bo/tiep-nhan", {"q": "liet si"}).status_code == 302
    assert binh.client.post("/can-bo/tiep-nhan", {"q": "1.001193"}).status_code == 302
    assert "Không có thủ tục nào như vậy" in text(binh.client.post("/can-bo/tiep-nhan", {"q": "zzz qqq"}))
    ProcedureVersion.objects.filter(pk=world.birth.pk).update(state="draft")
    assert "Không có thủ tục nào" in text(binh.client.post("/can-bo/tiep-nhan", {"q": "1.001193"}))
    phuc = Counter(world, "phuc")
    assert "Không có thủ tục nào" in text(phuc.client.post("/can-bo/tiep-nhan", {"q": "1.010803"}))


@pytest.mark.parametrize("who", ["chi", "dung", "giang", "thao"])
def test_only_receivers_have_a_counter(world: World, who: str) -> None:
    for page in ("tiep-nhan", "ma-de-danh"):
        assert Desk(world, who).get(page).status_code == 403


# Taking in -------------------------------------------------------------------------------------------------------


def test_a_whole_dossier_is_received_and_its_receipt_is_ready_to_print(binh: Counter) -> None:
    address = binh.begin()
    answer = binh.take(address)
    assert answer.status_code == 302, text(answer)[-3000:]
    dossier = Dossier.objects.get()
    assert (dossier.status, dossier.identified_by) == (Status.IN_PROGRESS, "card")
    assert dossier.parties.get(role="owner").birth_on == "1990-03-12"
    done = text(binh.client.get(answer["Location"]))
    assert "Đã nhận hồ sơ" in done
    assert dossier.code in done
    paper = IssuedPaper.objects.get()
    assert paper.file, "typeset at once"
    assert f"/giay/{paper.pk}" in done
    assert [line["count"] for line in paper.snapshot["documents"]] == [1, 2]


def test_pressed_twice_it_is_one_dossier(binh: Counter) -> None:
    address = binh.begin()
    binh.take(address)
    assert binh.take(address)["Location"].endswith("/xong")
    assert binh.client.get(address)["Location"].endswith("/xong")
    assert Dossier.objects.count() == 1


def test_a_missing_paper_is_named_and_nothing_typed_is_lost(binh: Counter) -> None:
    answer = binh.take(binh.begin(), **{"giay-co-bang-tqgc": ""})
    assert answer.status_code == 422
    assert "Bằng Tổ quốc ghi công" in text(answer)
    assert field(answer, "martyr_name") == "Nguyễn Văn Long"
    assert not Dossier.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("martyr_name", "", "Nhập họ và tên liệt sĩ"),
        ("quay-name", "", "Nhập tên chủ hồ sơ"),
        ("quay-name", "A\x07n", "ký tự"),
        ("quay-identity", "12", "12 chữ số"),
        ("quay-identity", "", "chọn cách kiểm tra khác"),
        ("quay-phone", "123", "Nhập số điện thoại"),
        ("quay-channel", "online", "Hãy chọn|Select|hợp lệ"),
        ("quay-authorisation", "Số 12", "Ghi tên người được ủy quyền"),
        ("quay-mode", "post", "Nhập địa chỉ nhận bưu phẩm"),
        ("giay-sao-bang-tqgc", "-1", "."),
        ("giay-sao-bang-tqgc", "nhiều", "Nhập số bản"),
        ("giay-giu-don", "5", "giữ lại nhiều hơn"),
        ("giay-chinh-don", "0", "ghi số bản đã nhận"),
        ("quay-handed_over_at", "hôm qua", "Nhập giờ và ngày"),
    ],
)
def test_bad_input_is_told_where_it_is(binh: Counter, name: str, value: str, said: str) -> None:
    answer = binh.take(binh.begin(), **{name: value})
    assert answer.status_code == 422
    assert re.search(said, text(answer))
    assert not Dossier.objects.exists()


def test_by_post_the_minutes_tell_when_it_was_submitted(binh: Counter) -> None:
    now = timezone.localtime()
    address = binh.begin()
    assert "biên bản giao nhận" in text(binh.take(address, **{"quay-channel": "post"}))
    binh.take(address, **{"quay-channel": "post", "quay-handed_over_at": f"{now:%H:%M %d/%m/%Y}"})
    dossier = Dossier.objects.get()
    assert (dossier.channel, dossier.submitted_at) == ("post", now.replace(second=0, microsecond=0))


def test_somebody_else_brings_it_for_an_organisation(binh: Counter) -> None:
    given = {"quay-kind": "organisation", "quay-identity": "0100109106", "quay-name": "Công ty Xuân Lôi",
             "quay-other_name": "Lê Văn Long", "quay-other_identity": "026085009999",
             "quay-authorisation": "Giấy giới thiệu số 5"}  # fmt: skip
    binh.take(binh.begin(), **given)
    people = {party.role: party.name for party in Dossier.objects.get().parties.all()}
    assert people["owner"] == "Công ty Xuân Lôi"
    assert people["submitter"] == people["proxy"] == people["collector"] == "Lê Văn Long"


def test_a_second_open_dossier_of_the_owner_is_shown_once_and_then_taken_in(binh: Counter) -> None:
    binh.take(binh.begin())
    first = Dossier.objects.get()
    address = binh.begin()
    shown = binh.client.get(address)
    assert "đang có hồ sơ chưa xong" in text(shown)
    assert binh.take(address).status_code == 200, "not seen yet, as far as the button knows"
    assert Dossier.objects.count() == 1
    binh.take(address, **{"da-thay": field(shown, "da-thay")})
    assert Dossier.objects.count() == 2
    assert first.reference in field(shown, "da-thay")


def test_what_is_missing_is_asked_for_and_later_brought(binh: Counter) -> None:
    answer = binh.take(binh.begin(), "bo-sung", **{"giay-co-bang-tqgc": ""})
    dossier = Dossier.objects.get()
    assert dossier.status == Status.SUPPLEMENT_REQUESTED
    assert "In giấy số 01/" in text(binh.client.get(answer["Location"]))
    page = text(binh.open(dossier))
    assert "Nhận giấy tờ bổ sung tại quầy" in page
    assert "Bằng Tổ quốc ghi công: bản sao" in text(binh.get(f"ho-so/{dossier.reference}/mang-den"))
    assert "còn thiếu" in text(binh.act(dossier, "mang-den", **{"copies-0": "0"}))
    assert binh.act(dossier, "mang-den", **{"copies-0": "1"}).status_code == 302
    assert Dossier.objects.get().status == Status.SUBMITTED
    assert binh.act(dossier, "nhan").status_code == 302
    assert [one["name"] for one in IssuedPaper.objects.get(kind="receipt").snapshot["documents"]] == [
        "Đơn đề nghị", "Bằng Tổ quốc ghi công"]  # fmt: skip


def test_refusing_needs_reason_and_law(binh: Counter) -> None:
    address = binh.begin()
    answer = binh.take(address, "tu-choi")
    assert answer.status_code == 422
    assert "Ghi lý do từ chối" in text(answer)
    binh.take(address, "tu-choi", **{"xong-reason": "Không thuộc diện", "xong-legal_basis": "NĐ 131/2021"})
    assert Dossier.objects.get().status == Status.NOT_RECEIVED


def test_answers_that_choose_another_case_ask_for_another_look(binh: Counter, world: World) -> None:
    first = world.climbing.cases.get()
    Case.objects.filter(pk=first.pk).update(condition={"field": "relation", "op": "eq", "value": "cha"}, order=0)
    other = Case.objects.create(version=world.climbing, key="con", name="Là con", form=first.form, order=1,
                                condition={"field": "relation", "op": "eq", "value": "con"},
                                time_amount=5, result_symbol="QĐ")  # fmt: skip
    RequiredDocument.objects.create(case=other, key="giay-khai-sinh", name="Giấy khai sinh")
    address = binh.begin()
    answer = binh.take(address)
    assert "trường hợp “Là con”" in text(answer)
    assert "Giấy khai sinh" in text(answer)


# On the spot, after an outage ------------------------------------------------------------------------------------


def test_on_the_spot_one_screen_does_all(binh: Counter, world: World) -> None:
    instant(world)
    address = binh.begin("1.001193")
    assert "Trả kết quả ngay" in text(binh.client.get(address))
    owner = {"viec": "tra-ngay", "child_name": "Nguyễn Bé"} | OWNER
    assert "người thu phí" in text(binh.client.post(address, owner | {"xong-paid": "cash"}))
    done = text(binh.client.get(binh.client.post(address, owner)["Location"]))
    assert "chờ nộp phí" in done
    assert "01/GKS-UBND" in done
    dossier = Dossier.objects.get()
    assert dossier.status == Status.RESOLVED
    assert "Cấp giấy tiếp nhận" in text(binh.open(dossier))
    assert binh.open(dossier, muc="ket-qua").status_code == 200
    assert Result.objects.get().file == "", "nobody makes up what was signed by hand"
    assert binh.act(dossier, "giay-hen").status_code == 302
    assert IssuedPaper.objects.get().kind == "receipt"


def test_codes_are_set_aside_printed_used_and_voided(binh: Counter, world: World) -> None:
    today = timezone.localdate()
    on = {"on_0": str(today.day), "on_1": str(today.month), "on_2": str(today.year)}
    assert binh.client.post("/can-bo/ma-de-danh", on | {"count": "0"}).status_code == 422
    assert "hôm nay" in text(binh.client.post("/can-bo/ma-de-danh", on | {"on_2": "2020", "count": "1"}))
    assert binh.client.post("/can-bo/ma-de-danh", on | {"count": "2"}).status_code == 302
    used, spoilt = ReservedCode.objects.order_by("serial")
    assert used.code in text(binh.get("ma-de-danh"))
    assert binh.get("ma-de-danh/so-giay", ngay=today.isoformat()).content.startswith(b"%PDF-")
    for day in ("hôm nay", "2020-01-01"):
        assert binh.get("ma-de-danh/so-giay", ngay=day).status_code == 302
    now = timezone.localtime()
    address = binh.begin()
    answer = binh.take(address, **{"quay-reserved": used.code})
    assert "Ghi giờ nhận như trên sổ giấy" in text(answer)
    binh.take(address, **{"quay-reserved": used.code, "quay-received_at": f"{now:%H:%M %d/%m/%Y}"})
    assert Dossier.objects.get().code == used.code
    assert binh.client.post(f"/can-bo/ma-de-danh/{spoilt.code}/huy", {"reason": ""}).status_code == 422
    assert binh.client.post(f"/can-bo/ma-de-danh/{spoilt.code}/huy", {"reason": "Viết hỏng"}).status_code == 302
    assert binh.get(f"ma-de-danh/{used.code}/huy").status_code == 404
    assert Counter(world, "phuc").get(f"ma-de-danh/{spoilt.code}/huy").status_code == 404


# Whose it is -----------------------------------------------------------------------------------------------------


def test_what_one_officer_began_is_nobody_elses(binh: Counter, world: World) -> None:
    address = binh.begin()
    assert "Đang nhập dở" in text(binh.get("tiep-nhan"))
    for name in ("phuc", "chi", "giang"):
        assert Desk(world, name).client.get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert binh.client.get(f"{address}/xong")["Location"] == address
    assert binh.take(address, "bo")["Location"] == "/can-bo/tiep-nhan"
    assert not Draft.objects.exists()
