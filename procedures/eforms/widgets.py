"""Widgets of more than one input. Each takes an answer as JSON or what was posted, so nothing typed is lost."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.eforms import addresses


class AddressInput(forms.Widget):
    """Province, district, commune from stored units, then the detail.

    Without JavaScript each choice lists the next level: `needs_list` says when the page has to be drawn again for that.
    """

    template_name = "procedures/widgets/address.html"
    use_fieldset = True
    labels = {"province": _("Tỉnh, thành phố"), "district": _("Quận, huyện"), "commune": _("Xã, phường")}

    def __init__(self, unit_set: str, attrs: dict[str, Any] | None = None) -> None:
        self.unit_set = unit_set
        super().__init__(attrs)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if name in data:
            return data.get(name)
        keys = (*addresses.levels(self.unit_set), "detail")
        return {key: str(data.get(f"{name}_{key}", "")) for key in keys}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_province" not in data

    def needs_list(self, data: Mapping[str, Any], name: str) -> bool:
        """Whether a unit was chosen below which the page could not list anything yet."""
        if f"{name}_listed" not in data:
            return False
        chosen = self.value_from_datadict(data, None, name)
        listed, parent = str(data[f"{name}_listed"]).split("."), ""
        for level in addresses.levels(self.unit_set):
            if addresses.name_of(self.unit_set, parent, chosen[level]) is None:
                return parent not in listed
            parent = chosen[level]
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if not isinstance(value, Mapping):
            value = addresses.locate(str(value or ""), self.unit_set)
        id_ = context["widget"]["attrs"].get("id", name)
        parent, selects, listed = "", [], []
        for number, level in enumerate(addresses.levels(self.unit_set)):
            listed.append(parent)
            options = addresses.options(self.unit_set, parent) if parent or number == 0 else []
            chosen = str(value.get(level, ""))
            parent = chosen if any(code == chosen for code, _name in options) else ""
            selects.append(
                {
                    "name": f"{name}_{level}",
                    "id": f"{id_}_{level}",
                    "level": level,
                    "label": self.labels[level],
                    "options": [(code, text, code == parent) for code, text in options],
                }
            )
        detail = {"name": f"{name}_detail", "id": f"{id_}_detail", "value": value.get("detail", "")}
        context["widget"] |= {"selects": selects, "detail": detail, "unit_set": self.unit_set}
        context["widget"]["listed"] = {"name": f"{name}_listed", "value": ".".join(listed)}
        return context


class ManyChoices(forms.CheckboxSelectMultiple):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """A list; of plain JSON too, which knows no `getlist`."""
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)


class Rows(list[Any]):
    """The entries of a repeating group as posted, with their forms."""

    def __init__(self, forms_: list[Any]) -> None:
        self.forms = forms_
        super().__init__(form.raw() for form in forms_)


class GroupInput(forms.Widget):
    """Entries of a repeating group: `<name>-<n>-<field>`, counted by `<name>-count`, added and dropped by buttons."""

    template_name = "procedures/widgets/group.html"
    use_fieldset = True

    def __init__(self, title: str, build: Any) -> None:
        self.title, self.build = title, build  # build(prefix, data=…, values=…) gives the form of one entry
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if name in data:
            return data.get(name)
        count = str(data.get(f"{name}-count", "0"))
        total = min(int(count), 100) if count.isascii() and count.isdigit() else 0
        entries = [self.build(f"{name}-{number}", data=data) for number in range(total)]
        # An entry in which nothing was typed is dropped later and has no mistakes to show.
        return Rows([one if one.has_answers() else self.build(one.prefix) for one in entries])

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}-count" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        entries = value.forms if isinstance(value, Rows) else None
        if entries is None:
            values = [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
            entries = [self.build(f"{name}-{number}", values=entry) for number, entry in enumerate(values)]
        context["widget"] |= {"rows": entries, "title": self.title}
        return context
