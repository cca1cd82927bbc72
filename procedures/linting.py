"""What stands in the way of publication, and what its people should look at once more.

Law: NĐ 63/2010 art. 8.2 (the eight parts a procedure must have), NĐ 42/2022 and NĐ 224/2026 art. 14 (online scope),
TT 01/2018 art. 8 (one electronic process).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from procedures import eforms, result_templates, routelint
from procedures.answerspace import TooMany, misuses, samples
from procedures.conditions import ConditionMistake, check, holds
from procedures.eforms.kinds import grouped
from procedures.models import Case, OnlineScope, PartialReason, Position, ProcedureVersion, ReturnWay, RouteStage

PAGES = {  # where each part is edited, below the version
    "legal_basis": "sua/can-cu",
    "documents": "sua/thanh-phan", "fees": "sua/phi", "route": "quy-trinh", "hours": "quy-trinh", "seats": "quy-trinh",
    "result_template": "ket-qua", "refusal_template": "ket-qua",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Defect:
    """What a version lacks. `part`: a field of the version, or `case key: field`; `url`: where it is put right.

    An `error` refuses review and publication; a `warning` is for people to weigh.
    """

    part: str
    reason: str
    severity: Literal["error", "warning"] = "error"
    url: str = ""


def defects(version: ProcedureVersion) -> tuple[Defect, ...]:
    """Everything that refuses publication. Reads all parts; prefetch them (`whole()`) for many versions.

    That templates really compile is seen by `trials`.
    """
    return tuple(_at_its_place(version, one) for one in _defects(version))


def warnings(version: ProcedureVersion) -> tuple[Defect, ...]:
    """What people should weigh before they publish: it may be right, or be put right later."""
    return tuple(_at_its_place(version, one) for one in _warnings(version))


def trials(version: ProcedureVersion, *, on: dt.date) -> tuple[Defect, ...]:
    """What only typesetting shows of the templates written for this version. Takes seconds; asked at publication."""
    return tuple(_at_its_place(version, one) for one in _trials(version, on))


def _trials(version: ProcedureVersion, on: dt.date) -> Iterator[Defect]:
    for case in _cases(version):
        for part in ("result_template", "refusal_template"):
            if source := getattr(case, part):
                try:
                    seen = result_templates.trial(source, case.form.schema if case.form else {}, on=on).faults
                except result_templates.TrialFailed as why:
                    seen = (str(why),)
                yield from (Defect(f"{case.key}: {part}", reason) for reason in seen)


def _at_its_place(version: ProcedureVersion, found: Defect) -> Defect:
    base = f"/quan-tri/thu-tuc/{version.procedure.code}/ban/{version.number}"
    key, colon, part = found.part.partition(": ")
    place = f"{base}/{PAGES.get(part, 'sua/truong-hop')}/{key}" if colon else f"{base}/{PAGES.get(key, 'sua/noi-dung')}"
    return Defect(found.part, found.reason, found.severity, place)


def _defects(version: ProcedureVersion) -> Iterator[Defect]:
    for part, words in (
        ("name", _("Thiếu tên thủ tục")),
        ("steps", _("Thiếu trình tự thực hiện")),
        ("channels", _("Thiếu cách thức thực hiện")),
        ("audience", _("Thiếu đối tượng thực hiện")),
        ("competent", _("Thiếu cơ quan có thẩm quyền")),
        ("legal_basis", _("Thiếu căn cứ pháp lý")),
        ("dossier_sets", _("Thiếu số bộ hồ sơ")),
    ):
        if not getattr(version, part):
            yield Defect(part, words)
    yield from _scope_defects(version)
    cases = _cases(version)
    if not cases:
        yield Defect("cases", _("Thiếu thành phần hồ sơ, thời hạn và kết quả"))
    whole = True
    for number, case in enumerate(cases):
        for found in _case_defects(version, case, cases[:number]):
            whole = False
            yield found
    if whole and cases:
        yield from _unmatched(cases)


def _scope_defects(version: ProcedureVersion) -> Iterator[Defect]:
    """Regulation of online scope: partial says why; full is online from filing to result (NĐ 224/2026 art. 14)."""
    if version.online_scope == OnlineScope.PARTIAL and not version.partial_reason:
        yield Defect("partial_reason", _("Dịch vụ một phần phải nêu lý do chưa toàn trình"))
    if version.online_scope != OnlineScope.FULL:
        return
    if version.channels and "online" not in version.channels:
        yield Defect("channels", _("Dịch vụ toàn trình phải nhận hồ sơ trên mạng. Chọn thêm cách thức Trên mạng"))
    if version.return_ways and not {ReturnWay.ONLINE, ReturnWay.POST} & set(version.return_ways):
        words = _("Dịch vụ toàn trình phải trả bản điện tử hoặc qua bưu điện. Chọn thêm cách nhận kết quả")
        yield Defect("return_ways", words)
    if version.partial_kind == PartialReason.PRESENCE:
        words = _("Dịch vụ toàn trình không bắt người nộp có mặt. Đổi sang một phần hoặc bỏ lý do có mặt")
        yield Defect("partial_kind", words)


def _case_defects(version: ProcedureVersion, case: Case, earlier: Sequence[Case]) -> Iterator[Defect]:
    if not case.required_documents.all():
        yield Defect(f"{case.key}: documents", _("Thiếu thành phần hồ sơ"))
    if not case.time_amount:
        yield Defect(f"{case.key}: time", _("Thiếu thời hạn giải quyết"))
    if not case.result_name:
        yield Defect(f"{case.key}: result", _("Thiếu kết quả"))
    if case.legal_time_amount and case.time_amount and case.time_amount > case.legal_time_amount:
        yield Defect(f"{case.key}: time", _("Thời hạn dài hơn thời hạn theo luật"))
    if version.online_scope == OnlineScope.FULL and not case.form_id:
        yield Defect(f"{case.key}: form", _("Dịch vụ toàn trình phải có tờ khai điện tử"))
    try:
        if case.form:
            eforms.check(case.form.schema)
            yield from _file_defects(case)
        for _part, row in _conditional(case):
            check(row.condition)
    except (eforms.SchemaMistake, ConditionMistake) as mistake:
        yield Defect(f"{case.key}: form", str(mistake))
        return
    misused = [Defect(f"{case.key}: {part}", reason) for part, reason in _misused(case)]
    yield from misused
    yield from _template_defects(case)
    if not misused:
        yield from (Defect(f"{case.key}: route", reason) for reason in routelint.faults(case, earlier))


def _file_defects(case: Case) -> Iterator[Defect]:
    """A file the form asks for is handed in with the papers, so it must be one of them."""
    listed = {paper.key for paper in case.required_documents.all()}
    for spec in eforms.papers(case.form.schema if case.form else {}):
        if spec["key"] not in listed:
            words = _("Tờ khai hỏi tệp “%(name)s” nhưng thành phần hồ sơ chưa có. Thêm giấy tờ với mã %(key)s")
            yield Defect(f"{case.key}: documents", words % {"name": spec["label"], "key": spec["key"]})


def _conditional(case: Case) -> list[tuple[str, Any]]:
    """Every row below the case that has a condition, with the part it belongs to."""
    stages = _stages(case)
    return [
        ("form", case),
        *(("documents", row) for row in case.required_documents.all()),
        *(("fees", row) for row in case.fees.all()),
        *(("route", row) for stage in stages for row in (stage, *stage.consultations.all())),
    ]


def _misused(case: Case) -> Iterator[tuple[str, str]]:
    specs = {spec["key"]: spec for spec in eforms.fields(case.form.schema if case.form else {})}
    for part, row in _conditional(case):
        for reason in misuses(row.condition, specs):
            yield part, f"{row if part != 'form' else case.name}: {reason}"
    for fee in case.fees.all():
        if fee.per and specs.get(fee.per, {}).get("type") not in {"number", "computed", "group"}:
            words = {"name": fee.name, "key": fee.per}
            yield "fees", _("“%(name)s” tính theo ô “%(key)s” mà tờ khai không có ô số nào như vậy") % words


def _template_defects(case: Case) -> Iterator[Defect]:
    if case.instant and case.time_unit != "same_day":
        yield Defect(f"{case.key}: time", _("Trả ngay tại quầy thì thời hạn phải là trong ngày"))
    schema = case.form.schema if case.form else {}
    for part in ("result_template", "refusal_template"):
        if source := getattr(case, part):
            for reason in result_templates.faults(source, schema):
                yield Defect(f"{case.key}: {part}", reason)


def _unmatched(cases: Sequence[Case]) -> Iterator[Defect]:
    """Answers that choose no case at all: such a dossier could not even be handed in."""
    if any(case.condition in (None, {}) for case in cases) or len({case.form_id for case in cases}) > 1:
        return
    trees = [case.condition for case in cases]
    try:
        found = samples(trees, cases[0].form.schema if cases[0].form else {})
    except TooMany:
        return
    if any(not any(holds(tree, answers) for tree in trees) for answers in found):
        words = _("Có câu trả lời không thuộc trường hợp nào. Thêm trường hợp chung không điều kiện ở cuối")
        yield Defect(f"{cases[-1].key}: form", words)


def _warnings(version: ProcedureVersion) -> Iterator[Defect]:
    seats = None
    cases = _cases(version)
    for number, case in enumerate(cases):
        stages = _stages(case)
        if not stages:
            if version.online_scope in (OnlineScope.FULL, OnlineScope.PARTIAL):
                words = _("Chưa có quy trình điện tử nên hồ sơ nộp trên mạng không được tiếp nhận")
                yield Defect(f"{case.key}: route", words, "warning")
            continue
        seats = _seats() if seats is None else seats
        for stage in stages:
            if not _seated(stage, seats):
                where = stage.department or stage.agency or stage.get_level_display()
                held = {"name": stage.name, "role": stage.get_role_display(), "where": where}
                reason = _("Bước “%(name)s”: %(where)s chưa có ai giữ vai trò %(role)s") % held
                yield Defect(f"{case.key}: seats", reason, "warning")
        yield from _hours_left(case, cases[:number])


def _hours_left(case: Case, earlier: Sequence[Case]) -> Iterator[Defect]:
    try:
        left = routelint.hours_left(case, earlier)
    except (TooMany, ConditionMistake, KeyError):  # told as a defect
        return
    if left:
        words = _("Quy trình còn thừa %(hours)s giờ so với thời hạn") % {"hours": grouped(left.normalize())}
        yield Defect(f"{case.key}: hours", words, "warning")


def _seats() -> list[tuple[int, int | None, str, str]]:
    held = Position.objects.in_force(timezone.localdate())
    return list(held.values_list("agency_id", "department_id", "agency__level", "role"))


def _seated(stage: RouteStage, seats: list[tuple[int, int | None, str, str]]) -> bool:
    """Whether somebody now holds a seat that could work on the stage."""
    return any(
        role == stage.role
        and (department == stage.department_id if stage.department_id else True)
        and (agency == stage.agency_id if stage.agency_id else level == stage.level)
        for agency, department, level, role in seats
    )


def _cases(version: ProcedureVersion) -> list[Case]:
    return sorted(version.cases.all(), key=lambda case: (case.order, case.pk or 0))


def _stages(case: Case) -> list[RouteStage]:
    route = getattr(case, "route", None)
    return sorted(route.stages.all(), key=lambda row: row.order) if route else []
