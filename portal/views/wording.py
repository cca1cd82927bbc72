"""The catalogue in everyday words: how long, how much, where, how far online. Pages only print what is written here."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from procedures import calendars, fees
from procedures.models import Case, OnlineScope, ProcedureVersion
from procedures.models.units import Level
from procedures.wording import money, time, times
from procedures.words import searchable, typed

__all__ = [
    "channels",
    "fee",
    "highlighted",
    "hours",
    "legal_scope",
    "money",
    "row",
    "rules_of",
    "scope",
    "time",
    "times",
    "where",
]

CHANNELS = ("online", "direct", "post")
SHORT = 2  # letters with which too many words begin
SCOPE_TONES = {OnlineScope.FULL: ("green", "globe"), OnlineScope.PARTIAL: ("blue", "globe")}


def rules_of(case: Case) -> list[Any]:
    """The fee rules that count today: those `listing.cases` brought along, else looked up."""
    rows = getattr(case, "fee_rows", None)
    if rows is not None:
        return [SimpleNamespace(**row) for row in rows]
    today = timezone.localdate()
    return [rule for rule in case.fees.all() if (rule.valid_from or today) <= today <= (rule.valid_to or today)]


def knows_fees(case: Case) -> bool:
    """No fee rule means free only where the case is complete; elsewhere nobody has written the fees down yet."""
    return bool(case.form_id or rules_of(case))


def fee(cases: Iterable[Case]) -> str:
    """What an ordinary applicant pays. Rules of one name are alternatives, the most favourable applies."""
    cases = list(cases)
    every = [rules_of(case) for case in cases]
    plain = [[rule for rule in rules if not rule.condition and not rule.per] for rules in every]
    totals = [fees.total(rules, {}, channel).total for rules in plain for channel in CHANNELS]
    priced = {rule.name for rules in plain for rule in rules if not rule.reduction_percent and rule.amount}
    special = [rule for rules in every for rule in rules if rule.condition or rule.per]
    more = [rule for rule in special if rule.amount and rule.name not in priced and not rule.reduction_percent]
    if any(totals):
        return _ordinary(min(totals), max(totals), more=bool(more), reduced=any(r.name in priced for r in special))
    if conditional := [rule.amount for rule in more if rule.condition]:
        return _("Tùy trường hợp, đến %(money)s") % {"money": money(max(conditional))}
    if more:
        return _("Tùy số lượng, từ %(money)s") % {"money": money(min(rule.amount for rule in more))}
    return _("Miễn phí") if all(map(knows_fees, cases)) else _("Theo mức quy định")


def _ordinary(low: int, high: int, *, more: bool, reduced: bool) -> str:
    """Everybody pays between `low` and `high` đồng, by channel and case."""
    if not low:
        return _("Miễn phí hoặc đến %(money)s, tùy cách nộp") % {"money": money(high)}
    if low < high or more:
        return _("Từ %(money)s") % {"money": money(low)}
    return (_("%(money)s, có miễn giảm") if reduced else "%(money)s") % {"money": money(low)}


def where(level: str) -> str:
    return {Level.COMMUNE: _("Xã, phường"), Level.DISTRICT: _("Huyện"), Level.PROVINCE: _("Sở, ngành của tỉnh")}[
        Level(level)
    ]


def scope(version: ProcedureVersion) -> dict[str, str]:
    """The tag that says how far one gets online."""
    words = {
        OnlineScope.FULL: _("Làm hết trên mạng"),
        OnlineScope.PARTIAL: _("Làm một phần trên mạng"),
    }
    tone, icon = SCOPE_TONES.get(OnlineScope(version.online_scope), ("", "landmark"))
    return {"text": words.get(OnlineScope(version.online_scope), _("Đến một cửa")), "tone": tone, "icon": icon}


def legal_scope(version: ProcedureVersion, *, has_form: bool) -> str:
    """The level in the words of the law, with the number used before NĐ 42/2022."""
    words = {
        OnlineScope.FULL: _("Dịch vụ công trực tuyến toàn trình (mức độ 4)"),
        OnlineScope.PARTIAL: _("Dịch vụ công trực tuyến một phần (mức độ %(level)d)") % {"level": 3 if has_form else 2},
        OnlineScope.INFO: _("Cung cấp thông tin, biểu mẫu (mức độ 2)"),
        OnlineScope.NONE: _("Cung cấp thông tin, nộp tại một cửa (mức độ 1)"),
    }
    return words[OnlineScope(version.online_scope)]


def channels(version: ProcedureVersion) -> list[str]:
    words = {
        "direct": _("Đến bộ phận một cửa"),
        "online": _("Trên mạng, tại trang này"),
        "post": _("Qua bưu điện"),
    }
    return [words[channel] for channel in version.channels if channel in words]


def hours(agency_id: int) -> str:
    """When an agency is open: days with the same sessions said once."""
    names = [_("thứ Hai"), _("thứ Ba"), _("thứ Tư"), _("thứ Năm"), _("thứ Sáu"), _("thứ Bảy"), _("Chủ nhật")]
    spans: list[list[Any]] = []
    for day, sessions in enumerate(calendars.calendar_for(agency_id).week):
        if sessions and spans and spans[-1][1:] == [day - 1, sessions]:
            spans[-1][1] = day
        elif sessions:
            spans.append([day, day, sessions])
    said = []
    for first, last, sessions in spans:
        days = names[first] if first == last else f"{names[first]} – {names[last]}"
        said.append(f"{days}: " + ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in sessions))
    return "; ".join(said)[:1].upper() + "; ".join(said)[1:]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def row(version: ProcedureVersion, query: str = "") -> dict[str, Any]:
    """One line of a list of procedures, from a version with cases, their fees and its procedure at hand."""
    cases = list(version.cases.all())
    return {
        "title": highlighted(version.short_name or version.name, query),
        "sub": highlighted(version.name, query) if query and version.short_name else "",
        "lang": "vi",
        "url": reverse("procedure", args=[version.procedure.code]),
        "meta": [
            {"icon": "clock", "text": times(cases)},
            {"icon": "wallet", "text": fee(cases)},
            {"icon": "map-pin", "text": where(version.procedure.level)},
        ],
        "tag": scope(version),
    }


def highlighted(text: str, query: str) -> SafeString | str:
    """The words of the query marked in the text, whether typed with or without diacritics."""
    wanted = typed(query)
    if not wanted:
        return text
    plain = [(word, searchable(word)) for word in text.split()]
    begun = wanted[-1] if len(wanted[-1]) > SHORT else "\n"  # the last word may not be finished
    words = ((word, one in wanted or one.startswith(begun)) for word, one in plain)
    marked = ((format_html("<mark>{}</mark>", word) if hit else word,) for word, hit in words)
    return format_html_join(" ", "{}", marked)
