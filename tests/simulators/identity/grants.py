"""Authorization codes and access tokens, in SQLite; each code opens once."""

import json
import secrets
import sqlite3
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

CODE_LIFE = 60  # seconds
TOKEN_LIFE = 300  # seconds


@dataclass(frozen=True)
class Grant:
    """What a citizen agreed to, for one client."""

    account: str
    client_id: str
    redirect_uri: str
    nonce: str
    challenge: str
    at: int


class Grants:
    def __init__(self, state: Path) -> None:
        self.database = sqlite3.connect(state / "grants.sqlite", check_same_thread=False, isolation_level=None)
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS ticket"
            " (value TEXT PRIMARY KEY, kind TEXT NOT NULL, ends INTEGER NOT NULL, body TEXT NOT NULL)"
        )
        self.lock = threading.Lock()

    def code(self, grant: Grant) -> str:
        return self._issue("code", CODE_LIFE, json.dumps(asdict(grant)))

    def redeem(self, code: str) -> Grant | None:
        """The grant of a code that is known, fresh and used for the first time."""
        with self.lock:
            row = self.database.execute(
                "DELETE FROM ticket WHERE value = ? AND kind = 'code' RETURNING ends, body", (code,)
            ).fetchone()
        return Grant(**json.loads(row[1])) if row and row[0] >= time.time() else None

    def token(self, account: str) -> str:
        return self._issue("token", TOKEN_LIFE, account)

    def account(self, token: str) -> str | None:
        """Whose fresh access token this is."""
        with self.lock:
            row = self.database.execute(
                "SELECT body FROM ticket WHERE value = ? AND kind = 'token' AND ends >= ?", (token, time.time())
            ).fetchone()
        return row[0] if row else None

    def _issue(self, kind: str, life: int, body: str) -> str:
        value = secrets.token_urlsafe(32)
        with self.lock:
            self.database.execute("DELETE FROM ticket WHERE ends < ?", (time.time(),))
            self.database.execute(
                "INSERT INTO ticket VALUES (?, ?, ?, ?)", (value, kind, int(time.time()) + life, body)
            )
        return value
