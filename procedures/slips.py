"""Words typed with a slip, and the words of a procedure they stand for. Reads no table."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from portal.floor.vietnamese import nfc
from procedures.words import searchable

TEXTS = "p.search_fold, p.keywords"
Row = Sequence[Any]  # id, code, name, short name, place, search_fold, keywords


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, drop, change or swap with their neighbour; above `most`, just something above it."""
    if abs(len(one) - len(other)) > most or len({*one} ^ {*other}) > 2 * most:  # each slip changes two letters at most
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            step = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                step = min(step, earlier[j - 2] + 1)
            row.append(step)
    return row[-1]


def forgiven(word: str) -> int:
    """How many slips a word may have: none in a number, one in a syllable, two in what is longer."""
    return 0 if word.isdigit() or len(word) < 2 else 1 if len(word) < 6 else 2


def nearest(words: Sequence[str], rows: Iterable[Row], right: Collection[str] = ()) -> tuple[list[Row], str]:
    """The rows that hold every word but for forgiven slips, fewest first, and how the first of them spells the words.

    Words in `right` are no slips. Among rows alike, those come first in which the words stand side by side.
    """
    slips = cache(lambda word, other: distance(word, other, forgiven(word)))
    read = [(_Reading.of(words, _texts(row), right, slips), row) for row in rows]
    near = sorted(((one, row) for one, row in read if one), key=lambda pair: (pair[0].slips, pair[0].apart))
    if not near:
        return [], ""
    best, first = near[0]
    spelt = _spelling(first)
    return [row for _one, row in near], " ".join(spelt.get(word, word) for word in best.words)


class _Reading(NamedTuple):
    """What was typed, in the words of one row: how many slips that takes, how many words then stand apart."""

    slips: int
    apart: int
    words: tuple[str, ...]

    @classmethod
    def of(cls, words: Sequence[str], texts: list[list[str]], right: Collection[str], slips: Any) -> "_Reading | None":
        """None when a word is not there."""
        held = {one for text in texts for one in text}
        beside = {pair for text in texts for pair in pairwise(text)}
        total, apart, chosen, before = 0, 0, [], ""
        for word in words:
            others = {word} if word in held else set() if word in right else held
            choices = (
                (slips(word, one), (before, one) not in beside, abs(len(one) - len(word)), one) for one in others
            )
            least, alone, _longer, one = min(choices, default=(len(word) + 1, True, 0, ""))
            if least > forgiven(word) or (least and before and alone):  # a guess needs the word before it for company
                return None
            total, apart = total + least, apart + bool(before and alone)
            chosen.append(one)
            before = one
        return cls(total, apart, tuple(chosen))


def _texts(row: Row) -> list[list[str]]:
    """The words of names and everyday words, and of each the neighbours written as one."""
    parts = row[5].split("|")[1:4]
    texts = [text.split() for part in parts for text in part.split(";")]
    return [*texts, *([a + b for a, b in pairwise(text)] for text in texts)]


def _spelling(row: Row) -> dict[str, str]:
    """Plain words as the catalogue writes them."""
    written: dict[str, str] = {}
    for text in (row[3], row[2], row[6]):
        syllables = [syllable.strip("(),.;:/“”\"'").lower() for syllable in nfc(text).split()]
        for one in syllables:
            written.setdefault(searchable(one), one)
        for one, other in pairwise(syllables):
            written.setdefault(searchable(one) + searchable(other), f"{one} {other}")
    return written
