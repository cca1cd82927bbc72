"""Reminders: once per rule and due date, in few statements, to the right people, in one letter each."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import drafts, outbox, processing, reminders, supplementing
from dossiers.models import Dossier, Draft, OutboxMessage, Reminder
from portal.floor.ids import uuid7
from procedures import calendars
from procedures.models import CalendarDay, Substitution
from tests.world import MONDAY, ZONE, World

Climb = Callable[[Dossier, str], Dossier]


def given(dossier: Dossier) -> list[str]:
    """The rules that have spoken of the dossier, in the order they did."""
    return list(Reminder.objects.filter(dossier=dossier).order_by("created_at", "pk").values_list("rule", flat=True))


def letters() -> dict[str, str]:
    """The digests that came of it: to whom, and what they say."""
    OutboxMessage.objects.exclude(kind="reminder.digest").delete()
    OutboxMessage.objects.update(next_at=MONDAY)
    outbox.sweep()
    return {letter.to[0]: f"{letter.subject}\n{letter.body}" for letter in mail.outbox}


def test_nobody_is_reminded_before_80_percent(received: Dossier) -> None:
    assert reminders.remind(at=MONDAY + dt.timedelta(hours=1)) == 0


def test_the_holder_is_reminded_once_at_80_percent_and_once_when_overdue(received: Dossier) -> None:
    assert received.next_soon_at is not None
    assert received.next_due_at is not None
    for _ in range(3):
        reminders.remind(at=received.next_soon_at)
    assert given(received) == ["due_soon"]
    for _ in range(3):
        reminders.remind(at=received.next_due_at)
    assert given(received) == ["due_soon", "overdue"]


def test_a_new_due_date_is_reminded_of_anew(world: World, received: Dossier) -> None:
    reminders.remind(at=received.next_due_at)  # type: ignore[arg-type]
    processing.forward(received, by=world.actor("chi"), at=received.next_due_at)  # type: ignore[arg-type]
    reminders.remind(at=received.next_due_at)  # type: ignore[arg-type]
    assert given(received) == ["overdue", "overdue"]


def test_the_broken_promise_to_the_citizen_is_a_reminder_of_its_own(received: Dossier) -> None:
    reminders.remind(at=received.due_at)  # type: ignore[arg-type]
    assert sorted(given(received)) == ["late", "overdue"]


def test_an_online_dossier_nobody_looks_at_reminds_the_counter(world: World, submitted: Dossier) -> None:
    reminders.remind(at=submitted.next_due_at)  # type: ignore[arg-type]
    assert set(letters()) == {"binh@xuanloi.example", "dung@xuanloi.example"}


def test_who_got_the_dossier_is_reminded_alone(world: World, received: Dossier) -> None:
    processing.assign(received, by=world.actor("chi"), at=MONDAY, to=world.positions["chi"])
    reminders.remind(at=received.next_soon_at)  # type: ignore[arg-type]
    told = letters()
    assert list(told) == ["chi@xuanloi.example"]
    assert "sắp đến hạn" in told["chi@xuanloi.example"]


def test_who_stands_in_is_reminded_too(world: World, received: Dossier) -> None:
    Substitution.objects.create(
        position=world.positions["chi"], substitute=world.users["em"], starts_on=MONDAY, ends_on=date(30)
    )
    reminders.remind(at=received.next_soon_at)  # type: ignore[arg-type]
    assert set(letters()) == {"chi@xuanloi.example", "em@xuanloi.example"}


def test_a_closed_or_waiting_dossier_is_not_reminded_of(received: Dossier) -> None:
    far = MONDAY + dt.timedelta(days=400)
    Dossier.objects.filter(pk=received.pk).update(next_due_at=None, next_soon_at=None)
    assert reminders.remind(at=far) == 0
    Dossier.objects.filter(pk=received.pk).update(next_due_at=MONDAY, status=10)
    assert reminders.remind(at=far) == 0


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def date(day: int, month: int = 11) -> dt.date:
    return dt.date(2026, month, day)


def due(dossier: Dossier, **when: dt.datetime | None) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(**when)


def test_half_of_a_desks_share_is_spoken_of(received: Dossier) -> None:
    """32 working hours from Monday 9:00: half of them are over on Wednesday 9:00."""
    assert reminders.remind(at=at(11, 8, 59)) == 0
    assert reminders.remind(at=at(11, 9)) == 1
    assert reminders.remind(at=at(11, 10)) == 0
    assert given(received) == ["half"]


def test_an_online_dossier_is_spoken_of_after_4_and_after_7_hours_and_when_the_8_are_over(submitted: Dossier) -> None:
    """Sent on Monday 9:00: 4 working hours end at 14:30, 7 on Tuesday at 8:00, 8 at 9:00."""
    for moment in (at(9, 14, 29), at(9, 14, 30), at(10, 7, 59), at(10, 8), at(10, 8, 59), at(10, 9), at(10, 9, 30)):
        reminders.remind(at=moment)
    assert given(submitted) == ["half", "last_hour", "overdue"]
    told = [(row.rule, row.created_at) for row in Reminder.objects.order_by("pk")]
    assert told == [("half", at(9, 14, 30)), ("last_hour", at(10, 8)), ("overdue", at(10, 9))]


def test_the_leader_hears_of_what_the_counter_leaves_lying(world: World, submitted: Dossier) -> None:
    reminders.remind(at=at(10, 8))
    assert set(letters()) == {"binh@xuanloi.example"}
    reminders.remind(at=at(10, 9))
    assert "dung@xuanloi.example" in letters()


def test_four_working_hours_before_its_end_the_head_of_the_desk_hears_of_it(received: Dossier) -> None:
    due(received, next_due_at=at(16, 9), next_soon_at=at(12, 9))
    reminders.remind(at=at(12, 16))
    assert "hours_left" not in given(received)
    reminders.remind(at=at(13, 14, 30))
    assert "hours_left" in given(received)
    assert "dung@xuanloi.example" in letters()


def test_two_days_and_one_day_before_the_promise_are_working_days(received: Dossier) -> None:
    """Promised for Monday 30/11 17:00: two working days before is Thursday, one is Friday."""
    due(received, due_at=at(30, 17), next_due_at=at(31 - 1, 17), next_soon_at=at(30, 16))
    for moment in (at(25, 16), at(26, 8), at(26, 9), at(27, 8), at(28, 12), at(29, 12)):
        reminders.remind(at=moment)
    told = Reminder.objects.filter(rule__in=["two_days", "one_day"]).order_by("pk")
    assert [(row.rule, row.created_at) for row in told] == [("two_days", at(26, 8)), ("one_day", at(27, 8))]


def test_the_apology_is_asked_for_before_it_is_too_late_T12(received: Dossier) -> None:  # noqa: N802 -- the vector
    """Due Monday 30/11: a day before is a Sunday, so the leader must sign on Friday 27/11."""
    due(received, due_at=at(30, 17), next_due_at=at(30, 17), next_soon_at=at(30, 16))
    reminders.remind(at=at(27, 8))
    assert "ký phiếu xin lỗi và hẹn lại trước 17:00, thứ Sáu 27/11/2026" in letters()["dung@xuanloi.example"]


def test_nobody_is_asked_for_a_second_apology(received: Dossier) -> None:
    due(received, due_at=at(30, 17), next_due_at=at(30, 17), next_soon_at=at(30, 16))
    Dossier.objects.update(extension_count=1)
    reminders.remind(at=at(27, 8))
    assert "phiếu xin lỗi" not in letters()["dung@xuanloi.example"]


def test_a_broken_promise_is_spoken_of_every_working_day(world: World, received: Dossier) -> None:
    due(received, due_at=at(12, 17), next_due_at=at(12, 17), next_soon_at=at(12, 16))
    for moment in (at(12, 17), at(13, 7), at(13, 8), at(13, 16), at(14, 9), at(15, 9), at(16, 8)):
        reminders.remind(at=moment)
    told = Reminder.objects.filter(rule__startswith="late").order_by("pk")
    assert [(row.rule, row.created_at) for row in told] == [
        ("late", at(12, 17)), ("late_again", at(13, 8)), ("late_again", at(16, 8)),
    ]  # fmt: skip


def test_the_head_of_the_one_stop_unit_hears_of_a_broken_promise_far_away(
    world: World, received: Dossier, climb: Climb
) -> None:
    climb(received, "so-tham-dinh")
    due(received, due_at=at(12, 17), next_due_at=at(30, 17), next_soon_at=at(30, 16))
    reminders.remind(at=at(12, 17))
    assert set(letters()) == {"khanh@xuanloi.example", "lan@xuanloi.example", "dung@xuanloi.example"}


def test_a_letter_about_one_dossier_names_it_in_its_subject(received: Dossier) -> None:
    reminders.remind(at=received.next_due_at)  # type: ignore[arg-type]
    assert letters()["chi@xuanloi.example"].splitlines()[0] == f"Hồ sơ {received.code}: quá hạn bước"


def test_one_letter_per_officer_and_sweep_whatever_the_number_of_dossiers(world: World, many: None) -> None:
    reminders.remind(at=at(20, 9, month=12))
    promised = OutboxMessage.objects.filter(kind="reminder.digest")
    assert promised.count() == 2
    told = letters()
    assert set(told) == {"chi@xuanloi.example", "dung@xuanloi.example"}
    assert "10 quá hạn bước" in told["chi@xuanloi.example"].splitlines()[0]
    assert "Nguyễn" not in told["chi@xuanloi.example"].replace("Trần Thị Chi", "")


def test_an_uncollected_result_is_spoken_of_after_3_10_and_30_days(world: World, received: Dossier) -> None:
    Dossier.objects.filter(pk=received.pk).update(
        status=9, resolved_at=at(9, 15), holder_role="returner", next_due_at=None, return_mode="desk", due_at=at(9, 17)
    )
    for day in range(10, 31):
        reminders.remind(at=at(day, 15))
    reminders.remind(at=at(9, 15, month=12))
    told = Reminder.objects.filter(rule="uncollected").order_by("pk")
    assert [row.created_at for row in told] == [at(12, 15), at(19, 15), at(9, 15, month=12)]
    assert OutboxMessage.objects.filter(topic="uncollected", kind="notice.citizen").count() == 3
    assert "giang@xuanloi.example" in letters()


def test_a_result_that_goes_by_post_is_not_uncollected(received: Dossier) -> None:
    Dossier.objects.filter(pk=received.pk).update(status=9, resolved_at=at(9, 15), next_due_at=None)
    assert reminders.remind(at=at(20, 9)) == 0


def test_waiting_for_papers_ends_with_a_warning_and_then_with_the_leaders_decision(
    world: World, received: Dossier
) -> None:
    supplementing.judge(received.attachments.get(), by=world.actor("chi"), verdict="missing", note="Thiếu")
    supplementing.request_supplement(received, by=world.actor("chi"), at=at(9, 10))
    for moment in (at(5, 9, month=12), at(6, 10, month=12), at(8, 9, month=12), at(9, 10, month=12)):
        reminders.remind(at=moment)
    told = Reminder.objects.order_by("pk")
    assert [(row.rule, row.created_at) for row in told] == [
        ("supplement_ending", at(6, 10, month=12)), ("supplement_over", at(9, 10, month=12)),
    ]  # fmt: skip
    assert OutboxMessage.objects.filter(topic="supplement_ending").count() == 1
    assert Dossier.objects.get(pk=received.pk).status == 5, "never stopped by itself"
    assert "cần quyết định dừng" in letters()["dung@xuanloi.example"]


def test_an_agency_with_a_day_off_of_its_own_looks_further_ahead(world: World, received: Dossier) -> None:
    CalendarDay.objects.create(on=date(27), kind="local_off", name="Nghỉ", agency=world.agencies["commune"])
    calendars.forget()
    due(received, due_at=at(30, 17), next_due_at=at(30, 17), next_soon_at=at(30, 16))
    reminders.remind(at=at(26, 8))
    assert "one_day" in given(received)


def test_a_digest_says_nothing_of_what_was_done_meanwhile(received: Dossier) -> None:
    reminders.remind(at=received.next_soon_at)  # type: ignore[arg-type]
    Dossier.objects.update(status=8)
    assert letters() == {}


def test_nobody_stands_in_the_way_of_an_officer_without_an_address(world: World, received: Dossier) -> None:
    type(world.users["chi"]).objects.filter(pk=world.users["chi"].pk).update(email="")
    reminders.remind(at=received.next_soon_at)  # type: ignore[arg-type]
    assert letters() == {}


def test_a_draft_is_spoken_of_on_its_third_and_twenty_fifth_day(draft: Draft) -> None:
    for day in range(40):
        drafts.remind(at=MONDAY + dt.timedelta(days=day))
    keys = OutboxMessage.objects.filter(kind="reminder.draft").order_by("created_at")
    assert [row.key for row in keys] == [f"draft:{draft.pk}:3", f"draft:{draft.pk}:25"]
    OutboxMessage.objects.update(next_at=MONDAY)
    outbox.sweep()
    assert [letter.to for letter in mail.outbox] == [["an@example.vn"]] * 2
    assert "bản nháp chưa gửi" in mail.outbox[0].subject


def test_a_draft_that_was_sent_is_not_spoken_of(draft: Draft, submitted: Dossier) -> None:
    assert drafts.remind(at=MONDAY + dt.timedelta(days=3)) == 0


def test_a_draft_that_is_gone_when_the_letter_goes_out_gets_none(draft: Draft) -> None:
    drafts.remind(at=MONDAY + dt.timedelta(days=3))
    draft.attachments.all().delete()
    draft.delete()
    OutboxMessage.objects.update(next_at=MONDAY)
    assert outbox.sweep() == 1
    assert not mail.outbox


def test_a_sweep_is_one_statement_per_rule_however_many_are_due(received: Dossier) -> None:
    with CaptureQueriesContext(connection) as queries:
        reminders.remind(at=received.due_at)  # type: ignore[arg-type]
    assert len([query for query in queries if "INSERT INTO dossiers_reminder" in query["sql"]]) == len(reminders.RULES)
    assert len(queries) <= len(reminders.RULES) + 9
    assert Reminder.objects.count() == 2


@pytest.fixture
def many(received: Dossier) -> None:
    """Five hundred open dossiers due day after day."""
    rows = []
    for day in range(500):
        end = received.due_at + dt.timedelta(days=day)  # type: ignore[operator]
        soon = end - dt.timedelta(days=1)
        copy = Dossier.objects.get(pk=received.pk)
        copy.answers, copy.pk, copy.code, copy.reference = {}, uuid7(), None, f"N{day:015}"
        copy.due_at = copy.next_due_at = end
        copy.due_soon_at = copy.next_soon_at = soon
        rows.append(copy)
    Dossier.objects.bulk_create(rows)
