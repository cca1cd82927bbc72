"""The working calendar is data: what the government decided each year, and the sessions each agency keeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.models.agencies import Agency


class CalendarDay(models.Model):
    """A day that differs from the plain week (Monday to Friday). `agency` null: the whole country."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Nghỉ lễ")
        COMPENSATORY = "compensatory", _("Nghỉ bù")
        SWAP_OFF = "swap_off", _("Nghỉ hoán đổi")
        SWAP_WORK = "swap_work", _("Làm bù")
        LOCAL_OFF = "local_off", _("Nghỉ riêng của đơn vị")

    on = models.DateField(_("ngày"))
    kind = models.CharField(max_length=12, choices=Kind.choices)
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("tên"), max_length=150)
    decision = models.CharField(_("văn bản quyết định"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["on", "agency"], nulls_distinct=False, name="one_entry_per_day_and_agency")
        ]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y} {self.name}"


class WorkSession(models.Model):
    """A session of work on a weekday (0 = Monday). `agency` null: the default of the province."""

    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes")), name="session_opens_before_it_closes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens:%H:%M}–{self.closes:%H:%M}"
