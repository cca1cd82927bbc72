"""Words typed with a slip, and the words of a procedure they stand for. Pure but for the names of columns."""

from collections.abc import Iterator, Sequence
from typing import Any

from portal.floor.vietnamese import nfc
from procedures.words import searchable

TEXTS = "p.search_fold, p.keywords"
Row = Sequence[Any]  # id, code, name, short name, place, search_fold, keywords


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, drop, change or swap with their neighbour; above `most`, just something above it."""
    if abs(len(one) - len(other)) > most:
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


def nearest(words: Sequence[str], rows: Sequence[Row]) -> tuple[list[Row], str]:
    """The rows that hold every word but for forgiven slips, fewest slips first; and what the first row says for them."""
    known: dict[tuple[str, str], int] = {}

    def slips(word: str, other: str) -> int:
        if (word, other) not in known:
            known[word, other] = distance(word, other, forgiven(word))
        return known[word, other]

    near = []
    for row in rows:
        held = set(_words(row))
        chosen = [min((slips(word, one), one) for one in held) for word in words]
        if all(count <= forgiven(word) for word, (count, _one) in zip(words, chosen, strict=True)):
            near.append((sum(count for count, _one in chosen), row, [one for _count, one in chosen]))
    near.sort(key=lambda one: one[0])
    if not near:
        return [], ""
    spelt = _spelling(near[0][1])
    return [row for _count, row, _chosen in near], " ".join(spelt.get(one, one) for one in near[0][2])


def _words(row: Row) -> Iterator[str]:
    """Words of names and everyday words, and neighbours written as one."""
    _code, *parts, _belongs = row[5].split("|")
    for part in parts:
        words = part.split()
        yield from words
        yield from (a + b for a, b in zip(words, words[1:], strict=False))


def _spelling(row: Row) -> dict[str, str]:
    """Plain words as the catalogue writes them."""
    written: dict[str, str] = {}
    for text in (row[3], row[2], row[6]):
        syllables = [syllable.strip("(),.;:/“”\"'").lower() for syllable in nfc(text).split()]
        for one in syllables:
            written.setdefault(searchable(one), one)
        for one, other in zip(syllables, syllables[1:], strict=False):
            written.setdefault(searchable(one) + searchable(other), f"{one} {other}")
    return written
