"""Search over a whole catalogue: what ministries publish, and again as large as the largest province's."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.floor.actor import SYSTEM
from procedures import importing, publishing, search, synonyms, words
from procedures.models import Procedure, ProcedureVersion

ROOT = Path(__file__).resolve().parents[1]
FILE = (
    Path(os.environ.get("MOTCUA_REFERENCE_DATA") or ROOT.parent / "shared" / "data") / "procedures_official_local.json"
)
LARGE = 2_000
EXACT = (
    "khai sinh",
    "đăng ký kết hôn",
    "cap lai giay phep lai xe",
    "thẻ căn cước",
    "sổ đỏ",
    "hộ kinh doanh",
    "1.001193",
    "nuôi con nuôi",
    "thuế",
    "giấy phép xây dựng",
)
BEGUN = (
    "khai si",
    "dang ky ket h",
    "giấy phép x",
    "căn cư",
    "hộ kinh do",
    "công chứ",
    "1.0011",
    "chứng chỉ hành ngh",
    "đất đ",
    "xuất nh",
)
SLIPS = ("khai sihn", "dang ky kett hon", "giay pehp xay dung", "can cuwoc", "ho kinh doahn", "chung thcu")
HEAD = f"{'search, ms in process':<34}{'p50':>9}{'p95':>9}{'SQL p50':>10}{'to SQL':>9}"


@dataclass(frozen=True)
class Line:
    """One kind of query: our median and the slowest in twenty, beside the same statement through psycopg2 alone."""

    name: str
    p50: float
    p95: float
    raw: float | None

    def __str__(self) -> str:
        beside = f"{self.raw:>10.2f}{self.p50 / self.raw:>8.1f}×" if self.raw else ""
        return f"{self.name:<34}{self.p50:>9.2f}{self.p95:>9.2f}{beside}"


def run(rounds: int = 30) -> Iterator[Line | str]:
    """Loads the catalogue into the database at hand. One line of text when the file is not there."""
    if not FILE.is_file():
        yield f"search: skipped, no {FILE.name} (MOTCUA_REFERENCE_DATA)"
        return
    _load()
    yield from _lines(rounds)
    _grow(LARGE)
    yield from _lines(rounds)


def _lines(rounds: int) -> Iterator[Line]:
    count = ProcedureVersion.objects.published().count()
    for name, queries in (("exact", EXACT), ("begun", BEGUN)):
        yield _measure(f"{name}, {count:,} procedures", queries, rounds, raw=True)
    yield _measure(f"slips, {count:,} procedures", SLIPS, max(3, rounds // 5), raw=False)


def _measure(name: str, queries: tuple[str, ...], rounds: int, *, raw: bool) -> Line:
    typing = name.startswith("begun")
    statements = {query: _statement(query, typing) for query in queries} if raw else {}
    ours: list[float] = []
    theirs: list[float] = []
    for _round in range(rounds + 2):
        for query in queries:
            took = _time(lambda query=query: search.find(query, typing=typing))  # type: ignore[misc]
            if _round > 1:
                ours.append(took)
            if raw:
                took = _time(lambda query=query: _execute(statements[query]))  # type: ignore[misc]
                if _round > 1:
                    theirs.append(took)
    return Line(
        name, statistics.median(ours), statistics.quantiles(ours, n=20)[-1], statistics.median(theirs) if raw else None
    )


def _statement(query: str, typing: bool) -> str:
    with CaptureQueriesContext(connection) as caught:
        search.find(query, typing=typing)
    return str(caught.captured_queries[0]["sql"])


def _execute(statement: str) -> None:
    assert connection.connection is not None
    with connection.connection.cursor() as cursor:  # psycopg2's own
        cursor.execute(statement)
        cursor.fetchall()


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _load() -> None:
    """The file through the importer; what it leaves as a draft is put in force here, for search alone."""
    synonyms.load(ROOT / "procedures" / "reference" / "synonyms.json")
    importing.import_catalogue(FILE, by=SYSTEM, at=timezone.now())
    in_force = ProcedureVersion.objects.published().values("procedure")
    newest = (
        ProcedureVersion.objects.exclude(procedure__in=in_force).order_by("procedure", "-number").distinct("procedure")
    )
    ProcedureVersion.objects.filter(pk__in=newest.values("pk")).update(
        state="published", valid_from=timezone.localdate()
    )
    synonyms.refresh()
    _analyse()


def _grow(size: int) -> None:
    """Copies under codes of their own until there are as many."""
    known = words.synonyms()
    lacking = size - Procedure.objects.count()
    for number, version in enumerate(
        ProcedureVersion.objects.published().select_related("procedure__field").order_by("pk")[:lacking]
    ):
        procedure, version.name = version.procedure, f"{version.name} ({number})"
        procedure.pk, procedure.code, procedure._state.adding = None, f"9.{number:06d}", True
        publishing.describe(procedure, version, known)
        procedure.save()
        version.pk, version.procedure, version._state.adding = None, procedure, True
        version.save()
    _analyse()


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE procedures_procedure, procedures_procedureversion")
