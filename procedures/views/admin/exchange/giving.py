"""The catalogue as a file."""

import tempfile
from typing import cast

from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.floor.web import ActorRequest
from procedures import exporting
from procedures.importing import workbook
from procedures.views.admin.access import catalogue_office

IN_MEMORY = 2 * 1024 * 1024  # bytes; what is longer waits on disk, and the catalogue is public
KINDS = {"json": "application/json", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_safe
@catalogue_office()
def export(request: ActorRequest) -> HttpResponse:
    """Every procedure, as JSON or (`?dang=xlsx`) as a workbook."""
    kind = "xlsx" if request.GET.get("dang") == "xlsx" else "json"
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- the response closes it
    if kind == "xlsx":
        workbook.write(exporting.records(), out)
    else:
        out.writelines(piece.encode() for piece in exporting.as_json(exporting.records()))
    out.seek(0)
    name = f"danh-muc-thu-tuc-{timezone.localdate():%Y-%m-%d}.{kind}"
    answer = FileResponse(out, as_attachment=True, filename=name, content_type=KINDS[kind])
    return cast(HttpResponse, answer)
