"""Procedures that are filed together: one dossier of the citizen, one filing in each of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.models.catalogue import LifeEvent, Procedure, PublicationDecision


class ProcedureGroup(models.Model):
    """Nhóm thủ tục hành chính liên thông (TT 01/2018 art. 4), published as such by a decision."""

    code = models.CharField(_("mã nhóm"), max_length=20, unique=True)
    name = models.CharField(_("tên nhóm"), max_length=300)
    summary = models.CharField(_("tóm tắt"), max_length=300, blank=True)
    decision = models.ForeignKey(PublicationDecision, models.PROTECT, null=True, blank=True, related_name="groups")
    life_events = models.ManyToManyField(LifeEvent, related_name="groups", blank=True)
    valid_from = models.DateField(_("áp dụng từ"), null=True, blank=True)
    valid_to = models.DateField(_("áp dụng đến"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class GroupMember(models.Model):
    """A procedure of the group. The first by `order` leads; the others wait for what `after` gives, if anything."""

    group = models.ForeignKey(ProcedureGroup, models.CASCADE, related_name="members")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="memberships")
    order = models.PositiveSmallIntegerField(default=0)
    optional = models.BooleanField(_("người nộp được chọn"), default=False)
    after = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "procedure"], name="one_membership_per_group_and_procedure")
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.procedure}"
