"""Lists of procedures: what is in force with the facts of a row, by letter, in pages, with filters that keep."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal.floor.vietnamese import sort_key
from portal.views import filtering, wording
from procedures.models import Case, FeeRule, ProcedureVersion

PAGE = 40  # procedures on one page of a list
ALPHABET = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY"
FEE = ("kind", "name", "amount", "reduction_percent", "channel", "condition", "per", "legal_basis")


def cases() -> QuerySet[Case]:
    """Cases in order, each with `fee_rows`: its fee rules of today, fetched by the same statement."""
    today = timezone.localdate()
    rules = FeeRule.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gte=today), case=OuterRef("pk")
    )
    rows = rules.order_by("pk").values(json=JSONObject(**{name: name for name in FEE}))
    return Case.objects.annotate(fee_rows=ArraySubquery(rows)).order_by("order", "pk")


def in_force() -> QuerySet[ProcedureVersion]:
    """Versions in force today with all that `wording.row` says of them: two statements however many."""
    versions: QuerySet[ProcedureVersion] = ProcedureVersion.objects.in_force(timezone.localdate())
    return versions.select_related("procedure").prefetch_related(Prefetch("cases", cases()))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader narrowed the list to; empty: everything."""

    level: str = ""
    scope: str = ""
    letter: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters":
        """What nobody offers counts as no filter."""
        letter = request.GET.get("chu", "").upper()
        known = len(letter) == 1 and letter in ALPHABET
        return cls(filtering.level(request), filtering.scope(request), letter if known else "")

    def narrow(self, versions: QuerySet[ProcedureVersion]) -> QuerySet[ProcedureVersion]:
        if self.level:
            versions = versions.filter(procedure__level=self.level)
        if self.scope:
            versions = versions.filter(online_scope=self.scope)
        if self.letter:
            # All keys of a letter lie before those of its variants: "a…" before "a{…", which is ă.
            first = sort_key(self.letter)[:-1]
            versions = versions.filter(procedure__sort_key__gte=first, procedure__sort_key__lt=first + "{")
        return versions

    def kept(self) -> dict[str, str]:
        """As they stand in the address, for links that keep them."""
        named = {"cap": self.level, "muc": self.scope, "chu": self.letter}
        return {name: value for name, value in named.items() if value}


def page(request: HttpRequest, versions: QuerySet[ProcedureVersion], kept: dict[str, str]) -> dict[str, Any]:
    """Rows of the page that continues after `?sau=`, in Vietnamese order, and where the next one begins."""
    after, _tilde, pk = request.GET.get("sau", "").rpartition("~")
    following = versions.order_by("procedure__sort_key", "procedure_id")
    if pk.isdecimal() and len(pk) < 10:
        same = Q(procedure__sort_key=after, procedure_id__gt=int(pk))
        following = following.filter(Q(procedure__sort_key__gt=after) | same)
    shown = list(following[: PAGE + 1])
    last = shown[PAGE - 1].procedure if len(shown) > PAGE else None
    return {
        "rows": [wording.row(version) for version in shown[:PAGE]],
        "next_url": f"?{urlencode(kept | {'sau': f'{last.sort_key}~{last.pk}'})}" if last else "",
        "previous_url": f"?{urlencode(kept)}" if after else "",
    }


def letters(filters: Filters) -> list[dict[str, Any]]:
    """The alphabet as links that keep the other filters."""
    kept = {name: value for name, value in filters.kept().items() if name != "chu"}
    every = {"text": _("Tất cả"), "url": f"?{urlencode(kept)}", "current": not filters.letter}
    return [every] + [
        {"text": letter, "url": f"?{urlencode(kept | {'chu': letter})}", "current": letter == filters.letter}
        for letter in ALPHABET
    ]
