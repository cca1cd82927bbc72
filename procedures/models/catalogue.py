"""The catalogue: fields, procedures, their versions (frozen once published), and what a case of one asks for."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.models.agencies import Agency
from procedures.models.units import Level
from procedures.querysets import ProcedureQuerySet, ProcedureVersionQuerySet


class ServiceField(models.Model):
    """Lĩnh vực."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=150, unique=True)
    slug = models.SlugField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class LifeEvent(models.Model):
    """Việc trong đời: sinh con, cưới hỏi …"""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=150, blank=True)
    icon = models.CharField(max_length=30)
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class PublicationDecision(models.Model):
    """Quyết định công bố."""

    number = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number


class Procedure(models.Model):
    """A procedure with its national code. Everything that may change hangs on its versions."""

    code = models.CharField(_("mã thủ tục"), max_length=8, unique=True)  # 1.001193
    field = models.ForeignKey(ServiceField, models.PROTECT, related_name="procedures")
    life_events = models.ManyToManyField(LifeEvent, related_name="procedures", blank=True)
    level = models.CharField(_("cấp giải quyết"), max_length=8, choices=Level.choices)
    # Code and name of a national procedure are the national catalogue's to change (NĐ 224/2026 art. 15.1b).
    national = models.BooleanField(_("thuộc cơ sở dữ liệu quốc gia"), default=True)
    code_suffix = models.CharField(_("phần đuôi của mã"), max_length=20, blank=True, default="")  # 000.00.00.H62
    popularity = models.PositiveIntegerField(default=0)
    # {"part": hash} of what a file last said: only what it says anew is proposed, whatever was edited here since.
    imported = models.JSONField(default=dict, blank=True, editable=False)
    # Names of the version in force, and what it is found by (procedures.words.entry).
    name = models.CharField(_("tên thủ tục"), max_length=1200)
    short_name = models.CharField(_("tên gọi thường ngày"), max_length=200, blank=True)
    keywords = models.CharField(_("từ người dân hay gõ"), max_length=500, blank=True)
    search_fold = models.TextField(default="")
    sort_key = models.TextField(default="")

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        indexes = [
            # Read all day and written rarely: no list of pending entries, which every reader would go through.
            GinIndex(SearchVector("search_fold", config="simple"), name="procedure_by_words", fastupdate=False),
            GinIndex(
                fields=["search_fold"],
                opclasses=["gin_trgm_ops"],
                name="procedure_by_folded_words",  # for slips
                fastupdate=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.short_name or self.name}"


class OnlineScope(models.TextChoices):
    NONE = "none", _("Nộp tại một cửa")
    INFO = "info", _("Xem hướng dẫn, tải mẫu đơn")
    PARTIAL = "partial", _("Một phần")
    FULL = "full", _("Toàn trình")


class PartialReason(models.TextChoices):
    """Why a service is not wholly online (NĐ 224/2026 art. 14); published with its legal basis."""

    PRESENCE = "presence", _("Người nộp phải có mặt")
    FIELD_CHECK = "field_check", _("Phải kiểm tra thực địa")
    TECHNICAL = "technical", _("Hạ tầng kỹ thuật chưa cho phép")
    OTHER = "other", _("Lý do khác")


class ReturnWay(models.TextChoices):
    COUNTER = "counter", _("Tại một cửa")
    ONLINE = "online", _("Bản điện tử")
    POST = "post", _("Qua bưu điện")


class TimeUnit(models.TextChoices):
    WORKING_DAY = "working_day", _("ngày làm việc")
    WORKING_HOUR = "working_hour", _("giờ làm việc")
    DAY = "day", _("ngày")
    MONTH = "month", _("tháng")
    SAME_DAY = "same_day", _("trong ngày")


class ClockStart(models.TextChoices):
    ACCEPTANCE = "acceptance", _("tiếp nhận đủ hồ sơ")
    PAYMENT = "payment", _("nộp đủ phí, lệ phí")
    FIELD_CHECK = "field_check", _("kiểm tra thực địa xong")


class ProcedureVersion(models.Model):
    """One text of a procedure. Published versions never change: running dossiers stay on theirs."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Bản thảo")
        REVIEWED = "reviewed", _("Đã thẩm định")
        PUBLISHED = "published", _("Đang áp dụng")
        RETIRED = "retired", _("Đã thay thế hoặc bãi bỏ")

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    decision = models.ForeignKey(PublicationDecision, models.PROTECT, null=True, blank=True, related_name="versions")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    # Of a version that ended without a successor of its own procedure: the decision, and what is done instead.
    ended_by = models.ForeignKey(
        PublicationDecision, models.PROTECT, null=True, blank=True, related_name="ended_versions"
    )
    replaced_by = models.ForeignKey(Procedure, models.SET_NULL, null=True, blank=True, related_name="replaces")

    # The eight legally required parts (NĐ 63/2010 art. 8.2) and the blocks of TT 32/2017 art. 5.1.
    name = models.CharField(_("tên thủ tục"), max_length=1200)
    short_name = models.CharField(_("tên gọi thường ngày"), max_length=200, blank=True)
    steps = models.JSONField(_("trình tự thực hiện"), default=list, blank=True)  # [text, …]
    channels = models.JSONField(_("cách thức thực hiện"), default=list, blank=True)  # ["direct", "online", "post"]
    audience = models.JSONField(_("đối tượng thực hiện"), default=list, blank=True)
    competent = models.CharField(_("cơ quan có thẩm quyền"), max_length=1400, blank=True)
    conditions = models.TextField(_("yêu cầu, điều kiện"), blank=True)
    legal_basis = models.JSONField(_("căn cứ pháp lý"), default=list, blank=True)
    dossier_sets = models.PositiveSmallIntegerField(_("số bộ hồ sơ"), default=1)
    online_scope = models.CharField(max_length=8, choices=OnlineScope.choices, default=OnlineScope.NONE)
    partial_reason = models.CharField(_("lý do chưa toàn trình"), max_length=300, blank=True)
    partial_kind = models.CharField(
        _("loại lý do"), max_length=12, choices=PartialReason.choices, blank=True, default=""
    )
    partial_basis = models.CharField(_("căn cứ của lý do"), max_length=300, blank=True, default="")
    return_ways = models.JSONField(_("cách nhận kết quả"), default=list, blank=True)  # values of ReturnWay
    no_post_reason = models.CharField(_("lý do không nhận, trả qua bưu điện"), max_length=300, blank=True, default="")
    notes = models.TextField(_("ghi chú dữ liệu"), blank=True)
    # Of the file this version was imported from: the same file again changes nothing.
    fingerprint = models.CharField(max_length=64, blank=True, default="", editable=False)

    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["procedure"], condition=models.Q(state="published"), name="one_published_version_per_procedure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure.code} v{self.number}"


class Form(models.Model):
    """An electronic form; `schema` is read by `procedures.eforms` alone (its docstring is the format)."""

    code = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    revision = models.PositiveSmallIntegerField(default=1)
    schema = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "revision"], name="one_form_per_code_and_revision")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Case(models.Model):
    """A variant of a procedure version: papers, fees, time, route and result hang on it; answers choose it.

    The first case whose `condition` (a `procedures.conditions` tree, null = always) holds is the dossier's case.
    """

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="cases")
    key = models.SlugField(max_length=40, default="chung")
    name = models.CharField(max_length=200, default="Trường hợp chung")
    order = models.PositiveSmallIntegerField(default=0)
    condition = models.JSONField(null=True, blank=True)
    form = models.ForeignKey(Form, models.PROTECT, null=True, blank=True, related_name="+")
    time_amount = models.PositiveSmallIntegerField(_("thời hạn"), null=True, blank=True)
    time_unit = models.CharField(max_length=12, choices=TimeUnit.choices, default=TimeUnit.WORKING_DAY)
    time_starts = models.CharField(
        _("tính từ khi"), max_length=12, choices=ClockStart.choices, default=ClockStart.ACCEPTANCE
    )
    legal_time_amount = models.PositiveSmallIntegerField(_("thời hạn theo luật"), null=True, blank=True)
    cutoff = models.TimeField(_("giờ chốt trong ngày"), null=True, blank=True)
    # When the clock may stand still: [{"key", "reason", "basis", "payment"?}]; no law, no pause (regulation §8.14).
    pause_grounds = models.JSONField(_("căn cứ tạm dừng"), default=list, blank=True)
    result_name = models.CharField(_("kết quả"), max_length=1000, blank=True)
    result_code = models.CharField(max_length=20, blank=True)
    other_results = models.JSONField(_("kết quả khác"), default=list, blank=True)  # [{"name", "code"}]
    # Typst sources; merge fields are documented in docs/how-to/write-a-result-template.md
    result_template = models.TextField(blank=True)
    refusal_template = models.TextField(blank=True)
    instant = models.BooleanField(_("trả ngay tại quầy"), default=False, db_default=False)  # NĐ 61/2018 art. 17.4
    upload_result = models.BooleanField(_("cho tải lên tệp kết quả"), default=False, db_default=False)
    result_symbol = models.CharField(max_length=20, blank=True, help_text="QĐ, GKS, TLKH …")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="one_case_per_key")]

    def __str__(self) -> str:
        return f"{self.version}: {self.name}"


class RequiredDocument(models.Model):
    """Thành phần hồ sơ. Papers with the same `group` are alternatives: any one of them will do."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="required_documents")
    key = models.SlugField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=600)
    hint = models.CharField(max_length=300, blank=True)
    group = models.CharField(max_length=60, blank=True)
    required = models.BooleanField(default=True)
    condition = models.JSONField(null=True, blank=True)  # shown and required only when it holds
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(_("lấy từ cơ sở dữ liệu, không phải nộp"), max_length=150, blank=True)
    is_form = models.BooleanField(_("là tờ khai điện tử"), default=False)
    form_name = models.CharField(_("tên mẫu đơn"), max_length=300, blank=True, default="")
    blank_form = models.FileField(_("tệp mẫu đơn để trống"), upload_to="blank-forms", blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="one_document_per_key")]

    def __str__(self) -> str:
        return self.name


class FeeRule(models.Model):
    """Phí, lệ phí. `procedures.fees` picks the most favourable rule that applies."""

    class Kind(models.TextChoices):
        FEE = "fee", _("phí")
        CHARGE = "charge", _("lệ phí")

    case = models.ForeignKey(Case, models.CASCADE, related_name="fees")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.CHARGE)
    name = models.CharField(max_length=200)
    amount = models.PositiveIntegerField(default=0, help_text="đồng")
    # A reduction takes this share off the amounts of the same name; 100 frees of them.
    reduction_percent = models.PositiveSmallIntegerField(_("miễn, giảm (%)"), default=0)
    channel = models.CharField(max_length=6, blank=True)  # blank = every channel
    condition = models.JSONField(null=True, blank=True)
    per = models.CharField(
        _("tính theo ô của tờ khai"), max_length=60, blank=True
    )  # key of a number field: amount × value
    legal_basis = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(_("áp dụng từ"), null=True, blank=True)
    valid_to = models.DateField(_("áp dụng đến"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(reduction_percent__lte=100), name="no_reduction_above_the_whole")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount}"


class ProcedureAgency(models.Model):
    """Which agency receives a procedure, and which one is competent for it."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="agencies")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="procedures")
    receives = models.BooleanField(default=True)
    competent = models.BooleanField(default=False)
    decision = models.CharField(_("văn bản giao việc"), max_length=100, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "agency"], name="one_row_per_procedure_and_agency")]

    def __str__(self) -> str:
        return f"{self.procedure} tại {self.agency}"
