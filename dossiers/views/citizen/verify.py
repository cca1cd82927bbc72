"""Whether a result or copy is genuine: by the code of its QR, or by the file itself. Nothing personal is shown."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import genuine
from dossiers.forms import SignedFileForm
from dossiers.messaging import moment
from dossiers.models import CertifiedCopy, Enclosure, Result
from dossiers.tracking import replacement_of
from dossiers.views.citizen.downloads import signed
from portal.floor.throttling import limited
from signatures import judging, preserving, verification
from signatures.models import Judgement
from signatures.verification import Report, SignatureReport

RATE = settings.THROTTLES["tracking"]


@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify", RATE)
def verify(request: HttpRequest) -> HttpResponse:
    """The upload form, and what the uploaded file is worth."""
    posted: dict[str, Any] = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = SignedFileForm(**posted)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        content = form.cleaned_data["file"].read()
        report = verification.verify(content)
        judging.keep(report, Judgement.Origin.SHOWN, at=timezone.now())
        context |= _verdict(report, _ours(report.sha256))
    return render(request, "dossiers/citizen/verify.html", context, status=422 if form.errors else 200)


@require_safe
@limited("verify", RATE, methods=("GET", "HEAD"))
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """One issued result or copy: number, date, agency, kind, and whether its signatures hold."""
    found = genuine.with_code(code[:16])
    document = signed(found)
    if found is None or document is None:
        return render(request, "dossiers/citizen/verify.html", {"form": SignedFileForm(), "unknown": True}, status=404)
    context = {"form": SignedFileForm(), "by_code": True} | _verdict(
        verification.verify(preserving.best(document)), _said_of(found)
    )
    response = render(request, "dossiers/citizen/verify.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


@dataclass(frozen=True, slots=True)
class Ours:
    """What we say of a file that is ours; `gone`: the heading when it was recalled."""

    holds: bool
    words: str
    facts: list[dict[str, str]]
    gone: str = ""


def _ours(sha256: str) -> Ours | None:
    document = preserving.document_of(sha256)
    if document is None:
        return None
    found = genuine.of_document(document)
    return _said_of(found) if found else None


def _said_of(found: genuine.Paper) -> Ours:
    if isinstance(found, Enclosure):
        return _enclosed(found, _said_of(found.result))
    if isinstance(found, CertifiedCopy):
        if found.recalled_at is not None:
            words = _("Cơ quan đã thu hồi bản sao này lúc %s; bản sao không còn giá trị.") % moment(found.recalled_at)
            return Ours(False, words, _copy_facts(found), gone=_("Bản sao này đã bị thu hồi"))
        return Ours(True, _("Đây là bản sao do chúng tôi phát hành, nội dung còn nguyên."), _copy_facts(found))
    if found.recalled_at is not None:
        return Ours(False, _recalled(found), _facts(found), gone=_("Kết quả này đã bị thu hồi"))
    if found.superseded_at is not None:
        return Ours(False, _("Văn bản này đã được thay bằng bản khác."), _facts(found))
    return Ours(True, _("Đây là kết quả do chúng tôi phát hành, nội dung còn nguyên."), _facts(found))


def _enclosed(found: Enclosure, result: Ours) -> Ours:
    """What goes with a result stands and falls with it."""
    named = {"label": _("Tài liệu kèm theo"), "text": found.title}
    words = (
        _("Đây là tài liệu kèm theo văn bản số %s do chúng tôi phát hành, nội dung còn nguyên.") % found.result.number
    )
    gone = _("Văn bản chính đã bị thu hồi") if result.gone else ""
    return Ours(result.holds, words if result.holds else result.words, [named, *result.facts], gone)


def _verdict(report: Report, ours: Ours | None) -> dict[str, Any]:
    title, tone = {
        "valid": (_("Chữ ký hợp lệ"), "success"),
        "valid_untimestamped": (_("Chữ ký hợp lệ, nhưng không có dấu thời gian"), "warning"),
        "unknown_issuer": (_("Không rõ người ký"), "warning"),
        "invalid": (_("Không hợp lệ"), "error"),
    }[report.verdict]
    unknown = _("Tệp này không có trong sổ kết quả của chúng tôi. Nếu thấy nghi ngờ, hãy hỏi lại một cửa.")
    holds = ours is not None and ours.holds
    return {
        "checked": True,
        "genuine": holds and report.verdict in ("valid", "valid_untimestamped"),
        "tone": tone if holds or tone == "error" else "warning",
        "verdict": ours.gone if ours and ours.gone else title,
        "words": ours.words if ours else unknown,
        "reasons": report.reasons,
        "result": ours.facts if ours else [],
        "signatures": [_signature(one) for one in report.signatures],
    }


def _recalled(result: Result) -> str:
    """Since when it is worth nothing, and which number took its place once that one is issued (NĐ 30/2020)."""
    since = _("Cơ quan đã thu hồi văn bản này lúc %s; văn bản không còn giá trị.") % moment(result.recalled_at)
    number = replacement_of(result.dossier)
    return f"{since} {_('Văn bản thay thế: số %s.') % number if number else _('Văn bản thay thế đang được làm.')}"


def _facts(result: Result) -> list[dict[str, str]]:
    refused = result.kind == Result.Kind.REFUSAL
    kind = _("Văn bản trả lời không giải quyết") if refused else result.dossier.case.result_name or _("Kết quả thủ tục")
    return [
        {"label": _("Loại văn bản"), "text": kind},
        {"label": _("Số"), "text": result.number},
        {"label": _("Ký ban hành"), "text": moment(result.decided_at)},
        {"label": _("Cơ quan"), "text": result.sealing_agency.name if result.sealing_agency else ""},
    ]


def _copy_facts(copy: CertifiedCopy) -> list[dict[str, str]]:
    return [
        {"label": _("Loại văn bản"), "text": str(copy.get_kind_display())},
        {"label": _("Số"), "text": copy.number},
        {"label": _("Ký ban hành"), "text": moment(copy.decided_at)},
        {"label": _("Cơ quan"), "text": copy.agency.name},
    ]


def _signature(one: SignatureReport) -> list[dict[str, str]]:
    return [
        {"label": _("Người ký"), "text": " – ".join(filter(None, [one.signer, one.organisation]))},
        {"label": _("Thời điểm"), "text": moment(one.stamped_at or one.claimed_at)},
        {"label": _("Nơi cấp chứng thư"), "text": one.issuer},
        {"label": _("Kết luận"), "text": " ".join(one.reasons)},
    ]
