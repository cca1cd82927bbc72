"""The catalogue as a file."""

import tempfile
from typing import cast

from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.floor.web import ActorRequest
from procedures import exporting, ministries
from procedures.importing import workbook
from procedures.views.admin.access import catalogue_office

IN_MEMORY = 2 * 1024 * 1024  # bytes; what is longer waits on disk, and the catalogue is public
KINDS = {"json": "application/json", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_safe
@catalogue_office()
def export(request: ActorRequest) -> HttpResponse:
    """Every procedure: as JSON, as a workbook (`?dang=xlsx`), or as ministries publish it (`?dang=cong-bo`)."""
    shape = request.GET.get("dang")
    kind = "xlsx" if shape == "xlsx" else "json"
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- the response closes it
    if kind == "xlsx":
        workbook.write(exporting.records(), out)
    else:
        found = exporting.records()
        shaped = ministries.told(found) if shape == "cong-bo" else found
        out.writelines(piece.encode() for piece in exporting.as_json(shaped))
    out.seek(0)
    name = f"danh-muc-thu-tuc-{timezone.localdate():%Y-%m-%d}.{kind}"
    answer = FileResponse(out, as_attachment=True, filename=name, content_type=KINDS[kind])
    return cast(HttpResponse, answer)
