"""A record of ours in the structure in which ministries publish: what `procedures.importing.official` reads.

That structure knows no cases, forms, routes or conditions: papers, results and limits of all cases stand one after the
other, each paper under the heading of its case. Nothing is lost by it that the structure can say.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from procedures.models import TimeUnit

Record = Mapping[str, Any]
UNITS = {
    TimeUnit.WORKING_DAY: "working_day",
    TimeUnit.DAY: "day",
    TimeUnit.WORKING_HOUR: "hour",
    TimeUnit.MONTH: "month",
}
UNNAMED = "Phí, lệ phí"  # what the importer calls a fee that came without a name
REMARK = "Cần xem:"  # remarks of an import are made anew by the next one


def told(records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    """Each record as a ministry would publish it."""
    return (_told(one) for one in records)


def _told(record: Record) -> dict[str, Any]:
    cases, decision, field = record["cases"], record["decision"] or {}, record["field"]
    papers = [paper for case in cases for paper in _papers(case, several=len(cases) > 1)]
    address, *notes = _notes(record["notes"])
    suffix = f".{record['code_suffix']}" if record["code_suffix"] else ""
    return {
        "code": record["code"] + suffix,
        "name": record["name"],
        "ministry_group": field["code"][:3],
        "field": field["name"],
        "levels": [record["level"]],
        "level_pre2025": record["level"],
        "decision_no": decision.get("number", ""),
        "decision_signed_on": decision.get("signed_on"),
        "decision_effective_on": decision.get("effective_on"),
        "audience": record["audience"],
        "agency": record["competent"],
        "competent_authority": record["competent"],
        "steps": record["steps"],
        "n_steps": len(record["steps"]),
        "channels": _channels(record, cases, notes),
        "documents": papers,
        "n_documents": len(papers),
        "results": [one for case in cases for one in _results(case)],
        "legal_basis": record["legal_basis"],
        "conditions": record["conditions"],
        "sets": record["dossier_sets"],
        "return_ways": record["return_ways"],
        "detail_url": address,
    }


def _notes(text: str) -> list[str]:
    """The address of the page the record came from, empty when it came from none, then the notes."""
    lines = [line for line in text.split("\n") if line and not line.startswith(REMARK)]
    return lines if lines and lines[0].startswith("http") else ["", *lines]


def _papers(case: Record, *, several: bool) -> Iterator[dict[str, Any]]:
    for paper in case["documents"]:
        yield {
            "group": paper["hint"] or (case["name"] if several else ""),
            "name": paper["name"],
            "original": paper["originals"],
            "copies": paper["copies"],
            "attached_form": paper["form_name"] or None,
        }


def _results(case: Record) -> list[Record]:
    first = case["result"]
    return [one for one in ({"name": first["name"], "code": first["code"]}, *case["other_results"]) if one["name"]]


def _channels(record: Record, cases: list[Record], notes: list[str]) -> list[dict[str, Any]]:
    """A line per channel and case: limit and fees, the notes once."""
    lines = [
        {
            "channel": channel,
            "time_value": case["time"]["amount"],
            "time_unit": UNITS.get(case["time"]["unit"]),
            "fees": [
                {"amount": fee["amount"], "currency": "VND", "note": "" if fee["name"] == UNNAMED else fee["name"]}
                for fee in case["fees"]
                if fee["channel"] in ("", channel) and fee["amount"]
            ],
            "note": case["name"] if len(cases) > 1 else "",
        }
        for channel in record["channels"]
        for case in cases
    ]
    if lines and notes:
        lines[0]["note"] = "\n".join(filter(None, [lines[0]["note"], *notes]))
    return lines
