"""What authorities said of certificates, kept between requests and processes; never beyond what they said themselves.

The cache is asked once before the checking and written once after it: inside a coroutine no database is asked.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from asn1crypto import crl, ocsp, x509
from django.core.cache import cache
from django.utils import timezone
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.fetchers.api import FetcherBackend, Fetchers, FetchLimits
from pyhanko_certvalidator.fetchers.common_utils import FetchBudget
from pyhanko_certvalidator.fetchers.requests_fetchers.cert_fetch_client import RequestsCertificateFetcher
from pyhanko_certvalidator.fetchers.requests_fetchers.crl_client import RequestsCRLFetcher
from pyhanko_certvalidator.fetchers.requests_fetchers.ocsp_client import RequestsOCSPFetcher

SECONDS = 5  # for one answer of an outside authority
LONGEST = 3600  # seconds that any answer is kept
Kept = tuple[datetime, bytes]


class Answers(FetcherBackend):
    """Asks authorities, except where an answer of `since` or later is at hand. `certificates`: who may be asked about.

    Nothing is kept before `keep` is called, so that only answers that proved right are used again.
    """

    def __init__(self, certificates: Iterable[x509.Certificate], *, since: datetime) -> None:
        keys = {key for one in certificates for key in (_about(one), *_lists(one))}
        found: dict[str, Kept] = cache.get_many(keys) if keys else {}
        self._known = {key: der for key, (asked_at, der) in found.items() if asked_at >= since}
        self._new: dict[str, tuple[bytes, datetime]] = {}

    def get_fetchers(self) -> Fetchers:
        budget = FetchBudget(FetchLimits())
        return Fetchers(
            ocsp_fetcher=_States(self, budget),
            crl_fetcher=_Revoked(self, budget),
            cert_fetcher=RequestsCertificateFetcher(per_request_timeout=SECONDS, budget=budget),
        )

    async def close(self) -> None:
        """Nothing is open between two questions."""

    def find(self, key: str) -> bytes | None:
        """The answer at hand (DER)."""
        return self._known.get(key)

    def heard(self, key: str, der: bytes, until: datetime | None) -> None:
        """A fresh answer; one that does not say until when it holds is not kept."""
        self._known[key] = der
        if until is not None:
            self._new[key] = (der, until)

    def keep(self) -> None:
        """Let the fresh answers be used again, each until it runs out by its own words, or after an hour."""
        now, new = timezone.now(), self._new
        self._new = {}
        for key, (der, until) in new.items():
            if (seconds := min(LONGEST, int((until - now).total_seconds()))) > 0:
                cache.set(key, (now, der), timeout=seconds)

    @property
    def used(self) -> list[bytes]:
        """All answers (DER) that were at hand or heard: the evidence of what was judged."""
        return list(self._known.values())


class _States(RequestsOCSPFetcher):
    def __init__(self, answers: Answers, budget: FetchBudget) -> None:
        super().__init__(per_request_timeout=SECONDS, budget=budget)
        self.answers = answers

    async def _fetch(self, cert: x509.Certificate, authority: Authority) -> ocsp.OCSPResponse:
        if (known := self.answers.find(_about(cert))) is not None:
            return ocsp.OCSPResponse.load(known)
        response = await super()._fetch(cert, authority)
        self.answers.heard(_about(cert), response.dump(), _until(response))
        return response


class _Revoked(RequestsCRLFetcher):
    def __init__(self, answers: Answers, budget: FetchBudget) -> None:
        super().__init__(per_request_timeout=SECONDS, budget=budget)  # type: ignore[no-untyped-call]
        self.answers = answers

    async def _fetch_single(self, url: str) -> crl.CertificateList:
        if (known := self.answers.find(_list(url))) is not None:
            return crl.CertificateList.load(known)
        found: crl.CertificateList = await super()._fetch_single(url)  # type: ignore[no-untyped-call]
        self.answers.heard(_list(url), found.dump(), found["tbs_cert_list"]["next_update"].native)
        return found


def _until(response: ocsp.OCSPResponse) -> datetime | None:
    """The earliest end of what it says; None when a part has none or is of another day."""
    told = response.basic_ocsp_response["tbs_response_data"]["responses"]
    ends = [one["next_update"].native for one in told]
    early = any(one["this_update"].native > timezone.now() for one in told)
    return None if early or not ends or None in ends else min(ends)


def _about(certificate: Any) -> str:
    return f"ocsp:{hashlib.sha256(certificate.dump()).hexdigest()}"


def _list(url: str) -> str:
    return f"crl:{hashlib.sha256(url.encode()).hexdigest()}"


def _lists(certificate: x509.Certificate) -> list[str]:
    points = certificate.crl_distribution_points
    return [_list(point.url) for point in points if point.url]
