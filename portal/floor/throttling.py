"""Rate limits counted in the cache that all workers share: so many times in a window of so many seconds."""

from collections.abc import Callable
from functools import wraps
from time import time
from typing import Concatenate, ParamSpec, TypeVar

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
Rq = TypeVar("Rq", bound=HttpRequest)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class TooMany(Exception):
    """The limit is reached; `wait` is the number of seconds until the next try may pass. Answered with 429."""

    def __init__(self, scope: str, wait: int) -> None:
        super().__init__(f"{scope}: {wait} s")
        self.scope, self.wait = scope, wait


def parse(rate: str) -> tuple[int, int]:
    """ "20/10m" → (20, 600)."""
    count, _, window = rate.partition("/")
    return int(count), int(window[:-1] or 1) * _SECONDS[window[-1]]


def count(scope: str, who: str, rate: str) -> None:
    """Count one use of `scope` by `who` (an address, an account's id). Raises TooMany beyond the rate."""
    limit, seconds = parse(rate)
    window, passed = divmod(int(time()), seconds)
    key = f"throttle:{scope}:{who}:{rate}:{window}"
    if cache.add(key, 1, timeout=seconds):
        return
    try:
        used = cache.incr(key)
        cache.touch(key, seconds)  # the database cache forgets a counted key after five minutes otherwise
    except ValueError:  # the window ended between the two calls
        return
    if used > limit:
        raise TooMany(scope, seconds - passed)


def forget(scope: str, who: str, rate: str) -> None:
    """Start the count of the running window again, after a success."""
    _, seconds = parse(rate)
    cache.delete(f"throttle:{scope}:{who}:{rate}:{int(time()) // seconds}")


def limited(
    scope: str, rate: str, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[Concatenate[Rq, P], R]], Callable[Concatenate[Rq, P], R]]:
    """Limit a view per account, or per address for those who are not logged in. Raises TooMany beyond the rate."""

    def decorate(view: Callable[Concatenate[Rq, P], R]) -> Callable[Concatenate[Rq, P], R]:
        @wraps(view)
        def counted(request: Rq, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if request.method in methods:
                user = request.user
                count(scope, str(user.pk) if user.is_authenticated else address(request), rate)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def address(request: HttpRequest) -> str:
    """The client's address; the edge has already replaced a trusted proxy's own."""
    return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 -- none known, not an interface
