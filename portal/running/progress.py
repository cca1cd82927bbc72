"""One line per step: what, how long, and what came of it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Outcome:
    """What a step may say at its end."""

    note = ""


@contextmanager
def step(label: str) -> Iterator[Outcome]:
    """Print the label when the step begins and its seconds when it is done."""
    outcome = Outcome()
    started = time.monotonic()
    sys.stdout.write(f"  {label:<34}")
    sys.stdout.flush()
    try:
        yield outcome
    except BaseException:
        sys.stdout.write(" stopped\n")
        raise
    sys.stdout.write(f"{time.monotonic() - started:6.1f} s  {outcome.note}".rstrip() + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()
