"""Giải quyết, rule by rule: desks over three levels, the draft, the decision, two signatures."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers import files, issuing, outbox, processing, routing, withdrawing, wording
from dossiers.chain import is_whole as chain_is_whole
from dossiers.models import Dossier, OutboxMessage, Result
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import SYSTEM
from procedures.models import Case, RouteStage
from signatures.models import SigningRequest
from signatures.refusals import NotNow
from tests.authority import Authority
from tests.dossiers.conftest import picture
from tests.dossiers.results import enclosure
from tests.dossiers.signing import certify, resolve
from tests.world import MONDAY, ZONE, World

Climb = Callable[[Dossier, str], Dossier]
LATER = MONDAY + dt.timedelta(days=3)


def test_forwarding_climbs_commune_district_province_by_the_route(
    world: World, received: Dossier, climb: Climb
) -> None:
    climb(received, "so-tham-dinh")
    desks = [(stage.agency.level, stage.role) for stage in received.stages.order_by("ordinal")]
    assert desks == [
        ("commune", "specialist"), ("commune", "leader"), ("district", "specialist"), ("district", "leader"),
        ("province", "specialist"),
    ]  # fmt: skip
    assert received.holder_agency == world.agencies["province"]
    told = OutboxMessage.objects.filter(dossier=received, topic="forwarded").count()
    assert told == 2, "the citizen hears of every change of agency, not of every desk"


def test_each_stage_has_its_own_share_and_the_promise_stays(world: World, received: Dossier) -> None:
    promise = received.due_at
    assert received.next_due_at == dt.datetime(2026, 11, 13, 9, 0, tzinfo=ZONE)  # 32 working hours
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    assert received.next_due_at == dt.datetime(2026, 11, 10, 9, 0, tzinfo=ZONE)  # 8 working hours
    assert received.due_at == promise


@pytest.mark.parametrize("name", ["binh", "dung", "hai", "khanh", "an"])
def test_only_the_holding_desk_forwards(world: World, received: Dossier, name: str) -> None:
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        processing.forward(received, by=world.actor(name), at=MONDAY)


def test_forwarding_onto_the_signing_desk_is_a_proposal(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-tham-dinh")
    with pytest.raises(MoveRefused, match="trình ký"):
        processing.forward(received, by=world.actor("khanh"), at=LATER)


def test_proposing_needs_a_draft_and_the_last_examination(world: World, received: Dossier, climb: Climb) -> None:
    with pytest.raises(MoveRefused, match="còn phải qua bước"):
        processing.propose(received, by=world.actor("chi"), at=MONDAY)
    climb(received, "so-tham-dinh")
    with pytest.raises(MoveRefused, match="Chưa soạn kết quả"):
        processing.propose(received, by=world.actor("khanh"), at=LATER)


def test_a_new_draft_supersedes_the_earlier_one(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-tham-dinh")
    for amount in ("1.400.000", "1.500.000"):
        processing.draft_result(received, by=world.actor("khanh"), at=LATER, kind="approval", text={"amount": amount})
    assert received.results.count() == 2
    assert received.results.get(superseded_at=None).text == {"amount": "1.500.000"}


def test_a_refusal_needs_its_reason_in_writing(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-tham-dinh")
    with pytest.raises(MoveRefused, match="lý do"):
        processing.draft_result(received, by=world.actor("khanh"), at=LATER, kind="refusal", text={"reason": " "})


def test_refusal_is_result_within_limit(world: World, received: Dossier, authority: Authority, climb: Climb) -> None:
    """NĐ 61/2018 art. 19: who is not eligible gets a signed answer with a number, counted like any other result."""
    certify(world, authority)
    climb(received, "so-tham-dinh")
    by, promised = world.actor("khanh"), received.due_at
    processing.draft_result(received, by=by, at=LATER, kind="refusal", text={"reason": "Không thuộc đối tượng."})
    processing.propose(received, by=by, at=LATER)
    dossier = resolve(world, received, climb, at=LATER)
    result = dossier.results.get(superseded_at=None)
    assert (dossier.status, str(dossier.citizen_state)) == (Status.RESOLVED, "result_ready"), "not refused at reception"
    assert (result.kind, bool(result.number), result.signed_document_id is not None) == ("refusal", True, True)
    assert dossier.due_at == promised
    assert dossier.resolved_at is not None
    assert dossier.resolved_at <= promised
    assert dossier.events.filter(verb="attach_signed_result", to_status=Status.RESOLVED).count() == 1


def test_assigning_gives_the_dossier_to_one_colleague_of_the_desk(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="không ngồi ở bàn"):
        processing.assign(received, by=world.actor("dung"), at=MONDAY, to=world.positions["hai"])
    processing.assign(received, by=world.actor("dung"), at=MONDAY, to=world.positions["chi"])
    assert received.assignee == world.positions["chi"]
    assert received.stages.get().assignee == world.positions["chi"], "the leg names who is responsible"
    assert Dossier.objects.in_queue_of(world.actor("chi")).get() == received


def test_what_was_given_to_a_colleague_leaves_the_others_queue_but_can_be_given_back(
    world: World, received: Dossier
) -> None:
    from procedures.models import Position

    other = Position.objects.create(
        user=world.users["em"], agency=world.agencies["commune"], role="specialist", title="Công chức", holder_name="Em"
    )
    processing.assign(received, by=world.actor("dung"), at=MONDAY, to=other)
    assert not Dossier.objects.in_queue_of(world.actor("chi")).exists()
    with pytest.raises(MoveRefused, match="không ở bàn"):
        processing.forward(received, by=world.actor("chi"), at=MONDAY)
    processing.assign(received, by=world.actor("chi"), at=MONDAY, to=world.positions["chi"])
    processing.forward(received, by=world.actor("chi"), at=MONDAY)


@pytest.mark.parametrize("name", ["binh", "em", "hai", "an"])
def test_only_the_desk_itself_or_its_leader_assigns(world: World, received: Dossier, name: str) -> None:
    with pytest.raises(MoveRefused, match="cùng bàn hoặc lãnh đạo"):
        processing.assign(received, by=world.actor(name), at=MONDAY, to=world.positions["chi"])


def test_rework_goes_back_to_the_desk_before_with_the_reason(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-ky")
    with pytest.raises(MoveRefused, match="cần làm lại"):
        processing.rework(received, by=world.actor("lan"), at=LATER, reason="")
    processing.rework(received, by=world.actor("lan"), at=LATER, reason="Sai mức trợ cấp")
    assert (received.stage_kind, received.holder_role) == ("examine", "specialist")
    assert received.stages.get(closed_at=None).route_key == "so-tham-dinh"
    processing.propose(received, by=world.actor("khanh"), at=LATER)


def test_the_first_desk_cannot_send_back(world: World, received: Dossier) -> None:
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    received.stages.filter(closed_at__isnull=False).delete()
    with pytest.raises(MoveRefused, match="bước đầu tiên"):
        processing.rework(received, by=world.actor("dung"), at=MONDAY, reason="x")


def uploaded(data: bytes, name: str = "quyet-dinh.pdf") -> str:
    return files.keep_result(SimpleUploadedFile(name, data))


def test_a_finished_result_is_uploaded_where_the_procedure_allows_it(
    world: World, received: Dossier, climb: Climb, decision: bytes
) -> None:
    climb(received, "so-tham-dinh")
    file, by = uploaded(decision), world.actor("khanh")
    with pytest.raises(MoveRefused, match="theo mẫu"):
        processing.draft_result(received, by=by, at=LATER, kind="approval", text={}, file=file)
    Case.objects.filter(pk=received.case_id).update(upload_result=True)
    routing._cases.cache_clear()
    processing.draft_result(received, by=by, at=LATER, kind="approval", text={})
    result = processing.draft_result(received, by=by, at=LATER, kind="approval", text={}, file=file)
    assert (result.uploaded, received.results.count()) == (True, 2)
    assert issuing.preview(result, by=world.actor("lan"), at=LATER) == decision, "what was uploaded is what is seen"
    processing.propose(received, by=by, at=LATER)
    assert processing.decide(received, by=world.actor("lan"), at=LATER).file == file, "and what is signed"
    assert chain_is_whole(received)


def test_an_uploaded_result_without_the_signers_name_is_not_decided(
    world: World, received: Dossier, climb: Climb, decision: bytes
) -> None:
    Case.objects.filter(pk=received.case_id).update(upload_result=True)
    routing._cases.cache_clear()
    climb(received, "so-tham-dinh")
    given = {"kind": "approval", "text": {}, "file": uploaded(decision)}
    processing.draft_result(received, by=world.actor("khanh"), at=LATER, **given)  # type: ignore[arg-type]
    processing.propose(received, by=world.actor("khanh"), at=LATER)
    with pytest.raises(MoveRefused, match="không có tên “Người Khác”"):
        processing.decide(received, by=dataclasses.replace(world.actor("lan"), name="Người Khác"), at=LATER)


@pytest.mark.parametrize(("name", "data"), [("anh.png", b""), ("x.pdf", b"%PDF-1.7 hong"), ("x.exe", b"MZ")])
def test_what_is_no_pdf_is_no_result(world: World, name: str, data: bytes) -> None:
    with pytest.raises(files.FileRefused):
        uploaded(data, name)


def test_a_picture_is_no_result(world: World) -> None:
    with pytest.raises(files.FileRefused, match="Chỉ nhận tệp PDF"):
        files.keep_result(picture())


@pytest.fixture
def decided(world: World, received: Dossier, climb: Climb) -> Dossier:
    climb(received, "so-ky")
    processing.decide(received, by=world.actor("lan"), at=LATER)
    return received


def test_deciding_numbers_the_result_and_promises_the_signature(decided: Dossier) -> None:
    result = decided.results.get()
    assert result.number == "01/QĐ-SLĐTBXH"
    assert result.snapshot["signer"] == {"capacity": "", "title": "Giám đốc", "name": "Phan Thị Lan"}
    assert result.snapshot["stage_notes"][0] == "Đủ điều kiện (chi)"
    assert result.snapshot["answers"]["martyr_name"] == "Nguyễn Văn Long"
    assert decided.status == Status.IN_PROGRESS
    assert OutboxMessage.objects.filter(kind="result.sign", dossier=decided).count() == 1


def test_deciding_twice_and_reworking_a_decision_are_refused(world: World, decided: Dossier) -> None:
    with pytest.raises(MoveRefused, match="đã quyết định"):
        processing.decide(decided, by=world.actor("lan"), at=LATER)
    with pytest.raises(MoveRefused, match="đã được ký"):
        processing.rework(decided, by=world.actor("lan"), at=LATER, reason="Đổi ý")


def test_deciding_needs_the_signing_desk(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="Chưa có kết quả"):
        processing.decide(received, by=world.actor("dung"), at=LATER)


def test_the_seal_waits_for_the_signature_of_the_person(world: World, decided: Dossier) -> None:
    with pytest.raises(MoveRefused, match="chưa có chữ ký"):
        processing.seal(decided, by=world.actor("quyen"), at=LATER)


def test_the_seal_is_put_once(world: World, decided: Dossier) -> None:
    result = Result.objects.select_related("dossier").get(dossier=decided)
    processing.attach_signed_result(result, purpose="person", document_id=uuid.uuid4(), by=SYSTEM, at=LATER)
    dossier = Dossier.objects.get(pk=decided.pk)
    processing.seal(dossier, by=world.actor("quyen"), at=LATER)
    with pytest.raises(MoveRefused, match="đang được đóng"):
        processing.seal(dossier, by=world.actor("quyen"), at=LATER)
    assert OutboxMessage.objects.filter(kind="result.seal", dossier=dossier).count() == 1


def test_a_result_is_issued_only_when_person_and_agency_have_signed(world: World, decided: Dossier) -> None:
    result = Result.objects.select_related("dossier").get(dossier=decided)
    person, agency = uuid.uuid4(), uuid.uuid4()
    processing.attach_signed_result(result, purpose="person", document_id=person, by=SYSTEM, at=LATER)
    dossier = Dossier.objects.get(pk=decided.pk)
    assert (dossier.status, dossier.stage_kind, dossier.results.get().issued_at) == (Status.IN_PROGRESS, "seal", None)
    processing.seal(dossier, by=world.actor("quyen"), at=LATER)
    result = Result.objects.select_related("dossier").get(dossier=decided)
    for _ in range(2):  # news may come twice
        processing.attach_signed_result(result, purpose="seal", document_id=agency, by=SYSTEM, at=LATER)
        result = Result.objects.select_related("dossier").get(dossier=decided)
    dossier = Dossier.objects.get(pk=decided.pk)
    assert (dossier.status, result.issued_at) == (Status.RESOLVED, LATER)
    assert (dossier.holder_agency, dossier.holder_role) == (world.agencies["commune"], "returner")
    assert OutboxMessage.objects.filter(dossier=dossier, topic="result_ready").count() == 1


@pytest.mark.parametrize(("mode", "owed"), [("post", True), ("desk", False), ("online", False)])
def test_a_parcel_is_owed_within_a_working_day_but_who_waits_for_the_citizen_is_never_late(
    world: World, decided: Dossier, mode: str, owed: bool
) -> None:
    Dossier.objects.update(return_mode=mode)
    for purpose in ("person", "seal"):
        result = Result.objects.select_related("dossier").get(dossier=decided)
        processing.attach_signed_result(result, purpose=purpose, document_id=uuid.uuid4(), by=SYSTEM, at=LATER)
        if purpose == "person":
            processing.seal(Dossier.objects.get(pk=decided.pk), by=world.actor("quyen"), at=LATER)
    dossier = Dossier.objects.get(pk=decided.pk)
    assert (dossier.status, dossier.next_due_at is not None) == (Status.RESOLVED, owed)
    words = wording.deadline(dossier, now=LATER + dt.timedelta(days=30))
    assert words is not None
    assert words["state"] == ("overdue" if owed else "paused")
    assert chain_is_whole(dossier)


def test_a_route_that_ends_or_lacks_a_parent_says_so(world: World, received: Dossier) -> None:
    RouteStage.objects.filter(route__case=received.case).exclude(order=1).delete()
    routing._cases.cache_clear()
    with pytest.raises(MoveRefused, match="bước cuối"):
        processing.forward(received, by=world.actor("chi"), at=MONDAY)
    RouteStage.objects.create(
        route=received.case.route, key="tren", order=2, name="Cấp trên", kind="examine", level="district",
        agency_rule="parent", role="specialist", hours=1,
    )  # fmt: skip
    routing._cases.cache_clear()
    world.agencies["commune"].parent = None
    world.agencies["commune"].save()
    with pytest.raises(routing.NoWay, match="cơ quan cấp trên"):
        processing.forward(received, by=world.actor("chi"), at=MONDAY)


def test_without_an_open_stage_nothing_can_be_passed_on(world: World, received: Dossier) -> None:
    received.stages.update(closed_at=MONDAY)
    with pytest.raises(MoveRefused, match="không ở bước nào"):
        processing.forward(received, by=world.actor("chi"), at=MONDAY)


def test_a_signature_that_was_refused_is_told_and_can_be_ordered_again(world: World, decided: Dossier) -> None:
    with pytest.raises(MoveRefused, match="chưa hỏng"):
        processing.sign_again(decided, by=world.actor("lan"), at=LATER)
    result = decided.results.get()
    processing.signing_failed(result, reason="Chứng thư số đã bị thu hồi", at=LATER)
    processing.signing_failed(result, reason="Tệp hỏng", at=LATER)  # of what goes out with it: the first reason stays
    assert OutboxMessage.objects.get(topic="signing_failed").payload == {"reason": "Chứng thư số đã bị thu hồi"}
    again = processing.sign_again(decided, by=world.actor("lan"), at=LATER)
    assert (again.signing_attempt, again.signing_error) == (2, "")
    assert OutboxMessage.objects.filter(kind="result.sign", dossier=decided).count() == 2


def test_a_seal_that_was_refused_can_be_ordered_again(world: World, decided: Dossier) -> None:
    result = Result.objects.select_related("dossier").get(dossier=decided)
    processing.attach_signed_result(result, purpose="person", document_id=uuid.uuid4(), by=SYSTEM, at=LATER)
    processing.signing_failed(result, reason="Chứng thư số hết hạn", at=LATER)
    dossier = Dossier.objects.get(pk=decided.pk)
    processing.sign_again(dossier, by=world.actor("quyen"), at=LATER)
    assert OutboxMessage.objects.filter(kind="result.seal", dossier=decided).count() == 1


def test_a_withdrawal_asked_for_while_the_signature_is_made_does_not_lose_the_signature(
    world: World, decided: Dossier
) -> None:
    result, document = decided.results.get(), uuid.uuid4()
    reference = f"result:{result.pk}:person:1"
    dossier = Dossier.objects.get(pk=decided.pk)
    withdrawing.request_withdrawal(dossier, by=world.actor("an"), at=LATER, reason="Nhầm thủ tục")
    with pytest.raises(NotNow):
        issuing.attach(reference, document)
    withdrawing.decline_withdrawal(dossier, by=world.actor("lan"), at=LATER, reason="Đã ký")
    issuing.attach(reference, document)
    dossier = Dossier.objects.get(pk=decided.pk)
    assert (dossier.stage_kind, dossier.results.get().signed_document_id) == ("seal", document)


def test_a_signature_that_could_not_be_ordered_to_the_last_attempt_can_be_ordered_again(
    world: World, decided: Dossier
) -> None:
    promise = OutboxMessage.objects.get(kind="result.sign")
    assert not outbox.perform_now(promise.key), "the leader has no certificate"
    assert decided.results.get().signing_error == "", "it is tried again"
    OutboxMessage.objects.filter(pk=promise.pk).update(attempts=outbox.GIVE_UP_AFTER - 1, next_at=LATER)
    assert not outbox.perform_now(promise.key)
    assert OutboxMessage.objects.filter(topic="signing_failed").count() == 1
    assert processing.sign_again(decided, by=world.actor("lan"), at=LATER).signing_attempt == 2


def test_nobody_signs_for_a_dossier_that_was_let_go_after_the_decision(world: World, decided: Dossier) -> None:
    dossier = Dossier.objects.get(pk=decided.pk)
    withdrawing.request_withdrawal(dossier, by=world.actor("an"), at=LATER, reason="Nhầm thủ tục")
    withdrawing.accept_withdrawal(dossier, by=world.actor("lan"), at=LATER)
    assert outbox.perform_now(OutboxMessage.objects.get(kind="result.sign").key)
    assert not SigningRequest.objects.exists()


def test_what_goes_out_with_a_result_is_fixed_by_its_draft(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-tham-dinh")
    given = [enclosure("Bản vẽ.pdf"), enclosure("Phụ lục.pdf")]
    khanh = world.actor("khanh")
    result = processing.draft_result(received, by=khanh, at=LATER, kind="approval", text={}, enclosures=given)
    assert [one.title for one in result.enclosures.order_by("place")] == ["Bản vẽ", "Phụ lục"]
    snapshot = received.events.get(verb="draft_result").snapshot
    assert snapshot is not None
    assert [one["sha256"] for one in snapshot["enclosures"]] == [one.sha256 for one in given]
