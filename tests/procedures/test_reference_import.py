"""The shipped files go through the same importers as an administrator's, whole, and a second time change nothing."""

import pytest
from django.utils import timezone

from portal.floor.actor import Actor
from portal.models import User
from procedures.importing import (
    Summary,
    import_agencies,
    import_calendar,
    import_catalogue,
    import_life_events,
    import_rules,
    import_units,
)
from procedures.importing.units import import_successions
from procedures.models import Procedure, RouteStage
from tests.procedures.reference import CATALOGUE, ROOT


def load(province: str) -> list[Summary]:
    def officer(username: str, name: str) -> User:
        return User.objects.get_or_create(username=username, defaults={"full_name": name})[0]

    return [
        import_units(ROOT / "units-2024.csv", "2024"),
        import_units(ROOT / "units-2025.csv", "2025"),
        import_successions(ROOT / "succession.csv"),
        import_calendar(ROOT / "calendar.csv"),
        import_rules(*(ROOT / "rules").glob("*.json")),
        import_life_events(ROOT / "life-events.json"),
        import_agencies(ROOT / f"agencies-{province}.json", officer=officer),
        import_catalogue(ROOT / "catalogue", by=Actor(kind="system"), at=timezone.now()),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("province", "levels", "climb"),
    [
        ("vinh-phuc", {"province", "district", "commune"}, ["commune"] * 2 + ["district"] * 2 + ["province"] * 3),
        ("two-tier", {"province", "commune"}, ["commune"] * 2 + ["province"] * 3),
    ],
)
def test_a_province_of_either_era_is_loaded_whole(province: str, levels: set[str], climb: list[str]) -> None:
    first, again = load(province), load(province)
    assert [refusal for summary in first for refusal in summary.refused + summary.defects] == []
    assert first[-1].published == len(CATALOGUE)
    assert sum(summary.loaded for summary in again) == 0
    assert set(Procedure.objects.values_list("level", flat=True)) == levels
    stages = RouteStage.objects.filter(route__case__version__procedure__code="1.010803").order_by("order")
    assert list(stages.values_list("level", flat=True)) == climb
