"""The dossier, its desk-to-desk stages and its clock."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.querysets import DossierQuerySet
from dossiers.states import OPEN, CitizenState, Status, citizen_state
from portal.floor.fields import EncryptedJSONField
from portal.floor.ids import uuid7

_FK: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Dossier(models.Model):
    """One application, from submission to archive. `dossiers.lifecycle.move` alone writes status, holder and dates."""

    class Channel(models.TextChoices):
        DIRECT = "direct", _("Trực tiếp")
        ONLINE = "online", _("Trực tuyến")
        POST = "post", _("Bưu chính")

    class Identified(models.TextChoices):
        """How sure the house is who applied."""

        ACCOUNT = "account", _("Tài khoản đã xác thực")
        CHIP = "chip", _("Đọc chíp thẻ căn cước")
        CARD = "card", _("Xem thẻ căn cước")
        PAPER = "paper", _("Xem giấy tờ khác")
        UNSEEN = "unseen", _("Không kiểm tra")

    class ReturnMode(models.TextChoices):
        DESK = "desk", _("Nhận tại một cửa")
        POST = "post", _("Gửi bưu điện về nhà")
        ONLINE = "online", _("Nhận bản điện tử")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(_("mã gửi"), max_length=16, unique=True)
    code = models.CharField(_("mã hồ sơ"), max_length=60, unique=True, null=True)  # noqa: DJ001 -- unique when given
    tracking_key = models.CharField(max_length=16)
    procedure_version = models.ForeignKey("procedures.ProcedureVersion", **_FK)
    case = models.ForeignKey("procedures.Case", **_FK)
    rule_profile = models.ForeignKey("procedures.RuleProfile", **_FK)
    title = models.CharField(_("việc"), max_length=200)
    applicant_name = models.CharField(_("chủ hồ sơ"), max_length=200)
    search_fold = models.TextField(default="")
    channel = models.CharField(max_length=6, choices=Channel.choices)
    return_mode = models.CharField(max_length=6, choices=ReturnMode.choices)
    answers = EncryptedJSONField(default=dict)

    status = models.PositiveSmallIntegerField(choices=Status.choices)
    version = models.PositiveIntegerField(default=1)
    status_before_withdrawal = models.PositiveSmallIntegerField(null=True)
    withdrawn = models.BooleanField(default=False)
    receiving_agency = models.ForeignKey("procedures.Agency", **_FK)
    competent_agency = models.ForeignKey("procedures.Agency", **_FK)
    holder_agency = models.ForeignKey("procedures.Agency", **_FK)
    holder_role = models.CharField(max_length=20)
    assignee = models.ForeignKey("procedures.Position", null=True, **_FK)
    stage_kind = models.CharField(max_length=8, blank=True)
    stage_name = models.CharField(max_length=200, blank=True)
    in_post = models.BooleanField(default=False)

    submitted_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("hẹn trả"), null=True)
    due_soon_at = models.DateTimeField(null=True)
    original_due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(_("hạn của người đang giữ"), null=True)
    next_soon_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # What the dossier waits for while the clock stands still.
    waiting_for = models.CharField(_("đang chờ"), max_length=200, blank=True, default="", db_default="")
    extension_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    supplement_count = models.PositiveSmallIntegerField(default=0)
    contact_count = models.PositiveSmallIntegerField(default=0, db_default=0)  # how often they had to come or call

    # What statistics and archives read; fixed at acceptance unless said otherwise.
    limit_amount = models.PositiveSmallIntegerField(null=True)
    limit_unit = models.CharField(max_length=12, blank=True, default="", db_default="")
    legal_limit_amount = models.PositiveSmallIntegerField(null=True)
    has_fee = models.BooleanField(default=False, db_default=False)
    identified_by = models.CharField(
        max_length=8, choices=Identified.choices, default=Identified.ACCOUNT, db_default=Identified.ACCOUNT
    )
    ticket = models.CharField(_("số thứ tự tại quầy"), max_length=20, blank=True, default="", db_default="")
    register_line = models.PositiveIntegerField(_("số thứ tự trong Sổ theo dõi"), null=True)  # given at acceptance
    entered_at = models.DateTimeField(_("nhập sau lúc"), null=True)  # after an outage; the other times are true
    late_cause = models.CharField(max_length=20, blank=True, default="", db_default="")  # a key of Rules.late_causes
    shelf = models.CharField(_("nơi cất bản giấy"), max_length=60, blank=True, default="", db_default="")
    archived_at = models.DateTimeField(null=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections", db_index=False)
    filing = models.ForeignKey(
        "dossiers.GroupFiling", models.PROTECT, null=True, related_name="dossiers", db_index=False
    )

    events_count = models.PositiveIntegerField(default=0)
    events_head = models.CharField(max_length=64, default="")

    objects = DossierQuerySet.as_manager()

    class Meta:
        indexes = [
            # A partial index serves only queries whose WHERE implies it: `DossierQuerySet.open()` says it literally.
            models.Index(
                fields=["holder_agency", "holder_role", "next_due_at", "id"],
                condition=Q(status__in=OPEN),
                include=["status"],
                name="queue_by_deadline",
            ),
            models.Index(fields=["next_due_at", "id"], condition=Q(status__in=OPEN), name="open_by_next_due"),
            models.Index(fields=["next_soon_at", "id"], condition=Q(status__in=OPEN), name="open_by_next_soon"),
            models.Index(fields=["due_at", "id"], condition=Q(status__in=OPEN), name="open_by_due"),
            models.Index(fields=["receiving_agency", "-submitted_at"], name="received_by_agency"),
            models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="corrections_of_a_dossier"),
            models.Index(fields=["filing"], condition=Q(filing__isnull=False), name="dossiers_of_a_filing"),
            GinIndex(fields=["search_fold"], opclasses=["gin_trgm_ops"], name="dossier_by_folded_words"),
        ]

    def __str__(self) -> str:
        return self.code or self.reference

    @property
    def citizen_state(self) -> CitizenState:
        return citizen_state(
            status=self.status, stage_kind=self.stage_kind, withdrawn=self.withdrawn, in_post=self.in_post
        )


class Stage(models.Model):
    """One stay of the dossier at one desk, opened from the route."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="stages", db_index=False)
    route_key = models.CharField(max_length=40)
    ordinal = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)
    agency = models.ForeignKey("procedures.Agency", **_FK)
    role = models.CharField(max_length=20)
    assignee = models.ForeignKey("procedures.Position", null=True, **_FK)
    hours = models.DecimalField(max_digits=6, decimal_places=2)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # the move that closed it
    # The hand-over of the paper dossier, if there is one; what is electronic is there at once (NĐ 61/2018 art. 18).
    given_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    handover_due_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(closed_at=None), name="one_open_stage_per_dossier"),
            models.UniqueConstraint(fields=["dossier", "ordinal"], name="one_stage_per_ordinal"),
        ]
        indexes = [models.Index(fields=["agency", "role", "dossier"], name="stages_of_a_desk")]

    def __str__(self) -> str:
        return f"{self.ordinal}. {self.name}"


class ClockSegment(models.Model):
    """A stretch of the clock: every due date can be explained line by line from these rows."""

    class Kind(models.TextChoices):
        RUNNING = "running", _("Đang tính giờ")
        WAITING = "waiting", _("Chờ bạn bổ sung")
        PAUSED = "paused", _("Tạm dừng theo quy định")
        RESTARTED = "restarted", _("Tính lại từ đầu")
        EXTENDED = "extended", _("Hẹn lại")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="clock")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    legal_basis = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(to_at=None), name="one_open_segment_per_dossier")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_at:%d/%m/%Y %H:%M}"
