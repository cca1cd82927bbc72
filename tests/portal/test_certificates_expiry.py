"""Who holds a certificate hears in time that it ends: once at 30, 7 and 1 days."""

import datetime as dt
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core import mail
from django.utils import timezone

from dossiers import outbox
from dossiers.models import OutboxMessage
from portal.certificates import expiry, root_expiry
from signatures import truststore
from signatures.models import Certificate
from tests.portal import operators
from tests.portal.certified import certificate, held
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(db: Any) -> World:
    return operators.build()


def letters(certificate: Certificate | None = None, days: float = 6) -> list[str]:
    """Whom the watch writes to when that certificate has so many days left."""
    before, now = len(mail.outbox), timezone.now()
    if certificate:
        Certificate.objects.filter(pk=certificate.pk).update(valid_to=now + days * DAY)
    expiry.remind(at=now)
    outbox.sweep()
    return sorted(letter.to[0] for letter in mail.outbox[before:])


def test_the_holder_is_told_30_7_and_1_days_before_and_once_each(world: World) -> None:
    lan = world.users["lan"]
    own = held(lan, timezone.now(), days=400)
    told = {days: letters(own, days) for days in (31, 29.9, 20, 8, 6.9, 2, 0.9, 0.5, -0.1)}
    assert {days: to for days, to in told.items() if to} == {29.9: [lan.email], 6.9: [lan.email], 0.9: [lan.email]}


def test_a_day_without_a_worker_is_made_up_for(world: World) -> None:
    own = held(world.users["lan"], timezone.now(), days=400)
    assert [len(letters(own, days)) for days in (25, 24)] == [1, 0]


def test_an_agencys_leaders_and_operators_are_told(world: World) -> None:
    now, commune = timezone.now(), world.agencies["commune"]
    seal = held(commune, now, days=6)
    seats = {one.user.email for one in commune.positions.filter(role__in=("leader", "operator"))}
    assert set(letters()) == seats
    assert {seal.serial in str(letter.body) and commune.name in letter.subject for letter in mail.outbox} == {True}


def test_nobody_hears_of_a_certificate_that_was_replaced_or_stopped(world: World) -> None:
    now = timezone.now()
    held(world.users["lan"], now, days=6)
    held(world.users["lan"], now, days=400)
    held(world.users["binh"], now, days=6, state="suspended")
    assert letters() == []


def test_a_letter_still_on_its_way_is_dropped_when_the_successor_comes(world: World) -> None:
    now = timezone.now()
    held(world.users["lan"], now, days=6)
    expiry.remind(at=now)
    held(world.users["lan"], now, days=400)
    outbox.sweep()
    assert mail.outbox == []


def test_the_provinces_operators_hear_that_a_root_ends(world: World, settings: Any) -> None:
    settings.TRUST_ROOTS = []
    now = timezone.now()
    made = certificate("Gốc sắp hết", now - DAY, now + 6 * DAY, ca=True).public_bytes(Encoding.PEM)
    root = truststore.add(truststore.read(made, at=now), kind="public", document="Số 1", by=None, at=now)
    told = {}
    for days in (0, 1, 5.5):
        before = len(mail.outbox)
        root_expiry.remind(at=now + days * DAY)
        OutboxMessage.objects.update(next_at=now)
        outbox.sweep()
        told[days] = [letter.to[0] for letter in mail.outbox[before:]]
    assert told == {0: [world.users["nam"].email], 1: [], 5.5: [world.users["nam"].email]}
    assert "Gốc sắp hết" in mail.outbox[0].subject
    truststore.withdraw(root, reason="Thôi", at=now)
    assert root_expiry.remind(at=now) == 0
