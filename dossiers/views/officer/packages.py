"""The archive package of a dossier that was put away: taken as a ZIP, made anew as another version."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers import access, outbox, package_zip, packaging
from dossiers.models import ArchivePackage
from dossiers.states import MOVES
from dossiers.views.officer.situation import Situation
from dossiers.wording import short
from portal.floor.typesetting import TypesettingError
from portal.floor.web import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
def package(request: ActorRequest, code: str) -> HttpResponseBase:
    """The newest version, or the one named by `ban`; posted with the version that was seen, a new one."""
    situation = Situation.of(code, request.actor)
    if request.method == "POST":
        return _made(request, situation)
    versions = situation.dossier.packages.select_related("dossier").order_by("-version")
    if wanted := request.GET.get("ban", ""):
        versions = versions.filter(version=int(wanted) if wanted.isascii() and wanted.isdigit() else 0)
    found = versions.first()
    if found is None:
        raise Http404
    if broken := package_zip.damaged(found):
        messages.error(request, _("Tệp %s trong kho không còn như khi lập gói. Báo quản trị hệ thống.") % broken)
        return _back(situation)
    access.log_read(
        situation.dossier, by=request.actor, at=situation.now, what=_("gói lưu trữ, bản %d") % found.version
    )
    disposition = content_disposition_header(True, package_zip.file_name(found)) or "attachment"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(package_zip.zipped(found), content_type="application/zip", headers=headers)


def _made(request: ActorRequest, situation: Situation) -> HttpResponseBase:
    if not may_make(situation):
        raise Http404
    newest = situation.dossier.packages.count()
    if request.POST.get("ban") != str(newest):
        messages.error(request, _("Gói lưu trữ đã có bản %d. Xem lại trước khi lập bản mới.") % newest)
        return _back(situation)
    try:
        made = packaging.make(situation.dossier, made_by=request.actor.name, at=timezone.now())
    except (package_zip.Altered, TypesettingError) as error:
        messages.error(request, _("Không lập được gói lưu trữ: %s. Báo quản trị hệ thống.") % error)
        return _back(situation)
    outbox.hurry()
    messages.success(request, _("Đã lập gói lưu trữ, bản %d. Cơ quan ký số lên gói trong ít phút.") % made.version)
    return _back(situation)


def may_make(situation: Situation) -> bool:
    """Who may put a dossier away may pack it anew."""
    dossier = situation.dossier
    seat = situation.actor.seat_for(agency_id=dossier.receiving_agency_id, roles=MOVES["archive"].roles)
    return seat is not None and dossier.archived_at is not None


def offered(situation: Situation) -> dict[str, object]:
    """For the page of the dossier: its packages, the newest first, and whether to offer another."""
    if situation.dossier.archived_at is None:
        return {}
    rows = list(situation.dossier.packages.defer("contents").order_by("-version"))
    url = reverse("officer_package", args=[situation.code])
    return {
        "url": url, "newest": rows[0].version if rows else 0, "may_make": may_make(situation),
        "rows": [
            {"text": _("Gói lưu trữ, bản %d") % row.version, "url": f"{url}?ban={row.version}",
             "note": f"{short(row.made_at, now=situation.now)} · {row.made_by} · {_signature(row)}"}
            for row in rows
        ],
    }  # fmt: skip


def _signature(row: ArchivePackage) -> str:
    if row.signed_document_id:
        return _("cơ quan đã ký số")
    return _("chưa ký số được: %s") % row.signing_error if row.signing_error else _("chờ cơ quan ký số")


def _back(situation: Situation) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('officer_dossier', args=[situation.code])}?muc=nhat-ky")
