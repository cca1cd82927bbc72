"""The official structure (as ministries publish their procedures) into our own shape.

Nothing is invented: what the source does not say stays as it is here, or empty and then a named defect of the draft.
What the source says and we cannot keep is named as a remark.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.floor.vietnamese import fold
from procedures.importing import papers, terms
from procedures.importing.record import CHANNELS, CODE, SMALL, SUFFIX
from procedures.importing.shapes import Each, Row, RowRefused, day, flag, one_of, plain, text, whole
from procedures.models import Level, ReturnWay

Said = Mapping[str, Any]
Remarks = list[tuple[str, str]]  # field and what is wrong with it
FEE = Row({"amount": whole(), "currency": text(10), "note": text()}, whole=False)
CHANNEL = Row(
    {
        "channel": text(40),
        "time_value": whole(0, SMALL),
        "time_unit": text(40),
        "time_from_note": Each(plain, 2),
        "fees": Each(FEE, 200),
        "note": text(),
    },
    whole=False,
)
DOCUMENT = Row(
    {
        "group": text(2000),
        "name": text(5000),
        "original": whole(0, SMALL),
        "copies": whole(0, SMALL),
        "attached_form": text(300),
    },
    whole=False,
)
STRUCTURE = Row(
    {
        "code": text(30, pattern=rf"{CODE}(\.{SUFFIX})?", needed=True),
        "name": text(1200, needed=True),
        "ministry": text(200),
        "ministry_group": text(20),
        "field": text(150),
        "levels": Each(text(40), 20),
        "kind": text(300),
        "decision_no": text(60),
        "decision_signed_on": day,
        "decision_effective_on": day,
        "audience": Each(text(300), 50),
        "agency": text(1400),
        "competent_authority": text(1400),
        "receiving_address": text(5000),
        "coordinating": text(5000),
        "steps": Each(text()),
        "channels": Each(CHANNEL, 200),
        "documents": Each(DOCUMENT, 500),
        "n_documents": whole(),
        "results": Each(Row({"name": text(1000), "code": text(60)}, whole=False), 100),
        "legal_basis": Each(text(1000)),
        "conditions": text(100_000),
        "sets": whole(0, SMALL),
        "return_ways": Each(one_of(ReturnWay.values), 10),
        "n_steps": whole(),
        "detail_url": text(500),
        "source": text(500),
        "verified": flag(),
        "std_field": text(150),
        "level_pre2025": text(40),
    },
    whole=False,
    needed=("code", "name"),
)
CASE = {"key": "chung", "name": "Trường hợp chung"}
NOTHING = re.compile(r"(không có thông tin|không có|không)?\s*[.;]?", re.IGNORECASE)
GLUED = re.compile(r"Từ khóa\s*Không có thông tin.*", re.DOTALL)  # headings of the page that follow the text
RETURN = r"(?:trả|nhận)\s+kết\s+quả[^.;\n]{0,120}?"


def is_official(row: Said) -> bool:
    """Whether a row is in the official structure rather than in ours."""
    return "cases" not in row and not isinstance(row.get("field"), Mapping)


def translated(given: Said, *, two_tiers: bool = False) -> tuple[dict[str, Any], Remarks]:
    """The row in our own shape, with what is wrong with it; always a draft. Raises RowRefused."""
    row = STRUCTURE(given, "")
    remarks: Remarks = []
    code, channels = row["code"], row.get("channels", [])
    names = [one for one in CHANNELS if any(channel.get("channel") == one for channel in channels)]
    remarks += [
        ("channels", _("Cách thức không có trong hệ thống: %(name)s") % {"name": name})
        for name in sorted({str(one.get("channel") or "") for one in channels} - {*CHANNELS, ""})
    ]
    notes = " \n".join(str(one.get("note") or "") for one in channels)
    said = {
        "code": code[:8],
        "code_suffix": code[9:] or None,
        "field": field_of(row.get("field") or "Khác", row.get("ministry_group") or ""),
        "level": _level(row, two_tiers),
        "name": row["name"],
        "decision": _decision(row),
        "steps": [one for one in row.get("steps", ()) if one] or None,
        "channels": names,
        "audience": [one for one in row.get("audience", ()) if one],
        "competent": row.get("competent_authority") or row.get("agency") or "",
        "conditions": _conditions(row.get("conditions") or ""),
        "legal_basis": [one for one in row.get("legal_basis", ()) if one],
        "dossier_sets": row.get("sets") or None,
        "online_scope": terms.online_scope(names, notes),
        "return_ways": row.get("return_ways") or _return_ways(notes) or None,
        "cases": [CASE | _case(row, channels, remarks)],
    }
    said["notes"] = _notes(row, channels, remarks)
    return {key: value for key, value in said.items() if value is not None}, remarks


def field_of(name: str, ministry: str) -> dict[str, str]:
    """A code of its own for a field that comes with its name alone."""
    ministry = ministry if re.fullmatch(r"[A-Z]\d{2}", ministry, re.ASCII) else "G00"
    mark = hashlib.sha256(name.encode()).hexdigest()[:4]
    slug = "-".join("".join(char if char.isalnum() else " " for char in fold(name)).split())[:75].strip("-")
    slug = slug or f"linh-vuc-{mark}"
    return {"code": f"{ministry}-{slug.replace('-', '').upper()[:11]}{mark.upper()}", "name": name, "slug": slug}


def _level(row: Said, two_tiers: bool) -> str:
    """Where it is decided: as before 2025 for three tiers; else the lowest tier of the province that is named."""
    before, now = row.get("level_pre2025") or "", row.get("levels", [])
    if before in Level.values and not (two_tiers and before == Level.DISTRICT):
        return str(before)
    for level in (Level.COMMUNE, *(() if two_tiers else (Level.DISTRICT,)), Level.PROVINCE):
        if level in now:
            return str(level.value)
    if before == Level.DISTRICT:
        return str(Level.COMMUNE.value)
    raise RowRefused("levels", _("Không có cấp nào của tỉnh trong: %(levels)s") % {"levels": ", ".join(now) or "–"})


def _decision(row: Said) -> dict[str, Any] | None:
    if not (number := row.get("decision_no")):
        return None
    return {
        "number": number,
        "signed_on": row.get("decision_signed_on"),
        "effective_on": row.get("decision_effective_on"),
    }


def _conditions(given: str) -> str:
    given = GLUED.sub("", given).strip()
    return "" if NOTHING.fullmatch(given) else given


def _return_ways(notes: str) -> list[str]:
    """Ways that the notes name for the result, in so many words."""
    words = {
        ReturnWay.COUNTER: r"(?:trực tiếp|tại (?:trung tâm|bộ phận))",
        ReturnWay.ONLINE: r"(?:trực tuyến|bản điện tử)",
        ReturnWay.POST: r"(?:bưu chính|bưu điện)",
    }
    return [way.value for way, word in words.items() if re.search(RETURN + word, notes, re.IGNORECASE)]


def _case(row: Said, channels: list[Said], remarks: Remarks) -> dict[str, Any]:
    documents = papers.papers(row.get("documents", []), remarks)
    told = row.get("n_documents")
    if told is not None and told != len(row.get("documents", ())):
        words = {"told": told, "found": len(row.get("documents", ()))}
        remarks.append(("documents", _("Nguồn ghi có %(told)s giấy tờ, đọc được %(found)s") % words))
    results = [_result(one) for one in row.get("results", ()) if one.get("name")]
    return {
        "time": terms.time(channels, remarks),
        "result": results[0] if results else {"name": "", "code": ""},
        "other_results": results[1:],
        "documents": documents,
        "fees": terms.fees(channels, remarks),
    }


def _result(row: Said) -> dict[str, str]:
    """Some sources glue the code to the name."""
    name, code = row["name"], row.get("code") or ""
    if found := re.fullmatch(r"(?P<name>.+?)\s*Mã:\s*(?P<code>\S{1,20})", name, re.DOTALL):
        name, code = found["name"], code or found["code"]
    if len(code) > 20:
        name, code = f"{name} ({code})"[:1000], ""
    return {"name": name, "code": code}


def _notes(row: Said, channels: list[Said], remarks: Remarks) -> str:
    """What the source says that has no place of its own, and what is wrong with it."""
    lines = [row.get("detail_url") or ""]
    for key, label in (
        ("receiving_address", _("Địa chỉ tiếp nhận")),
        ("coordinating", _("Cơ quan phối hợp")),
        ("kind", _("Loại")),
    ):
        lines += [f"{label}: {row[key]}"] if row.get(key) else []
    lines += [one.get("note") or "" for one in channels]
    lines += [fee.get("note") or "" for one in channels for fee in one.get("fees", ())]
    lines += [_("Cần xem: %(what)s") % {"what": reason} for _field, reason in remarks]
    return "\n".join(dict.fromkeys(line for line in lines if line))
