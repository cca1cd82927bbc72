"""Whether the queue page grows with the number of dossiers: a small database beside the large one, asked in turns.

Between the measures of two runs a machine changes more than the page does, so both databases are there at once.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from bench import data
from bench.handling import Desk
from bench.measure import WARM
from tests import world as worlds

SMALL, TURNS, PAGES = 50_000, 12, 5


def run(large: Desk) -> str:
    """The median page of both databases, of the product and of bare Django."""
    name = str(connection.settings_dict["NAME"])
    with _beside(name) as small_name:
        call_command("createcachetable", verbosity=0)
        world = worlds.build()
        data.fill(world, SMALL)
        small = Desk(world)
        times: dict[tuple[str, str], list[float]] = {}
        for _ in range(TURNS):
            for database, desk in ((small_name, small), (name, large)):
                _turn_to(database)
                for kind, page in (("product", desk.product), ("Django", desk.bare)):
                    for number in range(WARM + PAGES):
                        start = time.perf_counter()
                        page()
                        if number >= WARM:
                            times.setdefault((kind, database), []).append((time.perf_counter() - start) * 1000)
    lines = []
    for kind in ("product", "Django"):
        few, many = (statistics.median(times[kind, database]) for database in (small_name, name))
        lines.append(f"queue page from {SMALL:,} on, {kind:<8}{few:>9.2f} →{many:>7.2f} ms{many / few:>10.2f}×")
    return "\n".join(lines)


@contextmanager
def _beside(name: str) -> Iterator[str]:
    """A second, empty database for a while."""
    _turn_to(name)
    connection.settings_dict["TEST"]["NAME"] = f"{name}_small"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    small = str(connection.settings_dict["NAME"])
    try:
        yield small
    finally:
        _turn_to(small)
        connection.creation.destroy_test_db(name, verbosity=0)
        _turn_to(name)


def _turn_to(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database
