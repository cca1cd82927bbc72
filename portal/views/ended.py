"""A procedure that is no longer done: since when, and by what; never a way to start it."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.views import listing, wording
from procedures.models import ProcedureVersion

State = ProcedureVersion.State


def context(code: str) -> dict[str, Any]:
    """For `portal/procedure_ended.html`. Raises Http404 for what never was in force."""
    today = timezone.localdate()
    versions = ProcedureVersion.objects.filter(procedure__code=code).select_related(
        "procedure__field", "ended_by", "replaced_by"
    )
    over = [
        one
        for one in versions.order_by("-number")
        if one.state == State.RETIRED or (one.state == State.PUBLISHED and one.valid_to and one.valid_to < today)
    ]
    if not over:
        raise Http404
    version = over[0]
    field, number = version.procedure.field, version.ended_by.number if version.ended_by else ""
    instead = listing.in_force().filter(procedure=version.replaced_by) if version.replaced_by else ()
    return {
        "version": version,
        "title": version.short_name or version.name,
        "code": code,
        "since": f"{version.valid_to:%d/%m/%Y}" if version.valid_to else "",
        "by": _("Bãi bỏ theo Quyết định số %(number)s.") % {"number": number} if number else "",
        "successors": [wording.row(one) for one in instead],
        "trail": [
            {"text": _("Trang chủ"), "url": reverse("home")},
            {"text": field.name, "url": reverse("service_field", args=[field.slug])},
            {"text": version.short_name or version.name},
        ],
        "field": {"name": field.name, "url": reverse("service_field", args=[field.slug])},
    }
