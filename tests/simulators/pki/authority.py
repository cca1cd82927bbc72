"""The authority itself: its four keys, the register of what it issued, and the four things it signs."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import algos, crl, keys, ocsp, tsp
from asn1crypto import x509 as asn1
from certomancer.services import CRLBuilder, RevocationInfoInterface, SimpleOCSPResponder, TimeStamper
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from tests.simulators.serving import now, write_durably

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
YEAR = timedelta(days=365)
PROFILES = frozenset({"person", "seal", "officer"})


class EnrolmentRefused(Exception):
    """The request for a certificate cannot be granted."""


def name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Cơ quan chứng thực thử nghiệm"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


@dataclass(frozen=True)
class Holder:
    """A key of the authority with its certificate, in both libraries' shapes."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def asn1_key(self) -> keys.PrivateKeyInfo:
        return keys.PrivateKeyInfo.load(
            self.key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @property
    def asn1_certificate(self) -> asn1.Certificate:
        return asn1.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))

    @property
    def mechanism(self) -> algos.SignedDigestAlgorithm:
        kind = "sha256_rsa" if isinstance(self.key, rsa.RSAPrivateKey) else "sha256_ecdsa"
        return algos.SignedDigestAlgorithm({"algorithm": kind})

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


class Authority(RevocationInfoInterface):
    """Everything in `directory`; `url` is written into what it issues."""

    def __init__(self, directory: Path, url: str) -> None:
        self.directory, self.url = directory, url
        self.lock = threading.Lock()
        self.asked: Counter[str] = Counter()
        self.register_path = directory / "register.json"
        self.register: dict[str, dict[str, str]] = (
            json.loads(self.register_path.read_text()) if self.register_path.exists() else {}
        )
        ca = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        leaf = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        root, issuing = x509.BasicConstraints(True, 1), x509.BasicConstraints(True, 0)
        self.root = self._own("root", "Chứng thực gốc thử nghiệm", 20 * YEAR, [root, ca], new_rsa, None)
        self.issuing = self._own(
            "issuing", "Chứng thực cấp chứng thư thử nghiệm", 10 * YEAR, [issuing, ca], new_rsa, self.root
        )
        self.ocsp = self._own(
            "ocsp",
            "Trả lời trạng thái chứng thư",
            5 * YEAR,
            [leaf, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), x509.OCSPNoCheck()],
            new_ec,
            self.issuing,
        )
        self.tsa = self._own(
            "tsa",
            "Cấp dấu thời gian thử nghiệm",
            5 * YEAR,
            [leaf, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])],
            new_ec,
            self.issuing,
        )

    def _own(
        self,
        label: str,
        common_name: str,
        life: timedelta,
        extensions: list[x509.ExtensionType],
        new_key: Callable[[], PrivateKey],
        issuer: Holder | None,
    ) -> Holder:
        path = self.directory / f"{label}.pem"
        if path.exists():
            pem = path.read_bytes()
            key = serialization.load_pem_private_key(pem, None)
            assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
            return Holder(key, x509.load_pem_x509_certificate(pem))
        key = new_key()
        certificate = self._sign(name(common_name), key.public_key(), life, extensions, key, issuer)
        holder = Holder(key, certificate)
        pkcs8 = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # The certificate first: a key without it would never be written again.
        write_durably(self.directory / f"{label}.cert.pem", holder.pem)
        write_durably(path, pkcs8 + holder.pem)
        return holder

    def _sign(
        self,
        subject: x509.Name,
        public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
        life: timedelta,
        extensions: list[x509.ExtensionType],
        own_key: PrivateKey | None,
        issuer: Holder | None,
    ) -> x509.Certificate:
        at = now()
        signer = issuer.key if issuer else own_key
        assert signer
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(at - timedelta(hours=1))
            .not_valid_after(at + life)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
        )
        for extension in extensions:
            builder = builder.add_extension(
                extension, not isinstance(extension, x509.OCSPNoCheck | x509.CertificatePolicies)
            )
        if issuer:
            for extension in self._pointers(
                "root" if issuer.certificate.subject == issuer.certificate.issuer else "issuing"
            ):
                builder = builder.add_extension(extension, False)
        return builder.sign(signer, hashes.SHA256())

    def _pointers(self, issuer: str) -> list[x509.ExtensionType]:
        """Where the issuer's certificate, its CRL and (for the issuing CA) its OCSP responder are found."""
        access = [(AuthorityInformationAccessOID.CA_ISSUERS, f"{self.url}/{issuer}.crt")]
        if issuer == "issuing":
            access.append((AuthorityInformationAccessOID.OCSP, f"{self.url}/ocsp"))
        crl_url = x509.UniformResourceIdentifier(f"{self.url}/{issuer}.crl")
        return [
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(method, x509.UniformResourceIdentifier(url)) for method, url in access]
            ),
            x509.CRLDistributionPoints([x509.DistributionPoint([crl_url], None, None, None)]),
        ]

    def enrol(self, csr_pem: bytes, profile: str, days: float = 730) -> bytes:
        """Grant a PKCS#10 request: the certificate followed by its chain, PEM. Raises EnrolmentRefused."""
        if profile not in PROFILES:
            raise EnrolmentRefused(f"profile must be one of {sorted(PROFILES)}")
        try:
            csr = x509.load_pem_x509_csr(csr_pem)
        except ValueError as error:
            raise EnrolmentRefused("not a PKCS#10 request in PEM") from error
        public_key = csr.public_key()
        if not csr.is_signature_valid:
            raise EnrolmentRefused("the request is not signed by its own key")
        if isinstance(public_key, rsa.RSAPublicKey):
            if public_key.key_size < 2048:
                raise EnrolmentRefused("RSA keys have at least 2048 bits")
        elif not isinstance(public_key, ec.EllipticCurvePublicKey):
            raise EnrolmentRefused("RSA or elliptic-curve keys only")
        usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
        ca = x509.BasicConstraints(False, None)
        certificate = self._sign(csr.subject, public_key, timedelta(days=days), [ca, usage], None, self.issuing)
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        with self.lock:
            self.register[f"{certificate.serial_number:x}"] = {
                "subject": csr.subject.rfc4514_string(),
                "profile": profile,
                "until": certificate.not_valid_after_utc.isoformat(),
            }
            self._save()
        return pem + self.issuing.pem + self.root.pem

    def revoke(self, serial: str, reason: str, at: datetime) -> bool:
        """Revoke by hexadecimal serial, "tsa" for the stamping key. False when there is no such certificate here."""
        with self.lock:
            if serial == "tsa":
                stamping = self.tsa.certificate
                serial, until = f"{stamping.serial_number:x}", stamping.not_valid_after_utc.isoformat()
                subject = stamping.subject.rfc4514_string()
                self.register.setdefault(serial, {"subject": subject, "profile": "tsa", "until": until})
            if serial not in self.register:
                return False
            self.register[serial] |= {"revoked_at": at.isoformat(timespec="seconds"), "reason": reason}
            self._save()
        return True

    def _save(self) -> None:
        write_durably(self.register_path, json.dumps(self.register, ensure_ascii=False, indent=1).encode())

    def crl(self, of: str) -> bytes:
        """A fresh list of the root or of the issuing CA, DER."""
        holder = self.root if of == "root" else self.issuing
        at = now().replace(microsecond=0)
        builder = CRLBuilder(
            holder.asn1_certificate.subject,
            holder.asn1_key,
            holder.mechanism,
            holder.asn1_certificate.key_identifier_value,
        )
        revoked = [
            builder.format_revoked_cert(
                int(serial, 16), crl.CRLReason(entry["reason"]), datetime.fromisoformat(entry["revoked_at"])
            )
            for serial, entry in self.register.items()
            if of == "issuing" and "revoked_at" in entry
        ]
        number = int(at.timestamp())
        result: bytes = builder.build_crl(number, at, at + timedelta(minutes=10), revoked).dump()
        return result

    def answer_status(self, request: bytes) -> bytes:
        """An OCSP answer to a DER request."""
        at = now().replace(microsecond=0)
        responder = SimpleOCSPResponder(
            self.ocsp.asn1_certificate, self.ocsp.asn1_key, self.ocsp.mechanism, at, revinfo_interface=self
        )
        answer: bytes = responder.build_ocsp_response(ocsp.OCSPRequest.load(request)).dump()
        return answer

    def get_issuer_cert(self) -> asn1.Certificate:
        return self.issuing.asn1_certificate

    def check_revocation_status(
        self, cid: ocsp.CertId, at_time: datetime
    ) -> tuple[ocsp.CertStatus, list[ocsp.SingleResponseExtension]]:
        serial = cid["serial_number"].native
        entry = self.register.get(f"{serial:x}")
        own = {holder.certificate.serial_number for holder in (self.tsa, self.ocsp)}
        if entry is None and serial not in own:
            return ocsp.CertStatus("unknown"), []
        if entry and "revoked_at" in entry:
            return (
                ocsp.CertStatus(
                    "revoked",
                    {
                        "revocation_time": datetime.fromisoformat(entry["revoked_at"]),
                        "revocation_reason": entry["reason"],
                    },
                ),
                [],
            )
        return ocsp.CertStatus("good"), []

    def stamp(self, request: bytes) -> bytes:
        """An RFC 3161 answer to a DER request."""
        stamper = TimeStamper(
            self.tsa.asn1_certificate,
            self.tsa.asn1_key,
            certs_to_embed=[self.issuing.asn1_certificate, self.root.asn1_certificate],
        )
        answer: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return answer


def new_rsa() -> PrivateKey:
    return rsa.generate_private_key(65537, 2048)


def new_ec() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())
