"""Which database a command works on: the one DATABASE_URL names, else this installation's own server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.running import postgres, roles


@dataclass(frozen=True)
class Database:
    """Addresses for the product (`app`) and for migrations (`owner`); `server` only where we run it ourselves."""

    owner: str
    app: str
    how: str
    server: postgres.Server | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.app, "MOTCUA_OWNER_DATABASE_URL": self.owner}

    @property
    def as_owner(self) -> dict[str, str]:
        return {"DATABASE_URL": self.owner, "MOTCUA_OWNER_DATABASE_URL": self.owner}


@contextmanager
def database(home: Path, name: str = "motcua") -> Iterator[Database]:
    """A database that answers for the length of the block."""
    if external := os.environ.get("DATABASE_URL"):
        yield Database(os.environ.get("MOTCUA_OWNER_DATABASE_URL") or external, external, "DATABASE_URL")
        return
    with postgres.running(home) as (server, how):
        roles.prepare(server, name)
        yield Database(server.url(roles.OWNER, name), server.url(roles.APP, name), how, server)
