"""Locks that the kernel lets go of when their holder dies, however it dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Held(Exception):
    """Somebody else holds the lock."""


@contextmanager
def lock(path: Path, *, wait: bool = True) -> Iterator[IO[str]]:
    """Hold the file's exclusive lock. Raises Held at once when `wait` is off and another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Held(path.name) from None
        yield file


@contextmanager
def usage(path: Path) -> Iterator[IO[str]]:
    """Hold the file's lock together with others; `is_last` tells whether anybody else still does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield file


def is_last(file: IO[str]) -> bool:
    """True when no other process uses the file; then it is ours exclusively."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
