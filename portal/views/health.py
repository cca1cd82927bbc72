"""Whether this process lives (/healthz) and whether it can serve (/readyz): for supervisor and balancer."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 while the database, its migrations or the shared cache are missing."""
    states = {"database": _works(_database), "migrations": _works(_migrated), "cache": _works(_cache)}
    return JsonResponse(states, status=200 if all(states.values()) else 503)


def _works(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, OSError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _cache() -> bool:
    cache.set("readyz", 1, timeout=5)
    return bool(cache.get("readyz") == 1)
