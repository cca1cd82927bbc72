"""A sample dossier walked through a version: everything a citizen would be promised, and every day explained."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.floor.dateparts import DatePartsField
from portal.floor.web import ActorRequest
from procedures import eforms, history, scenarios, simulating, worktime
from procedures.conditions import ConditionMistake
from procedures.desks import NoWay
from procedures.eforms.checking import kept
from procedures.forms import CHANNELS, CleanText
from procedures.models import Agency, ProcedureVersion, ProvinceProfile
from procedures.views.admin.access import catalogue_office, open_version
from procedures.views.admin.route.walking import shown


class Filing(CleanText, forms.Form):
    """When, how and where the sample dossier is handed in."""

    channel = forms.ChoiceField(label=_lazy("Cách nộp"), choices=CHANNELS)
    on = DatePartsField(label=_lazy("Ngày tiếp nhận"))
    clock = forms.TimeField(
        label=_lazy("Giờ tiếp nhận"), help_text=_lazy("Ví dụ 09:30"), input_formats=["%H:%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "in short"}),
        error_messages={"invalid": _lazy("Nhập giờ và phút, ví dụ 09:30")},
    )  # fmt: skip
    agency = forms.ModelChoiceField(
        label=_lazy("Cơ quan tiếp nhận"), queryset=Agency.objects.none(), required=False, empty_label=_lazy("Tự chọn")
    )
    name = forms.CharField(
        label=_lazy("Tên tình huống"), max_length=150, required=False, help_text=_lazy("Chỉ khi lưu làm tình huống mẫu")
    )

    def __init__(self, *args: Any, version: ProcedureVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = Agency.objects.filter(procedures__procedure=version.procedure_id, procedures__receives=True)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = served.order_by("name")

    @property
    def at(self) -> dt.datetime:
        """The moment chosen. Only after `is_valid()`."""
        return dt.datetime.combine(self.cleaned_data["on"], self.cleaned_data["clock"], tzinfo=worktime.ZONE)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def simulator(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """GET: with invented answers (`mau`: others each time). POST: with those typed; `luu` keeps them as a scenario."""
    version, now = open_version(code, number), timezone.localtime()
    first = next((case for case in version.cases.all() if case.form), None)
    schema = first.form.schema if first and first.form else {}
    wish = request.GET.get("mau", "")
    seed = int(wish) % 1000 if re.fullmatch(r"[0-9]{1,6}", wish) else 0
    start = {"channel": "online", "on": now.date(), "clock": now.time()}
    filing = Filing(request.POST or None, initial=start, version=version)
    form = _answer_form(request, schema, seed, now.date())
    walk, problem = None, ""
    if request.method != "POST" or (filing.is_valid() and form.is_bound and form.is_valid()):
        answers = form.answers if form.is_bound else kept(form.known)
        at = filing.at if filing.is_bound else now
        chosen = filing.cleaned_data["agency"] if filing.is_bound else None
        channel = filing.cleaned_data["channel"] if filing.is_bound else "online"
        try:
            walk = simulating.simulate(version, answers, at=at, channel=channel, agency=chosen)
        except (NoWay, ConditionMistake, worktime.BeyondCalendar) as why:
            problem = str(why)
        if walk and "luu" in request.POST:
            return _keep(request, version, answers, filing)
    failed = filing.errors or (form.is_bound and form.errors)
    context = {
        "version": version, "procedure": version.procedure, "filing": filing, "form": form, "problem": problem,
        "walk": shown(walk) if walk else None, "again": (seed + 1) % 1000,
        "scenarios": version.procedure.scenarios.order_by("name"), "differences": scenarios.replay(version),
        "failed": failed, "back": f"/quan-tri/thu-tuc/{code}?ban={number}",
    }  # fmt: skip
    return render(request, "procedures/admin/route/simulator.html", context, status=422 if failed or problem else 200)


@require_POST
@catalogue_office()
def forget(request: ActorRequest, code: str, number: int) -> HttpResponse:
    """Take a scenario away."""
    version = open_version(code, number)
    gone = version.procedure.scenarios.filter(name=request.POST.get("ten", "").replace("\x00", "")).first()
    if gone:
        gone.delete()
        _note(request, version, gone.name, "")
        messages.success(request, _("Đã bỏ tình huống %(name)s") % {"name": gone.name})
    return redirect("catalogue_simulator", code, number)


def _answer_form(request: ActorRequest, schema: Any, seed: int, today: dt.date) -> eforms.AnswerForm:
    province = ProvinceProfile.current()
    unit_set = province.unit_set if province else "2024"
    home = province.unit.code if province and province.unit else ""
    setting = eforms.Setting(today=today, unit_set=unit_set, province=home)
    specs = [spec for spec in eforms.fields(schema) if spec["type"] != "file"]
    whole = {"pages": [{"key": "tat-ca", "title": _("Tờ khai"), "fields": specs}]}
    if request.method == "POST":
        return eforms.build_form(whole, "tat-ca", answers={}, setting=setting, data=request.POST)
    try:
        made = eforms.invented(schema, seed=seed, unit_set=unit_set, today=today) if schema else {}
    except eforms.AnswersRefused:
        made = {}
    form = eforms.build_form(whole, "tat-ca", answers=made, setting=setting)
    form.known |= made
    return form


def _keep(request: ActorRequest, version: ProcedureVersion, answers: dict[str, Any], filing: Filing) -> HttpResponse:
    name = scenarios.name_for(version.procedure, filing.cleaned_data["name"], on=timezone.localdate())
    scenario = scenarios.record(
        version, answers, name=name, channel=filing.cleaned_data["channel"], at=filing.at, made_by=request.actor.user_id
    )
    _note(request, version, "", scenario.name)
    messages.success(request, _("Đã lưu tình huống %(name)s. Mỗi bản thảo sau được chạy lại") % {"name": scenario.name})
    return redirect("catalogue_simulator", version.procedure.code, version.number)


def _note(request: ActorRequest, version: ProcedureVersion, before: str, after: str) -> None:
    history.record(
        "scenario.changed", by=request.actor, at=timezone.now(), subject=str(version.procedure),
        key=version.procedure.code, procedure=version.procedure, changes={_("Tình huống mẫu"): (before, after)},
    )  # fmt: skip
