"""What every page knows: the province it belongs to."""

from django.http import HttpRequest


def province(request: HttpRequest) -> dict[str, object]:
    from procedures.models import ProvinceProfile

    return {"province": ProvinceProfile.current()}
