"""Waiting for other processes: never longer than needed, never for ever."""

import time
from collections.abc import Callable


def soon(question: Callable[[], bool], seconds: float = 30) -> bool:
    """True as soon as the question is; False when the time is over."""
    end = time.monotonic() + seconds
    while not question():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
