"""Reminders at 80 % and overdue: once per due date, in few statements, to the right people."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import outbox, processing, reminders
from dossiers.models import Dossier, OutboxMessage, Reminder
from portal.floor.ids import uuid7
from tests.world import MONDAY, World


def topics(dossier: Dossier) -> list[str]:
    rows = OutboxMessage.objects.filter(dossier=dossier, kind="notice.holder").order_by("created_at", "topic")
    return list(rows.values_list("topic", flat=True))


def test_nobody_is_reminded_before_80_percent(received: Dossier) -> None:
    assert reminders.remind(at=MONDAY + dt.timedelta(hours=1)) == 0


def test_the_holder_is_reminded_once_at_80_percent_and_once_when_overdue(received: Dossier) -> None:
    assert received.next_soon_at is not None
    assert received.next_due_at is not None
    for _ in range(3):
        reminders.remind(at=received.next_soon_at)
    assert topics(received) == ["due_soon"]
    for _ in range(3):
        reminders.remind(at=received.next_due_at)
    assert topics(received) == ["due_soon", "overdue"]


def test_a_new_due_date_is_reminded_of_anew(world: World, received: Dossier) -> None:
    reminders.remind(at=received.next_due_at)  # type: ignore[arg-type]
    processing.forward(received, by=world.actor("chi"), at=received.next_due_at)  # type: ignore[arg-type]
    reminders.remind(at=received.next_due_at)  # type: ignore[arg-type]
    assert topics(received) == ["overdue", "overdue"]


def test_the_broken_promise_to_the_citizen_is_a_reminder_of_its_own(received: Dossier) -> None:
    reminders.remind(at=received.due_at)  # type: ignore[arg-type]
    assert sorted(topics(received)) == ["late", "overdue"]


def test_an_online_dossier_nobody_looks_at_reminds_the_counter(world: World, submitted: Dossier) -> None:
    reminders.remind(at=submitted.next_due_at)  # type: ignore[arg-type]
    outbox.sweep()
    told = {address for letter in mail.outbox for address in letter.to if "xuanloi" in address}
    assert told == {"binh@xuanloi.example", "dung@xuanloi.example"}


def test_who_got_the_dossier_is_reminded_alone(world: World, received: Dossier) -> None:
    processing.assign(received, by=world.actor("chi"), at=MONDAY, to=world.positions["chi"])
    reminders.remind(at=received.next_soon_at)  # type: ignore[arg-type]
    outbox.sweep()
    assert [letter.to for letter in mail.outbox if "sắp đến hạn" in letter.subject] == [["chi@xuanloi.example"]]


def test_a_closed_or_waiting_dossier_is_not_reminded_of(received: Dossier) -> None:
    far = MONDAY + dt.timedelta(days=400)
    Dossier.objects.filter(pk=received.pk).update(next_due_at=None, next_soon_at=None)
    assert reminders.remind(at=far) == 0
    Dossier.objects.filter(pk=received.pk).update(next_due_at=MONDAY, status=10)
    assert reminders.remind(at=far) == 0


def test_a_sweep_is_three_statements_however_many_are_due(received: Dossier) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        reminders.remind(at=received.due_at)  # type: ignore[arg-type]
    statements = [query for query in queries if "dossiers_reminder" in query["sql"]]
    assert len(statements) == 3
    assert Reminder.objects.count() == 2


@pytest.fixture
def many(received: Dossier) -> None:
    """Five hundred open dossiers due day after day, and statistics that know it."""
    rows = []
    for day in range(500):
        due = received.due_at + dt.timedelta(days=day)  # type: ignore[operator]
        soon = due - dt.timedelta(days=1)
        copy = Dossier.objects.get(pk=received.pk)
        copy.answers, copy.pk, copy.code, copy.reference = {}, uuid7(), None, f"N{day:015}"
        copy.due_at = copy.next_due_at = due
        copy.due_soon_at = copy.next_soon_at = soon
        rows.append(copy)
    Dossier.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE dossiers_dossier")


@pytest.mark.parametrize("rule", ["due_soon", "overdue", "late"])
def test_each_rule_walks_its_partial_index(many: None, rule: str) -> None:
    condition, due = reminders._RULES[rule]
    statement = f"SELECT id, {due} FROM dossiers_dossier WHERE status IN {reminders.OPEN} AND {condition}"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", {"now": MONDAY})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    expected = {"due_soon": "open_by_next_", "overdue": "open_by_next_due", "late": "open_by_due"}[rule]
    assert expected in plan, plan
