"""Signatures a second beside what the cryptographic library alone can do on the same machine, in the same run."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import requests
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from django.utils import timezone
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from portal.floor.typesetting import typeset
from signatures import pades
from signatures.providers.base import BytesToSign
from signatures.providers.soft import SoftProvider
from tests.simulators import registry

ROUNDS, BATCH = 3, 20
PAGE = """#import "decision.typ": *
#show: decision.with(subject: "đo tốc độ ký", grounds: ("Căn cứ Nghị định số 30/2020/NĐ-CP",), receivers: ("Lưu: VT",))
#article[Một trang như mọi quyết định.]
"""


class Row(NamedTuple):
    """One line of the report: how often a second, beside the limit it is compared with."""

    name: str
    per_second: float
    limit: str
    limit_per_second: float

    @property
    def ratio(self) -> float:
        return self.limit_per_second / self.per_second


def run() -> list[Row]:
    pdf = typeset(
        PAGE, {"number": "1/QĐ", "date": "2026-11-23", "signer": {"title": "Giám đốc", "name": "Phan Thị Lan"}}
    )
    with tempfile.TemporaryDirectory() as folder, registry.start("pki", Path(folder)) as authority:
        stamper = RequestsHTTPTimeStamper(str(authority.ready["tsa_url"]))
        return [row for algorithm in ("rsa", "ec") for row in _rows(algorithm, pdf, authority.url, stamper)]


def _rows(algorithm: str, pdf: bytes, url: str, stamper: RequestsHTTPTimeStamper) -> list[Row]:
    reference, provider = f"bench-{algorithm}", SoftProvider()
    signer = _certified(reference, algorithm, url)

    def raw() -> None:
        provider.sign(BytesToSign(b"x" * 300, reference, ""))

    def signed(timestamper: RequestsHTTPTimeStamper | None) -> None:
        prepared = pades.prepare(pdf, signer, at=timezone.now())
        signature = provider.sign(BytesToSign(prepared.attributes, reference, ""))
        pades.complete(prepared, signer, signature, timestamper)

    limit, label = rate(raw, BATCH * 10), {"rsa": "RSA-2048", "ec": "ECDSA P-256"}[algorithm]
    return [
        Row(f"PAdES B-B, {label}", rate(lambda: signed(None)), "raw signature", limit),
        Row(f"PAdES B-T, {label}", rate(lambda: signed(stamper)), "raw signature", limit),
    ]


def rate(work: Callable[[], None], times: int = BATCH) -> float:
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


if __name__ == "__main__":
    import django

    django.setup()
    for row in run():
        print(f"{row.name:<24} {row.per_second:8.1f}/s   {row.limit} {row.limit_per_second:8.0f}/s   1:{row.ratio:.0f}")
