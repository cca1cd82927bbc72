"""Nobody but the owner: every address of a draft and of a dossier, for a stranger, an officer and somebody unknown."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from dossiers import files, intake
from dossiers.models import AccessLog, Attachment, Dossier, Draft
from dossiers.states import Status
from procedures.ruleset import Rules
from tests.dossiers.conftest import ANSWERS, picture
from tests.login import log_in
from tests.world import MONDAY, World

DRAFT_PAGES = (
    "liet-si",
    "giay-to",
    "giay-to/{file}",
    "giay-to/{file}/xoa",
    "nhan-ket-qua",
    "le-phi",
    "kiem-tra",
    "xong",
)
DOSSIER_PAGES = (
    "", "/thoi-han", "/rut", "/bo-sung", "/bo-sung/{file}/xoa", "/giay/{paper}.pdf", "/tep/{file}", "/ket-qua.pdf",
)  # fmt: skip


@pytest.fixture
def open_draft(world: World) -> Draft:
    now, by = timezone.now(), world.actor("an")
    draft = intake.start(world.climbing, by=by, at=now, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=now, answers=ANSWERS)
    files.receive(picture(), document_key="bang-tqgc", at=now, draft=draft)
    return draft


def addresses(dossier: Dossier, draft: Draft) -> list[str]:
    ids = {"file": draft.attachments.get().pk, "paper": dossier.papers.get().pk}
    own = {"file": dossier.attachments.get().pk, "paper": ids["paper"]}
    pages = [f"/nop/{draft.pk}/{page.format(**ids)}" for page in DRAFT_PAGES]
    pages += [f"/nop/{dossier.draft.pk}/xong"]
    return pages + [f"/toi/ho-so/{dossier.code}{page.format(**own)}" for page in DOSSIER_PAGES]


def test_a_stranger_finds_nothing_at_any_address(vinh: Client, received: Dossier, open_draft: Draft) -> None:
    Dossier.objects.update(status=Status.SUPPLEMENT_REQUESTED)
    for address in addresses(received, open_draft):
        answers = {vinh.get(address).status_code, vinh.post(address, {"reason": "x", "agree": "on"}).status_code}
        assert answers <= {404, 405}, address
        assert 404 in answers, address
    assert not AccessLog.objects.exists()
    assert Attachment.objects.count() == 2
    assert "Nguyễn Thị An" not in vinh.get("/toi/ai-da-xem").content.decode()


def test_somebody_unknown_is_led_to_the_log_in_and_back(client: Client, received: Dossier, open_draft: Draft) -> None:
    for address in [*addresses(received, open_draft), "/toi", "/toi/ai-da-xem", "/nop/1.010803/bat-dau"]:
        assert client.get(address)["Location"] == f"/dang-nhap?next={address}"


def test_an_officer_works_elsewhere(world: World, received: Dossier, open_draft: Draft) -> None:
    chi = log_in(Client(), world.users["chi"])
    for address in [*addresses(received, open_draft), "/toi", "/nop/1.010803/bat-dau"]:
        assert chi.get(address).status_code == 403, address


def test_the_owner_cannot_reach_anothers_file_through_an_own_dossier(
    world: World, an: Client, vinh: Client, received: Dossier
) -> None:
    assert an.get(f"/toi/ho-so/{received.code}/tep/{uuid.uuid4()}").status_code == 404
    assert an.get(f"/toi/ho-so/{received.code}/giay/{uuid.uuid4()}.pdf").status_code == 404


def test_an_expired_draft_is_gone_but_a_sent_one_still_confirms(
    an: Client, submitted: Dossier, open_draft: Draft
) -> None:
    Draft.objects.update(expires_at=MONDAY)
    assert an.get(f"/nop/{open_draft.pk}/liet-si").status_code == 404
    assert an.get(f"/nop/{submitted.draft.pk}/xong").status_code == 200


def test_pages_that_do_not_exist_are_not_found(an: Client, open_draft: Draft) -> None:
    assert an.get(f"/nop/{open_draft.pk}/khong-co").status_code == 404
    assert an.get("/toi/ho-so/KHONG-CO").status_code == 404
    assert an.get(f"/nop/{open_draft.pk}/xong")["Location"].endswith("/kiem-tra")
