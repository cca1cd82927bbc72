"""The electronic process of a case: ordered stages as rows, maintained by administrators."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.models.agencies import Agency, Department, Role
from procedures.models.catalogue import Case
from procedures.models.units import Level


class Route(models.Model):
    case = models.OneToOneField(Case, models.CASCADE, related_name="route")
    decision = models.CharField(_("quyết định phê duyệt quy trình"), max_length=100, blank=True)

    def __str__(self) -> str:
        return f"Quy trình {self.case}"


class RouteStage(models.Model):
    """One stage. Who holds it: `role` in the agency that `agency_rule` names, seen from the stage before."""

    class Kind(models.TextChoices):
        EXAMINE = "examine", _("Thẩm định")
        APPROVE = "approve", _("Lãnh đạo duyệt, chuyển tiếp")
        SIGN = "sign", _("Ký kết quả")
        SEAL = "seal", _("Vào sổ, đóng dấu")

    class AgencyRule(models.TextChoices):
        RECEIVING = "receiving", _("Cơ quan tiếp nhận")
        COMPETENT = "competent", _("Cơ quan có thẩm quyền")
        SAME = "same", _("Cùng cơ quan với bước trước")
        PARENT = "parent", _("Cơ quan cấp trên trực tiếp của bước trước")
        NAMED = "named", _("Cơ quan ghi đích danh")
        ADDRESS = "address", _("Ủy ban nhân dân xã ghi trong tờ khai")

    route = models.ForeignKey(Route, models.CASCADE, related_name="stages")
    key = models.SlugField(max_length=40)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    level = models.CharField(max_length=8, choices=Level.choices)
    agency_rule = models.CharField(max_length=10, choices=AgencyRule.choices)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    agency_field = models.CharField(_("ô địa chỉ của tờ khai"), max_length=60, blank=True, default="")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    hours = models.DecimalField(_("số giờ làm việc"), max_digits=6, decimal_places=2)
    condition = models.JSONField(null=True, blank=True)  # stage is skipped when it does not hold

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["route", "key"], name="one_stage_per_key"),
            models.UniqueConstraint(fields=["route", "order"], name="one_stage_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.name}"


class StageConsultation(models.Model):
    """An agency asked for its opinion while the stage goes on; all of a stage's are asked at once."""

    stage = models.ForeignKey(RouteStage, models.CASCADE, related_name="consultations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    question = models.CharField(_("nội dung lấy ý kiến"), max_length=300)
    hours = models.DecimalField(_("số giờ làm việc"), max_digits=6, decimal_places=2)
    condition = models.JSONField(null=True, blank=True)  # not asked when it does not hold

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "agency"], name="one_consultation_per_agency")]

    def __str__(self) -> str:
        return f"{self.stage}: {self.agency}"
