"""The citizen's page of a version that is not in force yet, for the catalogue's administrators."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.context import current_province
from portal.floor.web import ActorRequest
from portal.views import choosing, procedure_page
from procedures.models import ProcedureVersion
from procedures.views.admin.access import catalogue_office, chosen_version


@require_safe
@catalogue_office()
def preview(request: ActorRequest, code: str) -> HttpResponse:
    """The page as it will be when this version is published; `?ban=` chooses, else the open draft."""
    found = chosen_version(code, request.GET.get("ban"))
    complete = procedure_page.complete(ProcedureVersion.objects.filter(pk=found.pk), timezone.localdate())
    version = get_object_or_404(complete)
    choice = choosing.choose(list(version.cases.all()), request.GET.dict())
    context = procedure_page.context(version, current_province(request), choice) | {"number": found.number}
    return render(request, "portal/procedure_preview.html", context)
