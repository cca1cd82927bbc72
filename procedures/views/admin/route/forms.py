"""A stage of a route and those who are asked meanwhile, as forms."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.floor.vietnamese import fold
from procedures.condition_field import ConditionField
from procedures.forms import CleanText
from procedures.models import Agency, Department, Role, Route, RouteStage, StageConsultation

if TYPE_CHECKING:  # generic for the type checker alone
    ModelForm = forms.ModelForm[Any]
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    ModelForm, InlineFormSet = forms.ModelForm, forms.BaseInlineFormSet

Specs = Sequence[Mapping[str, Any]]
Rule = RouteStage.AgencyRule
WORKING = (Role.SPECIALIST, Role.LEADER, Role.RECORDS_CLERK)  # roles that hold a dossier on its way


class StageForm(CleanText, ModelForm):
    """One stage. `specs`: the fields of the case's electronic form, for conditions and addresses."""

    agency_field = forms.ChoiceField(label=_lazy("Ô địa chỉ trong tờ khai"), required=False)
    role = forms.ChoiceField(label=_lazy("Vai trò"), choices=[(role.value, role.label) for role in WORKING])
    condition = ConditionField(
        label=_lazy("Chỉ qua bước này khi"), help_text=_lazy("Để trống: hồ sơ nào cũng qua bước này.")
    )

    class Meta:
        model = RouteStage
        fields = (
            "name", "kind", "level", "role", "hours", "agency_rule", "agency", "department", "agency_field",
            "condition",
        )  # fmt: skip
        labels = {
            "name": _lazy("Tên bước"),
            "kind": _lazy("Việc"),
            "level": _lazy("Cấp"),
            "agency_rule": _lazy("Cơ quan thực hiện"),
            "agency": _lazy("Cơ quan ghi đích danh"),
            "department": _lazy("Phòng ghi đích danh"),
        }
        help_texts = {
            "agency": _lazy("Chỉ khi chọn Cơ quan ghi đích danh."),
            "department": _lazy("Để trống: cả cơ quan. Chọn phòng thì khỏi chọn cơ quan."),
        }

    def __init__(self, *args: Any, specs: Specs = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        addresses = [(spec["key"], spec["label"]) for spec in specs if spec["type"] == "address"]
        agency_field, condition = self.fields["agency_field"], self.fields["condition"]
        assert isinstance(agency_field, forms.ChoiceField)
        assert isinstance(condition, ConditionField)
        for name in ("kind", "level", "agency_rule"):
            field: Any = self.fields[name]
            field.choices = [("", _("Chọn")), *((value, label) for value, label in field.choices if value)]
        agency_field.choices = [("", "–"), *addresses]
        if not addresses:
            agency_field.help_text = _("Tờ khai của trường hợp này chưa có ô địa chỉ.")
        condition.offer(specs)
        _offer(self.fields["agency"], Agency.objects.order_by("level", "name"))
        _offer(self.fields["department"], Department.objects.select_related("agency").order_by("agency", "order"))
        self.fields["department"].label_from_instance = lambda one: f"{one.name}, {one.agency}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the rule does not ask for is dropped, what it needs is demanded."""
        cleaned = super().clean()
        rule, department = cleaned.get("agency_rule"), cleaned.get("department")
        if rule == Rule.NAMED:
            cleaned["agency"] = department.agency if department else cleaned.get("agency")
            if cleaned["agency"] is None:
                self.add_error("agency", _("Chọn cơ quan hoặc phòng sẽ làm bước này"))
        else:
            cleaned["agency"] = cleaned["department"] = None
        if rule != Rule.ADDRESS:
            cleaned["agency_field"] = ""
        elif not cleaned.get("agency_field"):
            self.add_error("agency_field", _("Chọn ô địa chỉ: Ủy ban nhân dân xã ở đó sẽ làm bước này"))
        if (hours := cleaned.get("hours")) is not None and hours <= 0:
            self.add_error("hours", _("Số giờ phải lớn hơn 0, ví dụ 8 cho một ngày làm việc"))
        return cleaned


class ConsultationForm(CleanText, ModelForm):
    condition = ConditionField(label=_lazy("Chỉ hỏi khi"), help_text=_lazy("Để trống: luôn hỏi."))

    class Meta:
        model = StageConsultation
        fields = ("agency", "question", "hours", "condition")
        labels = {"agency": _lazy("Cơ quan được hỏi")}


class Consultations(InlineFormSet):
    """All consultations of a stage; the agencies to choose from are read once for all of them."""

    specs: Specs = ()

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if not hasattr(self, "agencies"):
            self.agencies = [("", "–"), *Agency.objects.order_by("level", "name").values_list("pk", "name")]
        form.fields["agency"].widget.choices = self.agencies
        form.fields["condition"].offer(self.specs)


ConsultationFormSet = forms.inlineformset_factory(
    RouteStage, StageConsultation, form=ConsultationForm, formset=Consultations, extra=1, can_delete=True
)


def _offer(field: Any, rows: Any) -> None:
    field.queryset, field.empty_label = rows, "–"


def key_for(route: Route, name: str) -> str:
    """A short key of its own for a new stage, from its name."""
    base = slugify(fold(name))[:34].strip("-") or "buoc"
    taken = set(route.stages.values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 1000))) if key not in taken)
