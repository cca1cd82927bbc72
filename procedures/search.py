"""Finding a procedure by what people type: in any case, without diacritics, in everyday words, by code, with slips.

`Procedure.search_fold` is what is searched (see `procedures.words`). One statement over the full-text index finds those
that hold every word typed, the last of them perhaps only begun. Only when there is none, what people say around the
matter is left out; then slips are forgiven, over the trigram index; at last most of the words are enough.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from django.db import connection, transaction

from procedures import slips
from procedures.words import searchable, telling, typed

__all__ = ["Answer", "Found", "How", "find", "search", "searchable"]

LIKENESS = 0.4  # of word_similarity; slips.py then looks at every word
CANDIDATES = 80  # of slips
WHOLE_WORDS = 6  # the last place of those that hold the last word whole
ENOUGH = 0.6  # of the telling words

_AMONG = """
FROM procedures_procedure p
JOIN procedures_procedureversion v ON v.procedure_id = p.id AND v.state = 'published'
{field}
WHERE {condition} {filters}
"""
_COLUMNS = "p.id, p.code, p.name, p.short_name"
# The parts of `search_fold`: 2 everyday name, 3 official name, 4 everyday words.
_PLACE = """
CASE WHEN p.code = %(code)s THEN 0
     WHEN split_part(p.search_fold, '|', 2) = %(phrase)s THEN 1
     WHEN strpos(split_part(p.search_fold, '|', 2), %(phrase)s) > 0 THEN 2
     WHEN strpos(split_part(p.search_fold, '|', 4), %(phrase)s) > 0 THEN 3
     WHEN strpos(split_part(p.search_fold, '|', 3), %(phrase)s) > 0 THEN 4
     WHEN strpos(p.search_fold, %(phrase)s) > 0 THEN 5
     WHEN strpos(p.search_fold, %(last)s) > 0 THEN 6
     WHEN strpos(split_part(p.search_fold, '|', 2), %(begun)s) > 0 THEN 7
     WHEN strpos(split_part(p.search_fold, '|', 4), %(begun)s) > 0 THEN 8
     ELSE 9 END"""
_ORDER = "ORDER BY place, p.popularity DESC, length(p.name), p.sort_key LIMIT %(limit)s"
_WORDS = "to_tsvector('simple', COALESCE(p.search_fold, '')) @@ to_tsquery('simple', %(words)s)"


class How(Enum):
    """What had to be done to find it."""

    AS_TYPED = "as typed"
    TELLING = "without the words around"
    SLIP = "slips forgiven"
    MOST = "most of the words"


class Found(NamedTuple):
    """A procedure in force. `place`: 0 by its code, then the higher the further from the name."""

    pk: int
    code: str
    name: str
    short_name: str
    place: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, best first. `meant`: the words that were found instead of mistyped ones."""

    found: tuple[Found, ...] = ()
    how: How = How.AS_TYPED
    meant: str = ""


def search(q: str, *, level: str | None = None, scope: str | None = None, limit: int = 20) -> list[Found]:
    """Procedures in force, best first. An empty or unreadable query finds nothing; no text is refused."""
    return list(find(q, level=level or "", scope=scope or "", limit=limit).found)


def find(q: str, *, level: str = "", scope: str = "", field: str = "", limit: int = 20, typing: bool = False) -> Answer:
    """The same with what it took. `field`: a slug. `typing`: a begun last word counts beside whole ones."""
    words = typed(q)
    if not words or limit < 1:
        return Answer()
    among = _Among(level, scope, field, limit)
    if found := among.holding(words, typing):
        return Answer(found)
    told = telling(words)
    if told and told != words and (found := among.holding(told, typing)):
        return Answer(found, How.TELLING)
    for some in filter(None, dict.fromkeys((tuple(told), tuple(words)))):
        found, meant = among.mistyped(some)
        if found:
            return Answer(found, How.SLIP, meant)
    return Answer(among.most(told), How.MOST)


@dataclass(frozen=True, slots=True)
class _Among:
    """The procedures that pass the filters."""

    level: str
    scope: str
    field: str
    limit: int

    def holding(self, words: Sequence[str], typing: bool) -> tuple[Found, ...]:
        """Those with every word; with the last one begun only when none has it whole, or while it is being typed."""
        *whole, last = words
        begun = f" {' '.join(words)}"
        found = self._found(
            _PLACE, _WORDS, _ORDER,
            words=" & ".join([*whole, f"{last}:*"]), phrase=f"{begun} ", begun=begun, last=f" {last} ", code=_code(words),
        )  # fmt: skip
        if found and not typing and found[0].place <= WHOLE_WORDS:
            return tuple(one for one in found if one.place <= WHOLE_WORDS)
        return found

    def mistyped(self, words: Sequence[str]) -> tuple[tuple[Found, ...], str]:
        """Those that hold every word but for slips, nearest first, and the words of the first of them."""
        phrase = " ".join(words)
        place = f"1 - word_similarity(%(phrase)s, p.search_fold) AS place, {slips.TEXTS}"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [LIKENESS])
            rows = self._rows(
                cursor, place, "%(phrase)s <%% p.search_fold", "ORDER BY place, p.popularity DESC LIMIT %(limit)s",
                phrase=phrase, limit=CANDIDATES,
            )  # fmt: skip
        near, meant = slips.nearest(words, rows)
        return tuple(Found(*row[:5]) for row in near[: self.limit]), meant

    def most(self, words: Sequence[str]) -> tuple[Found, ...]:
        """Those with most of several words."""
        if len(words) < 3:
            return ()
        names = "concat(split_part(p.search_fold, '|', 2), split_part(p.search_fold, '|', 3), split_part(p.search_fold, '|', 4))"
        held = " + ".join(f"(strpos({names}, %(w{number})s) > 0)::int" for number in range(len(words)))
        found = self._found(
            f"{len(words)} - ({held})", _WORDS, _ORDER, words=" | ".join(words),
            **{f"w{number}": f" {word} " for number, word in enumerate(words)},
        )  # fmt: skip
        lacking = len(words) - max(2, math.ceil(len(words) * ENOUGH))
        return tuple(one for one in found if one.place <= lacking)

    def _found(self, place: str, condition: str, order: str, **given: object) -> tuple[Found, ...]:
        with connection.cursor() as cursor:
            return tuple(Found(*row) for row in self._rows(cursor, f"{place} AS place", condition, order, **given))

    def _rows(self, cursor: Any, place: str, condition: str, order: str, **given: object) -> list[tuple[Any, ...]]:
        filters = [
            words
            for chosen, words in (
                (self.level, "AND p.level = %(level)s"),
                (self.scope, "AND v.online_scope = %(scope)s"),
                (self.field, "AND f.slug = %(field)s"),
            )
            if chosen
        ]
        field = "JOIN procedures_servicefield f ON f.id = p.field_id" if self.field else ""
        among = _AMONG.format(condition=condition, filters=" ".join(filters), field=field)
        values = {"level": self.level, "scope": self.scope, "field": self.field, "limit": self.limit} | given
        cursor.execute(f"SELECT {_COLUMNS}, {place} {among} {order}", values)
        return list(cursor.fetchall())


def _code(words: Sequence[str]) -> str:
    """The national code that the query is, written as it is kept; else nothing."""
    return f"{words[0][0]}.{words[0][1:]}" if len(words) == 1 and words[0].isdigit() else ""
