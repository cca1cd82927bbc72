"""Whether every dossier comes to its end on a route, whatever its answers.

The engine (dossiers.processing) needs of every way through the stages: somebody drafts, one leader signs, after that
only the seal; each desk's role can pass the dossier on. `tests/dossiers/test_routing.py` holds both to one another.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from procedures import routewalk
from procedures.answerspace import TooMany, samples
from procedures.conditions import holds
from procedures.eforms import fields
from procedures.eforms.kinds import grouped
from procedures.models import Agency, Case, Level, Role, Route, RouteStage, TimeUnit

Kind, Rule = RouteStage.Kind, RouteStage.AgencyRule
Steps = tuple[routewalk.Step, ...]

ROLES = {  # who can pass a dossier on from a stage of that kind
    Kind.EXAMINE: (Role.SPECIALIST, Role.LEADER),
    Kind.APPROVE: (Role.SPECIALIST, Role.LEADER),
    Kind.SIGN: (Role.LEADER,),
    Kind.SEAL: (Role.RECORDS_CLERK,),
}
# Working hours in one unit; where days off count too, the most that fit in.
HOURS = {
    TimeUnit.WORKING_DAY: 8, TimeUnit.SAME_DAY: 8, TimeUnit.WORKING_HOUR: 1, TimeUnit.DAY: 8, TimeUnit.MONTH: 23 * 8,
}  # fmt: skip
EXACT = (TimeUnit.WORKING_DAY, TimeUnit.SAME_DAY, TimeUnit.WORKING_HOUR)
HEIGHT = {Level.COMMUNE: 0, Level.DISTRICT: 1, Level.PROVINCE: 2}


def faults(case: Case, earlier: Sequence[Case] = ()) -> Iterator[str]:
    """Why dossiers of this case would not come to their end. `earlier`: the cases tried before it.

    Conditions must be free of misuses.
    """
    route: Route | None = getattr(case, "route", None)
    if route is None or not route.stages.all():
        return
    rows = sorted(route.stages.all(), key=lambda row: row.order)
    for row in rows:
        yield from _row_faults(row, case)
    yield from _level_faults(rows)
    try:
        walks = ways(case, earlier)
    except TooMany:
        yield _("Điều kiện của quy trình hỏi quá nhiều ô nên không kiểm hết được. Rẽ nhánh theo ít ô hơn")
        return
    if not walks:
        yield _("Trường hợp “%(name)s” không bao giờ xảy ra. Sửa điều kiện hoặc thứ tự các trường hợp") % {
            "name": case.name
        }
        return
    used = {step.key for walk in walks for step in walk}
    for row in rows:
        if row.key not in used:
            yield _("Bước “%(name)s” không hồ sơ nào đi tới. Sửa điều kiện rẽ nhánh hoặc bỏ bước") % {"name": row.name}
    yield from dict.fromkeys(fault for walk in walks for fault in _walk_faults(walk))
    yield from _hour_faults(case, walks)


def ways(case: Case, earlier: Sequence[Case] = ()) -> list[Steps]:
    """Every different way through the stages that some dossier of this case takes. Raises TooMany."""
    steps = routewalk.of(case.route.stages.all())
    trees = [*(one.condition for one in (*earlier, case)), *(step.condition for step in steps)]
    found: dict[tuple[str, ...], Steps] = {}
    for answers in samples(trees, case.form.schema if case.form else {}):
        if any(holds(one.condition, answers) for one in earlier) or not holds(case.condition, answers):
            continue
        walk = tuple(routewalk.walk(steps, answers))
        found.setdefault(tuple(step.key for step in walk), walk)
    return list(found.values())


def hours_left(case: Case, earlier: Sequence[Case] = ()) -> Decimal:
    """Working hours of the limit that the longest way leaves unused; 0 where the limit counts days off too."""
    if not case.time_amount or case.time_unit not in EXACT:
        return Decimal(0)
    return max(Decimal(0), _limit(case) - _longest(ways(case, earlier)))


def _row_faults(row: RouteStage, case: Case) -> Iterator[str]:
    name = {"name": row.name}
    if row.role not in ROLES[Kind(row.kind)]:
        roles = _(" hoặc ").join(f"“{role.label}”" for role in ROLES[Kind(row.kind)])
        words = {"name": row.name, "kind": row.get_kind_display(), "roles": roles}
        yield _("Bước “%(name)s” (%(kind)s) phải giao cho vai trò %(roles)s") % words
    if row.hours <= 0:
        yield _("Bước “%(name)s” chưa ghi số giờ làm việc") % name
    if row.agency_rule == Rule.NAMED and row.agency_id is None:
        yield _("Bước “%(name)s” chưa ghi cơ quan") % name
    if row.department and (row.agency_rule != Rule.NAMED or row.department.agency_id != row.agency_id):
        yield _("Bước “%(name)s” ghi phòng không thuộc cơ quan đích danh. Chọn lại phòng") % name
    schema = case.form.schema if case.form else {}
    addresses = {spec["key"] for spec in fields(schema) if spec["type"] == "address"}
    if row.agency_rule == Rule.ADDRESS and row.agency_field not in addresses:
        yield _("Bước “%(name)s” theo xã ghi trong tờ khai nhưng chưa chọn ô địa chỉ. Chọn một ô địa chỉ") % name
    for asked in row.consultations.all():
        if asked.hours > row.hours:
            words = {"name": row.name, "agency": asked.agency.name}
            yield _("Lấy ý kiến %(agency)s dài hơn bước “%(name)s”. Tăng giờ của bước hoặc giảm giờ lấy ý kiến") % words


def _level_faults(rows: Sequence[RouteStage]) -> Iterator[str]:
    before: RouteStage | None = None
    for row in rows:
        level, rule, name = row.level, row.agency_rule, {"name": row.name}
        if rule == Rule.ADDRESS and level != Level.COMMUNE:
            yield _("Bước “%(name)s” do Ủy ban nhân dân xã làm nên cấp phải là cấp xã") % name
        if rule == Rule.NAMED and row.agency and level != row.agency.level:
            yield _("Bước “%(name)s” ghi cấp khác cấp của cơ quan đích danh") % name
        if before and rule == Rule.SAME and level != before.level and not row.condition:
            yield _("Bước “%(name)s” cùng cơ quan với bước trước nên phải cùng cấp") % name
        if rule == Rule.PARENT and before and HEIGHT[Level(level)] <= HEIGHT[Level(before.level)] < 2:
            yield _("Bước “%(name)s” do cơ quan cấp trên làm nên cấp phải cao hơn bước trước") % name
        before = row
    yield from _missing_parents(rows)


def _missing_parents(rows: Sequence[RouteStage]) -> Iterator[str]:
    """Stages for “the agency above” where some agency that may hold the stage before has none above it.

    Any of the stages before may be skipped, so the agencies of all of them are gone through.
    """
    if not any(row.agency_rule == Rule.PARENT for row in rows):
        return
    procedure = rows[0].route.case.version.procedure
    served = list(procedure.agencies.select_related("agency"))
    receiving = {row.agency_id for row in served if row.receives}
    competent = {row.agency_id for row in served if row.competent} | receiving
    above = dict(Agency.objects.values_list("pk", "parent_id"))
    communes = set(Agency.objects.filter(level=Level.COMMUNE).values_list("pk", flat=True))
    here: set[Any] = receiving  # every agency the dossier may be at
    for row in rows:
        if row.agency_rule == Rule.PARENT and any(above.get(one) is None for one in here):
            yield _(
                "Bước “%(name)s” cần cơ quan cấp trên nhưng có cơ quan làm bước trước không có cấp trên. "
                "Ghi đích danh cơ quan"
            ) % {"name": row.name}
            return
        reached: dict[str, set[Any]] = {
            Rule.RECEIVING: receiving, Rule.COMPETENT: competent, Rule.SAME: here,
            Rule.NAMED: {row.agency_id}, Rule.ADDRESS: communes | competent,
            Rule.PARENT: {above[one] for one in here} if row.agency_rule == Rule.PARENT else set(),
        }  # fmt: skip
        there = reached[row.agency_rule]
        here = here | there if row.condition else there


def _walk_faults(walk: Steps) -> Iterator[str]:
    kinds = [step.kind for step in walk]
    if Kind.SIGN not in kinds:
        yield _("Quy trình chưa có bước ký kết quả") if len(kinds) else _("Có hồ sơ không đi qua bước nào")
        return
    if kinds.count(Kind.SIGN) > 1:
        yield _("Có hồ sơ đi qua hai bước ký. Mỗi hồ sơ chỉ ký một lần: đổi một bước thành “Duyệt, chuyển tiếp”")
    sign = kinds.index(Kind.SIGN)
    if Kind.SEAL in kinds[:sign]:
        yield _("Đóng dấu đứng trước ký. Chuyển bước đóng dấu xuống sau bước ký")
    if kinds[sign + 1 :] not in ([], [Kind.SEAL]) and kinds.count(Kind.SIGN) == 1:
        yield _("Sau khi ký chỉ còn một bước đóng dấu. Chuyển các bước khác lên trước bước ký")
    if not any(step.role == Role.SPECIALIST for step in walk[:sign]):
        yield _("Trước bước ký phải có bước của chuyên viên để soạn kết quả")


def _hour_faults(case: Case, walks: Sequence[Steps]) -> Iterator[str]:
    if case.time_amount and (hours := _longest(walks)) > _limit(case):
        words = {"hours": grouped(hours.normalize()), "limit": grouped(_limit(case))}
        yield _("Quy trình %(hours)s giờ, dài hơn thời hạn %(limit)s giờ") % words


def _longest(walks: Sequence[Steps]) -> Decimal:
    return max((sum((step.hours for step in walk), Decimal(0)) for walk in walks), default=Decimal(0))


def _limit(case: Case) -> int:
    return HOURS[TimeUnit(case.time_unit)] * (case.time_amount or 0)
