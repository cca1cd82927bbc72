"""How an import command says what it did: JSON for programs, lines for people."""

import json
from argparse import ArgumentParser
from dataclasses import asdict

from django.core.management.base import OutputWrapper

from procedures.importing import Summary


def add_json_option(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def report(summary: Summary, out: OutputWrapper, *, as_json: bool) -> None:
    if as_json:
        out.write(json.dumps(asdict(summary), ensure_ascii=False, indent=1) + "\n")
        return
    counts = ("loaded", "published", "drafted", "unchanged", "updated")
    out.write(", ".join(f"{name} {getattr(summary, name)}" for name in counts) + f", refused {len(summary.refused)}\n")
    for name, times in sorted(summary.ignored.items()):
        out.write(f"ignored: {name} (in {times} rows): nothing reads this name\n")
    for kind, rows in (("refused", summary.refused), ("lacks", summary.defects)):
        for row in rows:
            out.write(f"{kind}: {row.row} {row.field}: {row.reason}\n")
