"""One clock for all: the median of many rounds, product and floors in turn so that a drifting machine drifts for all."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]
WARM = 5  # rounds that nobody counts


@dataclass(frozen=True)
class Line:
    """One operation: the product beside hand-written SQL and beside Django doing only that, milliseconds."""

    name: str
    product: float
    raw: float
    bare: float | None

    def __str__(self) -> str:
        bare = "" if self.bare is None else f"{self.bare:.2f}"
        to_bare = "" if self.bare is None else f"{self.product / self.bare:.1f}×"
        return f"{self.name:<34}{self.product:>9.2f}{bare:>9}{self.raw:>9.2f}{to_bare:>12}{self.product / self.raw:>10.1f}×"


HEAD = f"{'ms, median':<34}{'product':>9}{'Django':>9}{'SQL':>9}{'to Django':>12}{'to SQL':>11}"


def compare(
    name: str, *, product: Work, raw: Work, bare: Work | None = None, rounds: int = 60, warm: int = WARM
) -> Line:
    """Run them in turn. Each call does one whole operation, its transaction committed."""
    works: Sequence[Work] = (product, raw, bare) if bare else (product, raw)
    times: list[list[float]] = [[] for _ in works]
    for number in range(rounds + warm):
        for work, kept in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            if number >= warm:
                kept.append((time.perf_counter() - start) * 1000)
    medians = [statistics.median(kept) for kept in times]
    return Line(name, medians[0], medians[1], medians[2] if bare else None)
