"""`./motcua bench`: the product beside hand-written SQL and the barest Django, on the same database in the same run.

Milliseconds are for looking at; the ratios decide, because they hold on a slow machine too.
"""

import argparse
import os
import sys
import tempfile
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench import data, growing, handling, papers, proving, searching, signing
from bench.measure import HEAD
from tests import world as worlds

HUGE = 5_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="./motcua bench --")
    parser.add_argument("--dossiers", type=int, default=50_000)
    parser.add_argument("--huge", action="store_const", const=HUGE, dest="dossiers", help=f"{HUGE:,} dossiers")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--only-dossiers", action="store_true", help="no catalogue, no papers, no signatures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings.STORAGES["default"]["OPTIONS"] = {"location": folder}
        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            dossiers(options.dossiers, options.rounds)
            if not options.only_dossiers:
                print(f"\n{searching.HEAD}")
                for found in searching.run():
                    print(found)
                the_rest()
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
    return 0


def dossiers(count: int, rounds: int) -> None:
    """Work on dossiers among `count`, and what proves and reckons all of them."""
    call_command("createcachetable", verbosity=0)
    world, start = worlds.build(), time.perf_counter()
    data.fill(world, count)
    took = time.perf_counter() - start
    print(
        f"{count:,} dossiers made in {took:.0f} s, {data.size()}; PostgreSQL {data.version()}, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(proving.trails())
    print(f"\n{HEAD}")
    desk = handling.Desk(world)
    for line in handling.lines(world, desk, rounds):
        print(line, flush=True)
    if count > growing.SMALL:
        print(growing.run(desk), flush=True)
    print()
    for said in proving.reckoned(world):
        print(said, flush=True)


def the_rest() -> None:
    for made, seconds in papers.run().items():
        print(f"{made:<34}{seconds:>9.1f} s")
    print(f"\n{'signatures a second':<34}{'product':>9}  beside")
    for row in signing.run():
        print(row, flush=True)


if __name__ == "__main__":
    sys.exit(main())
