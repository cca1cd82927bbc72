"""The clock stands still, the promise moves, the dossier is stopped; never without ground, law and letter."""

import datetime as dt
from collections.abc import Callable

import pypdfium2
import pytest
from django.utils import timezone

from dossiers import outbox, papers, processing, supplementing, suspending, withdrawing
from dossiers.chain import is_whole
from dossiers.models import ClockSegment, Dossier, IssuedPaper, OutboxMessage
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from signatures import verification
from signatures.enrolment import Person, enrol
from signatures.models import Certificate
from tests.authority import Authority
from tests.world import MONDAY, World

Climb = Callable[[Dossier, str], Dossier]
WEDNESDAY, FRIDAY = MONDAY + dt.timedelta(days=2), MONDAY + dt.timedelta(days=4)
LAST_DAY = dt.date(2026, 12, 10)  # a day before the promise of 11/12/2026


def instant(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 12, day, hour, minute, tzinfo=timezone.get_default_timezone())


def local(at: dt.datetime | None) -> str:
    assert at is not None
    return f"{timezone.localtime(at):%d/%m/%Y %H:%M}"


def letter(dossier: Dossier, kind: str) -> IssuedPaper:
    return IssuedPaper.objects.get(dossier=dossier, kind=kind)


@pytest.fixture
def certified(world: World, authority: Authority) -> None:
    """The commune's leader has a certificate."""
    leader = world.users["dung"]
    authority.lend_key(f"person-{leader.pk}", "rsa")
    enrol(Person(leader.pk, leader.full_name, "Chủ tịch", "UBND xã Xuân Lôi"), at=timezone.now())
    Certificate.objects.update(valid_from=MONDAY)  # the authority knows today's date alone


@pytest.fixture
def paused(world: World, received: Dossier) -> Dossier:
    return suspending.pause(received, by=world.actor("chi"), at=WEDNESDAY, ground="giam-dinh")


def test_a_pause_stops_the_clock_and_names_its_law(paused: Dossier) -> None:
    segment = paused.clock.get(to_at=None)
    assert (segment.kind, segment.legal_basis) == (ClockSegment.Kind.PAUSED, "NĐ 131/2021, Điều 100")
    assert (paused.waiting_for, paused.next_due_at) == ("Chờ kết luận giám định", None)
    assert paused.status == Status.IN_PROGRESS
    assert OutboxMessage.objects.filter(topic="paused", dossier=paused).exists()


def test_waiting_for_money_is_the_national_status_six(world: World, received: Dossier) -> None:
    suspending.pause(received, by=world.actor("chi"), at=WEDNESDAY, ground="thue")
    assert received.status == Status.PAYMENT_DUE
    assert OutboxMessage.objects.filter(topic="payment_due", dossier=received).exists()
    suspending.resume(received, by=world.actor("chi"), at=FRIDAY)
    assert received.status == Status.IN_PROGRESS


def test_there_is_no_pause_without_a_ground_that_the_procedure_names(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="không có căn cứ"):
        suspending.pause(received, by=world.actor("chi"), at=WEDNESDAY, ground="ban-viec")


def test_a_clock_that_stands_still_is_not_stopped_again(world: World, paused: Dossier) -> None:
    with pytest.raises(MoveRefused, match="đang dừng rồi"):
        suspending.pause(paused, by=world.actor("chi"), at=FRIDAY, ground="giam-dinh")


def test_after_a_pause_what_was_left_is_left_still(world: World, paused: Dossier) -> None:
    before, stage = paused.due_at, paused.stages.get(closed_at=None)
    suspending.resume(paused, by=world.actor("chi"), at=WEDNESDAY + dt.timedelta(days=7))
    assert before is not None
    assert local(paused.due_at) == "18/12/2026 17:00", "seven calendar days later, a holiday of the pause forgiven"
    stage.refresh_from_db()
    assert stage.due_at == paused.next_due_at
    assert (paused.waiting_for, paused.original_due_at) == ("", before)
    assert is_whole(Dossier.objects.get(pk=paused.pk))


def test_a_running_clock_cannot_run_on(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="đang chạy"):
        suspending.resume(received, by=world.actor("chi"), at=FRIDAY)


def test_nothing_is_passed_on_while_the_clock_stands_still(world: World, paused: Dossier) -> None:
    with pytest.raises(MoveRefused, match="Tính tiếp thời hạn trước"):
        processing.forward(paused, by=world.actor("chi"), at=FRIDAY)
    supplementing.judge(paused.attachments.get(), by=world.actor("chi"), verdict="unclear", note="Mờ")
    with pytest.raises(MoveRefused, match="Tính tiếp thời hạn trước"):
        supplementing.request_supplement(paused, by=world.actor("chi"), at=WEDNESDAY)


def test_a_paused_dossier_may_be_withdrawn_and_waits_on_when_it_is_not(world: World, received: Dossier) -> None:
    suspending.pause(received, by=world.actor("chi"), at=WEDNESDAY, ground="thue")
    withdrawing.request_withdrawal(received, by=world.actor("an"), at=FRIDAY, reason="Không đủ tiền")
    withdrawing.decline_withdrawal(received, by=world.actor("chi"), at=FRIDAY, reason="Được nộp dần")
    assert (received.status, received.waiting_for) == (Status.PAYMENT_DUE, "Chờ người dân nộp nghĩa vụ tài chính")


@pytest.mark.usefixtures("certified")
def test_extension_requires_apology_signed_before_due_minus_1(world: World, received: Dossier) -> None:
    first = received.due_at
    at = instant(10, 16, 59)
    suspending.extend(received, by=world.actor("dung"), at=at, to=dt.date(2026, 12, 18), reason="Chờ xác minh")
    assert local(received.due_at) == "18/12/2026 17:00"
    assert received.original_due_at == first
    assert received.clock.get(to_at=None).kind == ClockSegment.Kind.EXTENDED
    OutboxMessage.objects.update(next_at=MONDAY)  # the day of the apology is not yet
    outbox.sweep()
    signed = papers.read(letter(received, "apology"))
    assert verification.verify(signed).signatures[0].signer == "Lê Tiến Dũng"
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(signed))
    assert "PHIẾU XIN LỖI" in text
    assert "18/12/2026" in text


@pytest.mark.usefixtures("certified")
@pytest.mark.parametrize(
    ("at", "to", "reason", "why"),
    [
        (instant(10, 17, 1), dt.date(2026, 12, 18), "Chờ", "trước 17:00 10/12/2026"),
        (instant(9, 9), dt.date(2026, 12, 19), "Chờ", "không phải ngày làm việc"),
        (instant(9, 9), dt.date(2026, 12, 11), "Chờ", "sau ngày đã hẹn"),
        (instant(9, 9), dt.date(2026, 12, 18), " ", "lý do chậm"),
    ],
)
def test_an_extension_is_refused(
    world: World, received: Dossier, at: dt.datetime, to: dt.date, reason: str, why: str
) -> None:
    with pytest.raises(MoveRefused, match=why):
        suspending.extend(received, by=world.actor("dung"), at=at, to=to, reason=reason)
    assert not IssuedPaper.objects.filter(kind="apology").exists()


@pytest.mark.usefixtures("certified")
def test_extension_only_once(world: World, received: Dossier) -> None:
    assert suspending.may_extend(received, at=WEDNESDAY)
    suspending.extend(received, by=world.actor("dung"), at=WEDNESDAY, to=dt.date(2026, 12, 18), reason="Chờ xác minh")
    assert not suspending.may_extend(received, at=WEDNESDAY)
    with pytest.raises(MoveRefused, match="một lần rồi"):
        suspending.extend(received, by=world.actor("dung"), at=WEDNESDAY, to=dt.date(2026, 12, 25), reason="Nữa")


def test_without_a_certificate_nobody_apologises(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="chứng thư số"):
        suspending.extend(received, by=world.actor("dung"), at=WEDNESDAY, to=dt.date(2026, 12, 18), reason="Chờ")
    assert Dossier.objects.get(pk=received.pk).extension_count == 0


def test_a_specialist_may_not_move_the_promise(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused):
        suspending.extend(received, by=world.actor("chi"), at=WEDNESDAY, to=dt.date(2026, 12, 18), reason="Chờ")


def test_a_promise_is_not_moved_while_the_clock_stands_still(world: World, paused: Dossier) -> None:
    with pytest.raises(MoveRefused, match="không hẹn lại được"):
        suspending.extend(paused, by=world.actor("dung"), at=WEDNESDAY, to=dt.date(2026, 12, 18), reason="Chờ")


@pytest.mark.usefixtures("certified")
@pytest.mark.parametrize("way", ["running", "paused", "supplement"])
def test_a_dossier_is_stopped_by_a_signed_notice(world: World, received: Dossier, way: str) -> None:
    if way == "paused":
        suspending.pause(received, by=world.actor("chi"), at=MONDAY, ground="thue")
    elif way == "supplement":
        supplementing.judge(received.attachments.get(), by=world.actor("chi"), verdict="missing", note="Thiếu")
        supplementing.request_supplement(received, by=world.actor("chi"), at=MONDAY)
    suspending.stop(
        received, by=world.actor("dung"), at=WEDNESDAY, reason="Quá 30 ngày không bổ sung", legal_basis="NĐ 131/2021"
    )
    assert (received.status, received.waiting_for, received.next_due_at) == (Status.STOPPED, "", None)
    assert not received.clock.filter(to_at=None).exists()
    outbox.sweep()
    assert verification.verify(papers.read(letter(received, "stop_notice"))).signatures


@pytest.mark.usefixtures("certified")
def test_nothing_is_stopped_without_reason_and_law(world: World, received: Dossier) -> None:
    with pytest.raises(MoveRefused, match="căn cứ pháp lý"):
        suspending.stop(received, by=world.actor("dung"), at=WEDNESDAY, reason="Vì vậy", legal_basis=" ")


def test_what_is_decided_is_not_stopped(world: World, received: Dossier, climb: Climb) -> None:
    climb(received, "so-ky")
    processing.decide(received, by=world.actor("lan"), at=WEDNESDAY)
    with pytest.raises(MoveRefused, match="đã được ký"):
        suspending.stop(received, by=world.actor("lan"), at=WEDNESDAY, reason="Nhầm", legal_basis="NĐ 131/2021")


def test_a_leader_who_lost_the_certificate_leaves_the_letter_waiting(
    world: World, received: Dossier, certified: None
) -> None:
    suspending.extend(received, by=world.actor("dung"), at=WEDNESDAY, to=dt.date(2026, 12, 18), reason="Chờ")
    Certificate.objects.all().delete()
    assert not outbox.perform_now(f"paper.sign:{letter(received, 'apology').pk}")
    assert papers.read(letter(received, "apology")).startswith(b"%PDF")
