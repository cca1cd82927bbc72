"""The background worker of a run, with the clock inside: one process is enough on one machine."""

from pathlib import Path

from portal.running.processes import python

THREADS = 4
ENVIRONMENT = {"MOTCUA_CONN_MAX_AGE": "0"}  # no thread keeps a connection between tasks


def command() -> list[str]:
    size = ["--pool", "threads", "--concurrency", str(THREADS)]
    return python("-m", "celery", "--app", "portal", "worker", "--beat", "--loglevel", "INFO", *size)


def ready_file(home: Path) -> Path:
    """Written by the worker when it takes tasks (portal/celery.py)."""
    return home / "worker.ready"
