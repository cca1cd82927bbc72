"""Fields, life events and agencies whose names a query says: they stand above the procedures that it finds."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.vietnamese import fold
from procedures.models import Agency, LifeEvent, ProcedureAgency, ProcedureVersion, ServiceField
from procedures.words import LONGEST, searchable, telling, typed

MOST = 6
SHORT = 2  # letters with which too many names begin


def matching(query: str) -> list[dict[str, Any]]:
    """The places a query names: its telling words stand in the name, or the whole name in the query. One statement."""
    words = telling(typed(query)) or typed(query)
    if not words:
        return []
    kinds = {"event": _("Việc trong đời"), "field": _("Lĩnh vực"), "agency": _("Cơ quan")}
    pages = {"event": "life_event", "field": "service_field", "agency": "agency"}
    found = []
    for kind, key, name in _named(query):
        if _says(words, searchable(name).split()):
            url = reverse(pages[kind], args=[key])
            found.append({"kind": kinds[kind], "text": name, "url": url, "icon": "list-checks"})
    return found[:MOST]


def _named(query: str) -> QuerySet[Any, tuple[str, str, str]]:
    in_force = ProcedureVersion.objects.published().filter(procedure__field=OuterRef("pk"))
    agencies = Agency.objects.in_force(timezone.localdate()).filter(
        Exists(ProcedureAgency.objects.filter(agency=OuterRef("pk")))
    )
    for word in fold(query[:LONGEST]).split():
        agencies = agencies.filter(name_fold__contains=word)
    return LifeEvent.objects.values_list(Value("event"), "slug", "name").union(
        ServiceField.objects.filter(Exists(in_force)).values_list(Value("field"), "slug", "name"),
        agencies.values_list(Value("agency"), "code", "name"),
        all=True,
    )


def _says(words: Sequence[str], name: Sequence[str]) -> bool:
    *whole, last = words
    begun = all(word in name for word in whole) and any(
        one == last or (len(last) > SHORT and one.startswith(last)) for one in name
    )
    return begun or (len(name) > 1 and set(name) <= set(words))
