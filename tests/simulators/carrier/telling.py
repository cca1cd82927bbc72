"""Pushes each event to the customer's callback, in order, again and again until it is taken."""

import logging
import threading

import requests

from tests.simulators.carrier import signing, wire
from tests.simulators.carrier.parcels import Book

log = logging.getLogger(__name__)


class Teller:
    """A thread that wakes at each news, and every few seconds while the customer does not take the last one."""

    def __init__(self, book: Book, secret: str, pause: float = 5.0) -> None:
        self.book, self.secret, self.pause = book, secret, pause
        self.news = threading.Event()
        threading.Thread(target=self._tell_for_ever, daemon=True).start()
        self.news.set()

    def _tell_for_ever(self) -> None:
        refused = False
        while True:
            self.news.wait(self.pause if refused else None)
            self.news.clear()
            refused = not self._tell_all()

    def _tell_all(self) -> bool:
        """True when nothing is left to tell."""
        while (url := self.book.callback) and (row := self.book.untold()):
            body = wire.callback(row)
            try:
                requests.post(url, body, headers=signing.headers(self.secret, body), timeout=5).raise_for_status()
            except requests.RequestException as error:
                log.warning("callback: %s", type(error).__name__)
                return False
            self.book.mark_told(row["id"])
        return True
