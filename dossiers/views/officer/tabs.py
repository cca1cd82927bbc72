"""The tabs above a list: the views that the roles bring, then those that the officer gave a name."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from dossiers.models import SavedView
from dossiers.views.officer import shelves
from portal.floor.actor import Actor
from portal.floor.prepared import prepared

Saved = Sequence[Sequence[str]]  # name and query of each
MOST = 12  # views of one's own: more than fit above a list help nobody


def tabs(
    actor: Actor, *, mine: Saved, current: str = "", counts: Mapping[str, int] | None = None, query: str = ""
) -> list[dict[str, Any]]:
    """`current`: key of the view shown; `query`: the whole address of the page, by which a saved view knows itself."""
    counts, page = counts or {}, reverse("officer_queue")
    named = any(kept == query for _name, kept in mine)
    found = [
        {"text": shelf.label, "url": f"{page}?{urlencode({'xem': shelf.key})}",
         "current": shelf.key == current and not named,
         "count": shelves.in_words(counts[shelf.key]) if shelf.key in counts else None,
         "tone": shelf.tone if counts.get(shelf.key) else ""}
        for shelf in shelves.of(actor)
    ]  # fmt: skip
    return found + [
        {"text": name, "url": f"{page}?{kept}", "current": kept == query, "count": None, "tone": ""}
        for name, kept in mine
    ]


def saved(actor: Actor) -> Saved:
    """Name and address of each view that the officer keeps, in the order they were kept."""
    return _saved(user=actor.user_id)


@prepared
def _saved(*, user: Any) -> Any:
    return SavedView.objects.filter(user_id=user).order_by("pk").values_list("name", "query")
