"""What stands in the way of publication, found by reading a version with all its parts.

Law: NĐ 63/2010 art. 8.2 (the eight parts a procedure must have).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from procedures import eforms, routewalk
from procedures.conditions import ConditionMistake, check
from procedures.models import Case, OnlineScope, ProcedureVersion, TimeUnit

HOURS = {TimeUnit.WORKING_DAY: 8, TimeUnit.SAME_DAY: 8, TimeUnit.WORKING_HOUR: 1}  # working hours in one unit


@dataclass(frozen=True, slots=True)
class Defect:
    """What a version lacks. `part`: a field of the version, or `case key: field`."""

    part: str
    reason: str


def defects(version: ProcedureVersion) -> tuple[Defect, ...]:
    """Everything that stands in the way of publication. Reads all parts; prefetch them for many versions."""
    return tuple(_defects(version))


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
    if version.online_scope == OnlineScope.PARTIAL and not version.partial_reason:
        yield Defect("partial_reason", _("Dịch vụ một phần phải nêu lý do chưa toàn trình"))
    cases = list(version.cases.all())
    if not cases:
        yield Defect("cases", _("Thiếu thành phần hồ sơ, thời hạn và kết quả"))
    for case in cases:
        yield from _case_defects(version, case)


def _case_defects(version: ProcedureVersion, case: Case) -> Iterator[Defect]:
    documents = list(case.required_documents.all())
    if not documents:
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
        rows: list[Any] = [case, *documents, *case.fees.all(), *_stages(case)]
        for row in rows:
            check(row.condition)
    except (eforms.SchemaMistake, ConditionMistake) as mistake:
        yield Defect(f"{case.key}: form", str(mistake))
        return
    yield from _route_defects(case)


def _route_defects(case: Case) -> Iterator[Defect]:
    stages = _stages(case)
    if not stages:
        return
    if not any(stage.kind == "sign" for stage in stages):
        yield Defect(f"{case.key}: route", _("Quy trình chưa có bước ký kết quả"))
    for stage in stages:
        if stage.agency_rule == "named" and stage.agency_id is None:
            yield Defect(f"{case.key}: route", _("Bước %(name)s chưa ghi cơ quan") % {"name": stage.name})
    hours, unit = sum((stage.hours for stage in stages), Decimal(0)), HOURS.get(TimeUnit(case.time_unit))
    if unit and case.time_amount and hours > unit * case.time_amount:
        words = {"hours": hours.normalize(), "limit": unit * case.time_amount}
        yield Defect(f"{case.key}: route", _("Quy trình %(hours)s giờ, dài hơn thời hạn %(limit)s giờ") % words)


def _stages(case: Case) -> list[routewalk.Step]:
    route = getattr(case, "route", None)
    return routewalk.of(route.stages.all()) if route else []
