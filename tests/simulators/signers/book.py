"""The services' keys, the questions on their holders' telephones, and what became of each file of a question."""

import base64
import secrets
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from tests.simulators.ledger import Ledger
from tests.simulators.serving import ZONE

SCHEMA = """
CREATE TABLE IF NOT EXISTS credential (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, serial TEXT NOT NULL, key TEXT NOT NULL,
    chain TEXT NOT NULL, asks INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS asked (
    id TEXT PRIMARY KEY, service TEXT NOT NULL, credential TEXT NOT NULL REFERENCES credential (id),
    label TEXT NOT NULL, state TEXT NOT NULL, asked_at REAL NOT NULL, told INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS file (
    question TEXT NOT NULL REFERENCES asked (id), place INTEGER NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL,
    fate TEXT NOT NULL DEFAULT 'signed', PRIMARY KEY (question, place)
);
"""
STATES = {
    "waiting": "Chờ xác nhận",
    "confirmed": "Đã xác nhận",
    "declined": "Đã từ chối",
    "expired": "Quá hạn",
    "used": "Đã ký",
}
# What becomes of one file of a confirmed question: signed, left out, or given the signature of another one.
FATES = {"signed", "unsigned", "swapped"}
PATIENCE = 240  # seconds
SHA256_BYTES = 32
MOST_FILES = 100


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
        return "rsa" if isinstance(_loaded(self.key), rsa.RSAPrivateKey) else "ec"

    def sign(self, digest: bytes) -> bytes:
        key = _loaded(self.key)
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


@lru_cache
def _loaded(pem: str) -> object:
    return serialization.load_pem_private_key(pem.encode(), None)


@dataclass(frozen=True)
class File:
    """What it is called and its SHA-256 in base64."""

    name: str
    hash: str
    fate: str = "signed"

    @property
    def is_sha256(self) -> bool:
        return len(base64.b64decode(self.hash)) == SHA256_BYTES


@dataclass(frozen=True)
class Question:
    id: str
    service: str
    credential: str
    files: list[File]
    label: str
    state: str
    asked_at: datetime

    @property
    def hashes(self) -> list[str]:
        return [file.hash for file in self.files]


class Book(Ledger):
    def __init__(self, state: Path) -> None:
        super().__init__(state / "signers.sqlite", SCHEMA)

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
        with self.writing():
            self.database.execute("INSERT INTO credential VALUES (?, ?, ?, ?, ?, ?, ?)", made)
        return self.credential(made[0])

    def credential(self, credential_id: str) -> Credential:
        row = self.row("SELECT * FROM credential WHERE id = ?", credential_id)
        if not row:
            raise Refused("no such credential")
        return Credential(**{**dict(row), "asks": bool(row["asks"])})

    def of(self, account: str, serial: str = "") -> list[Credential]:
        rows = self.rows("SELECT id FROM credential WHERE account = ? AND ? IN ('', serial)", account, serial)
        return [self.credential(row["id"]) for row in rows]

    def ask(self, service: str, credential: Credential, files: Sequence[File], label: str, name: str = "") -> Question:
        """Put one question about all the files on the holder's telephone."""
        if not files or not all(file.is_sha256 for file in files):
            raise Refused("SHA-256 expected")
        if len(files) > MOST_FILES:
            raise Refused(f"more than {MOST_FILES} documents")
        name = name or secrets.token_hex(16)
        state = "waiting" if credential.asks else "confirmed"
        row = (name, service, credential.id, label, state, time.time())
        try:
            with self.writing():
                self.database.execute(
                    "INSERT INTO asked (id, service, credential, label, state, asked_at) VALUES (?, ?, ?, ?, ?, ?)", row
                )
                self.database.executemany(
                    "INSERT INTO file (question, place, name, hash) VALUES (?, ?, ?, ?)",
                    [(name, place, file.name, file.hash) for place, file in enumerate(files)],
                )
        except sqlite3.IntegrityError:
            raise Refused("duplicate transaction") from None
        return self.question(name)

    def question(self, question_id: str) -> Question:
        self._expire()
        row = self.row("SELECT * FROM asked WHERE id = ?", question_id)
        if not row:
            raise Refused("no such transaction")
        return self._question(row)

    def questions(self) -> list[Question]:
        self._expire()
        return [self._question(row) for row in self.rows("SELECT * FROM asked ORDER BY asked_at DESC")]

    def decide(self, question_id: str, state: str, fates: Mapping[int, str] | None = None) -> Question:
        """The holder's yes or no, or the end of the service's patience; `fates` of files by their place."""
        with self.writing():
            changed = self.database.execute(
                "UPDATE asked SET state = ? WHERE id = ? AND state = 'waiting'", (state, question_id)
            )
            if not changed.rowcount:
                raise Refused("already decided")
            self.database.executemany(
                "UPDATE file SET fate = ? WHERE question = ? AND place = ?",
                [(fate, question_id, place) for place, fate in (fates or {}).items()],
            )
        return self.question(question_id)

    def use(self, question_id: str) -> None:
        """A confirmation of the CSC kind is good for one call."""
        with self.writing():
            changed = self.database.execute(
                "UPDATE asked SET state = 'used' WHERE id = ? AND state = 'confirmed'", (question_id,)
            )
            if not changed.rowcount:
                raise Refused("not confirmed")

    def signatures(self, question: Question) -> list[str | None]:
        """In the order of the files; None where the service leaves one out."""
        credential, following = self.credential(question.credential), question.files[1:] + question.files[:1]
        given: list[str | None] = []
        for file, other in zip(question.files, following, strict=True):
            signed = other if file.fate == "swapped" else file
            value = base64.b64encode(credential.sign(base64.b64decode(signed.hash))).decode()
            given.append(None if file.fate == "unsigned" else value)
        return given

    def untold(self, service: str) -> Question | None:
        """The oldest decided question of that service that the callback has not taken."""
        row = self.row(
            "SELECT * FROM asked WHERE service = ? AND state != 'waiting' AND NOT told ORDER BY asked_at", service
        )
        return self._question(row) if row else None

    def mark_told(self, question_id: str) -> None:
        with self.writing():
            self.database.execute("UPDATE asked SET told = 1 WHERE id = ?", (question_id,))

    def _expire(self) -> None:
        before = time.time() - PATIENCE
        with self.writing():
            self.database.execute(
                "UPDATE asked SET state = 'expired' WHERE state = 'waiting' AND asked_at < ?", (before,)
            )

    def _question(self, row: sqlite3.Row) -> Question:
        files = self.rows("SELECT name, hash, fate FROM file WHERE question = ? ORDER BY place", row["id"])
        return Question(
            row["id"], row["service"], row["credential"], [File(*file) for file in files], row["label"], row["state"],
            datetime.fromtimestamp(row["asked_at"], ZONE),
        )  # fmt: skip
