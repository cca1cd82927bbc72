"""What an outside party remembers, in SQLite, committed before any answer; and where it tells its news."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CALLBACK = "CREATE TABLE IF NOT EXISTS callback (url TEXT NOT NULL);"


class Ledger:
    """One lock: a party serves one writer at a time."""

    def __init__(self, path: Path, schema: str) -> None:
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        self.database.executescript(schema + CALLBACK)
        self.lock = threading.RLock()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self.lock:
            self.database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.database.execute("ROLLBACK")
                raise
            self.database.execute("COMMIT")

    def rows(self, question: str, *values: object) -> list[sqlite3.Row]:
        with self.lock:
            return self.database.execute(question, values).fetchall()

    def row(self, question: str, *values: object) -> sqlite3.Row | None:
        return next(iter(self.rows(question, *values)), None)

    @property
    def callback(self) -> str:
        row = self.row("SELECT url FROM callback")
        return row["url"] if row else ""

    @callback.setter
    def callback(self, url: str) -> None:
        with self.writing():
            self.database.execute("DELETE FROM callback")
            self.database.execute("INSERT INTO callback VALUES (?)", (url,))
