"""The catalogue as lists: everything from A to Z, by field, by agency."""

from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.vietnamese import BadText, clean, fold, sort_key
from portal.views import filtering, listing, wording
from procedures.models import Agency, Level, Procedure, ProcedureAgency, ProcedureVersion, ServiceField

LONGEST_NAME = 80
AGENCIES = 60  # on one page


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All procedures from A to Z, by letter, level and scope; the fields beside them count what the filters leave."""
    filters = listing.Filters.of(request)
    found = filters.narrow(ProcedureVersion.objects.in_force(timezone.localdate()))
    fields = list(found.order_by().values("procedure__field__slug", "procedure__field__name").annotate(n=Count("pk")))
    kept = filters.kept()
    context = {
        "fields": [
            {
                "text": f"{row['procedure__field__name']} ({row['n']})",
                "url": reverse("service_field", args=[row["procedure__field__slug"]]),
            }
            for row in sorted(fields, key=lambda row: sort_key(row["procedure__field__name"]))
        ],
        "total": sum(row["n"] for row in fields),
        **_filtered(request, filters, listing.in_force()),
        "letters": listing.letters(filters),
        "filtered": bool(kept),
        "kept": [("chu", filters.letter)] if filters.letter else [],
    }
    return render(request, "portal/catalogue.html", context)


@require_safe
def service_field(request: HttpRequest, slug: str) -> HttpResponse:
    field = get_object_or_404(ServiceField, slug=slug)
    filters = listing.Filters.of(request)
    versions = listing.in_force().filter(procedure__field=field)
    context = {
        "field": field,
        "total": filters.narrow(versions).count(),
        **_filtered(request, filters, versions),
        "filtered": bool(filters.kept()),
    }
    return render(request, "portal/service_field.html", context)


@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """Where the one-stop units are; `?thu-tuc=` those that receive one procedure, `?q=` by name."""
    query, level = _name(request), filtering.level(request)
    code = request.GET.get("thu-tuc", "")[:8]
    procedure = Procedure.objects.filter(code=code).first() if code else None
    found: QuerySet[Agency] = Agency.objects.in_force(timezone.localdate()).filter(one_stop=True)
    if procedure:
        found = found.filter(procedures__procedure=procedure, procedures__receives=True)
    if level:
        found = found.filter(level=level)
    for word in fold(query).split():
        found = found.filter(name_fold__contains=word)
    shown = list(found.order_by("level", "name_fold", "pk")[: AGENCIES + 1])
    levels = [("", _("Mọi cấp")), *Level.choices]
    context = {
        "query": query,
        "procedure": procedure,
        "rows": [_agency_row(agency) for agency in shown[:AGENCIES]],
        "more": len(shown) > AGENCIES,
        "selects": [filtering.select("cap", _("Cấp"), levels, level)],
        "kept": [("thu-tuc", procedure.code)] if procedure else [],
    }
    return render(request, "portal/agencies.html", context)


@require_safe
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """One agency: address, telephone, hours, and what it receives or decides."""
    found = get_object_or_404(Agency.objects.select_related("successor", "parent"), code=code)
    if not found.one_stop and not found.procedures.exists():
        raise Http404
    filters, decides = listing.Filters.of(request), request.GET.get("xem") == "giai-quyet"
    links = ProcedureAgency.objects.filter(agency=found, procedure=OuterRef("procedure"))
    wanted = links.filter(competent=True) if decides else links.filter(receives=True)
    versions = listing.in_force().filter(Exists(wanted))
    extra = {"xem": "giai-quyet"} if decides else {}
    ended = found.valid_to if found.valid_to and found.valid_to < timezone.localdate() else None
    context = {
        "agency": found,
        "facts": _facts(found),
        "ended": f"{ended:%d/%m/%Y}" if ended else "",
        "tabs": _tabs(found, decides=decides),
        **_filtered(request, filters, versions, extra),
        "kept": list(extra.items()),
    }
    return render(request, "portal/agency.html", context)


def _filtered(
    request: HttpRequest,
    filters: listing.Filters,
    versions: QuerySet[ProcedureVersion],
    extra: dict[str, str] | None = None,
) -> dict[str, Any]:
    kept = (extra or {}) | filters.kept()
    page = listing.page(request, filters.narrow(versions), kept)
    return page | {"selects": filtering.selects(filters.level, filters.scope)}


def _tabs(agency: Agency, *, decides: bool) -> list[dict[str, Any]]:
    in_force = Exists(ProcedureVersion.objects.in_force(timezone.localdate()).filter(procedure=OuterRef("procedure")))
    counts = agency.procedures.filter(in_force).aggregate(
        receives=Count("pk", filter=Q(receives=True)), decides=Count("pk", filter=Q(competent=True))
    )
    return [
        {"text": _("Nhận hồ sơ"), "url": "?", "current": not decides, "count": counts["receives"]},
        {"text": _("Giải quyết"), "url": f"?{urlencode({'xem': 'giai-quyet'})}", "current": decides,
         "count": counts["decides"]},
    ]  # fmt: skip


def _agency_row(agency: Agency) -> dict[str, Any]:
    facts = [("map-pin", agency.address), ("phone", agency.phone)]
    return {
        "title": agency.one_stop_name or agency.name,
        "sub": agency.name if agency.one_stop_name and agency.name not in agency.one_stop_name else "",
        "lang": "vi",
        "url": reverse("agency", args=[agency.code]),
        "meta": [{"icon": icon, "text": text} for icon, text in facts if text],
        "tag": {"text": agency.get_level_display(), "tone": "", "icon": ""},
    }


def _facts(agency: Agency) -> list[dict[str, str]]:
    facts = [
        ("map-pin", _("Địa chỉ"), agency.address),
        ("phone", _("Điện thoại"), agency.phone),
        ("clock", _("Giờ làm việc"), wording.hours(agency.pk)),
        ("mail", _("Thư điện tử"), agency.email),
    ]
    return [{"icon": icon, "label": label, "text": text} for icon, label, text in facts if text]


def _name(request: HttpRequest) -> str:
    try:
        return clean(request.GET.get("q", ""))[:LONGEST_NAME]
    except BadText as mistake:
        raise BadRequest(str(mistake)) from None
