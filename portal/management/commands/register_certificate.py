"""`manage.py register_certificate`: a key in a token or at a remote service becomes an officer's or an agency's.

register_certificate smartca SERIAL --user lan --account-from - --mark lan.png
register_certificate pkcs11 con-dau --agency 000.00.14.H62 --request > con-dau.csr
register_certificate pkcs11 con-dau --agency 000.00.14.H62 --chain con-dau.pem --mark dau.png
register_certificate agent SERIAL --user lan --chain lan.pem
"""

import sys
from pathlib import Path
from typing import Any

from asn1crypto import pem
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.floor.ports import PortError
from portal.management.commands.demo_certificates import organisation
from procedures.models import Agency, Position
from signatures import enrolment
from signatures.refusals import SigningRefused


class Command(BaseCommand):
    help = "Register the certificate of a key that a token or a remote service holds, or print a request for one"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provider", help="pkcs11, smartca, mysign, csc; agent: on its holder's machine")
        parser.add_argument("reference", help="label in the token, serial number or credential at the service")
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", help="account name of the officer, for a personal signature")
        whose.add_argument("--agency", help="code of the agency, for its seal")
        parser.add_argument("--account-from", help="file with the holder's number at the service; - for standard input")
        parser.add_argument("--chain", help="PEM, the certificate first; without it the service is asked")
        parser.add_argument("--mark", help="PNG of the signature or seal as it is seen on paper")
        parser.add_argument(
            "--request", action="store_true", help="print a PKCS#10 request for a key made in the token"
        )
        parser.add_argument("--algorithm", choices=["rsa", "ec"], default="rsa", help="of the key made in the token")

    def handle(self, *args: Any, **options: Any) -> None:
        holder = _holder(options["user"], options["agency"])
        kind, reference = options["provider"], options["reference"]
        try:
            if options["request"]:
                self.stdout.write(enrolment.request(holder, kind, reference, options["algorithm"]))
                return
            certificate = enrolment.register(
                holder,
                kind=kind,
                reference=reference,
                account=_text(options["account_from"]),
                chain=_chain(options["chain"]),
                mark=Path(options["mark"]).read_bytes() if options["mark"] else None,
            )
        except (PortError, SigningRefused, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{certificate.serial} {certificate.subject}")


def _holder(username: str | None, agency_code: str | None) -> enrolment.Person | enrolment.Organisation:
    if agency_code:
        agency = Agency.objects.filter(code=agency_code).first()
        if agency is None:
            raise CommandError(f"There is no agency {agency_code}.")
        return organisation(agency)
    seats = Position.objects.in_force(timezone.localdate()).filter(user__username=username).select_related("agency")
    if (seat := seats.order_by("pk").first()) is None:
        raise CommandError(f"{username} has no seat today.")
    return enrolment.Person(seat.user_id, seat.holder_name, seat.title, seat.agency.name)


def _text(source: str | None) -> str:
    """A citizen's number does not belong on a command line, which others on the machine can read."""
    if source is None:
        return ""
    return (sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")).strip()


def _chain(path: str | None) -> list[bytes] | None:
    return [der for _, _, der in pem.unarmor(Path(path).read_bytes(), multiple=True)] if path else None
