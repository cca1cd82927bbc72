"""The addresses of the catalogue for search engines."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from procedures import groups
from procedures.models import LifeEvent, ProcedureVersion, ServiceField

MOST = 50_000  # entries one file may have


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """sitemap.xml: procedures in force with the day of their version, fields, matters of life, groups."""
    today = timezone.localdate()
    versions = ProcedureVersion.objects.in_force(today).order_by("procedure__code")
    found = [
        (reverse("procedure", args=[code]), f"{day:%Y-%m-%d}" if day else "")
        for code, day in versions.values_list("procedure__code", "valid_from")
    ]
    for name, values in (
        ("service_field", ServiceField.objects.filter(procedures__versions__in=versions).distinct()),
        ("life_event", LifeEvent.objects.all()),
    ):
        found += [(reverse(name, args=[slug]), "") for slug in values.order_by("slug").values_list("slug", flat=True)]
    found += [(reverse("procedure_group", args=[one.code]), "") for one in groups.in_force(today)]
    pages = [("/", ""), (reverse("catalogue"), ""), (reverse("agencies"), ""), *found][:MOST]
    rows = format_html_join(
        "",
        "<url><loc>{}</loc>{}</url>",
        (
            (request.build_absolute_uri(path), format_html("<lastmod>{}</lastmod>", day) if day else "")
            for path, day in pages
        ),
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    body = format_html('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>', rows)
    return HttpResponse(head + body, content_type="application/xml")
