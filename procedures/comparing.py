"""What one version of a procedure says otherwise than another, in words for people."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext as _

from procedures import eforms
from procedures.condition_words import in_words
from procedures.eforms.kinds import grouped
from procedures.models import Case, ProcedureVersion, ReturnWay
from procedures.wording import CHANNELS, money

Texts = dict[str, str]
Told = dict[tuple[str, str], Texts]  # (part, where) → label → text

VERSION = (
    "name", "short_name", "steps", "channels", "audience", "competent", "conditions", "legal_basis", "dossier_sets",
    "online_scope", "partial_kind", "partial_reason", "partial_basis", "return_ways", "no_post_reason",
)  # fmt: skip
CASE = (
    "name", "order", "time_amount", "time_unit", "time_starts", "legal_time_amount", "cutoff", "pause_grounds",
    "result_name", "result_code", "result_symbol", "other_results", "result_template", "refusal_template",
    "instant", "upload_result",
)  # fmt: skip
PAPER = ("name", "hint", "group", "required", "originals", "copies", "source", "is_form", "form_name", "blank_form")
FEE = ("amount", "reduction_percent", "per", "legal_basis", "valid_from", "valid_to")
STAGE = ("name", "order", "kind", "level", "agency_rule", "agency", "agency_field", "department", "role", "hours")
CONSULTATION = ("question", "hours")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that changed. Texts as people read them; empty: it was, or is, not there."""

    part: str
    where: str
    before: str
    after: str


def differences(old: ProcedureVersion | None, new: ProcedureVersion) -> tuple[Difference, ...]:
    """Every difference of the two texts in the order of the new one, then what is gone. No `old`: all is new.

    Reads all parts; give versions from `whole()`.
    """
    before, after = _told(old) if old else {}, _told(new)
    return (*(one for key in {**after, **before} for one in _row(key, before.get(key), after.get(key))),
            *_forms(old, new))  # fmt: skip


def _row(key: tuple[str, str], before: Texts | None, after: Texts | None) -> Iterable[Difference]:
    part, where = key
    if before is None or after is None:
        # A row that came or went is one difference, a version or case is told label by label.
        if part not in (_("Thông tin"), _("Trường hợp")):
            if _summary(before) or _summary(after):
                yield Difference(part, where, _summary(before), _summary(after))
            return
        before, after = before or {}, after or {}
    for label in {**after, **before}:
        if before.get(label, "") != after.get(label, ""):
            place = " – ".join(filter(None, (where, label)))
            yield Difference(part, place, before.get(label, ""), after.get(label, ""))


def _summary(texts: Texts | None) -> str:
    return "; ".join(f"{label}: {text}" for label, text in (texts or {}).items() if text)


def _told(version: ProcedureVersion) -> Told:
    told: Told = {(_("Thông tin"), ""): _texts(version, VERSION)}
    cases = list(version.cases.all())
    for case in cases:
        specs = _specs(case)
        told[_("Trường hợp"), case.name] = _texts(case, CASE, specs) | {_("Tờ khai"): str(case.form or "")}
        inside = f"{case.name} · " if len(cases) > 1 else ""
        for paper in case.required_documents.all():
            told[_("Thành phần hồ sơ"), _free(told, _("Thành phần hồ sơ"), inside + paper.name)] = _texts(
                paper, PAPER, specs
            )
        for fee in case.fees.all():
            where = _free(told, _("Phí, lệ phí"), f"{inside}{_fee_name(fee, specs)}")
            told[_("Phí, lệ phí"), where] = _texts(fee, FEE, specs)
        told |= _stages(case, inside, specs)
    return told


def _stages(case: Case, inside: str, specs: list[Mapping[str, Any]]) -> Told:
    route, part = getattr(case, "route", None), _("Quy trình")
    if route is None:
        return {}
    told: Told = {(part, inside.removesuffix(" · ")): {_("Quyết định phê duyệt quy trình"): route.decision}}
    for stage in route.stages.all():
        told[part, _free(told, part, inside + stage.name)] = _texts(stage, STAGE, specs)
        for one in stage.consultations.all():
            where = _("%(stage)s, lấy ý kiến %(agency)s") % {"stage": inside + stage.name, "agency": one.agency.name}
            told[part, where] = _texts(one, CONSULTATION, specs)
    return told


def _free(told: Told, part: str, where: str) -> str:
    """`where`, numbered when the part has a row of that name already."""
    number, name = 1, where
    while (part, name) in told:
        number += 1
        name = f"{where} ({number})"
    return name


def _fee_name(fee: Any, specs: list[Mapping[str, Any]]) -> str:
    told = [fee.name, str(CHANNELS.get(fee.channel, "")), in_words(fee.condition, specs) if fee.condition else ""]
    return ", ".join(filter(None, told))


def _texts(row: Any, names: Iterable[str], specs: list[Mapping[str, Any]] | None = None) -> Texts:
    texts = {}
    for name in names:
        field: Field[Any, Any] = row._meta.get_field(name)
        texts[_label(name, field)] = _text(row, field)
    if condition := getattr(row, "condition", None):
        texts[_("Điều kiện")] = in_words(condition, specs or ())
    return texts


def _label(name: str, field: Any) -> str:
    own = {
        "name": _("Tên"), "order": _("Thứ tự"), "hint": _("Hướng dẫn"), "group": _("Nhóm thay thế nhau"),
        "required": _("Bắt buộc"), "originals": _("Số bản chính"), "copies": _("Số bản sao"), "amount": _("Số tiền"),
        "legal_basis": _("Căn cứ"), "time_unit": _("Đơn vị thời hạn"), "result_code": _("Mã kết quả"),
        "result_symbol": _("Ký hiệu văn bản kết quả"), "result_template": _("Mẫu kết quả"), "kind": _("Việc"),
        "refusal_template": _("Mẫu văn bản từ chối"), "online_scope": _("Mức độ trực tuyến"), "level": _("Cấp"),
        "agency_rule": _("Cơ quan thực hiện"), "agency": _("Cơ quan"), "department": _("Phòng, ban"),
        "role": _("Vai trò"),
    }  # fmt: skip
    plain = field.verbose_name == name.replace("_", " ")
    label = own.get(name, name) if plain else str(field.verbose_name)
    return label[:1].upper() + label[1:]


def _text(row: Any, field: Any) -> str:
    value = getattr(row, field.name)
    if field.name == "amount":
        return money(value)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return grouped(value.normalize())
    if isinstance(value, list):
        return "\n".join(_item(field.name, one) for one in value)
    return "" if value is None else str(value)


def _item(name: str, value: Any) -> str:
    if name == "channels":
        return str(CHANNELS.get(value, value))
    if name == "return_ways":
        return str(dict(ReturnWay.choices).get(value, value))
    return " ".join(str(part) for part in value.values()) if isinstance(value, Mapping) else str(value)


def _specs(case: Case) -> list[Mapping[str, Any]]:
    return list(eforms.fields(case.form.schema)) if case.form else []


def _forms(old: ProcedureVersion | None, new: ProcedureVersion) -> Iterable[Difference]:
    """Changes inside the electronic forms, case by case."""
    known = {case.key: case.form for case in old.cases.all()} if old else {}
    for case in new.cases.all():
        before = known.get(case.key)
        if before and case.form and before.pk != case.form.pk:
            for change in eforms.changes(before.schema, case.form.schema):
                yield Difference(_("Tờ khai"), case.form.name, "", change)
