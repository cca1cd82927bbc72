"""What a file would do to the catalogue, worked out without changing anything.

Three texts meet in each part of a procedure: what the file says, what it said last time (`Procedure.imported`), and
what stands here. Only what the file says anew, and otherwise than here, is proposed; so local work is never undone by
a file that repeats itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from procedures.importing import official, record, standing, workbook
from procedures.importing.library import Library
from procedures.importing.record import Parts, digest, flat, nested
from procedures.importing.shapes import RowRefused, unknown
from procedures.importing.summary import FileRefused, Refusal, Source, Summary, files, read_bytes, read_json
from procedures.models import OnlineScope, Procedure, ProcedureVersion

State = ProcedureVersion.State
MOST = 20_000  # records of one file


@dataclass
class Proposal:
    """One record that can be used, beside what is here. `changed`: parts that would be another text."""

    code: str
    structure: str  # "official" or "ours": each remembers what it said last
    said: Parts
    remarks: list[tuple[str, str]] = field(default_factory=list)
    procedure: Procedure | None = None
    version: ProcedureVersion | None = None  # the newest
    now: Parts = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    marks: dict[str, str] = field(default_factory=dict)  # of the parts as the file names them
    origin: dict[str, str] = field(default_factory=dict)  # part here → part of the file, where they differ

    def __post_init__(self) -> None:
        self.marks = {part: digest(value) for part, value in self.said.items()}

    @property
    def is_new(self) -> bool:
        return self.version is None

    @property
    def remembered(self) -> dict[str, str]:
        imported = self.procedure.imported if self.procedure else {}
        return dict(imported.get(self.structure, {}))

    @property
    def repeats_itself(self) -> bool:
        known = self.remembered
        return all(known.get(part) == mark for part, mark in self.marks.items())

    @property
    def obstacle(self) -> str:
        """Why nothing can be changed now, empty when it can."""
        if self.version and self.version.state == State.REVIEWED:
            words = {"number": self.version.number}
            return _("Phiên bản %(number)s đã thẩm định, đang chờ công bố. Công bố xong rồi nhập lại") % words
        return ""

    @property
    def edited_here(self) -> bool:
        """Whether somebody is working on a draft."""
        return bool(self.version and self.version.state == State.DRAFT and not self.version.fingerprint)

    def merged(self, accepted: Iterable[str]) -> dict[str, Any]:
        """The record with the accepted parts of the file over what is here; in force only if the file says so."""
        parts = self.now | {"published": self.said.get("published", False)}
        return nested(self.code, parts | {part: self.said[part] for part in accepted})

    def remember(self, accepted: Iterable[str]) -> dict[str, str]:
        """What to know of the file next time: parts that were accepted or stood here already."""
        left = {self.origin.get(part, part) for part in set(self.changed) - set(accepted)}
        return self.remembered | {part: mark for part, mark in self.marks.items() if part not in left}


@dataclass
class Plan:
    """All records of a file, in its order."""

    library: Library
    summary: Summary
    proposals: list[Proposal] = field(default_factory=list)


def plan(source: Source) -> Plan:
    """Read a file and lay it beside the catalogue. Raises FileRefused."""
    summary = Summary()
    library = Library.load(source, summary)
    made = Plan(library, summary)
    seen: set[str] = set()
    for place, row in _rows(source):
        try:
            proposal = _read(row, library, summary)
            if proposal.code in seen:
                raise RowRefused("code", _("Mã thủ tục có hai lần trong tệp"))
        except RowRefused as refused:
            summary.refused.append(_refusal(place, row, refused))
            continue
        seen.add(proposal.code)
        made.proposals.append(proposal)
    _compare(made.proposals)
    return made


def _rows(source: Source) -> Iterator[tuple[str, Any]]:
    """Number and content of each record, from JSON or from a workbook."""
    number = 0
    for file in files(source):
        data = read_bytes(file)
        found = workbook.records(data) if workbook.is_workbook(data) else read_json(data, strict=False)
        if isinstance(found, Mapping) and isinstance(found.get("procedures"), list):
            found = found["procedures"]
        rows = found if isinstance(found, list) else [found]
        if len(rows) > MOST:
            raise FileRefused(_("Tệp có hơn %(most)s thủ tục. Chia nhỏ rồi tải lại") % {"most": MOST})
        for row in rows:
            number += 1
            yield str(number), row


def _read(row: Any, library: Library, summary: Summary) -> Proposal:
    if isinstance(row, workbook.Unreadable):
        raise RowRefused(row.field, row.reason)
    if not isinstance(row, Mapping):
        raise RowRefused("", _("Mỗi thủ tục phải là một đối tượng JSON"))
    if official.is_official(row):
        for name in unknown(official.STRUCTURE, row):
            summary.ignored[name] = summary.ignored.get(name, 0) + 1
        shape, remarks = official.translated(row, two_tiers=library.two_tiers)
        read, structure = record.read(shape, complete=False), "official"
    else:
        by_sheet = isinstance(row, workbook.SheetRecord)
        shape, remarks = library.localised(row), []
        for name in unknown(record.READERS[not by_sheet], shape):
            summary.ignored[name] = summary.ignored.get(name, 0) + 1
        read, structure = record.read(shape, complete=not by_sheet), "ours"
    remarks += library.settle(read)
    said = flat(read)
    return Proposal(read["code"], structure, said, remarks)


def _refusal(place: str, row: Any, refused: RowRefused) -> Refusal:
    """By its code when it has one that can be read, else by its number in the file; in a workbook by its cell."""
    if isinstance(row, workbook.Unreadable):
        return Refusal(row.row, row.field, row.reason)
    if isinstance(row, workbook.SheetRecord):
        sheet_row, column = row.locate(refused.field)
        return Refusal(sheet_row, column, str(refused))
    code = row.get("code") if isinstance(row, Mapping) else None
    readable = isinstance(code, str) and 0 < len(code) <= 30 and code.isprintable()
    return Refusal(str(code) if readable else place, refused.field, str(refused))


def _compare(proposals: list[Proposal]) -> None:
    """Lay each record beside what is here, but for those in which the file repeats itself."""
    known = Procedure.objects.in_bulk([one.code for one in proposals], field_name="code")
    for one in proposals:
        one.procedure = known.get(one.code)
    silent = [one.procedure.pk for one in proposals if one.procedure and one.repeats_itself]
    kept = set(ProcedureVersion.objects.filter(procedure__in=silent).values_list("procedure_id", flat=True))
    fresh = [one for one in proposals if not (one.procedure and one.procedure.pk in kept)]
    here = _newest([one.procedure.pk for one in fresh if one.procedure])
    for one in fresh:
        one.version = here.get(one.procedure.pk) if one.procedure else None
        _lay_beside(one)


def _newest(procedures: list[int]) -> dict[int, ProcedureVersion]:
    last = ProcedureVersion.objects.filter(procedure__in=procedures).order_by("procedure_id", "-number")
    pks = last.distinct("procedure_id").values_list("pk", flat=True)
    return {one.procedure_id: one for one in standing.whole(pks)}


def _lay_beside(one: Proposal) -> None:
    if one.version is None:
        keys = dict.fromkeys(part.split("/")[0] for part in one.said if "/" in part)
        one.said.setdefault("cases", [{**official.CASE, "key": key, "condition": None} for key in keys])
        one.changed = tuple(one.said)
        return
    one.now = flat(standing.record_of(one.version))
    if one.structure == "official":
        _fit_official(one)
    known = one.remembered
    origin = one.origin
    fresh = [part for part in one.said if known.get(origin.get(part, part)) != one.marks[origin.get(part, part)]]
    one.changed = tuple(part for part in fresh if not _same(part, one))


def _fit_official(one: Proposal) -> None:
    """The official structure knows one case, and no more of online services than that there is a page."""
    del one.said["cases"]
    if one.said.get("online_scope") in (OnlineScope.INFO, OnlineScope.NONE):
        del one.said["online_scope"]
    keys, theirs = [head["key"] for head in one.now.get("cases", ())], official.CASE["key"]
    if theirs not in keys:
        ours = f"{keys[0]}/" if len(keys) == 1 else ""
        for part in [part for part in one.said if part.startswith(f"{theirs}/")]:
            value, own = one.said.pop(part), part.replace(f"{theirs}/", ours)
            if ours:
                one.said[own], one.origin[own] = value, part
        if not ours:
            words = {"n": len(keys)}
            one.remarks.append(("cases", _("Ở đây thủ tục chia thành %(n)s trường hợp; so bằng tay") % words))
    for part in list(one.said):
        told = ("amount", "unit", "legal_amount") if part.endswith("/time") else ("name", "code")
        if part.endswith(("/time", "/result")):
            one.said[part] = one.now[part] | {key: one.said[part][key] for key in told if one.said[part][told[0]]}


def _same(part: str, one: Proposal) -> bool:
    said, now = one.said[part], one.now.get(part)
    if part == "decision":
        return bool((said or {}).get("number", "") == (now or {}).get("number", ""))
    if part == "published":  # a file does not take a version out of force
        return not said or one.version is None or one.version.state != State.DRAFT
    return bool(said == now)
