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

    class Origin(models.TextChoices):
        UPLOADED = "uploaded", _("Người nộp gửi")
        SCANNED = "scanned", _("Số hóa tại quầy")
        REUSED = "reused", _("Dùng lại bản đã có")
        CERTIFIED = "certified", _("Bản sao chứng thực điện tử")
        DATABASE = "database", _("Lấy từ cơ sở dữ liệu")
        INTERNAL = "internal", _("Lập khi giải quyết")

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
    origin = models.CharField(
        max_length=10, choices=Origin.choices, default=Origin.UPLOADED, db_default=Origin.UPLOADED
    )
    document_code = models.CharField(_("mã loại giấy tờ"), max_length=40, blank=True, default="", db_default="")
    reuse_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    # The officer's signature on a copy made at the counter (signatures.SignedDocument; TT 01/2023/TT-VPCP).
    signer_user_id = models.UUIDField(null=True)
    signed_document_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return str(self.name)

    def read(self) -> bytes:
        """The original bytes, decrypted."""
        with default_storage.open(self.file) as stored:
            return bytes(stored.read())


class HandedPaper(models.Model):
    """A paper handed in over the counter: how many of each, and the originals that are held and given back."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="handed")
    document_key = models.CharField(max_length=60)
    name = models.CharField(max_length=600)
    originals = models.PositiveSmallIntegerField(_("bản chính"), default=0)
    certified = models.PositiveSmallIntegerField(_("bản sao chứng thực"), default=0)
    copies = models.PositiveSmallIntegerField(_("bản sao"), default=0)
    held = models.PositiveSmallIntegerField(_("bản chính giữ lại"), default=0)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=200)
    given_back_at = models.DateTimeField(null=True)
    given_back_to = EncryptedTextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "document_key"], name="one_handed_paper_per_document")
        ]

    def __str__(self) -> str:
        return self.name


class IssuedPaper(models.Model):
    """An official paper: the row (number, snapshot) is the act; the PDF is typeset from it at once, outside."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
        SUPPLEMENT = "supplement", _("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ")
        REFUSAL = "refusal", _("Phiếu từ chối tiếp nhận giải quyết hồ sơ")
        APOLOGY = "apology", _("Phiếu xin lỗi và hẹn lại ngày trả kết quả")
        STOP_NOTICE = "stop_notice", _("Thông báo dừng giải quyết hồ sơ")
        CONTROL_SLIP = "control_slip", _("Phiếu kiểm soát quá trình giải quyết hồ sơ")
        REGISTER = "register", _("Sổ theo dõi hồ sơ")
        CONSULTATION = "consultation", _("Văn bản lấy ý kiến")
        MINUTES = "minutes", _("Biên bản kiểm tra thực tế")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # A register belongs to the agency whose dossiers it lists.
    dossier = models.ForeignKey(Dossier, models.CASCADE, null=True, related_name="papers")
    agency = models.ForeignKey("procedures.Agency", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=40)
    snapshot = EncryptedJSONField(default=dict)
    issued_at = models.DateTimeField()
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # Of the papers that a leader signs: who, and the signed document (signatures.SignedDocument).
    signer_user_id = models.UUIDField(null=True)
    signed_document_id = models.UUIDField(null=True)
    sealed_at = models.DateTimeField(null=True)  # the newest signed document bears the agency's seal, too
    signing_attempt = models.PositiveSmallIntegerField(default=1, db_default=1)
    # Why the last attempt ended without a signature or seal.
    signing_error = models.CharField(max_length=300, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def title(self) -> str:
        """What the law called such a paper when it was issued."""
        return str(self.snapshot.get("title") or self.get_kind_display())

    @property
    def unsigned(self) -> bool:
        """No signature is in the file and none is on its way: the print, signed by hand, is the paper."""
        return self.signed_document_id is None and self.signer_user_id is None


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
    signature_box = models.JSONField(null=True)  # where the signer put the signature; null: above the name
    signed_document_id = models.UUIDField(null=True)  # signatures.SignedDocument, the newest
    signing_attempt = models.PositiveSmallIntegerField(default=1)
    signing_error = models.CharField(max_length=300, blank=True)  # why the last attempt ended without a signature
    issued_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    uploaded = models.BooleanField(default=False, db_default=False)  # `file` came from the officer, no template made it
    on_paper = models.BooleanField(default=False, db_default=False)  # given at once at the counter, signed by hand
    recalled_at = models.DateTimeField(null=True)  # found wrong: no longer valid, another takes its place
    recall_reason = EncryptedTextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=models.Q(superseded_at=None), name="one_current_result_per_dossier"
            )
        ]
        indexes = [
            models.Index(
                fields=["signer_user_id"],
                condition=models.Q(signer_user_id__isnull=False),
                name="results_of_a_signer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Enclosure(models.Model):
    """Văn bản kèm theo in a file of its own: the agency signs it, with its result's number (NĐ 30/2020 annex I)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    result = models.ForeignKey(Result, models.CASCADE, related_name="enclosures")
    place = models.PositiveSmallIntegerField()  # from 1, in the order in which they are named
    title = models.CharField(max_length=200)
    file = models.CharField(max_length=200)  # unsigned original
    sha256 = models.CharField(max_length=64)
    signed_document_id = models.UUIDField(null=True)  # signatures.SignedDocument

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "place"], name="one_enclosure_at_each_place"),
        ]

    def __str__(self) -> str:
        return self.title
