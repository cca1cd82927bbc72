"""How PostgreSQL answers what is asked all day, over fifty thousand dossiers: by the index made for it.

What reads a whole table is cheap with a hundred rows and a second with a million.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import data
from dossiers import consulting_reminders, dispatching, outbox, reminders
from dossiers.models import Consultation, Dossier
from dossiers.states import Status
from dossiers.views.officer import rows, searching, shelves
from portal.floor import crypto
from portal.floor.actor import Actor
from procedures import calendars
from tests import world as worlds
from tests.world import AN_ID, MONDAY, World

pytestmark = pytest.mark.django_db  # without it pytest sets up no database of its own
COUNT = 50_000
_OTHERS = """
INSERT INTO dossiers_consultation (id, dossier_id, stage_id, kind, agency_id, question, asked_at, asked_by, due_at,
    soon_at, received_by, opinion, answer, answered_at, answered_by)
SELECT uuidv7(), dossier_id, id, 'opinion', agency_id, '', opened_at, '', due_at, due_at, '', '', '',
    CASE WHEN id %% 50 > 0 THEN due_at END, '' FROM dossiers_stage;
INSERT INTO dossiers_outboxmessage (id, dossier_id, kind, topic, lane, key, created_at, next_at, attempts, last_error,
    done_at)
SELECT uuidv7(), id, 'notice.citizen', 'received', 'notice:' || id, 'received:' || id, submitted_at, submitted_at, 1,
    '', CASE WHEN status = 10 THEN now() END FROM dossiers_dossier;
UPDATE dossiers_party SET identity_index = %(an)s WHERE dossier_id IN (
    SELECT id FROM dossiers_dossier WHERE status = 10 LIMIT 3);
"""


@pytest.fixture(scope="module")
def province(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A tenth of a year of a province; made once for this file and taken away again."""
    with django_db_blocker.unblock():
        _empty()
        try:
            world = worlds.build()
            data.fill(world, COUNT)
            with connection.cursor() as cursor:
                cursor.execute(_OTHERS, {"an": crypto.blind_index(AN_ID, "personal_id")})
                cursor.execute("VACUUM ANALYZE dossiers_consultation, dossiers_outboxmessage, dossiers_party")
            yield world
        finally:
            _empty()


def _empty() -> None:
    assert connection.settings_dict["NAME"] == connection.settings_dict["TEST"]["NAME"], "never another database"
    call_command("flush", verbosity=0, interactive=False, allow_cascade=True)
    calendars.forget()


def plan(act: Callable[[], object], *indexes: str, longest: int = 1) -> str:
    """How the statements of that act are answered: each by one of `indexes`, none by reading a large table whole."""
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        act()
        transaction.set_rollback(True)
    statements = [one["sql"] for one in asked if re.match(r"\s*(SELECT|WITH|UPDATE|INSERT)", one["sql"])]
    assert len(statements) <= longest, statements
    said = ""
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            said = "\n".join(row[0] for row in cursor.fetchall())
        assert not re.search(r"Seq Scan on dossiers_(?!savedview)", said), said
        assert any(index in said for index in indexes), (indexes, said)
    return said


def queue(shelf: shelves.Shelf, actor: Actor, after: rows.Place | None = None) -> list[rows.Row]:
    return shelves.page(shelf, actor, now=timezone.now(), narrowed={}, after=after, limit=51)


@pytest.mark.parametrize("name", ["binh", "chi", "dung", "giang"])
def test_every_view_of_the_queue_is_read_in_the_order_of_its_index(province: World, name: str) -> None:
    actor = province.actor(name)
    calendars.calendar_for(None)
    for shelf in shelves.of(actor):
        if shelf.key == shelves.UNIT:
            plan(partial(queue, shelf, actor), "queue_by_deadline", "open_by_next_due", "received_by_agency")
        else:
            # Where a view is expected to be nearly empty the planner may take another index of the open ones.
            said = plan(partial(queue, shelf, actor), "queue_by_deadline", "open_by_next", "open_by_due")
            assert "queue_by_deadline" in said or shelf.key != shelves.TO_DO


def test_a_later_page_begins_where_the_earlier_ended(province: World) -> None:
    """By the key of its last row, not by counting from the first."""
    actor = province.actor("chi")
    shelf = shelves.BY_KEY[shelves.TO_DO]
    last = queue(shelf, actor)[49]
    said = plan(lambda: queue(shelf, actor, (last.next_due_at, last.id)), "queue_by_deadline")
    assert "Offset" not in said
    following = queue(shelf, actor, (last.next_due_at, last.id))
    assert all((row.next_due_at, row.id) > (last.next_due_at, last.id) for row in following)


def test_a_page_looks_up_the_owners_of_its_own_rows_only(province: World) -> None:
    said = plan(lambda: queue(shelves.BY_KEY[shelves.TO_DO], province.actor("chi")), "queue_by_deadline")
    assert said.index("dossiers_party") > said.index("WindowAgg") or said.index("Limit") < said.index("dossiers_party")
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        queue(shelves.BY_KEY[shelves.TO_DO], province.actor("chi"))
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {asked[0]['sql']}")
        done = "\n".join(row[0] for row in cursor.fetchall())
    looked_up = re.search(r"on dossiers_party.*loops=(\d+)", done)
    assert looked_up, done
    assert int(looked_up[1]) <= 51


@pytest.mark.parametrize("name", ["binh", "chi", "dung", "giang"])
def test_the_numbers_of_all_views_come_from_the_same_index(province: World, name: str) -> None:
    actor = province.actor(name)
    plan(lambda: shelves.counted(actor, now=timezone.now()), "queue_by_deadline")


def test_the_planner_knows_how_much_lies_at_a_desk(province: World) -> None:
    """Else it reads and sorts the whole desk where it could stop after the nearest thousand."""
    desk = Dossier.objects.in_queue_of(province.actor("chi")).filter(holder_role="specialist")
    expected = re.search(r"rows=(\d+)", desk.order_by().explain())
    assert expected
    assert int(expected[1]) > desk.count() / 3


@pytest.mark.parametrize("name", ["binh", "chi", "dung", "giang", "thao"])
def test_looking_for_a_dossier_reads_no_table_whole(province: World, name: str) -> None:
    actor, code = province.actor(name), Dossier.objects.exclude(code=None).values_list("code", flat=True)[77]

    def look(asked: str) -> Callable[[], object]:
        found = searching.matching(Dossier.objects.visible_to(actor), asked).order_by("-submitted_at", "-id")
        return lambda: rows.fetch(found, limit=50)

    plan(look(code), "code_6d68c351", "code_key")
    plan(look("tran thi quyen"), "dossier_by_folded_words", "received_by_agency")
    plan(look(AN_ID), "dossiers_of_a_person")
    called = Dossier.objects.visible_to(actor).called(code)
    plan(lambda: list(called), "code_key", "code_6d68c351")


def test_a_citizen_finds_their_own_by_the_blind_index(province: World) -> None:
    mine = Dossier.objects.visible_to(province.actor("an")).order_by("-submitted_at")
    assert mine.count() == 3
    plan(lambda: list(mine), "dossiers_of_a_person")


def test_results_that_wait_to_be_fetched_are_those_of_one_desk(province: World) -> None:
    waiting = Dossier.objects.in_queue_of(province.actor("giang")).filter(status=Status.RESOLVED, in_post=False)
    plan(lambda: list(waiting.order_by("resolved_at", "id").values_list("pk")[:51]), "queue_by_deadline")
    plan(lambda: waiting.aggregate(Count("pk")), "queue_by_deadline")


@pytest.mark.parametrize("reason", dispatching.REASONS)
def test_stuck_dossiers_are_looked_for_among_the_open_ones(province: World, reason: str) -> None:
    found = dispatching.stuck(province.actor("dung"), at=timezone.now())[reason]
    open_ones = ("queue_by_deadline", "open_by_next_due", "open_by_next_soon", "open_by_due")
    plan(lambda: list(found.order_by("pk").values_list("pk")[:51]), *open_ones, "received_by_agency")


def test_tracking_asks_two_indexes(province: World) -> None:
    code = Dossier.objects.exclude(code=None).values_list("code", flat=True)[4321]
    plan(lambda: Dossier.objects.get(code=code), "code")
    dossier = Dossier.objects.get(code=code)
    plan(lambda: list(dossier.stages.order_by("ordinal")), "one_stage_per_ordinal")
    plan(lambda: list(dossier.events.order_by("sequence")), "one_event_per_sequence")
    plan(lambda: list(dossier.clock.filter(to_at=None)), "dossiers_clocksegment_dossier", "one_open_segment")


def test_whoever_must_be_reminded_is_found_among_the_open_ones(province: World) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        reminders.remind(at=MONDAY)  # at night nothing is asked of the hours before a due time
        transaction.set_rollback(True)
    sweeps = [one["sql"] for one in asked if "FROM dossiers_dossier" in one["sql"]]
    assert sweeps
    for statement in sweeps:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            said = "\n".join(row[0] for row in cursor.fetchall())
        assert "Seq Scan on dossiers_dossier" not in said, said
        assert re.search(r"open_by_(next_due|next_soon|due)|queue_by_deadline|one_open_segment_per_dossier", said), said


@pytest.mark.parametrize(
    ("rule", "index"),
    [
        ("half", "open_by_next_"), ("due_soon", "open_by_next_"), ("last_hour", "open_by_next_due"),
        ("hours_left", "open_by_next_due"), ("overdue", "open_by_next_due"), ("two_days", "open_by_due"),
        ("one_day", "open_by_due"), ("late", "open_by_due"), ("late_again", "open_by_due"),
    ],
)  # fmt: skip
def test_each_rule_of_the_reminders_walks_its_index(province: World, rule: str, index: str) -> None:
    said, now = reminders.RULES[rule], timezone.now()
    statement = reminders._GIVE.format(due=said.due, when=said.when, joins=said.joins, open=reminders.OPEN)
    given = reminders._known(now) | {"now": now, "rule": rule, "limit": 20_000}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", given)
        told = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on dossiers_dossier" not in told, told
    assert index in told, told


def test_overdue_and_nearly_due_are_found_among_the_open_ones(province: World) -> None:
    now = timezone.now()
    plan(lambda: list(Dossier.objects.overdue(now).values_list("pk")[:50]), "open_by_next_due")
    plan(lambda: list(Dossier.objects.due_soon(now).values_list("pk")[:50]), "open_by_next_soon", "open_by_next_due")


def test_opinions_to_give_are_found_among_the_open_ones(province: World) -> None:
    waiting = Consultation.objects.in_queue_of(province.actor("chi")).by_deadline()
    plan(lambda: list(waiting.values_list("pk")[:50]), "consultations_to_answer", "one_open_consultation_per_agency")


def test_opinions_that_do_not_come_are_found_among_the_open_ones(province: World) -> None:
    act = partial(consulting_reminders.remind, at=MONDAY)
    plan(act, "consultations_to_answer", "one_open_consultation_per_agency")


def test_the_outbox_looks_at_nothing_that_is_done(province: World) -> None:
    plan(lambda: outbox.claim(now=timezone.now(), limit=50), "outbox_to_do", "outboxmessage_pkey", longest=2)
