"""Parts of a record in words: what an administrator reads before accepting what a file says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from procedures import eforms
from procedures.importing.planning import Proposal
from procedures.importing.record import TEXTS
from procedures.importing.sheets import CASES, PROCEDURES
from procedures.models import ClockStart, Role, TimeUnit
from procedures.wording import CHANNELS, money

LABELS = {column.key: column.title for column in PROCEDURES.columns} | {
    "decision": _lazy("Quyết định công bố"),
    "field": _lazy("Lĩnh vực"),
    "agencies": _lazy("Cơ quan tiếp nhận, có thẩm quyền"),
    "cases": _lazy("Các trường hợp"),
    "published": _lazy("Đưa vào áp dụng"),
}
CASE_LABELS = {
    "time": _lazy("Thời hạn giải quyết"),
    "result": _lazy("Kết quả"),
    "other_results": _lazy("Kết quả khác"),
    "documents": _lazy("Thành phần hồ sơ"),
    "fees": _lazy("Phí, lệ phí"),
    "form": _lazy("Tờ khai điện tử"),
    "route": _lazy("Quy trình"),
    "pause_grounds": _lazy("Căn cứ tạm dừng"),
}
CHOICES: dict[str, Mapping[str, Any]] = {
    column.key: column.choices for column in (*PROCEDURES.columns, *CASES.columns) if column.choices
}


@dataclass(frozen=True, slots=True)
class Change:
    """One part that a file would change: lines that go, lines that come, and how many stay."""

    part: str
    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    kept: int  # lines that stay


def changes(proposal: Proposal) -> list[Change]:
    """What the file would change of a procedure, in the order in which people read it."""
    order = {part: number for number, part in enumerate(("field", "level", *TEXTS))}
    parts = sorted(proposal.changed, key=lambda part: order.get(part, len(order)))
    return [_change(proposal, part) for part in parts if part != "published"]


def _change(proposal: Proposal, part: str) -> Change:
    before, after = _lines(part, proposal.now.get(part)), _lines(part, proposal.said[part])
    gone = tuple(line for line in before if line not in after)
    come = tuple(line for line in after if line not in before)
    if part.endswith("/form") and proposal.now.get(part) and proposal.said[part]:
        come = tuple(eforms.changes(proposal.now[part]["schema"], proposal.said[part]["schema"])) or come
    if not gone and not come:
        come = (_("Thứ tự hoặc chi tiết bên trong"),)
    return Change(part, label(proposal, part), gone, come, len(before) - len(gone))


def label(proposal: Proposal, part: str) -> str:
    """What people call that part; the case is named when there are several."""
    case, _slash, own = part.rpartition("/")
    if not case:
        return str(LABELS.get(part, part))
    heads = proposal.now.get("cases") or proposal.said.get("cases") or ()
    name = next((head["name"] for head in heads if head["key"] == case), case)
    words = str(CASE_LABELS.get(own, own))
    return f"{words} – {name}" if len(heads) > 1 else words


def place(field: str) -> str:
    """What people call the place that an import names, as far as it has such a name."""
    own = re.split(r": |[.\[]", field)[-1 if ": " in field else 0]
    return str(LABELS.get(own) or CASE_LABELS.get(own) or field) if "[" not in field else field


def _lines(part: str, value: Any) -> list[str]:
    own = part.rpartition("/")[2]
    if value in (None, "", [], {}):
        return []
    if own in TELLERS:
        return [line for line in TELLERS[own](value) if line]
    if isinstance(value, list):
        return [str(CHOICES.get(own, {}).get(one, one)) for one in value]
    if isinstance(value, bool):
        return [_("Có") if value else _("Không")]
    return [str(CHOICES.get(own, {}).get(str(value), value))]


def _time(value: Any) -> list[str]:
    unit, starts = TimeUnit(value["unit"]).label, ClockStart(value["starts"]).label
    return [
        f"{value['amount'] or '?'} {unit}",
        _("Theo luật: %(amount)s %(unit)s") % {"amount": value["legal_amount"], "unit": unit}
        if value["legal_amount"]
        else "",
        _("Giờ chốt: %(time)s") % {"time": value["cutoff"]} if value["cutoff"] else "",
        _("Tính từ khi %(start)s") % {"start": starts} if value["starts"] != ClockStart.ACCEPTANCE else "",
    ]


def _result(value: Any) -> list[str]:
    told = [" ".join(filter(None, (value["name"], f"({value['code']})" if value["code"] else "")))]
    for key, words in (("template_source", _("Mẫu kết quả")), ("refusal_source", _("Mẫu từ chối"))):
        told += [f"{words}: {len(value[key])} ký tự"] if value.get(key) else []
    return told


def _paper(one: Any) -> str:
    counts = _("%(originals)s bản chính, %(copies)s bản sao") % one
    marks = [counts, "" if one["required"] else _("không bắt buộc"), one["group"] and _("thay thế nhau")]
    return f"{one['name']} ({'; '.join(filter(None, marks))})"


def _fee(one: Any) -> str:
    amount = f"−{one['reduction_percent']} %" if one["reduction_percent"] else money(one["amount"])
    return f"{one['name']}: {amount}" + (f" ({CHANNELS[one['channel']]})" if one["channel"] else "")


def _route(value: Any) -> list[str]:
    stages = enumerate(value["stages"], 1)
    hours = _("giờ")
    return [f"{n}. {one['name']} – {Role(one['role']).label}, {one['hours']} {hours}" for n, one in stages]


def _agencies(value: Any) -> list[str]:
    told = (("receives", _("Tiếp nhận")), ("competent", _("Có thẩm quyền")))
    return [f"{words}: {code}" for key, words in told for code in value.get(key, ())]


TELLERS: dict[str, Any] = {
    "decision": lambda value: [value["number"]],
    "field": lambda value: [value["name"]],
    "cases": lambda value: [head["name"] for head in value],
    "agencies": _agencies,
    "time": _time,
    "result": _result,
    "other_results": lambda value: [one["name"] for one in value],
    "documents": lambda value: [_paper(one) for one in value],
    "fees": lambda value: [_fee(one) for one in value],
    "form": lambda value: [f"{value['name']} ({value['code']})"],
    "route": _route,
    "pause_grounds": lambda value: [str(one.get("reason", "")) if isinstance(one, dict) else str(one) for one in value],
}
