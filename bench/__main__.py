"""`./motcua bench`: the product beside hand-written SQL and the barest Django, on the same database in the same run.

Milliseconds are for looking at; the ratios decide, because they hold on a slow machine too.
"""

import argparse
import itertools
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import papers, searching, signing
from bench.data import fill
from bench.floors import Bare, Raw
from bench.measure import HEAD, Line, compare
from dossiers import files, intake, processing
from dossiers.models import Dossier, Draft
from procedures.ruleset import Rules
from tests import world as worlds
from tests.dossiers.conftest import ANSWERS, picture
from tests.login import log_in


def main() -> int:
    parser = argparse.ArgumentParser(prog="./motcua bench --")
    parser.add_argument("--dossiers", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--no-signing", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings.STORAGES["default"]["OPTIONS"] = {"location": folder}
        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            print(
                f"{options.dossiers:,} dossiers, PostgreSQL {connection.pg_version // 10000}, load {os.getloadavg()[0]:.1f}"
            )
            print(HEAD)
            for line in lines(options.dossiers, options.rounds):
                print(line)
            print(f"\n{searching.HEAD}")
            for found in searching.run():
                print(found)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
    for made, seconds in papers.run().items():
        print(f"{made:<34}{seconds:>9.1f} s")
    if not options.no_signing:
        print(f"\n{'signatures a second':<34}{'product':>9}  beside")
        for row in signing.run():
            print(f"{row.name:<34}{row.per_second:>9.1f}  {row.limit}: {row.limit_per_second:.1f}")
    return 0


def lines(count: int, rounds: int) -> Iterator[Line]:
    call_command("createcachetable", verbosity=0)
    world = worlds.build()
    fill(world, count)
    raw, bare = Raw(world), Bare(world)
    an, chi = world.actor("an"), world.actor("chi")
    applicant = intake.Applicant.of(world.users["an"])
    drafts = [_draft(world) for _ in range(rounds + 5)]
    waiting = iter(drafts)
    movable = itertools.cycle(Dossier.objects.filter(status=4).values_list("pk", flat=True)[: 3 * (rounds + 5)])
    officer, public = log_in(Client(HTTP_HOST="localhost"), world.users["chi"]), Client(HTTP_HOST="localhost")
    plain = Client(HTTP_HOST="localhost")
    plain.cookies, plain.handler = officer.cookies, bare.site()  # type: ignore[assignment]
    tracked = Dossier.objects.filter(status=4).values_list("code", "tracking_key").first()
    assert tracked is not None

    def submit() -> None:
        intake.submit(next(waiting), by=an, at=timezone.now(), applicant=applicant)

    def forward() -> None:
        dossier = Dossier.objects.select_related("rule_profile").get(pk=next(movable))
        processing.forward(dossier, by=chi, at=timezone.now())

    def page(client: Client, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    yield compare("file a dossier", product=submit, bare=bare.file, raw=raw.file, rounds=rounds)
    yield compare(
        "move a dossier", product=forward, bare=lambda: bare.move(next(movable)), raw=lambda: raw.move(next(movable)),
        rounds=rounds,
    )  # fmt: skip
    yield compare(
        "officer's queue, a page of 50", product=lambda: page(officer, "/can-bo/hang-viec"), bare=lambda: page(plain, "/"),
        raw=raw.queue, rounds=rounds,
    )  # fmt: skip
    code, key = tracked
    yield compare(
        "track by code and key", product=lambda: page(public, f"/tra-cuu/{code}?k={key}"), bare=lambda: page(plain, f"/?track={code}"),
        raw=lambda: raw.track(code), rounds=rounds,
    )  # fmt: skip


def _draft(world: worlds.World) -> Draft:
    at, by = timezone.now(), world.actor("an")
    draft = intake.start(world.climbing, by=by, at=at, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=at, answers=ANSWERS, delivery={"mode": "post", "address": worlds.AN_ADDRESS})
    files.receive(picture(f"{uuid.uuid4()}.jpg"), document_key="bang-tqgc", at=at, draft=draft)
    return draft


if __name__ == "__main__":
    sys.exit(main())
