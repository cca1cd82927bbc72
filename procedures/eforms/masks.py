"""How characters of a text are prescribed: 9 stands for a digit, A for a letter, everything else for itself.

The schema keeps a regular expression (`pattern`); those that a mask can say are shown and made up as masks.
"""

import random
import re

DIGIT, LETTER = r"\d", r"[^\W\d_]"
_PIECE = re.compile(r"(\\d|\[\^\\W\\d_\]|\\\W|[^\\\[\](){}.*+?^$|])(?:\{(\d{1,2})\})?", re.ASCII)


def pattern_of(mask: str) -> str:
    """The regular expression of a mask."""
    return "".join({"9": DIGIT, "A": LETTER}.get(char) or re.escape(char) for char in mask)


def mask_of(pattern: str) -> str | None:
    """The mask of a regular expression, None when no mask says the same."""
    mask, position = "", 0
    while position < len(pattern):
        found = _PIECE.match(pattern, position)
        if not found or found[1] in "9A":
            return None
        char = {DIGIT: "9", LETTER: "A"}.get(found[1]) or found[1][-1]
        mask, position = mask + char * int(found[2] or 1), found.end()
    return mask


def invented(pattern: str, chance: random.Random) -> str | None:
    """A text of that pattern, None when no mask says it."""
    mask = mask_of(pattern)
    draw = {"9": lambda: chance.choice("0123456789"), "A": lambda: chance.choice("ABCDEGHKLMNPQRSTVXY")}
    return None if mask is None else "".join(draw[char]() if char in draw else char for char in mask)
