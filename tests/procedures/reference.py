"""The shipped catalogue as read by tests, and believable answers made from any form's schema."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from procedures import conditions

ROOT = Path(__file__).resolve().parents[2] / "procedures" / "reference"
Json = dict[str, Any]

ADDRESS = {
    "unit_set": "2024",
    "province": "26",
    "district": "246",
    "commune": "08836",
    "detail": "thôn Đồng Xuân",
    "text": "thôn Đồng Xuân, Xã Xuân Lôi, Huyện Lập Thạch, Tỉnh Vĩnh Phúc",
}
SAMPLES = {
    "text": "Đội 3, thôn Đồng Xuân",
    "long_text": "Bán tạp hóa, giải khát và dịch vụ ăn uống tại chỗ.",
    "person_name": "Nguyễn Thị Hồng Nhung",
    "personal_id": "026190001234",
    "phone": "0912345678",
    "email": "an@example.vn",
    "organisation": "Hợp tác xã Nông nghiệp Xuân Lôi",
    "tax_code": "2500123451",
    "number": 2,
    "money": 50_000_000,
    "date": "2026-03-05",
    "yes_no": True,
    "address": ADDRESS,
}


def read(folder: str) -> dict[str, Json]:
    """All JSON files of a folder by their stem."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / folder).glob("*.json"))}


CATALOGUE, FORMS = read("catalogue"), read("forms")
AGENCIES = {tier: json.loads((ROOT / f"agencies-{tier}.json").read_text("utf-8")) for tier in ("vinh-phuc", "two-tier")}


def form_fields(code: str) -> Iterator[Json]:
    for page in FORMS[code]["schema"]["pages"]:
        yield from page["fields"]


def cases() -> Iterator[tuple[Json, Json]]:
    for procedure in CATALOGUE.values():
        for case in procedure["cases"]:
            yield procedure, case


def two_tier(procedure: Json) -> Json:
    """The procedure as a province without districts reads it."""
    merged = procedure | procedure.get("two_tier", {})
    return merged | {"cases": [case | _second_route(case) for case in merged["cases"]]}


def _second_route(case: Json) -> Json:
    return {"route": case["route_two_tier"]} if case.get("route_two_tier") else {}


def sample_answers(code: str, chosen: Mapping[str, Any] | None = None) -> Json:
    """Answers to every field that shows, the first option of each choice unless `chosen` says otherwise."""
    answers: Json = {}
    for field in form_fields(code):
        if field["type"] not in {"computed", "explanation"} and conditions.holds(field.get("condition"), answers):
            answers[field["key"]] = (chosen or {}).get(field["key"], _sample(field))
    return answers


def _sample(field: Json) -> Any:
    if field["type"] == "date" and str(field.get("min", "")).startswith("today"):
        return "2027-03-05"
    if "pattern" in field:
        return "1962"
    if field["type"] in {"choice", "multi_choice"}:
        first = field["options"][0]["value"]
        return first if field["type"] == "choice" else [first]
    if field["type"] == "group":
        return [{one["key"]: _sample(one) for one in field["fields"]}]
    return SAMPLES[field["type"]]
