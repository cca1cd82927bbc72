"""Result and refusal of a case as Typst sources, beside what they may use and how they look."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.floor.vietnamese import nfc
from portal.floor.web import ActorRequest
from procedures import drafting, result_templates
from procedures.models import Case, ProcedureVersion
from procedures.publishing import PublishingRefused
from procedures.result_templates import Trial, TrialFailed
from procedures.views.admin.access import catalogue_office, open_version

KINDS = {"ket-qua": False, "tu-choi": True}  # in addresses: whether it refuses
State = ProcedureVersion.State


class Sources(forms.Form):
    """The two sources. What is wrong with them is told beside the picture, and kept from publication."""

    result = forms.CharField(
        label=_lazy("Mẫu kết quả"), required=False, max_length=result_templates.LONGEST, strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false"}),
        help_text=_lazy("Để trống: dùng mẫu chung của phần mềm."),
    )  # fmt: skip
    refusal = forms.CharField(
        label=_lazy("Mẫu văn bản từ chối giải quyết"), required=False, max_length=result_templates.LONGEST, strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_lazy("Để trống: dùng mẫu chung của phần mềm."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {name: nfc(value.replace("\r\n", "\n")) for name, value in cleaned.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def templates(request: ActorRequest, code: str, number: int, key: str) -> HttpResponse:
    """Both sources with their pages. POST keeps them, whatever is still wrong: the draft loses nothing."""
    version, case = _found(code, number, key)
    editable = version.state in (State.DRAFT, State.REVIEWED)
    start = {"result": case.result_template, "refusal": case.refusal_template}
    form = Sources(request.POST or None, initial=start)
    if form.is_bound and form.is_valid():
        with drafting.change(version, by=request.actor, at=timezone.now(), part=f"ket-qua/{key}"):
            case.result_template, case.refusal_template = form.cleaned_data["result"], form.cleaned_data["refusal"]
            case.save(update_fields=["result_template", "refusal_template"])
        return redirect(request.path + "?xem=1#xem")
    if request.method == "POST" and not editable:
        raise PublishingRefused(_("Phiên bản đã công bố không sửa được. Tạo bản thảo mới"))
    context = {
        "version": version, "procedure": version.procedure, "case": case, "form": form, "editable": editable,
        "back": f"/quan-tri/thu-tuc/{code}/bieu-mau?ban={number}",
        "groups": result_templates.merge_fields(_schema(case)),
        "looks": [_look(case, which) for which in KINDS] if "xem" in request.GET else [],
        "others": [one for one in version.cases.all() if one.pk != case.pk],
    }  # fmt: skip
    return render(request, "procedures/admin/result/templates.html", context, status=422 if form.errors else 200)


@require_safe
@catalogue_office()
def page(request: ActorRequest, code: str, number: int, key: str, which: str, page: int) -> HttpResponse:
    """One page of the paper over invented data, as PNG."""
    _version, case = _found(code, number, key)
    if which not in KINDS:
        raise Http404
    try:
        pages = _tried(case, which).pages
    except TrialFailed:
        raise Http404 from None
    if not 1 <= page <= len(pages):
        raise Http404
    return HttpResponse(pages[page - 1], content_type="image/png", headers={"Cache-Control": "private, no-store"})


def _look(case: Case, which: str) -> dict[str, Any]:
    own = case.refusal_template if KINDS[which] else case.result_template
    look = {
        "which": which, "own": bool(own), "pages": range(0), "problem": "", "faults": (),
        "title": _("Văn bản từ chối giải quyết") if KINDS[which] else _("Kết quả"),
    }  # fmt: skip
    try:
        trial = _tried(case, which)
    except TrialFailed as why:
        return look | {"problem": str(why)}
    return look | {"pages": range(1, len(trial.pages) + 1), "faults": trial.faults}


def _tried(case: Case, which: str) -> Trial:
    source = result_templates.source_of(case, refusal=KINDS[which])
    return result_templates.trial(
        source, _schema(case), on=timezone.localdate(), procedure=case.version.short_name or case.version.name
    )


def _schema(case: Case) -> dict[str, Any]:
    return case.form.schema if case.form else {}


def _found(code: str, number: int, key: str) -> tuple[ProcedureVersion, Case]:
    version = open_version(code, number)
    case = next((one for one in version.cases.all() if one.key == key), None)
    if case is None:
        raise Http404
    return version, case
