"""Editing an open version: texts, legal basis, cases, papers, fees, each part a page of its own.

The page knows what the part said when it was opened (`seen`). Who saves after somebody else is told who that was and
what they changed, keeps everything typed, and may save again.
"""

import hashlib
import json
from typing import Any

from django.forms.models import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.floor.web import ActorRequest
from procedures import drafting, publishing
from procedures.forms import BasisForm, CaseForm, DocumentFormSet, FeeFormSet, VersionForm
from procedures.models import AdminChange, ProcedureVersion
from procedures.views.admin.access import catalogue_office, open_version

TEXTS = {"noi-dung": VersionForm, "can-cu": BasisForm}
ROWS = {"thanh-phan": DocumentFormSet, "phi": FeeFormSet}
TABS = {"noi-dung": "thong-tin"}


class Held(Exception):
    """Nothing is saved; the page is shown again as it was sent."""

    def __init__(self, form: Any, *, outdated: bool = False) -> None:
        self.form, self.outdated = form, outdated


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def part(request: ActorRequest, code: str, number: int, part: str, key: str = "") -> HttpResponse:
    """One part of a version as a form. A published version answers 409, so does a page that is out of date."""
    version = open_version(code, number)
    form, status, outdated = _form(version, part, key), 200, False
    if version.state not in (ProcedureVersion.State.DRAFT, ProcedureVersion.State.REVIEWED):
        raise publishing.PublishingRefused(_("Phiên bản đã công bố không sửa được. Tạo bản thảo mới"))
    back = f"/quan-tri/thu-tuc/{code}/{TABS.get(part, part)}?ban={number}"
    if request.method == "POST":
        try:
            _save(request, version, part, key)
            return redirect(back)
        except Held as held:
            form, status, outdated = held.form, 409 if held.outdated else 422, held.outdated
    context = {
        "version": version,
        "procedure": version.procedure,
        "form": form if part not in ROWS else None,
        "formset": form if part in ROWS else None,
        "seen": _digest(_form(version, part, key)),
        "title": _titles()[part],
        "case": version.cases.filter(key=key).first() if key and version.cases.count() > 1 else None,
        "fixed_name": version.name if part == "noi-dung" and version.procedure.national else "",
        "outdated": outdated,
        "other": _last_change(version, part, key) if outdated else None,
        "back": back,
    }
    return render(request, "procedures/admin/edit.html", context, status=status)


def _save(request: ActorRequest, version: ProcedureVersion, part: str, key: str) -> None:
    """Raises Held, PublishingRefused."""
    with drafting.change(version, by=request.actor, at=timezone.now(), part=f"{part}/{key}"):
        fresh = open_version(version.procedure.code, version.number)
        form = _form(fresh, part, key, request)
        if request.POST.get("seen", "") not in ("", _digest(_form(fresh, part, key))):
            raise Held(form, outdated=True)
        if not form.is_valid():
            raise Held(form)
        form.save()


def _form(version: ProcedureVersion, part: str, key: str, request: ActorRequest | None = None) -> Any:
    data, files = (request.POST, request.FILES) if request else (None, None)
    if part in TEXTS and not key:
        return TEXTS[part](data, files, instance=version)
    case = version.cases.select_related("form").filter(key=key).first()
    if case is None or part not in ("truong-hop", *ROWS):
        raise Http404
    if part == "truong-hop":
        return CaseForm(data, files, instance=case)
    return ROWS[part](data, files, instance=case, prefix="dong")


def _digest(form: Any) -> str:
    """What this part says now."""
    forms = [row for row in form if row.instance.pk] if hasattr(form, "management_form") else [form]
    said = [(one.instance.pk, model_to_dict(one.instance, list(one.fields))) for one in forms]
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()[:24]


def _last_change(version: ProcedureVersion, part: str, key: str) -> AdminChange | None:
    """Who saved this part last, and what became different."""
    filed = drafting.key_of(version, f"{part}/{key}")
    return version.procedure.history.filter(kind="version.edited", subject_key=filed).order_by("-at").first()


def _titles() -> dict[str, str]:
    return {
        "noi-dung": _("Sửa nội dung"),
        "can-cu": _("Sửa căn cứ pháp lý"),
        "truong-hop": _("Sửa trường hợp"),
        "thanh-phan": _("Sửa thành phần hồ sơ"),
        "phi": _("Sửa phí, lệ phí"),
    }
