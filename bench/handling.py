"""What people do all day with one dossier: file, move, list, look for, follow."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.test import Client
from django.utils import timezone

from bench import data
from bench.floors import Bare, Raw
from bench.measure import WARM, Line, compare
from dossiers import files, intake, processing
from dossiers.applicants import Applicant
from dossiers.models import Dossier, Draft
from procedures.ruleset import Rules
from tests import world as worlds
from tests.dossiers.conftest import ANSWERS, picture
from tests.login import log_in
from tests.world import World

QUEUE, SEARCH = "/can-bo/hang-viec", "/can-bo/tim"
LONG = 200  # events


def lines(world: World, desk: "Desk", rounds: int) -> Iterator[Line]:
    """The product beside its floors, over the dossiers that are there."""
    raw, bare = Raw(world), Bare(world)
    yield _filing(world, raw, bare, rounds)
    yield from _moving(world, raw, bare, rounds)
    yield from _pages(desk, raw, rounds)


def _filing(world: World, raw: Raw, bare: Bare, rounds: int) -> Line:
    an, applicant = world.actor("an"), Applicant.of(world.users["an"])
    waiting = iter([_draft(world) for _ in range(rounds + WARM)])

    def submit() -> None:
        intake.submit(next(waiting), by=an, at=timezone.now(), applicant=applicant)

    return compare("file a dossier", product=submit, bare=bare.file, raw=raw.file, rounds=rounds)


def _moving(world: World, raw: Raw, bare: Bare, rounds: int) -> Iterator[Line]:
    """The product on Chi's own desk; the floors, which check nothing, on desks of other communes."""
    chi, commune, number = world.actor("chi"), world.agencies["commune"], rounds + WARM
    at_work = Dossier.objects.filter(status=4, stage_kind="examine").order_by("pk")
    own = list(at_work.filter(holder_agency=commune).values_list("pk", flat=True)[: 2 * number])
    others = iter(at_work.exclude(holder_agency=commune).values_list("pk", flat=True)[: 4 * number])
    few, many = own[: len(own) // 2], own[len(own) // 2 :]
    data.lengthen(many, LONG)
    for name, mine in (("move after 2 events", few), (f"move after {LONG} events", many)):
        waiting = iter(mine)

        def forward(waiting: Iterator[Any] = waiting) -> None:
            dossier = Dossier.objects.select_related("rule_profile").get(pk=next(waiting))
            processing.forward(dossier, by=chi, at=timezone.now())

        yield compare(
            name, product=forward, bare=lambda: bare.move(next(others)), raw=lambda: raw.move(next(others)),
            rounds=len(mine) - WARM,
        )  # fmt: skip


class Desk:
    """The queue of an officer with much work: our page, and the same rows by Django alone, plain and tuned."""

    def __init__(self, world: World) -> None:
        self.officer, self._plain = (
            log_in(Client(HTTP_HOST="localhost"), world.users["chi"]),
            Client(HTTP_HOST="localhost"),
        )
        bare = Bare(world)
        self._plain.cookies, self._plain.handler = self.officer.cookies, bare.site()  # type: ignore[assignment]
        bare.alike(self.product())

    def product(self) -> str:
        return page(self.officer, QUEUE)

    def bare(self, path: str = "/") -> str:
        return page(self._plain, path)

    def tuned(self) -> str:
        return self.bare("/?tuned")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def _pages(desk: Desk, raw: Raw, rounds: int) -> Iterator[Line]:
    public = Client(HTTP_HOST="localhost")
    for name, beside in (
        ("officer's queue, a page of 50", desk.bare),
        ("  beside Django tuned, same page", desk.tuned),
    ):
        yield compare(name, product=desk.product, bare=beside, raw=raw.queue, rounds=rounds)
    for name, asked, word in (
        ("search: a common name", "nguyen thi an", "nguyen thi an"),
        ("search: nothing", "zzz", "zzz"),
    ):
        found = desk.officer.post(SEARCH, {"q": asked})["Location"]
        yield compare(
            name, product=partial(page, desk.officer, found), raw=partial(raw.search, word), rounds=rounds,
        )  # fmt: skip
    sample = Dossier.objects.filter(status=4).values_list("code", "tracking_key").first()
    assert sample is not None
    code, key = sample
    yield compare(
        "track by code and key", product=lambda: page(public, f"/tra-cuu/{code}?k={key}"),
        bare=lambda: desk.bare(f"/?track={code}"), raw=lambda: raw.track(code), rounds=rounds,
    )  # fmt: skip


def _draft(world: World) -> Draft:
    at, by = timezone.now(), world.actor("an")
    draft = intake.start(world.climbing, by=by, at=at, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=at, answers=ANSWERS, delivery={"mode": "post", "address": worlds.AN_ADDRESS})
    files.receive(picture(f"{uuid.uuid4()}.jpg"), document_key="bang-tqgc", at=at, draft=draft)
    return draft
