"""Waiting for the asynchronous parts of the PDF library."""

import asyncio
from collections.abc import Coroutine
from contextlib import closing
from typing import Any, TypeVar

Result = TypeVar("Result")


def wait(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`, in a loop of its own."""
    # asyncio.run would look at the handler of Ctrl-C, and on the way print the whole signature: a third of the time.
    with closing(asyncio.new_event_loop()) as loop:
        return loop.run_until_complete(work)
