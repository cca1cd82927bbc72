"""What every page knows: the province it belongs to, how the reader wants it shown, and an officer's workspace."""

from typing import Any, NamedTuple

from django.http import HttpRequest

from portal import navigation
from portal.floor.prepared import prepared
from procedures.models import ProvinceProfile


def current_province(request: HttpRequest) -> ProvinceProfile | None:
    """The province of this installation, asked for once a request."""
    if not hasattr(request, "province"):
        request.province = ProvinceProfile.current()  # type: ignore[attr-defined]
    profile: ProvinceProfile | None = request.province  # type: ignore[attr-defined]
    return profile


class Shown(NamedTuple):
    """What every page prints of the province."""

    name: str
    hotline: str
    logo: str


@prepared
def _shown() -> Any:
    return ProvinceProfile.objects.values_list(*Shown._fields)[:1]


def province(request: HttpRequest) -> dict[str, object]:
    shown = next((Shown(*row) for row in _shown()), None)  # None before seeding
    name, hotline = (shown.name, shown.hotline) if shown else ("", "")
    return {
        "province": shown,
        "province_phrase": name[:1].lower() + name[1:],
        "hotline_digits": "".join(filter(str.isdigit, hotline)),
    }


def display(request: HttpRequest) -> dict[str, object]:
    """Text size and contrast, chosen on any page and kept in cookies (`portal.views.display`)."""
    return {"text_size": request.COOKIES.get("size", ""), "contrast": request.COOKIES.get("contrast") == "1"}


def workspace(request: HttpRequest) -> dict[str, object]:
    """The officer's name, seat and navigation, looked up only by the pages that show them."""
    return {"workspace": navigation.workspace(request)}
