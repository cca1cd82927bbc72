"""A dossier whose result is really signed: by its leader, then sealed by the agency, through the outbox."""

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from dossiers import outbox, processing
from dossiers.models import Dossier
from signatures.enrolment import Organisation, Person, enrol
from tests.authority import Authority
from tests.world import World


def certify(world: World, authority: Authority) -> None:
    """The province's leader and its seal have certificates of the local authority."""
    leader, agency = world.users["lan"], world.agencies["province"]
    authority.lend_key(f"person-{leader.pk}", "rsa")
    authority.lend_key(f"seal-{agency.code}", "ec")
    enrol(Person(leader.pk, leader.full_name, "Giám đốc", agency.name), at=timezone.now())
    enrol(Organisation(agency.code, agency.name, "Tỉnh Vĩnh Phúc", 36), at=timezone.now())


def resolve(world: World, dossier: Dossier, climb: Callable[[Dossier, str], Dossier], *, at: dt.datetime) -> Dossier:
    """Up the whole route to the issued result."""
    climb(dossier, "so-ky")
    processing.decide(dossier, by=world.actor("lan"), at=at)
    outbox.sweep()
    processing.seal(Dossier.objects.get(pk=dossier.pk), by=world.actor("quyen"), at=at)
    outbox.sweep()
    return Dossier.objects.get(pk=dossier.pk)
