"""Bytes of a dossier: what came in (attachments), what went out (issued papers, results)."""

from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from dossiers.models.people import Draft
from portal.floor.fields import EncryptedJSONField, EncryptedTextField
from portal.floor.ids import uuid7


class Attachment(models.Model):
    """A received file. The original bytes are kept; a replaced file is marked, never deleted (regulation §29.15)."""

    class Verdict(models.TextChoices):
        OPEN = "open", _("Chưa xem")
        OK = "ok", _("Đạt")
        MISSING = "missing", _("Thiếu")
        UNCLEAR = "unclear", _("Mờ, không đọc được")
        EXPIRED = "expired", _("Hết hạn")
        WRONG = "wrong", _("Sai mẫu")
        UNSIGNED = "unsigned", _("Chưa ký")

    class Scan(models.TextChoices):
        NOT_SCANNED = "not_scanned", _("Chưa quét mã độc")
        CLEAN = "clean", _("Không thấy mã độc")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, related_name="attachments")
    dossier = models.ForeignKey(Dossier, models.CASCADE, null=True, related_name="attachments")
    document_key = models.CharField(max_length=60)  # RequiredDocument.key of the case
    name = EncryptedTextField()  # as the citizen named the file
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=200)  # name in the storage
    scan = models.CharField(max_length=12, choices=Scan.choices, default=Scan.NOT_SCANNED)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    verdict_note = EncryptedTextField(blank=True, default="")
    received_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.name)

    def read(self) -> bytes:
        """The original bytes, decrypted."""
        with default_storage.open(self.file) as stored:
            return bytes(stored.read())


class IssuedPaper(models.Model):
    """An official paper: the row (number, snapshot) is the act; the PDF is typeset from it at once, outside."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
        SUPPLEMENT = "supplement", _("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ")
        REFUSAL = "refusal", _("Phiếu từ chối tiếp nhận giải quyết hồ sơ")
        APOLOGY = "apology", _("Phiếu xin lỗi và hẹn lại ngày trả kết quả")
        STOP_NOTICE = "stop_notice", _("Thông báo dừng giải quyết hồ sơ")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=40)
    snapshot = EncryptedJSONField(default=dict)
    issued_at = models.DateTimeField()
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # Of the papers that a leader signs: who, and the signed document (signatures.SignedDocument).
    signer_user_id = models.UUIDField(null=True)
    signed_document_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Result(models.Model):
    """What the citizen came for. Issued only when every signature its route asks for is on it (NĐ 30/2020 art. 5)."""

    class Kind(models.TextChoices):
        APPROVAL = "approval", _("Đồng ý giải quyết")
        REFUSAL = "refusal", _("Từ chối giải quyết")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="results")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = EncryptedJSONField(default=dict)  # the free parts written by the specialist
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=200)
    number = models.CharField(max_length=40, blank=True)
    verify_code = models.CharField(max_length=16, unique=True)
    decided_at = models.DateTimeField(null=True)
    snapshot = EncryptedJSONField(default=dict)  # everything the typesetter needs, fixed at the decision
    signer_user_id = models.UUIDField(null=True)
    signer_name = models.CharField(max_length=200, blank=True)
    sealing_agency = models.ForeignKey("procedures.Agency", models.PROTECT, null=True, related_name="+")
    file = models.CharField(max_length=200, blank=True)  # unsigned original
    signed_document_id = models.UUIDField(null=True)  # signatures.SignedDocument, the newest
    signing_attempt = models.PositiveSmallIntegerField(default=1)
    signing_error = models.CharField(max_length=300, blank=True)  # why the last attempt ended without a signature
    issued_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=models.Q(superseded_at=None), name="one_current_result_per_dossier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
