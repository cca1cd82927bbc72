"""The catalogue in everyday words: how long, how much, where, how far online. Pages only print what is written here."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.floor.vietnamese import fold
from procedures.models import Case, OnlineScope, ProcedureVersion
from procedures.models.units import Level
from procedures.wording import money, time, times

__all__ = ["channels", "fee", "highlighted", "legal_scope", "money", "row", "scope", "time", "times", "where"]

SCOPE_TONES = {OnlineScope.FULL: ("green", "globe"), OnlineScope.PARTIAL: ("blue", "globe")}


def knows_fees(case: Case) -> bool:
    """No fee rule means free only where the case is complete; elsewhere nobody has written the fees down yet."""
    return bool(case.form_id or case.fees.all())


def fee(cases: Iterable[Case]) -> str:
    """What an ordinary applicant pays. Rules of one name are alternatives, the most favourable applies."""
    cases = list(cases)
    every = [rule for case in cases for rule in case.fees.all() if rule.amount or rule.condition]
    fixed: dict[str, int] = {}
    for rule in every:
        if not rule.condition and not rule.per:
            fixed[rule.name] = min(rule.amount, fixed.get(rule.name, rule.amount))
    reduced = any(rule.condition and rule.amount < fixed.get(rule.name, 0) for rule in every)
    more = [rule for rule in every if rule.name not in fixed and rule.amount]
    if total := sum(fixed.values()):
        words = _("Từ %(money)s") if more else _("%(money)s, có miễn giảm") if reduced else "%(money)s"
        return words % {"money": money(total)}
    if conditional := [rule.amount for rule in more if rule.condition]:
        return _("Tùy trường hợp, đến %(money)s") % {"money": money(max(conditional))}
    if more:
        return _("Tùy số lượng, từ %(money)s") % {"money": money(min(rule.amount for rule in more))}
    return _("Miễn phí") if all(map(knows_fees, cases)) else _("Theo mức quy định")


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
    wanted = set(fold(query).split())
    if not wanted:
        return text
    words = ((word, fold(word).strip(",.()") in wanted) for word in text.split())
    marked = ((format_html("<mark>{}</mark>", word) if hit else word,) for word, hit in words)
    return format_html_join(" ", "{}", marked)
