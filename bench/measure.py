"""One clock for all: the median of many rounds, product and floors in turn so that a drifting machine drifts for all."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Line:
    """One operation: the product beside hand-written SQL and beside Django doing only that, milliseconds."""

    name: str
    product: float
    raw: float
    bare: float

    def __str__(self) -> str:
        return (
            f"{self.name:<34}{self.product:>9.2f}{self.bare:>9.2f}{self.raw:>9.2f}"
            f"{self.product / self.bare:>11.1f}×{self.product / self.raw:>10.1f}×"
        )


HEAD = f"{'ms, median':<34}{'product':>9}{'Django':>9}{'SQL':>9}{'to Django':>12}{'to SQL':>11}"


def compare(name: str, *, product: Work, bare: Work, raw: Work, rounds: int = 60, warm: int = 5) -> Line:
    """Run the three in turn. Each call does one whole operation, its transaction committed."""
    works: Sequence[Work] = (product, raw, bare)
    times: list[list[float]] = [[], [], []]
    for number in range(rounds + warm):
        for work, kept in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            if number >= warm:
                kept.append((time.perf_counter() - start) * 1000)
    return Line(name, *(statistics.median(kept) for kept in times))
