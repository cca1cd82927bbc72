"""What drafts of one filing share: asked once, given once."""

import pytest
from django.core.files.storage import default_storage

from dossiers import files, grouping, intake, sharing
from dossiers.models import Attachment, GroupFiling
from tests.dossiers.conftest import picture
from tests.dossiers.groups import CHILD, GRANT, begun, draft_of, group_of
from tests.world import MONDAY, World

BIRTH, CLIMBING, CARD = "1.001193", "1.010803", "1.009999"


@pytest.fixture
def filing(world: World) -> GroupFiling:
    return begun(world, group_of(world))


def test_before_the_answers_choose_a_case_the_first_says_what_is_asked(world: World, filing: GroupFiling) -> None:
    world.birth.cases.update(condition={"field": "late", "op": "eq", "value": True})
    sharing.routing._cases.cache_clear()
    assert sharing.case_of(draft_of(filing, BIRTH)) == world.birth.cases.get()


def test_a_question_of_the_same_key_but_another_kind_is_another_question(filing: GroupFiling) -> None:
    grant = draft_of(filing, CLIMBING)
    intake.save_draft(grant, at=MONDAY, answers=GRANT)
    grouping.settle(filing, at=MONDAY, changed=grant, before={})
    assert draft_of(filing, CARD).answers == {}


def test_a_later_member_follows_the_earlier_until_it_says_otherwise(filing: GroupFiling) -> None:
    birth = draft_of(filing, BIRTH)
    intake.save_draft(birth, at=MONDAY, answers=CHILD)
    grouping.settle(filing, at=MONDAY, changed=birth, before={})
    intake.save_draft(birth, at=MONDAY, answers={"child_name": "Nguyễn Gia Bảo"})
    grouping.settle(filing, at=MONDAY, changed=birth, before=CHILD)
    card = draft_of(filing, CARD)
    assert card.answers["child_name"] == "Nguyễn Gia Bảo"
    intake.save_draft(card, at=MONDAY, answers={"child_name": "Gia Bảo"})
    grouping.settle(filing, at=MONDAY, changed=card, before={"child_name": "Nguyễn Gia Bảo"})
    assert draft_of(filing, BIRTH).answers["child_name"] == "Nguyễn Gia Bảo", "an earlier one does not follow"
    birth = draft_of(filing, BIRTH)
    intake.save_draft(birth, at=MONDAY, answers=CHILD)
    grouping.settle(filing, at=MONDAY, changed=birth, before={"child_name": "Nguyễn Gia Bảo"})
    assert draft_of(filing, CARD).answers["child_name"] == "Gia Bảo"


def test_an_earlier_member_takes_what_it_lacks_from_a_later_one(filing: GroupFiling) -> None:
    card = draft_of(filing, CARD)
    intake.save_draft(card, at=MONDAY, answers=CHILD)
    grouping.settle(filing, at=MONDAY, changed=card, before={})
    assert draft_of(filing, BIRTH).answers == CHILD


def test_a_paper_given_once_serves_every_member_that_asks_for_it(filing: GroupFiling) -> None:
    paper = files.receive(picture("sinh.jpg"), document_key="giay-1", at=MONDAY, draft=draft_of(filing, BIRTH))
    grouping.settle(filing, at=MONDAY)
    grouping.settle(filing, at=MONDAY)
    rows = Attachment.objects.filter(reuse_of=paper)
    assert {one.draft.procedure_version.procedure.code for one in rows if one.draft} == {CLIMBING, CARD}
    assert {(one.file, one.sha256, one.name, one.origin) for one in rows} == {
        (paper.file, paper.sha256, "sinh.jpg", "reused")
    }
    assert rows[0].read() == paper.read()
    files.drop(rows[0])
    assert paper.read(), "to drop a reference leaves the file"
    grouping.settle(filing, at=MONDAY)
    files.drop(paper)
    assert not Attachment.objects.exists()
    assert not default_storage.exists(paper.file)


def test_papers_whose_keys_are_mere_numbers_are_known_by_their_names(world: World, filing: GroupFiling) -> None:
    world.climbing.cases.get().required_documents.filter(key="giay-1").update(name="Giấy tờ nhà")
    sharing.routing._cases.cache_clear()
    files.receive(picture(), document_key="giay-1", at=MONDAY, draft=draft_of(filing, BIRTH))
    grouping.settle(filing, at=MONDAY)
    assert not draft_of(filing, CLIMBING).attachments.exists()
    assert draft_of(filing, CARD).attachments.exists()


def test_a_paper_no_longer_asked_for_is_no_longer_referred_to(world: World, filing: GroupFiling) -> None:
    files.receive(picture(), document_key="giay-1", at=MONDAY, draft=draft_of(filing, BIRTH))
    grouping.settle(filing, at=MONDAY)
    documents = draft_of(filing, CARD).procedure_version.cases.get().required_documents
    documents.update(condition={"field": "relation", "op": "eq", "value": 2})
    sharing.routing._cases.cache_clear()
    grouping.settle(filing, at=MONDAY)
    assert not draft_of(filing, CARD).attachments.exists()
    assert draft_of(filing, CLIMBING).attachments.exists()
