"""How a form field is drawn: which control, which attributes, which ids tie label, help and error together."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.floor.dateparts import DatePartsWidget

# What a kind of text needs from the phone's keyboard and from the browser's memory.
KINDS: Final[dict[str, dict[str, str]]] = {
    "person_name": {"autocomplete": "name", "spellcheck": "false"},
    "personal_id": {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false", "class": "in num"},
    "tax_code": {"inputmode": "numeric", "autocomplete": "off", "class": "in num"},
    "phone": {"inputmode": "tel", "autocomplete": "tel", "class": "in num"},
    "email": {"inputmode": "email", "autocomplete": "email", "spellcheck": "false", "class": "in half"},
    "money": {"inputmode": "numeric", "autocomplete": "off"},
    "number": {"inputmode": "numeric", "class": "in short"},
    "hour": {"autocomplete": "off", "class": "in short"},
    "code": {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "class": "in code"},
    "otp": {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "in num"},
    "username": {"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    "password": {"autocomplete": "current-password"},
}
DATE_PARTS: Final = (("bday-day", "Ngày", ""), ("bday-month", "Tháng", ""), ("bday-year", "Năm", "y"))
GROUPS: Final = {"radios", "checkboxes", "date", "composite"}


def control_of(widget: forms.Widget) -> str:
    """Which of the drawn controls a widget is; `composite`: several boxes that the widget's own template draws."""
    if isinstance(widget, DatePartsWidget):
        return "date"
    for kinds, name in (
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.FileInput, "file"),
    ):
        if isinstance(widget, kinds):
            return name
    return "composite" if widget.use_fieldset else "input"


def anchor(bound: BoundField) -> str:
    """The id of the first thing that can be typed in or ticked: where the error summary leads."""
    several = control_of(bound.field.widget) in GROUPS - {"composite"}
    return f"{bound.auto_id}_0" if several else str(bound.auto_id)


def drawn(bound: BoundField, kind: str = "", **given: Any) -> dict[str, Any]:
    """What `templates/ui/field.html` needs. `given`: label, help, suffix, autocomplete, size, line, attributes."""
    widget = bound.field.widget
    control = control_of(widget)
    kind = kind or getattr(bound.field, "kind", "") or getattr(widget, "kind", "")
    label, hint = given.pop("label", None) or bound.label, given.pop("help", None) or bound.help_text
    errors = [str(message) for message in bound.errors]
    identifier = str(bound.auto_id)
    described = " ".join([f"{identifier}_hint"] * bool(hint) + [f"{identifier}_error"] * bool(errors))
    context = {
        "control": control,
        "id": identifier,
        "name": bound.html_name,
        "label": label,
        "hint": hint,
        "errors": errors,
        "described": described,
        "optional": not bound.field.required and control != "checkbox" and given.pop("mark_optional", True),
        "suffix": given.pop("suffix", "") or (_("đồng") if kind == "money" else ""),
        "line": given.pop("line", False),
    }
    if control == "date":
        return context | {"parts": _date_parts(bound, widget)}
    if control == "composite":
        return context | {"drawn": bound.as_widget()}
    if control in GROUPS:
        return context | {"options": list(bound)}
    attrs = _attributes(kind, given, described, errors)
    if control == "checkbox":
        attrs.pop("class", None)
    own = {name: value for name, value in widget.attrs.items() if name not in {"class", "required"}}
    return context | {"drawn": bound.as_widget(attrs={**attrs, **own})}  # a widget's own tokens win


def _attributes(kind: str, given: Mapping[str, Any], described: str, errors: list[str]) -> dict[str, str]:
    size = given.get("size", "")
    attrs = {"class": f"in {size}".strip()} | KINDS.get(kind, {})
    attrs |= {name.replace("_", "-"): str(value) for name, value in given.items() if name != "size" and value}
    if described:
        attrs["aria-describedby"] = described
    if errors:
        attrs["aria-invalid"] = "true"
    return attrs


def _date_parts(bound: BoundField, widget: DatePartsWidget) -> list[dict[str, str]]:
    values = widget.decompress(bound.value())
    birthday = widget.attrs.get("autocomplete") == "bday"
    return [
        {
            "id": f"{bound.auto_id}_{number}",
            "name": f"{bound.html_name}_{number}",
            "label": _(label),
            "value": value,
            "class": shape,
            "autocomplete": token if birthday else "off",
        }
        for number, ((token, label, shape), value) in enumerate(zip(DATE_PARTS, values, strict=True))
    ]


def mistakes(sources: Iterable[object]) -> list[tuple[str, str]]:
    """(where to go, what is wrong) for forms, formsets and ready pairs, in the order of the page."""
    found: list[tuple[str, str]] = []
    for source in sources:
        if isinstance(source, forms.BaseFormSet):
            found += [("", str(message)) for message in source.non_form_errors()]
            found += mistakes(source.forms)
        elif isinstance(source, forms.BaseForm):
            found += [("", str(message)) for message in source.non_field_errors()]
            found += [(anchor(bound), str(message)) for bound in source for message in bound.errors]
        elif isinstance(source, list | tuple):
            found += [(str(where), str(message)) for where, message in source]
    return found


def hidden(form: forms.BaseForm) -> SafeString:
    """The hidden fields of a form."""
    return SafeString("".join(str(bound) for bound in form.hidden_fields()))
