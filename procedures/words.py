"""The words a procedure is found by, and what people type, in one plain form.

`entry` writes `Procedure.search_fold`: five parts between bars, every word with a space on both sides:

    code and its endings | everyday name | official name | everyday words ; … | field, life events, level, agency

The fourth holds the procedure's own keywords and every synonym one of whose meanings stands in another part, so that
searching needs no look-up of synonyms.
"""

import re
from collections.abc import Iterable, Sequence

from portal.floor.vietnamese import fold
from procedures.models import Procedure, ProcedureVersion, Synonym

Synonyms = Sequence[tuple[str, tuple[str, ...]]]  # plain words, and the plain phrases they mean
LONGEST = 200  # characters of a query that are read
MOST_WORDS = 12
SHORTEST_ENDING = 3  # digits of a code that still find it
LEVELS = {"province": "cap tinh", "district": "cap huyen quan", "commune": "cap xa phuong"}
COMMITTEE = "ui ban nhan dan"
# What people say around the matter itself; left out only when nothing holds all the words.
EMPTY_PHRASES = (
    "lam the nao", "nhu the nao", "lam sao", "bao nhieu tien", "bao lau", "o dau", "can nhung gi", "can gi",
    "giai to gi", "ho so", "thu tuc", "moi sinh", "moi de",
)  # fmt: skip
EMPTY_WORDS = frozenset(
    "a ai anh ba bao bi ca cac can cap chi cho chu co cua da dang de den di duoc em gi giai giup gui hay hoi khi khong "
    "ki la lam lan len mat minh moi mot muon nao nay nen nha nhu nhung nop o oi phai qua ra roi se sao tai the thi to "
    "toi trong tu tuc va ve vi viec voi vao xin xong".split()
)
_CODE = re.compile(
    r"(?<![\w.])(\d)\.(\d{1,6})(?:\.[0-9a-z]*)*"
)  # with the suffix of the province: 1.001193.000.00.00.H62
_BETWEEN = re.compile(r"[^0-9a-z]+")


def searchable(text: str) -> str:
    """Plain words with one space between; y written as i, a procedure's code without dots and suffix."""
    plain = _CODE.sub(r" \1\2 ", fold(text))
    return _BETWEEN.sub(" ", plain).strip().replace("y", "i")


def typed(query: str) -> list[str]:
    """The words of a query, however long or strange it is."""
    return searchable(query[:LONGEST]).split()[:MOST_WORDS]


def telling(words: Sequence[str]) -> list[str]:
    """Those words without what people say around them; none when all is such."""
    text = f" {' '.join(words)} "
    for phrase in EMPTY_PHRASES:
        text = text.replace(f" {phrase} ", " ")
    return [word for word in text.split() if word not in EMPTY_WORDS]


def synonyms() -> Synonyms:
    """All that are kept. Who describes many procedures asks once."""
    kept = Synonym.objects.order_by("pk").values_list("words_fold", "meaning_fold")
    return [(words, tuple(meaning.split("|"))) for words, meaning in kept]


def phrases(text: str) -> list[str]:
    """A synonym's meanings, set apart by commas, semicolons or lines; those without a word are left out."""
    return [one.strip() for one in re.split(r"[,;\n]", text) if searchable(one)]


def meanings(text: str) -> str:
    """The same in plain words, as `Synonym.meaning_fold` keeps them."""
    return "|".join(map(searchable, phrases(text)))


def entry(procedure: Procedure, version: ProcedureVersion, synonyms: Synonyms) -> str:
    """What the search finds that procedure by, under the names of that version."""
    digits = searchable(procedure.code)
    own = [
        " ".join(digits[start:] for start in range(max(1, len(digits) - SHORTEST_ENDING + 1))),
        searchable(version.short_name),
        searchable(version.name),
    ]
    keywords = [searchable(one) for one in procedure.keywords.split(",")]
    events = [event.name for event in procedure.life_events.all()] if procedure.pk else []
    kinds = [searchable(one) for one in (procedure.field.name, *events)]
    everyday = [*keywords, *_meaning(f" {' | '.join([*own, *keywords, *kinds])} ", synonyms)]
    agency = searchable(version.competent)
    if COMMITTEE in agency:
        agency += " ubnd"
    belongs = [*kinds, LEVELS.get(procedure.level, ""), agency]
    return f" {' | '.join([*own, ' ; '.join(filter(None, everyday)), ' '.join(belongs)])} "


def _meaning(known: str, synonyms: Synonyms) -> Iterable[str]:
    for words, phrases in synonyms:
        if any(f" {phrase} " in known for phrase in phrases):
            yield words
