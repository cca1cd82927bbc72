"""The page of one procedure, in force or ended, and what is fetched from it."""

import re

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.context import current_province
from portal.views import choosing, ended, procedure_page
from procedures.models import ProcedureVersion, RequiredDocument

SUFFIXED = re.compile(r"(\d\.\d{6})\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}", re.ASCII)


def in_force(code: str) -> QuerySet[ProcedureVersion]:
    """The version in force of that procedure; the suffix of an agency after the code changes nothing."""
    versions: QuerySet[ProcedureVersion] = ProcedureVersion.objects.in_force(timezone.localdate())
    return versions.filter(procedure__code=base_code(code))


def base_code(code: str) -> str:
    """1.004884.000.00.00.H56 → 1.004884."""
    found = SUFFIXED.fullmatch(code)
    return found[1] if found else code


def wanted(code: str) -> ProcedureVersion:
    """The version in force with all that its page needs. Raises Http404."""
    return get_object_or_404(procedure_page.complete(in_force(code), timezone.localdate()))


@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    if base_code(code) != code:
        return redirect("procedure", base_code(code), permanent=True)
    version = procedure_page.complete(in_force(code), timezone.localdate()).first()
    if version is None:
        return render(request, "portal/procedure_ended.html", ended.context(code))
    choice = choosing.choose(list(version.cases.all()), request.GET.dict())
    return render(request, "portal/procedure.html", procedure_page.context(version, current_province(request), choice))


@require_safe
def blank_form(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The file of a form to be filled in by hand, of a version in force."""
    documents = RequiredDocument.objects.filter(~Q(blank_form=""), case__version__in=in_force(code))
    document = get_object_or_404(documents, pk=pk)
    try:
        with default_storage.open(str(document.blank_form)) as stored:
            data = stored.read()
    except FileNotFoundError:
        raise Http404 from None
    ending = str(document.blank_form).rpartition(".")[2].lower()
    name = f"{base_code(code)}-{document.key}.{ending}"
    answer = HttpResponse(data, content_type=KINDS.get(ending, "application/octet-stream"))
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


KINDS = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
