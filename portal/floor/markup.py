"""The smallest pieces of a page, as HTML strings built in Python.

They appear hundreds of times in a list, where a template include per piece would cost more than the query.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import repeat
from pathlib import Path
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

Text = str | Promise
ICONS: Final = Path(__file__).resolve().parents[2] / "static" / "icons"

SLA_ICONS: Final = {
    "on_time": "check",
    "due_soon": "clock",
    "overdue": "triangle-alert",
    "paused": "pause",
    "done_early": "circle-check",
    "intake": "inbox",
}


def part(item: Any, name: str, default: Any = "") -> Any:
    """One value of a prepared row, which may be a mapping or any object with attributes."""
    # The plain dict first: asking for the abstract class costs more than all the rest.
    if type(item) is dict or isinstance(item, Mapping):
        return item.get(name, default)
    return getattr(item, name, default)


def _escaped(text: Any) -> str:
    """As `conditional_escape`, without its look for lazy texts where a plain string is given; as a plain string."""
    return escape(text) if type(text) is str else str(conditional_escape(text))


@lru_cache(maxsize=256)
def _shape(name: str) -> SafeString:
    """What is drawn inside the icon's svg element. Raises FileNotFoundError for a name not in static/icons."""
    source = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    shape = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", source, flags=re.DOTALL)
    return mark_safe(shape)  # noqa: S308 – a file of this repository


def icon(name: str, label: Text = "") -> SafeString:
    """An icon beside words (hidden from screen readers), or with a label where it stands alone."""
    return _icon(name, str(label))


# A list draws the same few pieces hundreds of times. `typed`: safe and unsafe text of the same letters differ.
@lru_cache(maxsize=1024, typed=True)
def _icon(name: str, label: str) -> SafeString:
    if label:
        return format_html(
            '<svg class="i" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, _shape(name)
        )
    return format_html('<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', _shape(name))


def tag(text: Text, tone: str = "", symbol: str = "") -> SafeString:
    """A status in words. Tones: grey (none), blue, green, amber, red, violet, outline."""
    return _tag(str(text), tone, symbol)


@lru_cache(maxsize=1024, typed=True)
def _tag(text: str, tone: str, symbol: str) -> SafeString:
    return format_html('<span class="tag {}">{}{}</span>', tone, icon(symbol) if symbol else "", text)


def sla(deadline: object) -> SafeString:
    """How a deadline stands: icon, words, share of the time used, and the promise itself.

    `deadline` has `state` (a key of SLA_ICONS), `text`, and may have `due` (words) and `share` (0 to 1).
    """
    state = str(part(deadline, "state", "on_time"))
    share, due = part(deadline, "share", None), part(deadline, "due")
    width = None if share is None else round(max(0.0, min(share, 1.0)) * 100)
    return SafeString(_sla(state, _escaped(part(deadline, "text")), width, _escaped(due) if due else ""))


def _sla(state: str, text: str, width: int | None, due: str) -> str:
    """The same from parts already escaped."""
    meter = "" if width is None else _meter(state, width)
    below = f'<span class="sub">{due}</span>' if due else ""
    return (
        f'<div class="sla {_escaped(state)}"><span class="t">{icon(SLA_ICONS[state])}{text}</span>{meter}{below}</div>'
    )


@lru_cache(maxsize=1024)
def _meter(state: str, width: int) -> SafeString:
    if state == "paused":
        drawn = format_html('<path d="M0 2.5h{}" stroke-width="5" stroke-dasharray="2 2"/>', width)
    else:
        drawn = format_html('<path d="M0 0h{}v5H0z"/>', width)
    return format_html(
        '<svg class="m" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">{}</svg>', drawn
    )


def attributes(given: Mapping[str, object]) -> SafeString:
    """HTML attributes from keyword arguments: underscores become hyphens, True stands alone, None and False vanish."""
    pairs = [(name.rstrip("_").replace("_", "-"), value) for name, value in given.items()]
    alone = format_html_join("", " {}", ((name,) for name, value in pairs if value is True))
    return alone + format_html_join(
        "", ' {}="{}"', ((name, value) for name, value in pairs if value not in (True, False, None, ""))
    )


BUTTONS: Final = {"primary": "", "secondary": "sec", "quiet": "quiet", "danger": "danger", "gold": "gold"}


def button(
    text: Text,
    variant: str = "primary",
    *,
    href: str = "",
    symbol: str = "",
    key: str = "",
    block: bool = False,
    **given: object,
) -> SafeString:
    """A button, or with `href` a link that looks like one. `key` is its shortcut, shown and announced."""
    classes = " ".join(filter(None, ["btn", BUTTONS[variant], "block" if block else ""]))
    inside = format_html(
        "{}{}{}", icon(symbol) if symbol else "", text, format_html("<kbd>{}</kbd>", key) if key else ""
    )
    if key:
        given["aria_keyshortcuts"] = key
    if href:
        return format_html('<a class="{}" href="{}"{}>{}</a>', classes, href, attributes(given), inside)
    given.setdefault("type", "submit")
    return format_html('<button class="{}"{}>{}</button>', classes, attributes(given), inside)


_CELL: Final = ("text", "sub", "url", "code", "clamp", "icons", "tag", "sla", "align")


class Cell(SafeString):
    """A table cell that is drawn already."""


def td(inside: SafeString, below: Text = "") -> Cell:
    """A cell of ready HTML, with a smaller line of words below it."""
    return Cell(_td(inside, below))


def code(text: str, url: str) -> SafeString:
    """A dossier's code that leads to it."""
    return SafeString(f'<a href="{_escaped(url)}"><span class="code">{_escaped(text)}</span></a>')


def cell(content: object, column: Text = "") -> Cell:
    """One table cell: text, ready HTML, or an object with text, sub, url, code, icons, tag, sla, align.

    A plain text bears the name of its column for narrow windows, where rows stand as blocks without a head.
    """
    return Cell(_cell(content, _escaped(str(column))))


def rows(shown: Iterable[object], columns: Sequence[str], choose: str = "") -> SafeString:
    """The rows of a table, each with `cells`, `current`; `columns`: names; `choose`: the name of the tick boxes.

    A row that can be chosen also has `id`, `label`, `selected`.
    """
    names = [*map(_escaped, columns), *repeat("", 9)]
    tick = (_escaped(choose), _escaped(_("Chọn %(row)s"))) if choose else None
    return SafeString("".join([_row(row, names, tick) for row in shown]))


def _row(shown: object, names: list[str], tick: tuple[str, str] | None) -> str:
    contents = zip(part(shown, "cells", ()), names, strict=False)
    cells = "".join([content if type(content) is Cell else _cell(content, name) for content, name in contents])
    state = ' class="cur"' if part(shown, "current", False) else ""
    return f"<tr{state}>{_tick(shown, *tick) if tick else ''}{cells}</tr>"


def _cell(content: Any, column: str) -> str:
    # A page draws hundreds of cells: plain strings of escaped parts cost a third of nested format_html calls.
    if type(content) is not dict:
        if content is None or isinstance(content, str | Promise | int):
            plain = "" if content is None else _escaped(str(content))
            name = f' data-name="{column}"' if plain and column else ""
            return f"<td{name}>{plain}</td>"
        content = {name: part(content, name, "") for name in _CELL}
    get = content.get
    text = _escaped(get("text", ""))
    if get("clamp"):
        text = f'<span class="clamp">{text}</span>'
    if get("code"):
        text = f'<span class="code">{text}</span>'
    if url := get("url"):
        text = f'<a href="{_escaped(url)}">{text}</a>'
    if icons := get("icons"):
        # In a table an icon stands alone, so it needs words for those who cannot see it.
        drawn = "".join([icon(name, label) for name, label in icons])
        text = f'<span class="both">{text}<span class="icons">{drawn}</span></span>'
    if state := get("tag"):
        text += tag(part(state, "text"), str(part(state, "tone")), str(part(state, "icon")))
    if deadline := get("sla"):
        text += sla(deadline)
    return _td(text, get("sub"), ' class="end"' if get("align") == "end" else "")


def _td(inside: str, below: Any, attribute: str = "") -> str:
    words = f'<span class="sub">{_escaped(below)}</span>' if below else ""
    return f"<td{attribute}>{inside}{words}</td>"


def _tick(row: object, name: str, words: str) -> str:
    """The first cell of a row that can be chosen for an act on many. `name`, `words`: escaped."""
    identifier = _escaped(str(part(row, "id")))
    checked = " checked" if part(row, "selected", False) else ""
    label = words % {"row": _escaped(part(row, "label")) or identifier}
    box = f'<input type="checkbox" name="{name}" value="{identifier}"{checked}>'
    return f'<td class="ck"><label>{box}<span class="vh">{label}</span></label></td>'
