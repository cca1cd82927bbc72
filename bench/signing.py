"""Signatures a second beside what the cryptographic library alone can do on the same machine, in the same run."""

import cProfile
import pstats
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import requests
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from django.test import override_settings
from django.utils import timezone
from pyhanko.sign.timestamps import TimeStamper

from portal.floor.typesetting import typeset
from signatures import longterm, pades, timestamps
from signatures.providers.base import BytesToSign
from signatures.providers.soft import SoftProvider
from tests.simulators import registry

ROUNDS, BATCH = 3, 20
HUNDRED, MOST_SECONDS = 100, 2.0
OWNERS = {
    "pyhanko": "reading and writing PDF (pyHanko)", "asn1crypto": "reading certificates (asn1crypto)",
    "cryptography": "RSA (OpenSSL)", "/signatures/": "product", "sha256": "digests", "built-in": "bytes and strings",
    "method": "bytes and strings",
}  # fmt: skip
PAGE = """#import "decision.typ": *
#show: decision.with(subject: "đo tốc độ ký", grounds: ("Căn cứ Nghị định số 30/2020/NĐ-CP",), receivers: ("Lưu: VT",))
#article[Một trang như mọi quyết định.]
"""


class Row(NamedTuple):
    """One line of the report: how often a second, beside the bare operation of the library."""

    name: str
    per_second: float
    limit: str
    limit_per_second: float

    @property
    def ratio(self) -> float:
        return self.limit_per_second / self.per_second

    def __str__(self) -> str:
        beside = f"{self.limit}: {self.limit_per_second:.1f}, 1:{self.ratio:.1f}"
        return f"{self.name:<34}{self.per_second:>9.1f}  {beside}"


@dataclass(frozen=True)
class Batch:
    """A hundred B-B signatures with a loaded key, one after another in this process."""

    seconds: float
    cpu: float
    raw_cpu: float
    shares: dict[str, float]  # of the processor's time, by whose code it is
    peak: float  # the most memory this process ever held, in megabytes
    risen: float  # how much of it came with the batch

    def __str__(self) -> str:
        where = ", ".join(f"{name} {share:.0%}" for name, share in self.shares.items())
        return (
            f"{HUNDRED} B-B, RSA-2048, one process: {self.seconds:.2f} s (at most {MOST_SECONDS:.1f}), processor "
            f"{self.cpu:.2f} s, {self.cpu / self.raw_cpu:.1f} times the bare signatures\n"
            f"where the time goes: {where}\npeak memory: {self.peak:.0f} MB, {self.risen:.0f} MB of it for the batch"
        )


def run() -> Iterator[Row | Batch]:
    """Needs a database, for the roots that administrators added."""
    pdf = typeset(
        PAGE, {"number": "1/QĐ", "date": "2026-11-23", "signer": {"title": "Giám đốc", "name": "Phan Thị Lan"}}
    )
    with tempfile.TemporaryDirectory() as folder, registry.start("pki", Path(folder)) as authority:
        parties = {"TSA_URL": str(authority.ready["tsa_url"]), "TRUST_ROOTS": [str(authority.ready["root_pem"])]}
        with override_settings(SOFT_KEYS=Path(folder) / "keys", **parties):
            for algorithm in ("rsa", "ec"):
                key = Key(f"bench-{algorithm}", algorithm, authority.url)
                yield from _rows(key, pdf)
                if algorithm == "rsa":
                    yield _batch(key, pdf)


class Key:
    """A loaded key with its certificate."""

    def __init__(self, reference: str, algorithm: str, url: str) -> None:
        self.reference, self.algorithm, self.provider = reference, algorithm, SoftProvider()
        self.signer = _certified(reference, algorithm, url)

    def raw(self) -> None:
        self.provider.sign(BytesToSign(b"x" * 300, self.reference, ""))

    def signed(self, pdf: bytes, timestamper: TimeStamper | None = None) -> bytes:
        prepared = pades.prepare(pdf, self.signer, at=timezone.now())
        signature = self.provider.sign(BytesToSign(prepared.attributes, self.reference, ""))
        return pades.complete(prepared, self.signer, signature, timestamper)[0]


def _rows(key: Key, pdf: bytes) -> Iterator[Row]:
    limit, label = rate(key.raw, BATCH * 10), {"rsa": "RSA-2048", "ec": "ECDSA P-256"}[key.algorithm]
    works: dict[str, tuple[Callable[[], object], int]] = {
        "B-B": (lambda: key.signed(pdf), BATCH),
        "B-T": (lambda: key.signed(pdf, timestamps.timestamper()), BATCH),
        "B-LTA": (lambda: longterm.protect(key.signed(pdf, timestamps.timestamper())), BATCH // 4),
    }
    for level, (work, times) in works.items():
        yield Row(f"PAdES {level}, {label}", rate(work, times), "raw signature", limit)


def _batch(key: Key, pdf: bytes) -> Batch:
    def hundred() -> None:
        for _ in range(HUNDRED):
            key.signed(pdf)

    def bare() -> None:
        for _ in range(HUNDRED):
            key.raw()

    raw = _processor(bare)
    before = _peak()
    seconds, cpu = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        cpu.append(_processor(hundred))
        seconds.append(time.perf_counter() - start)
    peak = _peak()
    return Batch(min(seconds), min(cpu), raw, _shares(hundred), peak, peak - before)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _processor(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _shares(work: Callable[[], object]) -> dict[str, float]:
    """Of the time inside functions, by package; what is written in C counts for the package that it belongs to."""
    profile = cProfile.Profile()
    profile.runcall(work)
    found: Counter[str] = Counter()
    for (file, _line, name), (_calls, _all, own, _total, _callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        found[next((whose for part, whose in OWNERS.items() if part in file or part in name), "other")] += own
    return {whose: own / found.total() for whose, own in found.most_common()}


def rate(work: Callable[[], object], times: int = BATCH) -> float:
    """The best of some rounds, after one round nobody counts."""
    best = 0.0
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        for _ in range(times):
            work()
        best = max(best, times / (time.perf_counter() - start))
    return best


def _certified(reference: str, algorithm: str, url: str) -> pades.Signer:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Phan Thị Lan")])
    wish = {"csr": SoftProvider().certificate_request(reference, name, algorithm), "profile": "person"}
    answer = requests.post(f"{url}/enrol", json=wish, timeout=10)
    answer.raise_for_status()
    ders = [der for _, _, der in pem.unarmor(answer.content, multiple=True)]
    return pades.Signer(asn1.Certificate.load(ders[0]), [asn1.Certificate.load(ders[1])])
