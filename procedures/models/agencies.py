"""Who serves: agencies, the seats of their officers, and the province as an installation."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.models.units import AdministrativeUnit, Level
from procedures.querysets import AgencyQuerySet, PositionQuerySet


class Agency(models.Model):
    """An agency with its identifier. `one_stop` agencies receive dossiers; validity is the agency's own."""

    class Scheme(models.TextChoices):
        QCVN102 = "qcvn102", "QCVN 102:2016"
        QD20 = "qd20", "QĐ 20/2020"

    code = models.CharField(_("mã định danh"), max_length=35, unique=True)
    scheme = models.CharField(max_length=8, choices=Scheme.choices)
    name = models.CharField(_("tên"), max_length=200)
    name_fold = models.CharField(max_length=200)
    short_name = models.CharField(_("tên gọi"), max_length=120, blank=True)
    symbol = models.CharField(_("ký hiệu văn bản"), max_length=20, help_text="UBND, SLĐTBXH …")
    level = models.CharField(max_length=8, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="agencies")
    one_stop = models.BooleanField(_("tiếp nhận hồ sơ"), default=False)
    one_stop_name = models.CharField(_("tên bộ phận một cửa"), max_length=200, blank=True)
    place = models.CharField(_("địa danh ghi trên văn bản"), max_length=80)
    address = models.CharField(_("địa chỉ"), max_length=250, blank=True)
    phone = models.CharField(_("điện thoại"), max_length=20, blank=True)
    email = models.EmailField(blank=True)
    seal_mm = models.PositiveSmallIntegerField(_("đường kính dấu (mm)"), default=36)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    # Who takes over the work on the day after `valid_to`.
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = AgencyQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A unit inside an agency: phòng, ban, bộ phận."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="departments")
    code = models.SlugField(_("mã"), max_length=40)
    name = models.CharField(_("tên"), max_length=200)
    order = models.PositiveSmallIntegerField(default=0)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="one_department_per_code")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    RECEIVER = "receiver", _("Công chức một cửa")
    SPECIALIST = "specialist", _("Chuyên viên")
    LEADER = "leader", _("Lãnh đạo")
    RECORDS_CLERK = "records_clerk", _("Văn thư")
    RETURNER = "returner", _("Người trả kết quả")
    CASHIER = "cashier", _("Người thu phí")
    CATALOGUE_EDITOR = "catalogue_editor", _("Biên tập danh mục")
    CATALOGUE_REVIEWER = "catalogue_reviewer", _("Thẩm định danh mục")
    OPERATOR = "operator", _("Vận hành hệ thống")


class Position(models.Model):
    """An officer's seat: one role in one agency, with dates. A person may hold several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="positions")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="positions")
    role = models.CharField(max_length=20, choices=Role.choices)
    title = models.CharField(_("chức vụ"), max_length=120, help_text="Chủ tịch, Chuyên viên …")
    holder_name = models.CharField(_("họ và tên"), max_length=200)
    signing_capacity = models.CharField(
        _("thẩm quyền ký"), max_length=60, blank=True, help_text="TM. ỦY BAN NHÂN DÂN …"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        constraints = [
            # Who leaves a seat may come back to it later as a new posting.
            models.UniqueConstraint(
                fields=["user", "agency", "role"], condition=models.Q(valid_to=None), name="one_open_seat_per_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder_name}, {self.title}, {self.agency}"


class Substitution(models.Model):
    """During the holder's leave the substitute works from that seat too, both days included."""

    position = models.ForeignKey(Position, models.CASCADE, related_name="substitutions")
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến hết ngày"))
    reason = models.CharField(_("lý do"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="leave_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.starts_on:%d/%m/%Y}–{self.ends_on:%d/%m/%Y}"


class ProvinceProfile(models.Model):
    """The one row that says which province this installation serves."""

    identifier = models.CharField(max_length=3)  # H62
    name = models.CharField(max_length=80)  # Tỉnh Vĩnh Phúc
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    unit_set = models.CharField(max_length=4)
    tiers = models.JSONField(default=list)  # ["province", "district", "commune"]
    code_scheme = models.CharField(max_length=8, choices=Agency.Scheme.choices)
    default_rule_profile = models.ForeignKey("procedures.RuleProfile", models.PROTECT, related_name="+")
    hotline = models.CharField(max_length=20, default="1900 0000")
    logo = models.CharField(max_length=100, blank=True)
    singleton = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(singleton=True), name="one_province_per_installation")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "ProvinceProfile | None":
        """The province of this installation, None before seeding."""
        return cls.objects.select_related("default_rule_profile").first()
