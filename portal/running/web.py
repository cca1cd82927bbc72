"""The web server of a run."""

import http.client
import os
from collections.abc import Callable

from portal.running.processes import python


def command(host: str, port: int) -> list[str]:
    """Granian with one thread per worker: psycopg2 connections live as long as their thread does.

    Two workers per core serve most, one per core is there twice as soon; a demonstration wants the latter.
    """
    workers = os.environ.get("MOTCUA_WEB_WORKERS") or str(max(2, os.cpu_count() or 1))
    server = ["--interface", "wsgi", "--no-ws", "--host", host, "--port", str(port)]
    size = ["--workers", workers, "--blocking-threads", "1", "--respawn-failed-workers", "--workers-kill-timeout", "10"]
    return python("-m", "granian", *server, *size, "portal.wsgi:application")


def answers(port: int) -> Callable[[], bool]:
    """A question that is true once the product itself answers, under a host name that it allows."""
    host = os.environ.get("MOTCUA_HOSTS", "").partition(",")[0].strip() or "localhost"

    def ask() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/healthz", headers={"Host": host})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask
