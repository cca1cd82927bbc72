"""A real dossier kept as a test of its procedure, without anything that says whose it is."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from dossiers import access
from dossiers.forms import LineField
from dossiers.models import Dossier
from dossiers.refusals import MoveRefused
from portal.floor.actor import Actor
from portal.floor.web import ActorRequest
from procedures import drafting, history, scenarios
from procedures.models import ProcedureVersion, Scenario
from procedures.views.admin.access import catalogue_office, open_version


class FromDossier(forms.Form):
    code = LineField(
        max_length=60, label=_lazy("Mã hồ sơ"), error_messages={"required": _lazy("Nhập mã hồ sơ của thủ tục này")}
    )
    name = LineField(
        max_length=150, label=_lazy("Tên tình huống"), required=False,
        help_text=_lazy("Không ghi tên người. Để trống: phần mềm đặt tên theo ngày."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def record(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Ask for the dossier's code; keep what decides its way as a scenario, and note who looked."""
    version = open_version(code, number)
    form = FromDossier(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            kept = _kept(version, form.cleaned_data["code"], form.cleaned_data["name"], by=request.actor)
        except MoveRefused as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, _("Đã ghi tình huống %(name)s, không kèm dữ liệu cá nhân") % {"name": kept.name})
            return redirect("catalogue_simulator", code, number)
    context = {"version": version, "procedure": version.procedure, "form": form}
    return render(request, "procedures/admin/route/from_dossier.html", context, status=422 if form.is_bound else 200)


def _kept(version: ProcedureVersion, code: str, name: str, *, by: Actor) -> Scenario:
    """Raises MoveRefused for a dossier that is not of this procedure."""
    at = timezone.now()
    dossier = Dossier.objects.called(code).filter(procedure_version__procedure=version.procedure_id).first()
    if dossier is None:
        raise MoveRefused(_("Thủ tục này không có hồ sơ mang mã đó. Xem lại mã trên giấy tiếp nhận"))
    own = drafting.whole(dossier.procedure_version_id)
    access.log_read(dossier, by=by, at=at, what=_("Ghi thành tình huống mẫu, bỏ dữ liệu cá nhân"))
    kept = scenarios.record(
        own, scenarios.anonymous(own, dossier.answers), channel=dossier.channel, made_by=by.user_id,
        name=scenarios.name_for(version.procedure, name, on=timezone.localdate(at)),
        at=dossier.accepted_at or dossier.submitted_at,
    )  # fmt: skip
    history.record(
        "scenario.changed", by=by, at=at, subject=str(version.procedure), key=version.procedure.code,
        procedure=version.procedure, changes={_("Tình huống mẫu"): ("", kept.name)},
    )  # fmt: skip
    return kept
