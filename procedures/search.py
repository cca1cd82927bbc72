"""Finding a procedure by the words people type, with or without diacritics.

`Procedure.search_fold` holds code, everyday name, official name, everyday words and agency, in plain letters with a
space in front of every word (`searchable`). Every word typed must begin one of these. Only when nothing is found, words
that many names share are left out, and at last misspelt words are matched by trigrams.
"""

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from portal.floor.vietnamese import fold
from procedures.models import Procedure, ProcedureVersion

EMPTY_WORDS = frozenset("cho cua toi muon xin lam can giai to thu tuc dang ki cap ve va o tai con".split())
LIKENESS = 0.4  # of word_similarity: two letters wrong in a word of eight still pass
MOST_WORDS = 12


def searchable(text: str) -> str:
    """Plain letters, y written as i: “kỹ” and “kĩ”, “lý” and “lí” are the same word."""
    return " " + fold(text).replace("y", "i")


def search(q: str, *, level: str | None = None, scope: str | None = None, limit: int = 20) -> list[Procedure]:
    """Procedures in force, best first. An empty or unreadable query finds nothing."""
    words = searchable(q.replace("\x00", " ")).split()[:MOST_WORDS]
    if not words:
        return []
    versions = ProcedureVersion.objects.published()
    if scope:
        versions = versions.filter(online_scope=scope)
    among = Procedure.objects.filter(pk__in=versions.values("procedure_id"))
    if level:
        among = among.filter(level=level)
    telling = [word for word in words if word not in EMPTY_WORDS]
    return (
        _beginning(among, words)[:limit]
        or (telling != words and telling and _beginning(among, telling)[:limit])
        or _misspelt(among, " ".join(telling or words))[:limit]
    )


def _beginning(among: QuerySet[Procedure], words: list[str]) -> list[Procedure]:
    """Those in which every word begins a word; the phrase as typed first, then by how often people need them."""
    every = Q()
    for word in words:
        every &= Q(search_fold__contains=f" {word}")
    phrase = " ".join(words)
    rank = Case(
        When(code=phrase, then=Value(0)),
        When(search_fold__contains=f" {phrase}", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(among.filter(every).alias(rank=rank).order_by("rank", "-popularity", "sort_key"))


def _misspelt(among: QuerySet[Procedure], phrase: str) -> list[Procedure]:
    alike = among.annotate(likeness=TrigramWordSimilarity(phrase, "search_fold")).filter(likeness__gte=LIKENESS)
    return list(alike.order_by("-likeness", "-popularity", "sort_key"))
