"""Certificates made on the spot, without an authority: rows of the register and files for the trust store."""

import datetime as dt
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from portal.models import User
from procedures.models import Agency
from signatures.models import Certificate

KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(name: str, start: dt.datetime, end: dt.datetime, *, ca: bool) -> x509.Certificate:
    """A certificate signed by itself."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, KEY.public_key(), x509.random_serial_number(), start, end)
    return builder.add_extension(x509.BasicConstraints(ca, None), critical=True).sign(KEY, SHA256())


def held(holder: User | Agency, at: dt.datetime, *, days: float, **more: Any) -> Certificate:
    """A row of the register that ends so many days after `at`."""
    made = certificate(str(holder)[:40], at - dt.timedelta(days=300), at + dt.timedelta(days=days), ca=False)
    whose = (
        {"holder_user": holder, "purpose": "person"}
        if isinstance(holder, User)
        else {"holder_agency_code": holder.code, "purpose": "seal"}
    )
    facts = {
        "serial": f"{made.serial_number:x}", "subject": str(holder), "pem": made.public_bytes(Encoding.PEM).decode(),
        "provider": "soft", "provider_ref": "key", "valid_from": at - dt.timedelta(days=300),
        "valid_to": at + dt.timedelta(days=days),
    }  # fmt: skip
    return Certificate.objects.create(**facts | whose | more)
