"""`manage.py sign IN OUT --certificate SERIAL [--level B-B|B-T|B-LT|B-LTA] [--visible person|seal|text|none …]`.

A mark stands above the name `--anchor` (on page `--page`), or at `--box page,left,bottom,width,height` (millimetres
from the lower left corner); a mark of text says each `--line`, then the time. Pages count from 1. XML files are signed
inside.
"""

import hashlib
import uuid
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from portal.floor.ports import PortError
from signatures import longterm, placement, signing
from signatures.models import Certificate
from signatures.refusals import SigningRefused


class Command(BaseCommand):
    help = "Sign a PDF with a certificate of this installation"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("target", type=Path)
        parser.add_argument("--certificate", required=True, help="serial, hexadecimal")
        parser.add_argument("--level", choices=["B-B", "B-T", "B-LT", "B-LTA"], default="B-T")
        parser.add_argument("--visible", choices=["person", "seal", "text", "none"], default="none")
        parser.add_argument("--anchor", default="", help="the signer's name on the page")
        parser.add_argument("--page", type=int, help="where to look for the name, from 1; otherwise from the end")
        parser.add_argument("--box", type=_box, help="page,left,bottom,width,height: page from 1, then millimetres")
        parser.add_argument("--line", action="append", default=[], help="of a mark of text; give it again for the next")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        certificate = Certificate.objects.filter(serial=options["certificate"].lower()).first()
        if certificate is None:
            raise CommandError("there is no certificate with this serial")
        at = timezone.now()
        source, page = options["source"], options["page"]
        mark = signing.Placement(
            options["visible"], options["anchor"], page and page - 1, options["box"], tuple(options["line"])
        )
        wish = signing.SigningOrder(
            pdf=source.read_bytes(),
            certificate_id=certificate.pk,
            reference=f"command:{uuid.uuid4()}",
            placement=mark,
            reason=options["reason"],
            level="B-B" if options["level"] == "B-B" else "B-T",
            form="xml" if source.suffix.lower() == ".xml" else "pdf",
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


def _box(text: str) -> placement.Box:
    try:
        page, *edges = (float(part) for part in text.split(","))
        left, bottom, width, height = (round(edge * placement.POINTS_PER_MM) for edge in edges)
    except ValueError:
        raise ArgumentTypeError("five numbers: page,left,bottom,width,height") from None
    return placement.Box(int(page) - 1, left, bottom, width, height)


def _at_level(pdf: bytes, level: str) -> bytes:
    if level not in ("B-LT", "B-LTA"):
        return pdf
    try:
        return longterm.protect(pdf, archive=level == "B-LTA").pdf
    except (PortError, SigningRefused) as error:
        raise CommandError(str(error)) from None
