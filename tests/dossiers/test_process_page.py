"""The processing page: what the form says otherwise, what the leader said, what each event changed, who comes next."""

import datetime as dt
from typing import Any

import pytest

from dossiers import lifecycle, processing, returning, routing, supplementing
from dossiers.models import Dossier
from dossiers.states import Status
from procedures.models import Form
from tests.dossiers.officers import Desk, copies, text
from tests.world import MONDAY, World

SCHEMA = {"pages": [{"key": "nguoi", "title": "Người khai", "fields": [
    {"key": "who", "type": "person_name", "label": "Người đề nghị", "prefill": "profile.full_name"},
    {"key": "born", "type": "date", "label": "Ngày sinh", "prefill": "profile.birth_on"},
    {"key": "mother", "type": "person", "label": "Mẹ của trẻ"},
    {"key": "other", "type": "text", "label": "Việc khác"}]}]}  # fmt: skip


@pytest.fixture
def asked(submitted: Dossier) -> Dossier:
    """The dossier with a form about its owner."""
    Form.objects.filter(pk=submitted.case.form_id).update(schema=SCHEMA)
    routing._cases.cache_clear()
    return submitted


def answered(dossier: Dossier, **answers: Any) -> None:
    current = Dossier.objects.get(pk=dossier.pk)
    current.answers = answers
    current.save(update_fields=["answers"])


MOTHER = {"name": "Nguyễn Thị An", "birth_on": "1990-03-12", "personal_id": "026190001234"}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"who": "Nguyễn Thị Ăn"}, ["Người đề nghị trong tờ khai", "Nguyễn Thị Ăn", "Nguyễn Thị An"]),
        ({"born": "1991-03-12"}, ["12/03/1991", "12/03/1990"]),
        ({"mother": MOTHER | {"name": "Nguyễn Thị Anh"}}, ["Mẹ của trẻ trong tờ khai", "Nguyễn Thị Anh"]),
        ({"mother": MOTHER | {"birth_on": "1990-12-03"}}, ["03/12/1990"]),
    ],
)
def test_what_the_form_says_otherwise_stands_beside_the_papers(
    world: World, asked: Dossier, answers: dict[str, Any], said: list[str]
) -> None:
    answered(asked, **answers)
    desk = Desk(world, "binh")
    for section in ("giay-to", "to-khai"):
        page = text(desk.open(asked, muc=section))
        assert "Khác với tài khoản định danh" in page
        assert all(words in page for words in said)
    Dossier.objects.update(identified_by="chip")
    assert "Khác với thẻ căn cước đã xem" in text(desk.open(asked))


@pytest.mark.parametrize(
    "answers",
    [
        {}, {"who": "nguyễn  thị an"}, {"born": "1990-03-12"}, {"mother": MOTHER}, {"other": "x"},
        {"mother": MOTHER | {"personal_id": "026085004321", "name": "Ai khác"}}, {"mother": "x"}, {"who": ["x"]},
        {"mother": {"personal_id": "026190001234"}},
    ],
)  # fmt: skip
def test_what_agrees_or_is_about_others_is_not_mentioned(world: World, asked: Dossier, answers: dict[str, Any]) -> None:
    answered(asked, **answers)
    page = text(Desk(world, "binh").open(asked))
    assert "Khác với" not in page
    assert "026•••••1234" in page, "who asks stands below the papers"


def test_a_case_without_a_form_has_nothing_to_compare(world: World, submitted: Dossier) -> None:
    type(submitted.case).objects.filter(pk=submitted.case_id).update(form=None)
    assert "Khác với" not in text(Desk(world, "binh").open(submitted))


def test_the_leaders_newest_word_stands_on_top_while_it_is_open(world: World, received: Dossier) -> None:
    dung = world.actor("dung")
    for words in ("Làm trước thứ Năm", "Gọi cho bà An"):
        received = Dossier.objects.get(pk=received.pk)
        instructed(received, words, by=dung)
    page = text(Desk(world, "chi").open(received))
    assert "Chỉ đạo của Lê Tiến Dũng" in page
    assert "Gọi cho bà An" in page
    assert "Làm trước thứ Năm" not in page
    Dossier.objects.update(closed_at=MONDAY)
    assert "Gọi cho bà An" not in text(Desk(world, "chi").open(received))


def instructed(dossier: Dossier, words: str, *, by: Any) -> None:
    lifecycle.move(dossier, "instruct", to=Status(dossier.status), by=by, at=MONDAY, note=words)


def test_the_log_says_what_was_asked_for_and_what_differs_between_drafts(
    world: World, received: Dossier, climb: Any
) -> None:
    climb(received, "so-tham-dinh")
    khanh = world.actor("khanh")
    for kind, words in (
        ("approval", {"grounds": "Con liệt sĩ"}),
        ("refusal", {"grounds": "Cháu", "reason": "Quá hạn"}),
    ):
        processing.draft_result(received, by=khanh, at=MONDAY, kind=kind, text=words)
    page = text(Desk(world, "khanh").open(received, muc="nhat-ky"))
    assert "Lý do hưởng: Con liệt sĩ" in page
    assert "Lý do hưởng: “Con liệt sĩ” → “Cháu”" in page
    assert "Lý do: Quá hạn" in page


def test_the_log_names_papers_collector_and_moments(world: World, submitted: Dossier) -> None:
    supplementing.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ")
    supplementing.request_supplement(submitted, by=world.actor("binh"), at=MONDAY)
    assert "Bằng Tổ quốc ghi công: Ảnh mờ" in text(Desk(world, "binh").open(submitted, muc="nhat-ky"))
    Dossier.objects.update(status=Status.RESOLVED, holder_role="returner", version=7)
    current = Dossier.objects.get()
    returning.hand_out(current, by=world.actor("giang"), at=MONDAY, collector="Lê Văn Ba", paper="Căn cước",
                       capacity="proxy", authorisation="Số 3")  # fmt: skip
    page = text(Desk(world, "giang").open(current, muc="nhat-ky"))
    for words in ("Người nhận: Lê Văn Ba", "Nhận với tư cách: Người được ủy quyền", "Giấy ủy quyền: Số 3"):
        assert words in page


def test_one_goes_to_the_dossiers_before_and_after(world: World, submitted: Dossier) -> None:
    first, second, third = submitted, *copies(submitted, 2)
    for number, one in enumerate((first, second, third)):
        due = None if one is third else MONDAY + dt.timedelta(hours=number)
        Dossier.objects.filter(pk=one.pk).update(next_due_at=due)
    desk = Desk(world, "binh")

    def beside(dossier: Dossier) -> tuple[bool, bool]:
        page = text(desk.open(dossier))
        return 'rel="prev"' in page, 'rel="next"' in page

    assert (beside(first), beside(second), beside(third)) == ((False, True), (True, True), (True, False))
    assert f'href="/can-bo/ho-so/{first.reference}" rel="prev"' in text(desk.open(second))
    assert f'href="/can-bo/ho-so/{second.reference}" rel="prev"' in text(desk.open(third))
