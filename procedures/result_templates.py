"""Result templates as administrators write them: what they may use, what is wrong with one, how it looks.

Typst cannot reach files or packages (portal.floor.typesetting); here an administrator's source is moreover tried in a
process of its own with little memory and time, before any dossier depends on it. Layout: NĐ 30/2020, annex I.
"""

import base64
import datetime as dt
import functools
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.floor.typesetting import ROOT
from procedures import eforms
from procedures.models import Case, ProvinceProfile

LONGEST = 40_000  # characters of a source
PATIENCE = 25  # seconds for one trial, whose processor time portal.floor.trial bounds
MOST_PAGES = 20

STANDARD_RESULT = """#import "decision.typ": *
#show: official.with(
  kind: "THÔNG BÁO",
  subject: "Kết quả giải quyết thủ tục " + data.procedure.name,
  receivers: ("Người nộp hồ sơ", "Lưu: VT"),
)

#data.agency.name thông báo kết quả giải quyết hồ sơ #strong(data.dossier.code) của #strong(data.applicant.name).

#written("content")
"""
STANDARD_REFUSAL = """#import "decision.typ": *
#show: letter.with(
  subject: "không giải quyết hồ sơ " + data.dossier.code,
  to: (data.applicant.name,),
  receivers: ("Như trên", "Bộ phận Một cửa", "Lưu: VT"),
)

#data.agency.name không giải quyết đề nghị của #data.applicant.name trong hồ sơ #strong(data.dossier.code). Lý do:

#strong(written("reason"))

#if has(written("legal_basis")) [Căn cứ: #written("legal_basis").]
"""

# Words of Typst that reach for files, other code, or the machine; no Vietnamese text holds any of them.
_REACHING = re.compile(
    r"\b(eval|read|plugin|include|csv|cbor|yaml|toml|xml|json|image|bibliography|sys|std)\b|\"\s*@", re.IGNORECASE
)
_IMPORT = re.compile(r"\bimport\s*([^\s:;]*)")
_OURS = ('"decision.typ"', '"base.typ"')
_LAYOUT = re.compile(r"#show\s*:\s*(decision|official|letter)\b")
_MERGED = re.compile(r"(?<![.\w-])(answer-list|answer|written|at)\(\s*\"([^\"]*)\"\s*(\+)?")
_DATA = re.compile(r"\bdata((?:\.[a-z_]+)+)")
_METHODS = ("at", "keys", "values", "pairs", "slice", "len", "split", "trim", "first", "last", "join", "map", "filter")
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


class TrialFailed(Exception):
    """The template could not be typeset; the message is for its author."""


@dataclass(frozen=True, slots=True)
class MergeField:
    """A value to put into a template: what to write, and what it is."""

    source: str
    label: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A template typeset over invented data: its pages as PNG, and what NĐ 30/2020 asks for and is not there."""

    pages: tuple[bytes, ...]
    faults: tuple[str, ...]


def source_of(case: Case, *, refusal: bool = False) -> str:
    """The template that results of the case are typeset from: its own, else the standard one."""
    own = case.refusal_template if refusal else case.result_template
    return str(own) or (STANDARD_REFUSAL if refusal else STANDARD_RESULT)


def merge_fields(schema: Mapping[str, Any]) -> list[tuple[str, list[MergeField]]]:
    """What a template of a case with that form may use, in groups with headings."""
    answers = [
        MergeField(f'#answer("{spec["key"]}")', str(spec["label"]))
        for spec in eforms.fields(schema)
        if spec["type"] not in ("explanation", "file", "group")
    ]
    groups = [
        MergeField(f'#for row in answer-list("{spec["key"]}") [ … ]', str(spec["label"]))
        for spec in eforms.fields(schema)
        if spec["type"] == "group"
    ]
    fixed = [MergeField(f"#data.{path}", label) for path, label in _fixed().items()]
    texts = [
        MergeField('#written("content")', _("Nội dung do chuyên viên viết")),
        MergeField('#written("reason")', _("Lý do do chuyên viên viết")),
        MergeField('#written("legal_basis")', _("Căn cứ do chuyên viên viết")),
    ]
    return [
        (_("Tờ khai"), [*answers, *groups]),
        (_("Cơ quan, người ký, số văn bản, hồ sơ"), fixed),
        (_("Lời viết cho từng hồ sơ"), texts),
    ]


def faults(source: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a template as it is written; that it compiles is seen by `trial`."""
    if len(source) > LONGEST:
        yield _("Mẫu dài quá %(limit)s ký tự. Rút gọn lại") % {"limit": LONGEST}
        return
    if found := _REACHING.search(source):
        yield _("Mẫu không được dùng “%(word)s”: chỉ dùng các lệnh trong hướng dẫn soạn mẫu") % {"word": found.group()}
    if any(given not in _OURS for given in _IMPORT.findall(source)):
        yield _('Mẫu chỉ được dùng #import "decision.typ": * hoặc #import "base.typ": *')
    if not _LAYOUT.search(source) and not all(one in source for one in ("letterhead", "paper-title")):
        yield _("Mẫu thiếu thể thức Nghị định 30: dùng #show: decision.with(…), official.with(…) hoặc letter.with(…)")
    if not _LAYOUT.search(source) and not any(one in source for one in ("closing(", "signature(")):
        yield _("Mẫu thiếu khối chữ ký. Dùng một trong ba bố cục có sẵn, hoặc thêm #closing()")
    for word in _unknown(source, schema):
        yield _("Mẫu gọi “%(word)s” nhưng không có ô nào như vậy. Chọn một ô trong danh sách bên cạnh") % {"word": word}


def trial(source: str, schema: Mapping[str, Any], *, on: dt.date, procedure: str = "") -> Trial:
    """The template typeset over invented data, as the page shows it and publication tries it. Raises TrialFailed."""
    if first := next(faults(source, schema), None):
        raise TrialFailed(first)
    return _tried(source, json.dumps(invented_data(schema, on=on, procedure=procedure), ensure_ascii=False))


def invented_data(schema: Mapping[str, Any], *, on: dt.date, procedure: str = "") -> dict[str, Any]:
    """All that a template may ask about, with nobody's data (docs/how-to/write-a-result-template.md)."""
    province = ProvinceProfile.current()
    try:
        answers = eforms.invented(schema, unit_set=province.unit_set if province else "2024", today=on)
    except eforms.AnswersRefused:  # a form nobody can make answers up for is tried unanswered
        answers = {}
    day = on.isoformat()
    return {
        "number": "123/QĐ-UBND",
        "date": day,
        "agency": {
            "name": "Ủy ban nhân dân xã Mẫu",
            "symbol": "UBND",
            "place": "Xã Mẫu",
            "parent_name": "",
        },
        "signer": {"capacity": "TM. ỦY BAN NHÂN DÂN", "title": "Chủ tịch", "name": "Nguyễn Văn Mẫu"},
        "dossier": {
            "code": "000.00.00.H00-260101-0001", "submitted_at": f"{day}T09:00:00+07:00", "submitted_on": day,
            "accepted_at": f"{day}T09:00:00+07:00", "accepted_on": day, "due_at": f"{day}T17:00:00+07:00",
        },
        "procedure": {"code": "0.000000", "name": procedure or "Thủ tục mẫu", "field": "Lĩnh vực mẫu"},
        "applicant": {
            "name": "Trần Thị Mẫu", "personal_id": "001190000000", "birth_on": "1990-01-01",
            "address": "Số 1, đường Mẫu, xã Mẫu", "phone": "0900 000 000", "email": "mau@example.vn",
        },
        "answers": eforms.printed(schema, answers), "answers_raw": answers,
        "stage_notes": ["Đủ điều kiện giải quyết"], "enclosures": ["Danh sách mẫu"],
        "text": dict.fromkeys(_WRITTEN, "Nội dung mẫu"),
        "verify_url": "https://example.vn/kiem-tra/MAU",
    }  # fmt: skip


_WRITTEN = ("content", "reason", "legal_basis", "guidance")


def _fixed() -> dict[str, str]:
    return {
        "number": _("Số, ký hiệu của văn bản"),
        "date": _("Ngày ký (viết day(data.date))"),
        "agency.name": _("Cơ quan ký"),
        "agency.place": _("Địa danh"),
        "agency.symbol": _("Ký hiệu cơ quan"),
        "agency.parent_name": _("Cơ quan cấp trên"),
        "signer.capacity": _("Thẩm quyền ký"),
        "signer.title": _("Chức vụ người ký"),
        "signer.name": _("Họ tên người ký"),
        "dossier.code": _("Mã hồ sơ"),
        "dossier.accepted_on": _("Ngày tiếp nhận"),
        "dossier.submitted_on": _("Ngày nộp"),
        "dossier.due_at": _("Ngày hẹn trả"),
        "procedure.name": _("Tên thủ tục"),
        "procedure.code": _("Mã thủ tục"),
        "procedure.field": _("Lĩnh vực"),
        "applicant.name": _("Người đề nghị"),
        "applicant.personal_id": _("Số định danh của người đề nghị"),
        "applicant.birth_on": _("Ngày sinh của người đề nghị"),
        "applicant.address": _("Địa chỉ của người đề nghị"),
        "applicant.phone": _("Điện thoại của người đề nghị"),
        "applicant.email": _("Thư điện tử của người đề nghị"),
        "verify_url": _("Địa chỉ kiểm tra văn bản"),
    }


def _unknown(source: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """Merge fields that no dossier would fill."""
    keys = {spec["key"] for spec in eforms.fields(schema)}
    fixed = _paths()
    for function, name, goes_on in _MERGED.findall(source):
        if goes_on:
            continue  # put together while typesetting
        first, _dot, rest = name.partition(".")
        known = {
            "answer": first in keys,
            "answer-list": first in keys,
            "written": bool(KEY.fullmatch(name)),
            "at": name in fixed or (first in ("answers", "answers_raw") and rest.split(".")[0] in keys)
            or (first == "text" and bool(KEY.fullmatch(rest))),
        }[function]  # fmt: skip
        if not known:
            yield f'{function}("{name}")'
    for found in _DATA.findall(source):
        parts = found[1:].split(".")
        while parts and parts[-1] in _METHODS:
            parts.pop()
        name = ".".join(parts)
        of_form = parts[:1] in (["answers"], ["answers_raw"]) and (len(parts) == 1 or parts[1] in keys)
        if parts and name not in fixed and parts[0] != "text" and not of_form:
            yield f"data.{name}"


def _paths() -> set[str]:
    """Every path of the data, its branches included."""
    fixed = {*_fixed(), "dossier.submitted_at", "dossier.accepted_at", "stage_notes", "enclosures"}
    return fixed | {path.split(".")[0] for path in fixed}


@functools.lru_cache(maxsize=64)
def _tried(source: str, data: str) -> Trial:
    """Run the trial in a process that cannot take the server down with it."""
    order = json.dumps({"source": source, "data": json.loads(data), "pages": MOST_PAGES})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "portal.floor.trial"], input=order.encode(), capture_output=True, cwd=ROOT,
            timeout=PATIENCE, check=False, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TrialFailed(_("Dàn trang quá lâu nên đã dừng. Bỏ vòng lặp lớn trong mẫu")) from None
    if done.returncode:
        raise TrialFailed(_("Dàn trang tốn quá nhiều thời gian hoặc bộ nhớ nên đã dừng. Bỏ vòng lặp lớn trong mẫu"))
    answer = json.loads(done.stdout)
    if answer["error"]:
        raise TrialFailed(_("Mẫu chưa dàn trang được: %(why)s") % {"why": answer["error"][:600]})
    if answer["count"] > MOST_PAGES:
        raise TrialFailed(_("Mẫu dài hơn %(limit)s trang. Rút gọn lại") % {"limit": MOST_PAGES})
    pages = tuple(base64.b64decode(page) for page in answer["pages"])
    return Trial(pages, tuple(_missing(answer["text"])))


def _missing(text: str) -> Iterator[str]:
    """Parts of NĐ 30/2020 art. 8 that the typeset paper does not show."""
    shown = " ".join(text.split()).upper()
    for part, words in (
        ("ĐỘC LẬP - TỰ DO - HẠNH PHÚC", _("Quốc hiệu, tiêu ngữ")),
        ("XÃ MẪU", _("tên cơ quan ban hành, địa danh")),
        ("NGUYỄN VĂN MẪU", _("họ tên người ký")),
        ("CHỦ TỊCH", _("chức vụ người ký")),
    ):
        if part not in shown:
            yield _("Văn bản dàn ra không có %(part)s theo Nghị định 30. Xem lại bố cục") % {"part": words}
