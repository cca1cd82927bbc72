"""`manage.py demo_certificates`: certificates of the demo's officers and agencies from the local authority."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from portal.floor.ports import PortError
from procedures.models import Agency, Position, Role
from signatures.enrolment import Organisation, Person, enrol

SIGNING_ROLES = [Role.LEADER, Role.RECEIVER]
COMMITTEE = "Ủy ban nhân dân "


class Command(BaseCommand):
    help = "Have the demo's officers and agencies certified; does nothing for those who already are"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Keys in files are refused while MOTCUA_ENV=production.")
        at = timezone.now()
        seats = Position.objects.in_force(timezone.localdate(at)).select_related("agency", "agency__parent__parent")
        people: dict[Any, Person] = {}
        agencies: dict[str, Organisation] = {}
        for seat in seats.filter(role__in=SIGNING_ROLES).order_by("pk"):
            people.setdefault(seat.user_id, Person(seat.user_id, seat.holder_name, seat.title, seat.agency.name))
            agencies.setdefault(seat.agency.code, organisation(seat.agency))
        holders: list[Person | Organisation] = [*people.values(), *agencies.values()]
        try:
            for holder in holders:
                certificate = enrol(holder, at=at)
                if options["verbosity"]:
                    self.stdout.write(f"{certificate.serial:<40} {holder.name}")
        except PortError as error:
            raise CommandError(str(error)) from error


def organisation(agency: Agency) -> Organisation:
    """What its seal says: the agency in the middle, the places above it around the top."""
    above, parent = [], agency.parent
    while parent is not None:
        above.append(parent.name.removeprefix(COMMITTEE))
        parent = parent.parent
    around = " - ".join(above) or "Cộng hòa xã hội chủ nghĩa Việt Nam"
    return Organisation(agency.code, agency.name, around, agency.seal_mm)
