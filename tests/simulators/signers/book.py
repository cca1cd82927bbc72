"""The services' keys and the questions on their holders' telephones, in SQLite, committed before any answer."""

import base64
import json
import secrets
import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from tests.simulators.serving import ZONE

SCHEMA = """
CREATE TABLE IF NOT EXISTS credential (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, serial TEXT NOT NULL, key TEXT NOT NULL,
    chain TEXT NOT NULL, asks INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS question (
    id TEXT PRIMARY KEY, service TEXT NOT NULL, credential TEXT NOT NULL REFERENCES credential (id),
    hashes TEXT NOT NULL, label TEXT NOT NULL, state TEXT NOT NULL,
    asked_at REAL NOT NULL, told INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS callback (url TEXT NOT NULL);
"""
STATES = {
    "waiting": "Chờ xác nhận",
    "confirmed": "Đã xác nhận",
    "declined": "Đã từ chối",
    "expired": "Quá hạn",
    "used": "Đã ký",
}
PATIENCE = 240  # seconds
SHA256_BYTES = 32


class Refused(Exception):
    """The service does not do what it was asked; the message is its reason."""


@dataclass(frozen=True)
class Credential:
    """A key that stays here, its certificate and the number of its holder."""

    id: str
    account: str
    name: str
    serial: str
    key: str
    chain: str
    asks: bool

    @property
    def ders(self) -> list[bytes]:
        chain = x509.load_pem_x509_certificates(self.chain.encode())
        return [one.public_bytes(serialization.Encoding.DER) for one in chain]

    @property
    def algorithm(self) -> str:
        return "rsa" if isinstance(self._private, rsa.RSAPrivateKey) else "ec"

    @property
    def _private(self) -> object:
        return serialization.load_pem_private_key(self.key.encode(), None)

    def sign(self, digest: bytes) -> bytes:
        key = self._private
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


@dataclass(frozen=True)
class Question:
    id: str
    service: str
    credential: str
    hashes: list[str]
    label: str
    state: str
    asked_at: datetime


class Book:
    """One lock: a service answers one call at a time."""

    def __init__(self, state: Path) -> None:
        self.database = sqlite3.connect(state / "signers.sqlite", check_same_thread=False, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        self.database.executescript(SCHEMA)
        self.lock = threading.RLock()

    def enrol(self, wish: dict[str, str]) -> Credential:
        """Make a key and have it certified by the authority at `ca_url`."""
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = (
            rsa.generate_private_key(65537, 2048)
            if wish.get("algorithm", "rsa") == "rsa"
            else ec.generate_private_key(ec.SECP256R1())
        )
        name = x509.Name(
            [
                x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN"),
                x509.NameAttribute(x509.NameOID.COMMON_NAME, wish["name"]),
            ]
        )
        csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        pem = csr.public_bytes(serialization.Encoding.PEM).decode()
        answer = requests.post(
            f"{wish['ca_url']}/enrol", json={"csr": pem, "profile": wish.get("profile", "person")}, timeout=20
        )
        answer.raise_for_status()
        own = x509.load_pem_x509_certificate(answer.content)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        asks = int(wish.get("asks", "yes") == "yes")
        made = (
            secrets.token_hex(8),
            wish["account"],
            wish["name"],
            f"{own.serial_number:x}",
            private,
            answer.text,
            asks,
        )
        with self.lock:
            self.database.execute("INSERT INTO credential VALUES (?, ?, ?, ?, ?, ?, ?)", made)
        return self.credential(made[0])

    def credential(self, credential_id: str) -> Credential:
        with self.lock:
            row = self.database.execute("SELECT * FROM credential WHERE id = ?", (credential_id,)).fetchone()
        if not row:
            raise Refused("no such credential")
        return Credential(**{**dict(row), "asks": bool(row["asks"])})

    def of(self, account: str, serial: str = "") -> list[Credential]:
        with self.lock:
            rows = self.database.execute(
                "SELECT id FROM credential WHERE account = ? AND ? IN ('', serial)", (account, serial)
            ).fetchall()
        return [self.credential(row["id"]) for row in rows]

    def ask(self, service: str, credential: Credential, hashes_: list[str], label: str, name: str = "") -> Question:
        """Put a question on the holder's telephone; `hashes_` in base64."""
        if not hashes_ or any(len(base64.b64decode(one)) != SHA256_BYTES for one in hashes_):
            raise Refused("SHA-256 expected")
        name = name or secrets.token_hex(16)
        state = "waiting" if credential.asks else "confirmed"
        row = (name, service, credential.id, json.dumps(hashes_), label, state, time.time())
        try:
            with self.lock:
                self.database.execute(
                    "INSERT INTO question (id, service, credential, hashes, label, state, asked_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    row,
                )
        except sqlite3.IntegrityError:
            raise Refused("duplicate transaction") from None
        return self.question(name)

    def question(self, question_id: str) -> Question:
        with self.lock:
            self._expire()
            row = self.database.execute("SELECT * FROM question WHERE id = ?", (question_id,)).fetchone()
        if not row:
            raise Refused("no such transaction")
        return _question(row)

    def questions(self) -> list[Question]:
        with self.lock:
            self._expire()
            return [_question(row) for row in self.database.execute("SELECT * FROM question ORDER BY asked_at DESC")]

    def decide(self, question_id: str, state: str) -> Question:
        """The holder's yes or no, or the end of the service's patience."""
        with self.lock:
            if self.question(question_id).state != "waiting":
                raise Refused("already decided")
            self.database.execute("UPDATE question SET state = ? WHERE id = ?", (state, question_id))
            return self.question(question_id)

    def use(self, question_id: str) -> None:
        """A confirmation of the CSC kind is good for one signature."""
        with self.lock:
            if self.question(question_id).state != "confirmed":
                raise Refused("not confirmed")
            self.database.execute("UPDATE question SET state = 'used' WHERE id = ?", (question_id,))

    def signatures(self, question: Question) -> list[str]:
        credential = self.credential(question.credential)
        return [base64.b64encode(credential.sign(base64.b64decode(one))).decode() for one in question.hashes]

    def untold(self, service: str) -> Question | None:
        """The oldest decided question of that service that the callback has not taken."""
        with self.lock:
            row = self.database.execute(
                "SELECT * FROM question WHERE service = ? AND state != 'waiting' AND NOT told ORDER BY asked_at",
                (service,),
            ).fetchone()
        return _question(row) if row else None

    def mark_told(self, question_id: str) -> None:
        with self.lock:
            self.database.execute("UPDATE question SET told = 1 WHERE id = ?", (question_id,))

    @property
    def callback(self) -> str:
        with self.lock:
            row = self.database.execute("SELECT url FROM callback").fetchone()
        return row["url"] if row else ""

    @callback.setter
    def callback(self, url: str) -> None:
        with self.lock:
            self.database.execute("DELETE FROM callback")
            self.database.execute("INSERT INTO callback VALUES (?)", (url,))

    def _expire(self) -> None:
        before = time.time() - PATIENCE
        self.database.execute(
            "UPDATE question SET state = 'expired' WHERE state = 'waiting' AND asked_at < ?", (before,)
        )


def _question(row: sqlite3.Row) -> Question:
    return Question(
        row["id"], row["service"], row["credential"], json.loads(row["hashes"]), row["label"], row["state"],
        datetime.fromtimestamp(row["asked_at"], ZONE),
    )  # fmt: skip
