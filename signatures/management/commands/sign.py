"""`manage.py sign IN OUT --certificate SERIAL [--level B-B|B-T|B-LT|B-LTA] [--visible person|seal --anchor NAME]`."""

import hashlib
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from portal.floor.ports import PortError
from signatures import longterm, signing
from signatures.models import Certificate
from signatures.refusals import SigningRefused


class Command(BaseCommand):
    help = "Sign a PDF with a certificate of this installation"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("target", type=Path)
        parser.add_argument("--certificate", required=True, help="serial, hexadecimal")
        parser.add_argument("--level", choices=["B-B", "B-T", "B-LT", "B-LTA"], default="B-T")
        parser.add_argument("--visible", choices=["person", "seal"], default="none")
        parser.add_argument("--anchor", default="", help="the signer's name on the page")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        certificate = Certificate.objects.filter(serial=options["certificate"].lower()).first()
        if certificate is None:
            raise CommandError("there is no certificate with this serial")
        at = timezone.now()
        wish = signing.SigningOrder(
            pdf=options["source"].read_bytes(),
            certificate_id=certificate.pk,
            reference=f"command:{uuid.uuid4()}",
            placement=signing.Placement(options["visible"], options["anchor"]),
            reason=options["reason"],
            level="B-B" if options["level"] == "B-B" else "B-T",
        )
        request = signing.order(wish, at=at)
        document = signing.perform(request.pk, at=at)
        if document is None:
            request.refresh_from_db()
            raise CommandError(f"{request.get_state_display()}: {request.last_error}")
        pdf = _at_level(signing.read(document), options["level"])
        options["target"].write_bytes(pdf)
        when, digest = timezone.localtime(document.signed_at).isoformat(), hashlib.sha256(pdf).hexdigest()
        self.stdout.write(f"{options['level']} {when} {digest}")


def _at_level(pdf: bytes, level: str) -> bytes:
    if level not in ("B-LT", "B-LTA"):
        return pdf
    try:
        return longterm.protect(pdf, archive=level == "B-LTA").pdf
    except (PortError, SigningRefused) as error:
        raise CommandError(str(error)) from None
