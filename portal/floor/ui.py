"""Template tags of the design language: `{% load ui %}`, listed in docs/how-to/add-a-component.md.

Components get prepared data (mappings or objects with those names), run no query and format no date.
"""

from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.floor import fielding, markup, qr
from portal.floor.redrawn import drawn

register = template.Library()

Rows = Any  # a prepared list; the shape of its items stands in the how-to

# Pieces without a template --------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    return markup.icon(name, label)


@register.simple_tag
def tag(text: str, tone: str = "", icon: str = "") -> SafeString:
    return markup.tag(text, tone, icon)


@register.simple_tag
def sla(deadline: object) -> SafeString:
    return markup.sla(deadline) if deadline else SafeString("")


@register.simple_tag
def button(text: str, variant: str = "primary", icon: str = "", **given: Any) -> SafeString:
    return markup.button(text, variant, symbol=icon, **given)


@register.simple_tag
def back_link(url: str, text: str) -> SafeString:
    return format_html('<a class="back" href="{}">{}{}</a>', url, markup.icon("arrow-left"), text)


@register.simple_tag(name="qr")
def qr_code(text: str, label: str) -> SafeString:
    return mark_safe(qr.svg(text, title=label).replace("<svg", '<svg role="img"', 1))  # noqa: S308 – drawn by segno


@register.simple_tag
def kbd(key: str) -> SafeString:
    return format_html("<kbd>{}</kbd>", key)


@register.simple_tag
def fixed(template: str) -> SafeString:
    """A part of pages that says the same to everybody: no data, no form."""
    return drawn(template, {})


@register.simple_block_tag
def kept(content: str) -> SafeString:
    """`{% kept as name %}…{% endkept %}`: drawn here, put where `{{ name }}` stands, as often as it does."""
    return SafeString(content)


# Containers: {% inset %}…{% endinset %} ----------------------------------------------------------------------


@register.simple_block_tag
def inset(content: str, tone: str = "") -> SafeString:
    return format_html('<div class="note {}">{}</div>', tone, content)


@register.simple_block_tag
def details(content: str, summary: str, open: bool = False) -> SafeString:
    state = mark_safe(" open") if open else ""
    return format_html('<details class="more"{}><summary>{}</summary>{}</details>', state, summary, content)


@register.simple_block_tag
def panel(content: str, title: str, label: str = "", code: str = "") -> SafeString:
    return render_to_string("ui/panel.html", {"content": content, "title": title, "label": label, "code": code})


@register.simple_block_tag
def fieldset(content: str, legend: str, hint: str = "", big: bool = False) -> SafeString:
    return render_to_string("ui/fieldset.html", {"content": content, "legend": legend, "hint": hint, "big": big})


@register.simple_block_tag
def card(content: str, title: str = "", icon: str = "", lift: bool = False) -> SafeString:
    heading = format_html('<h2 class="t">{}{}</h2>', markup.icon(icon) if icon else "", title) if title else ""
    return format_html('<section class="card{}">{}{}</section>', " lift" if lift else "", heading, content)


@register.simple_block_tag
def mismatch(content: str, title: str) -> SafeString:
    return format_html('<div class="mis">{}<b>{}</b>{}</div>', markup.icon("triangle-alert"), title, content)


@register.simple_block_tag
def action_bar(content: str) -> SafeString:
    return format_html('<div class="acts">{}</div>', content)


# Forms ------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, kind: str = "", **given: Any) -> dict[str, Any]:
    return fielding.drawn(bound, kind, **given)


@register.simple_tag
def fields(form: forms.BaseForm) -> SafeString:
    """Every field of a form, the hidden ones last."""
    shown = (render_to_string("ui/field.html", fielding.drawn(bound)) for bound in form.visible_fields())
    return SafeString("".join(shown)) + fielding.hidden(form)


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*sources: Any) -> dict[str, Any]:
    return {"mistakes": fielding.mistakes(source for source in sources if source)}


@register.inclusion_tag("ui/fixed_value.html")
def fixed_value(label: str, value: str, source: str = "", url: str = "") -> dict[str, Any]:
    """A value fetched from a register: read-only text with its source, never a disabled box."""
    return {"label": label, "value": value, "source": source, "url": url}


@register.inclusion_tag("ui/segment.html")
def segment(name: str, options: Rows, label: str, value: str = "", form: str = "") -> dict[str, Any]:
    return {"name": name, "options": options, "label": label, "value": value, "form": form}


@register.inclusion_tag("ui/consent.html")
def consent(bound: BoundField, title: str, points: Rows) -> dict[str, Any]:
    return {"bound": bound, "title": title, "points": points}


@register.inclusion_tag("ui/upload_card.html")
def upload_card(paper: object, bound: BoundField | None = None) -> dict[str, Any]:
    return {"paper": paper, "bound": bound}


@register.inclusion_tag("ui/wizard.html")
def wizard(title: str, step: int, total: int, saved: str = "") -> dict[str, Any]:
    segments = ["done"] * (step - 1) + ["now"] + [""] * (total - step)
    return {"title": title, "step": step, "total": total, "saved": saved, "segments": segments}


# Messages ---------------------------------------------------------------------------------------------------

NOTICE_ICONS = {"info": "info", "success": "circle-check", "warning": "triangle-alert", "error": "circle-alert"}


@register.inclusion_tag("ui/notification.html")
def notification(text: str, tone: str = "info", title: str = "") -> dict[str, Any]:
    tone = tone if tone in NOTICE_ICONS else "info"
    return {"text": text, "tone": tone, "title": title, "symbol": NOTICE_ICONS[tone]}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", icon: str = "inbox") -> dict[str, Any]:
    return {"title": title, "text": text, "symbol": icon}


@register.inclusion_tag("ui/offline.html")
def offline_bar() -> dict[str, Any]:
    return {}


# Lists of prepared data -------------------------------------------------------------------------------------


def _listing(name: str, file: str = "") -> None:
    """A component that is nothing but its rows: `{% facts rows %}` draws templates/ui/facts.html."""

    def component(items: Rows, label: str = "") -> dict[str, Any]:
        return {"items": items, "label": label}

    register.inclusion_tag(f"ui/{file or name}.html", name=name)(component)


for _name in (
    "facts",
    "summary_list",
    "prep_list",
    "story",
    "task_list",
    "rail",
    "timeline",
    "rows",
    "tiles",
    "chips",
    "breadcrumb",
    "flow",
    "kpis",
):
    _listing(_name)


@register.simple_tag
def tabs(items: Rows, label: str = "") -> SafeString:
    return drawn("ui/tabs.html", {"items": items, "label": label})


@register.inclusion_tag("ui/pagination.html")
def pagination(
    previous_url: str = "", next_url: str = "", summary: str = "", first_url: str = "", hint: str = ""
) -> dict[str, Any]:
    addresses = {"previous_url": previous_url, "next_url": next_url, "first_url": first_url}
    return {**addresses, "summary": summary, "hint": hint}


@register.inclusion_tag("ui/due.html")
def due(label: str, when: str, text: str = "", tone: str = "") -> dict[str, Any]:
    return {"label": label, "when": when, "text": text, "tone": tone}


@register.simple_tag
def selects(items: Rows) -> SafeString:
    return drawn("ui/selects.html", {"items": items})


@register.inclusion_tag("ui/filter_bar.html")
def filter_bar(selects: Rows, chips: Rows = (), clear_url: str = "", keep: Rows = (), note: str = "") -> dict[str, Any]:
    return {"selects": selects, "chips": chips, "clear_url": clear_url, "keep": keep, "note": note}


@register.simple_tag
def bulk_bar(text: str, actions: Rows) -> SafeString:
    return drawn("ui/bulk_bar.html", {"text": text, "actions": actions})


@register.inclusion_tag("ui/table.html")
def table(columns: Rows, rows: Rows, caption: str, choose: str = "") -> dict[str, Any]:
    """`choose`: the name of the tick boxes, when rows can be chosen. See `markup.cell` for what a cell may be."""
    heads = [column if isinstance(column, Mapping) else {"label": str(column)} for column in columns]
    names = [str(column.get("label", "")) for column in heads]
    head = drawn("ui/table_head.html", {"columns": heads, "choose": bool(choose)})
    return {"head": head, "body": markup.rows(rows, names, choose), "caption": caption}


@register.simple_tag(takes_context=True)
def staff_nav(context: Context, groups: Rows, counts: Any = None) -> SafeString:
    """The officer's left navigation; `counts` maps a link's key to a number or to {number, tone}."""
    path = context["request"].path if "request" in context else ""
    counts = counts or {}
    urls = [link["url"] for group in groups or () for link in group["links"]]
    here = max((url for url in urls if url.startswith("/") and path.startswith(url)), key=len, default="")

    def shown(link: Any) -> Any:
        count = counts.get(link["key"])
        number = count if isinstance(count, Mapping) else {"number": count}
        return {**link, "current": link["url"] == here, "number": None, "tone": "", **number}

    shown_groups = [{**group, "links": [shown(link) for link in group["links"]]} for group in groups or ()]
    return drawn("ui/staff_nav.html", {"groups": shown_groups})
