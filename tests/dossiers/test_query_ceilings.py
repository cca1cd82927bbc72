"""Round trips are what a page costs: statements of the main acts, counted on a real connection."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers import files, intake, processing, returning, tracking, withdrawing
from dossiers.models import Dossier, Draft
from procedures.ruleset import Rules
from tests.dossiers.conftest import ANSWERS, applicant_of, picture
from tests.login import log_in
from tests.world import AN_ADDRESS, MONDAY, World

# Transactions open and close with these; they are no questions to the database.
BRACKETS = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN", "COMMIT")
LATER = MONDAY + dt.timedelta(days=3)


@contextmanager
def at_most(limit: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(BRACKETS)]
    shown = "\n".join(f"{number}. {sql[:160]}" for number, sql in enumerate(statements, 1))
    assert len(statements) <= limit, f"{len(statements)} statements, at most {limit}:\n{shown}"


def another(world: World) -> Draft:
    """One more complete draft of An's; what the first filing has read of the catalogue is known by now."""
    draft = intake.start(
        world.climbing, by=world.actor("an"), at=MONDAY, agency=world.agencies["commune"], rules=Rules()
    )
    delivery = {"mode": "post", "name": "Nguyễn Thị An", "phone": "0912345678", "address": AN_ADDRESS}
    intake.save_draft(draft, at=MONDAY, answers=ANSWERS, delivery=delivery)
    for name in ("một.jpg", "hai.jpg"):
        files.receive(picture(name), document_key="bang-tqgc", at=MONDAY, draft=draft)
    return draft


def fresh(dossier: Dossier) -> Dossier:
    """The dossier as a view fetches it."""
    return Dossier.objects.select_related("rule_profile", "receiving_agency").get(pk=dossier.pk)


def test_filing_takes_at_most_9_statements(world: World, submitted: Dossier) -> None:
    by, applicant, draft = world.actor("an"), applicant_of(world), another(world)
    with at_most(9):
        intake.submit(draft, by=by, at=MONDAY, applicant=applicant)


def test_receiving_takes_at_most_14_statements(world: World, submitted: Dossier) -> None:
    """A move of 6, and besides it two serials, the fee, the receipt with what it says, and its typesetting."""
    dossier = fresh(submitted)
    with at_most(14):
        intake.receive(dossier, by=world.actor("binh"), at=MONDAY)


def test_forwarding_within_the_agency_takes_at_most_8_statements(world: World, received: Dossier) -> None:
    dossier = fresh(received)
    with at_most(8):
        processing.forward(dossier, by=world.actor("chi"), at=MONDAY)


def test_forwarding_to_the_next_level_takes_at_most_8_statements(world: World, received: Dossier) -> None:
    processing.forward(received, by=world.actor("chi"), at=MONDAY)
    dossier = fresh(received)
    with at_most(8):
        processing.forward(dossier, by=world.actor("dung"), at=MONDAY)


def test_other_moves_take_at_most_8_statements(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]
) -> None:
    dossier = fresh(received)
    with at_most(8):
        processing.assign(dossier, by=world.actor("dung"), at=MONDAY, to=world.positions["chi"])
    with at_most(8):
        withdrawing.request_withdrawal(dossier, by=world.actor("an"), at=MONDAY, reason="Nộp nhầm")
    with at_most(8):
        withdrawing.decline_withdrawal(dossier, by=world.actor("chi"), at=MONDAY, reason="Đã trình ký")
    climb(dossier, "so-tham-dinh")
    with at_most(8):
        processing.draft_result(dossier, by=world.actor("khanh"), at=LATER, kind="approval", text={})
    with at_most(8):
        processing.propose(fresh(dossier), by=world.actor("khanh"), at=LATER)
    with at_most(12):  # number, snapshot, result and the promise of the signature besides
        processing.decide(fresh(dossier), by=world.actor("lan"), at=LATER)


def test_a_move_costs_the_same_after_200_earlier_events(world: World, received: Dossier) -> None:
    for minute in range(200):
        at = MONDAY + dt.timedelta(minutes=minute)
        processing.assign(received, by=world.actor("dung"), at=at, to=world.positions["chi"])
    dossier = fresh(received)
    with at_most(8):
        processing.forward(dossier, by=world.actor("chi"), at=LATER)


def test_tracking_with_the_key_takes_at_most_3_statements(received: Dossier) -> None:
    assert received.code
    with at_most(3):
        assert tracking.find(received.code, key=received.tracking_key)


def test_the_tracking_page_takes_at_most_3_statements_besides_the_shared_cache(
    received: Dossier, client: Client, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    address = f"/tra-cuu/{received.code}?k={received.tracking_key}"
    client.get(address)
    with at_most(3):
        assert client.get(address).status_code == 200


def test_the_queue_page_takes_at_most_6_statements_besides_session_and_account(
    world: World, received: Dossier, client: Client, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    chi = log_in(client, world.users["chi"])
    chi.get("/can-bo/hang-viec")
    with at_most(6):
        assert chi.get("/can-bo/hang-viec").status_code == 200


def test_collecting_on_line_takes_at_most_8_statements(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]
) -> None:
    Dossier.objects.filter(pk=received.pk).update(status=9, holder_role="returner")
    with at_most(8):
        returning.collect_online(fresh(received), by=world.actor("an"), at=LATER)
