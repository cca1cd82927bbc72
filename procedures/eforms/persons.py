"""One person as one answer: name, birth date, sex, personal id, which must agree with one another."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.eforms import identity, kinds
from procedures.eforms.kinds import Answer, Setting
from procedures.eforms.schema import Spec

SEXES = {"male": gettext_lazy("Nam"), "female": gettext_lazy("Nữ")}
PARTS: dict[str, dict[str, Any]] = {
    "name": {"type": "person_name", "label": gettext_lazy("Họ và tên")},
    "birth_on": {"type": "date", "label": gettext_lazy("Ngày sinh"), "max": "today"},
    "sex": {
        "type": "choice",
        "label": gettext_lazy("Giới tính"),
        "options": [{"value": value, "label": label} for value, label in SEXES.items()],
    },
    "personal_id": {"type": "personal_id", "label": gettext_lazy("Số định danh cá nhân")},
}


class PersonForm(forms.Form):
    """The boxes of one person; drawn and read part by part, checked by the answer they belong to."""

    template_name = "procedures/widgets/person.html"

    def __init__(self, spec: Spec, setting: Setting, prefix: str, values: Mapping[str, Any]) -> None:
        super().__init__(initial=dict(values), prefix=prefix, use_required_attribute=False)
        self.fields |= answers_of(spec, setting)

    def add_prefix(self, field_name: str) -> str:
        return f"{self.prefix}_{field_name}"


class PersonInput(forms.Widget):
    use_fieldset = True

    def __init__(self, spec: Spec, setting: Setting) -> None:
        self.spec, self.setting = spec, setting
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if name in data:
            return data.get(name)
        form = PersonForm(self.spec, self.setting, name, {})
        return {
            key: field.widget.value_from_datadict(data, files, form.add_prefix(key))
            for key, field in form.fields.items()
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_name" not in data

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> Any:
        return PersonForm(self.spec, self.setting, name, value if isinstance(value, Mapping) else {}).render()


class PersonAnswer(Answer):
    """The parts named in `optional` (birth_on, sex, personal_id) may stay empty."""

    verb = "Nhập %(what)s"

    def __init__(self, spec: Spec, setting: Setting) -> None:
        super().__init__(spec, setting, widget=PersonInput(spec, setting))

    def to_python(self, value: Any) -> dict[str, str] | None:
        if value is not None and not isinstance(value, Mapping):
            raise self.refuse(_("Nhập họ và tên, ngày sinh, giới tính, số định danh"))
        given = {key: (value or {}).get(key) for key in PARTS}
        if not any(any(part) if isinstance(part, list) else part for part in given.values()):
            return None
        found, wrong = {}, []
        for key, answer in answers_of(self.spec, self.setting).items():
            try:
                found[key] = answer.clean(given[key])
            except ValidationError as mistake:
                wrong += mistake.messages
        if wrong:
            raise ValidationError(wrong)
        kept = {key: part for key, part in found.items() if part}
        if not _agree(kept):
            raise self.refuse(_("Số định danh không khớp năm sinh hoặc giới tính. Xem lại thẻ căn cước"))
        return kept


def answers_of(spec: Spec, setting: Setting) -> dict[str, Answer]:
    """The field of each part."""
    optional = spec.get("optional", ())
    specs: dict[str, dict[str, Any]] = {
        key: {"key": key, "required": key not in optional} | part for key, part in PARTS.items()
    }
    return {key: kinds.KINDS[part["type"]](part, setting) for key, part in specs.items()}


def _agree(person: Mapping[str, str]) -> bool:
    """Whether the personal id tells the same year and sex (NĐ 137/2015 art. 13)."""
    digits = person.get("personal_id")
    if not digits:
        return True
    year, sex = person.get("birth_on", "")[:4], person.get("sex")
    told = "male" if int(digits[3]) % 2 == 0 else "female"
    return year in ("", str(identity.birth_year(digits))) and sex in (None, told)


def person_in_words(person: Mapping[str, str]) -> str:
    """“Nguyễn Văn A, sinh ngày 05/03/1990, Nam, số định danh 026090001234”."""
    birth, sex, digits = (person.get(key) for key in ("birth_on", "sex", "personal_id"))
    parts = [
        person["name"],
        _("sinh ngày %(day)s") % {"day": "/".join(reversed(birth.split("-")))} if birth else "",
        str(SEXES.get(sex, sex)) if sex else "",
        _("số định danh %(digits)s") % {"digits": digits} if digits else "",
    ]
    return ", ".join(part for part in parts if part)


KINDS: dict[str, Callable[[Spec, Setting], Answer]] = kinds.KINDS | {"person": PersonAnswer}
