"""A leader's basket with several dossiers in it: copies of one that lies there."""

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from dossiers import basket, numbering
from dossiers.models import Dossier, Result, SigningBatch
from tests.dossiers.officers import copies
from tests.world import World


def fill(dossier: Dossier, number: int, *, at: dt.datetime | None = None) -> list[Dossier]:
    """So many proposed dossiers, this one among them."""
    at = at or timezone.now()
    code = str(dossier.code)
    Dossier.objects.filter(pk=dossier.pk).update(code=None)  # a copy may not bear the same
    others = copies(dossier, number - 1)
    Dossier.objects.filter(pk=dossier.pk).update(code=code)
    stage = dossier.stages.get(closed_at=None)
    for place, one in enumerate(others, 2):
        Dossier.objects.filter(pk=one.pk).update(code=f"{code[:-4]}{place:04d}", status=dossier.status)
        one.refresh_from_db()
        stage.pk, stage._state.adding, stage.dossier = None, True, one
        stage.save(force_insert=True)
        Result.objects.create(dossier=one, kind="approval", drafted_at=at, drafted_by="Đặng Quốc Khánh", text={},
                              verify_code=numbering.tracking_key())  # fmt: skip
    cache.clear()
    return [dossier, *others]


def read_all(world: World, dossiers: list[Dossier], name: str = "lan") -> None:
    """The leader has opened every one of them."""
    for result in Result.objects.filter(dossier__in=dossiers, superseded_at=None):
        basket.read(result, by=world.actor(name), at=timezone.now())


def seen(dossiers: list[Dossier]) -> dict[Any, int]:
    """As the page has shown them just now."""
    return dict(Dossier.objects.filter(pk__in=[one.pk for one in dossiers]).values_list("pk", "version"))


def states(batch: SigningBatch) -> list[str]:
    return list(batch.items.order_by("place").values_list("state", flat=True))
