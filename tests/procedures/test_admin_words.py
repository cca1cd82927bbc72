"""Editors and reviewers keep synonyms in the browser; for everybody else the pages do not exist."""

import datetime as dt

import pytest
from django.test import Client

from procedures import synonyms
from procedures.models import AdminChange, MissedQuery, Synonym
from tests.procedures import findable
from tests.procedures.test_admin_pages import officer

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/tu-dong-nghia"
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    findable.put_in_force(one for one in findable.shipped() if one["code"] in {"1.001193", "1.000894"})


@pytest.fixture
def minh() -> Client:
    return officer("minh", "catalogue_editor")


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", [LIST, f"{LIST}/moi", f"{LIST}/1"])
def test_to_others_these_pages_do_not_exist(path: str) -> None:
    for client in (officer("binh", "receiver"), officer("nam", "operator")):
        assert client.get(path).status_code == 404
        assert client.post(path, {"words": "rước dâu", "meaning": "kết hôn"}).status_code in {404, 405}
    assert Client().get(path).status_code in {302, 404}
    assert not Synonym.objects.filter(words="rước dâu").exists()


def test_what_was_searched_in_vain_is_one_click_from_a_synonym(minh: Client) -> None:
    synonyms.missed("rước dâu", on=TODAY)
    page = text(minh, LIST)
    assert "rước dâu" in page
    assert "1 lần, gần nhất 23/11/2026" in page
    link = f"{LIST}/moi?tu=r%C6%B0%E1%BB%9Bc+d%C3%A2u"
    assert link in page
    assert 'value="rước dâu"' in text(minh, link)
    answer = minh.post(f"{LIST}/moi", {"words": "rước dâu", "meaning": "đăng ký kết hôn"}, follow=True)
    assert "Đã lưu “rước dâu”" in answer.content.decode()
    assert not MissedQuery.objects.exists()
    assert Synonym.objects.get(words="rước dâu").edited_by is not None
    assert "1.000894" in text(minh, f"{LIST}?thu=ruoc+dau")


def test_a_look_before_saving_shows_what_would_be_found_and_saves_nothing(minh: Client) -> None:
    given = {"words": "rước dâu", "meaning": "đăng ký kết hôn, không có đâu", "_thu": "1"}
    page = minh.post(f"{LIST}/moi", given).content.decode()
    assert "Thủ tục có cụm “đăng ký kết hôn”" in page
    assert "1.000894" in page
    assert "Không thủ tục nào có cụm này" in page
    assert "Gõ “rước dâu” hiện chưa thấy gì" in page
    assert not Synonym.objects.filter(words="rước dâu").exists()


def test_a_synonym_is_changed_and_removed_and_both_are_written_down(minh: Client) -> None:
    kept = Synonym.objects.get(words="cưới")
    assert 'value="cưới"' in text(minh, f"{LIST}/{kept.pk}")
    minh.post(f"{LIST}/{kept.pk}", {"words": "cưới xin", "meaning": "đăng ký kết hôn"})
    kept.refresh_from_db()
    assert (kept.words, kept.words_fold) == ("cưới xin", "cuoi xin")
    assert minh.get(f"{LIST}/{kept.pk}/bo").status_code == 405
    minh.post(f"{LIST}/{kept.pk}/bo")
    assert not Synonym.objects.filter(pk=kept.pk).exists()
    assert [row.kind for row in AdminChange.objects.order_by("pk")] == ["synonym.kept", "synonym.removed"]
    assert minh.get(f"{LIST}/{kept.pk}").status_code == 404


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "Nhập từ người dân hay gõ"),
        ({"words": "cưới", "meaning": "đăng ký kết hôn"}, "Đã có từ đồng nghĩa này"),
        ({"words": "kết hôn", "meaning": "Kết hôn"}, "giống nhau khi bỏ dấu"),
        ({"words": "rước\u202edâu", "meaning": "kết hôn"}, "ký tự không dùng được"),
        ({"words": "x" * 90, "meaning": "kết hôn"}, "id_words"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason_and_not_lost(
    minh: Client, given: dict[str, str], reason: str
) -> None:
    answer = minh.post(f"{LIST}/moi", given)
    assert answer.status_code == 422
    assert reason in answer.content.decode()


def test_the_list_is_filtered_without_diacritics_and_continues(minh: Client) -> None:
    page = text(minh, f"{LIST}?loc=DOC+THAN")
    assert "giấy độc thân" in page
    assert "sổ đỏ" not in page
    first = text(minh, LIST)
    assert "sau=" in first
    assert "xây nhà" not in first
    assert "xây nhà" in text(minh, f"{LIST}?sau=tai")
    assert "Không có từ nào như vậy" in text(minh, f"{LIST}?loc=zzz")
    assert minh.get(f"{LIST}?loc=%00&thu=%00&sau=%00").status_code == 400


def test_a_missed_query_can_be_set_aside(minh: Client) -> None:
    synonyms.missed("xe bay", on=TODAY)
    minh.post(f"{LIST}/tim-hut/{MissedQuery.objects.get().pk}/bo-qua")
    assert not MissedQuery.objects.exists()
