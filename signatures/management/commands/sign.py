"""`manage.py sign IN OUT --certificate SERIAL [--level B-B|B-T] [--visible person|seal --anchor NAME]`."""

import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from signatures import signing
from signatures.models import Certificate, SigningRequest


class Command(BaseCommand):
    help = "Sign a PDF with a certificate of this installation"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("target", type=Path)
        parser.add_argument("--certificate", required=True, help="serial, hexadecimal")
        parser.add_argument("--level", choices=SigningRequest.Level.values, default="B-T")
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
            level=options["level"],
        )
        request = signing.order(wish, at=at)
        document = signing.perform(request.pk, at=at)
        if document is None:
            request.refresh_from_db()
            raise CommandError(f"{request.get_state_display()}: {request.last_error}")
        options["target"].write_bytes(signing.read(document))
        self.stdout.write(f"{document.level} {timezone.localtime(document.signed_at).isoformat()} {document.sha256}")
