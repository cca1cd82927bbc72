"""Finding a procedure by what people type: in any case, without diacritics, in everyday words, by code, with slips.

`Procedure.search_fold` is what is searched (see `procedures.words`). One statement over the full-text index finds those
that hold every word typed, the last of them perhaps only begun. Only when there is none, what people say around the
matter is left out; then slips are forgiven, over the trigram index; at last most of the words are enough.
"""

import math
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection, transaction

from procedures import slips
from procedures.words import EMPTY_WORDS, searchable, telling, typed

__all__ = ["Answer", "Found", "How", "code", "find", "known_words", "search", "searchable"]

LIKENESS = 0.5  # of word_similarity; slips.py then looks at every word
CANDIDATES = 80  # of slips
LATER = 10  # a place from there on has the last word begun only; while it is being typed that is no worse
SCATTERED, FEW, MANY_WORDS = 6, 3, 4  # place, names and words from which others are looked for too
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
     WHEN strpos(split_part(p.search_fold, '|', 2), %(begun)s) > 0 THEN %(later)s + 2
     WHEN strpos(split_part(p.search_fold, '|', 4), %(begun)s) > 0 THEN %(later)s + 3
     WHEN strpos(split_part(p.search_fold, '|', 3), %(begun)s) > 0 THEN %(later)s + 4
     ELSE %(later)s + 7 END"""
_NAMES = "split_part(p.search_fold, '|', 2) || split_part(p.search_fold, '|', 3) || split_part(p.search_fold, '|', 4)"
_HELD = f"(strpos({_NAMES}, %({{}})s) > 0)::int"
_ORDER = "ORDER BY place, p.popularity DESC, length(p.name), p.sort_key LIMIT %(limit)s"
_WORDS = "to_tsvector('simple', COALESCE(p.search_fold, '')) @@ to_tsquery('simple', %(words)s)"

_KNOWN = """
SELECT word FROM unnest(%s::text[]) AS word WHERE EXISTS (
    SELECT 1 FROM procedures_procedure p
    WHERE to_tsvector('simple', COALESCE(p.search_fold, '')) @@ to_tsquery('simple', word))
"""


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
    told = telling(words)
    if found := among.holding(words, typing):
        return Answer(among.completed(found, told))
    if told and told != words and (found := among.holding(told, typing)):
        return Answer(among.completed(found, told), How.TELLING)
    known = known_words(words)
    plausible = tuple(word for word in words if word in known or word not in EMPTY_WORDS)
    for some in filter(None, dict.fromkeys((plausible, tuple(told)))):
        answer = among.nearest(some, known)
        if answer.found:
            return answer
    return Answer(how=How.MOST)


def known_words(words: Sequence[str]) -> frozenset[str]:
    """Those of the plain words that stand somewhere in the catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(words)])
        return frozenset(word for (word,) in cursor.fetchall())


def code(query: str) -> str:
    """The national code that a query is, as it is kept; typed with or without dots and suffix. Else nothing."""
    words = typed(query)
    return f"{words[0][0]}.{words[0][1:]}" if len(words) == 1 and words[0].isdigit() and len(words[0]) == 7 else ""


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
            words=" & ".join([*whole, f"{last}:*"]), phrase=f"{begun} ", begun=begun, last=f" {last} ",
            code=code(" ".join(words)), later=0 if typing else LATER,
        )  # fmt: skip
        if found and found[0].place < LATER:
            return tuple(one for one in found if one.place < LATER)
        return found

    def completed(self, found: tuple[Found, ...], words: Sequence[str]) -> tuple[Found, ...]:
        """Where a few names hold many words, but scattered, others that hold most of them may be meant."""
        if found[0].place < SCATTERED or len(found) >= FEW or len(words) < MANY_WORDS:
            return found
        known = {one.pk for one in found}
        return (*found, *(one for one in self._most(words) if one.pk not in known))[: self.limit]

    def nearest(self, words: Sequence[str], known: Collection[str]) -> Answer:
        """Slips forgiven in words the catalogue does not know; else most of the words; else any word may be a slip."""
        right = [word for word in words if word in known]
        if 0 < len(right) < len(words) and (answer := self._mistyped(words, right)).found:
            return answer
        if found := self._most(right):
            return Answer(found, How.MOST)
        return self._mistyped(words)

    def _mistyped(self, words: Sequence[str], right: Sequence[str] = ()) -> Answer:
        """Among those that hold the right words as they are."""
        near, meant = slips.nearest(words, self._alike(" ".join(words), " & ".join(right)), right)
        return Answer(tuple(Found(*row[:5]) for row in near[: self.limit]), How.SLIP, meant)

    def _alike(self, phrase: str, held: str) -> list[tuple[Any, ...]]:
        """The candidates: what holds some words as they are, or is alike by trigrams; with what slips.py reads."""
        place = f"1 - word_similarity(%(phrase)s, p.search_fold) AS place, {slips.TEXTS}"
        condition = _WORDS if held else "%(phrase)s <%% p.search_fold"
        order = "ORDER BY place, p.popularity DESC LIMIT %(limit)s"
        with transaction.atomic() if not held else nullcontext(), connection.cursor() as cursor:
            if not held:
                cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [LIKENESS])
            return self._rows(cursor, place, condition, order, phrase=phrase, words=held, limit=CANDIDATES)

    def _most(self, words: Sequence[str]) -> tuple[Found, ...]:
        """Those with most of several words in their names; best where the words stand side by side."""
        if len(words) < 3:
            return ()
        given = {f"w{number}": f" {word} " for number, word in enumerate(words)}
        given |= {f"p{number}": f" {' '.join(pair)} " for number, pair in enumerate(pairwise(words))}
        each = " + ".join(_HELD.format(name) for name in given if name[0] == "w")
        pairs = " + ".join(_HELD.format(name) for name in given if name[0] == "p")
        condition = f"{_WORDS} AND {each} >= %(enough)s"
        enough = max(2, math.ceil(len(words) * ENOUGH))
        return self._found(f"-({each} + {pairs})", condition, _ORDER, words=" | ".join(words), enough=enough, **given)

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
