"""A pytest plug-in: the local certificate authority for a whole run, and people and agencies certified by it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.utils import timezone

from portal.floor.typesetting import typeset
from portal.models import User
from signatures import pades
from signatures.enrolment import Organisation, Person, enrol
from signatures.models import Certificate
from signatures.signing import Placement, SigningOrder
from tests.simulators import registry

LEADER, DEPARTMENT, DEPARTMENT_CODE = "Phan Thị Lan", "Sở Lao động – Thương binh và Xã hội", "000.00.14.H62"
SOURCE = """#import "decision.typ": *
#show: decision.with(subject: "Về việc trợ cấp thờ cúng liệt sĩ", grounds: ("Căn cứ Nghị định số 131/2021/NĐ-CP",),
  receivers: ("Như Điều 2", "Lưu: VT"))
#article[Trợ cấp thờ cúng liệt sĩ đối với bà Nguyễn Thị An, thôn Đồng Xuân, xã Xuân Lôi.]
#article[Quyết định này có hiệu lực từ ngày ký.]
"""


@dataclass
class Authority:
    """The running authority and what the tests ask of it."""

    running: registry.Running
    keys: Path  # of this test
    made: Path  # one of each kind, made once for the whole run

    def person(self, name: str = LEADER, algorithm: str = "rsa") -> Certificate:
        user = User.objects.create(username=f"u{User.objects.count()}", full_name=name, kind=User.Kind.OFFICER)
        self.lend_key(f"person-{user.pk}", algorithm)
        return enrol(Person(user.pk, name, "Giám đốc", DEPARTMENT, algorithm), at=timezone.now())

    def agency(self, code: str = DEPARTMENT_CODE, algorithm: str = "ec") -> Certificate:
        self.lend_key(f"seal-{code}", algorithm)
        return enrol(Organisation(code, DEPARTMENT, "Tỉnh Vĩnh Phúc", 36, algorithm), at=timezone.now())

    def revoke(self, certificate: Certificate | str, at: datetime | None = None) -> None:
        """Revoke the certificate, or "tsa", as of `at` (now); the authority counts in seconds."""
        wish = {"serial": certificate if isinstance(certificate, str) else certificate.serial}
        if at is not None:
            wish["at"] = at.isoformat()
        requests.post(f"{self.running.url}/revoke", json=wish, timeout=30).raise_for_status()

    def asked(self) -> dict[str, int]:
        """How often it was asked for an OCSP answer and for a list."""
        answer: dict[str, int] = requests.get(f"{self.running.url}/asked", timeout=30).json()
        return {"ocsp": 0, "crl": 0} | answer

    def stranger(self, days: float = 30) -> tuple[pades.Signer, ec.EllipticCurvePrivateKey]:
        """A certificate the product has never heard of, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Người lạ")])
        csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
        wish = {"csr": csr.public_bytes(Encoding.PEM).decode(), "profile": "person", "days": days}
        chain = requests.post(f"{settings.CA_URL}/enrol", json=wish, timeout=30).content
        own, issuing, _root = [asn1.Certificate.load(der) for _, _, der in pem.unarmor(chain, multiple=True)]
        return pades.Signer(own, [issuing]), key

    def lend_key(self, reference: str, algorithm: str) -> None:
        """Making an RSA key takes long."""
        self.keys.mkdir(exist_ok=True)
        shutil.copy(self.made / f"{algorithm}.pem", self.keys / f"{reference}.pem")


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    keys = {"rsa": rsa.generate_private_key(65537, 2048), "ec": ec.generate_private_key(ec.SECP256R1())}
    for algorithm, key in keys.items():
        content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{algorithm}.pem").write_bytes(content)
    return folder


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[registry.Running]:
    with registry.start("pki", tmp_path_factory.mktemp("pki")) as running:
        yield running


@pytest.fixture
def authority(pki: registry.Running, made_keys: Path, settings: Any, tmp_path: Path) -> Authority:
    """Signing, trusting and stamping by the local authority; files and keys below this test's own folder."""
    settings.CA_URL, settings.TSA_URL = pki.url, pki.ready["tsa_url"]
    settings.TRUST_ROOTS = [str(pki.ready["root_pem"])]
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path / "media")}}
    }
    settings.SOFT_KEYS = tmp_path / "keys"
    settings.REVOCATION_SIGNING = settings.REVOCATION_JUDGING = 0  # seconds: what is revoked is so at once
    return Authority(pki, settings.SOFT_KEYS, made_keys)


@pytest.fixture(scope="session")
def decision() -> bytes:
    """A decision as the product typesets it, unsigned."""
    return typeset(
        SOURCE,
        {
            "number": "152/QĐ-SLĐTBXH",
            "date": "2026-11-23",
            "agency": {"name": DEPARTMENT, "parent_name": "Ủy ban nhân dân tỉnh Vĩnh Phúc", "place": "Vĩnh Phúc"},
            "signer": {"capacity": "", "title": "Giám đốc", "name": LEADER},
            "dossier": {"code": "000.00.14.H62-261123-0001"},
            "verify_url": "https://motcua.example/kiem-tra/abc",
        },
    )


@pytest.fixture
def ordered(decision: bytes) -> Callable[..., SigningOrder]:
    """An order for the decision (or `pdf`) with a visible mark of the certificate's kind."""

    def order(certificate: Certificate, reference: str = "test:1:person", **more: object) -> SigningOrder:
        defaults = {"pdf": decision, "placement": Placement(certificate.purpose, LEADER)}
        return SigningOrder(certificate_id=certificate.pk, reference=reference, **defaults | more)

    return order
