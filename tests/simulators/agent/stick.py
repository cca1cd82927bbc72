"""The officer's token: a key, its certificate, and signing with both as the desktop program would."""

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import requests
from asn1crypto import keys, pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.simulators.serving import write_durably

SECONDS = 20


@dataclass(frozen=True)
class Stick:
    """`chain` in PEM, its own certificate first."""

    key: str
    chain: str

    @classmethod
    def made(cls, name: str, ca_url: str, profile: str = "person") -> "Stick":
        """A new key, certified by the authority at `ca_url`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
        wish = {"csr": csr.public_bytes(serialization.Encoding.PEM).decode(), "profile": profile}
        answer = requests.post(f"{ca_url}/enrol", json=wish, timeout=SECONDS)
        answer.raise_for_status()
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(private.decode(), answer.text)

    @classmethod
    def plugged(cls, path: Path) -> "Stick | None":
        return cls(**json.loads(path.read_text())) if path.exists() else None

    def plug(self, path: Path) -> None:
        write_durably(path, json.dumps({"key": self.key, "chain": self.chain}).encode())

    @property
    def certificates(self) -> list[asn1.Certificate]:
        return [asn1.Certificate.load(der) for _, _, der in pem.unarmor(self.chain.encode(), multiple=True)]

    def told(self) -> dict[str, str]:
        """What the program tells of the certificate."""
        own = self.certificates[0]
        return {
            "Subject": own.subject.native["common_name"],
            "Issuer": own.issuer.native["common_name"],
            "SerialNumber": f"{own.serial_number:X}",
            "ValidFrom": own.not_valid_before.isoformat(),
            "ValidTo": own.not_valid_after.isoformat(),
        }

    async def sign(self, pdf: bytes, tsa_url: str = "", field: str = "VGCA1") -> bytes:
        """An incremental update with a visible signature at the foot of the first page."""
        own, *others = self.certificates
        private = keys.PrivateKeyInfo.load(pem.unarmor(self.key.encode())[2])
        signer = SimpleSigner(own, private, SimpleCertificateStore.from_certs(others))
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        pdf_signer = PdfSigner(
            PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES),
            signer,
            timestamper=RequestsHTTPTimeStamper(tsa_url, timeout=SECONDS) if tsa_url else None,
            new_field_spec=SigFieldSpec(field, on_page=0, box=(300, 60, 480, 130)),
        )
        output = await pdf_signer.async_sign_pdf(writer, output=BytesIO())
        return bytes(output.getvalue())


def altered(pdf: bytes) -> bytes:
    """The file with a page that says more than it did, added as an update."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
    writer.add_stream_to_page(0, writer.add_object(StreamObject(stream_data=b"BT ET 10 10 200 200 re f")))
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
