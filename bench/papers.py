"""Seconds for 100 receipts and for a register of a hundred pages, as they are typeset for keeping."""

import time

from portal.floor.typesetting import paper, typeset
from tests.portal.paper_samples import sample

RECEIPTS, LINES = 100, 1000  # so many lines of the register fill a hundred pages


def run() -> dict[str, float]:
    """Seconds by what was made."""
    receipt, register = sample("receipt"), sample("register")
    line = register["rows"][0]
    register["rows"] = [{**line, "line": number} for number in range(1, LINES + 1)]
    start = time.perf_counter()
    for _ in range(RECEIPTS):
        typeset(paper("receipt"), receipt)
    middle = time.perf_counter()
    typeset(paper("register"), register)
    return {"100 receipts": middle - start, "a register of 100 pages": time.perf_counter() - middle}
