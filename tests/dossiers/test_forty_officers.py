"""Forty officers of one agency receive at once: forty processes of the operating system against one PostgreSQL."""

import multiprocessing as mp
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections

from dossiers import chain, files, intake
from dossiers.models import Dossier, IssuedPaper
from dossiers.refusals import LostRace, MoveRefused
from portal.floor.actor import Actor, Seat
from portal.models import User
from procedures import calendars
from procedures.models import Position
from procedures.ruleset import Rules
from tests.dossiers.conftest import ANSWERS, applicant_of, picture
from tests.world import AN_ADDRESS, MONDAY, World

OFFICERS, EACH = 40, 3
FORK = mp.get_context("fork")  # the whole of Django is loaded once


@dataclass
class Told:
    """What one officer saw: codes given, and the answer at the dossier that all of them pressed on."""

    codes: list[str] = field(default_factory=list)
    won: str = ""
    lost: str = ""


@pytest.mark.django_db(transaction=True)
def test_forty_officers_receive_at_one_counter_at_once(world: World) -> None:
    """Codes without gap and without repetition, nothing lost, one winner where all press (regulation §6, §29)."""
    desks = [_receiver(world, number) for number in range(OFFICERS)]
    contested, *others = [_filed(world) for _ in range(OFFICERS * EACH + 1)]
    told = _at_once(desks, contested, others)

    codes = [code for one in told for code in one.codes] + [one.won for one in told if one.won]
    assert len(codes) == len(set(codes)) == OFFICERS * EACH + 1
    assert sorted(int(code.rpartition("-")[2]) for code in codes) == list(range(1, len(codes) + 1)), "no gap"
    assert set(Dossier.objects.values_list("code", flat=True)) == set(codes), "none lost"

    winner = [one for one in told if one.won]
    assert len(winner) == 1
    first = contested.events.get(verb="receive").actor_name
    refusals = [one.lost for one in told if one.lost]
    assert len(refusals) == OFFICERS - 1
    assert all(f"{first} đã làm bước “Nhận hồ sơ” lúc 09:00 09/11/2026" in said for said in refusals), set(refusals)

    assert all(chain.is_whole(dossier) for dossier in Dossier.objects.all())
    numbers = [number for (number,) in IssuedPaper.objects.filter(kind="receipt").values_list("number")]
    assert [times for _number, times in Counter(numbers).items() if times > 1] == []
    assert len(numbers) == len(codes), "one receipt each, every number once"


def _at_once(desks: list[Actor], contested: Dossier, others: list[Dossier]) -> list[Told]:
    connections.close_all()  # a connection must not be shared by two processes
    start, answers = FORK.Barrier(OFFICERS), FORK.SimpleQueue()
    own = [[dossier.pk for dossier in others[number * EACH : (number + 1) * EACH]] for number in range(OFFICERS)]
    seen = [Dossier.objects.get(pk=contested.pk) for _ in desks]
    connections.close_all()
    people = [
        FORK.Process(target=_work, args=(desk, copy, mine, start, answers), daemon=True)
        for desk, copy, mine in zip(desks, seen, own, strict=True)
    ]
    for person in people:
        person.start()
    told = [answers.get() for _ in people]
    for person in people:
        person.join(30)
    assert [person.exitcode for person in people] == [0] * OFFICERS
    assert all(isinstance(one, Told) for one in told), [one for one in told if not isinstance(one, Told)]
    return told


def _work(desk: Actor, contested: Dossier, mine: list[uuid.UUID], start: Any, answers: Any) -> None:
    """One process: first the dossier that all want, then one's own."""
    told: Any = Told()
    try:
        connection.ensure_connection()
        start.wait(60)
        try:
            told.won = str(intake.receive(contested, by=desk, at=MONDAY).code)
        except LostRace as lost:
            told.lost = str(lost)
        for pk in mine:
            told.codes.append(str(intake.receive(Dossier.objects.get(pk=pk), by=desk, at=MONDAY).code))
    except (Exception, MoveRefused) as broken:
        told = repr(broken)
    connections.close_all()
    answers.put(told)


def _receiver(world: World, number: int) -> Actor:
    name, commune = f"Cán bộ {number:02}", world.agencies["commune"]
    user = User.objects.create(username=f"canbo{number}", kind=User.Kind.OFFICER, full_name=name)
    position = Position.objects.create(
        user=user, agency=commune, role="receiver", title="Công chức", holder_name=name
    )  # fmt: skip
    return Actor("officer", user_id=user.pk, name=name, seats=(Seat(position.pk, commune.pk, "receiver", "Công chức"),))


def _filed(world: World) -> Dossier:
    by = world.actor("an")
    calendars.calendar_for(None)
    draft = intake.start(world.climbing, by=by, at=MONDAY, agency=world.agencies["commune"], rules=Rules())
    delivery = {"mode": "post", "name": "Nguyễn Thị An", "phone": "0912345678", "address": AN_ADDRESS}
    intake.save_draft(draft, at=MONDAY, answers=ANSWERS, delivery=delivery)
    files.receive(picture(), document_key="bang-tqgc", at=MONDAY, draft=draft)
    return intake.submit(draft, by=by, at=MONDAY, applicant=applicant_of(world))
