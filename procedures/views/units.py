"""The units right below another one, for the address fields of pages with JavaScript."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from procedures.eforms import addresses


@require_safe
@cache_control(public=True, max_age=86400)
def below(request: HttpRequest, unit_set: str) -> JsonResponse:
    """`?duoi=26`: [[code, name], …] in Vietnamese order; without it the provinces. Unknown codes give an empty list."""
    parent = request.GET.get("duoi", "")[:5]
    known = unit_set if unit_set in addresses.LEVELS else "2024"
    return JsonResponse(addresses.options(known, parent), safe=False, json_dumps_params={"ensure_ascii": False})
