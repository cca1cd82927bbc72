"""What is printed of a procedure: checklist, poster, model dossier. Kept for an hour; a version never changes."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

from portal.context import current_province
from portal.floor.throttling import limited
from portal.floor.typesetting import paper, typeset
from portal.views import choosing, procedure_blocks, procedure_page, wording
from portal.views.procedure import wanted
from procedures import eforms
from procedures.eforms.printing import form_pdf
from procedures.models import ProcedureVersion

KEPT = 3600  # seconds
RATE = "60/m"  # papers one address may have typeset
SIZES = ("a4", "a3")


@require_safe
def checklist(request: HttpRequest, code: str) -> HttpResponse:
    """The papers to bring, to be printed from the browser."""
    version = wanted(code)
    choice = choosing.choose(list(version.cases.all()), request.GET.dict())
    context = procedure_page.context(version, current_province(request), choice)
    context["page_url"] = _address(request, version)
    context["places"] = _places(version)
    return render(request, "portal/checklist.html", context)


@require_safe
@limited("paper", RATE, methods=("GET",))
def checklist_pdf(request: HttpRequest, code: str) -> HttpResponse:
    version = wanted(code)
    return _pdf(request, version, "giay-to", lambda: typeset(paper("checklist"), contents(request, version)))


@require_safe
@limited("paper", RATE, methods=("GET",))
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """For the wall of an office (TT 01/2018 art. 13.6): A4, or A3 with `?kho=a3`."""
    version, size = wanted(code), request.GET.get("kho", "")
    size = size if size in SIZES else SIZES[0]
    more = {"size": size, "steps": version.steps, "channels": wording.channels(version), "version": version.number}
    return _pdf(
        request, version, f"ap-phich-{size}", lambda: typeset(paper("poster"), contents(request, version) | more)
    )


@require_safe
@limited("paper", RATE, methods=("GET",))
def model_dossier(request: HttpRequest, code: str) -> HttpResponse:
    """The forms of the procedure filled in with invented data, MẪU on every page (TT 01/2018 art. 5)."""
    version = wanted(code)
    if not any(case.form_id for case in version.cases.all()):
        raise Http404
    profile = current_province(request)
    unit_set = profile.unit_set if profile else "2024"
    return _pdf(request, version, f"ho-so-mau-{unit_set}", lambda: _model(version, unit_set))


def contents(request: HttpRequest, version: ProcedureVersion) -> dict[str, Any]:
    """The data of `checklist.typ` and `poster.typ`."""
    cases = list(version.cases.all())
    profile = current_province(request)
    return {
        "province": profile.name if profile else "",
        "hotline": profile.hotline if profile else "1900 0000",
        "title": version.short_name or version.name,
        "name": version.name if version.short_name not in ("", version.name) else "",
        "code": version.procedure.code,
        "facts": procedure_page.facts(version, cases),
        "cases": [
            {
                "name": case.name if len(cases) > 1 else "",
                "papers": procedure_page.papers(case, choosing.Choice(), online=False),
            }
            for case in cases
        ],
        "sets": version.dossier_sets,
        "places": _places(version),
        "decision": procedure_blocks.decision(version),
        "printed": f"{timezone.localdate():%d/%m/%Y}",
        "page_url": _address(request, version),
    }


def _places(version: ProcedureVersion) -> list[dict[str, str]]:
    """Where to bring the papers; none when there are more places than fit on a page."""
    places = procedure_blocks.agencies(version)
    several = len(places) == procedure_page.FEW
    return [] if several else [{"name": one["name"], "contact": one["contact"]} for one in places]


def _model(version: ProcedureVersion, unit_set: str) -> bytes:
    forms = {case.form.pk: case.form for case in version.cases.all() if case.form}
    made = []
    for form in forms.values():
        answers = eforms.invented(form.schema, unit_set=unit_set)
        made.append(form_pdf(form.schema, answers, title=form.name, code=form.code, sample=True, unit_set=unit_set))
    if len(made) == 1:
        return made[0]
    whole, joined = pikepdf.new(), io.BytesIO()
    for one in made:
        with pikepdf.open(io.BytesIO(one)) as pdf:
            whole.pages.extend(pdf.pages)
    whole.save(joined)
    return joined.getvalue()


def _pdf(request: HttpRequest, version: ProcedureVersion, kind: str, make: Callable[[], bytes]) -> HttpResponse:
    key = f"paper:{kind}:{version.pk}:{request.get_host()}:{timezone.localdate()}"
    data = cache.get(key)
    if data is None:
        with override("vi"):  # official papers, whatever language the reader browses in
            data = make()
        cache.set(key, data, KEPT)
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{version.procedure.code}-{kind}.pdf"'
    return answer


def _address(request: HttpRequest, version: ProcedureVersion) -> str:
    return request.build_absolute_uri(reverse("procedure", args=[version.procedure.code]))
