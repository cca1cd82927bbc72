"""The main job without a browser: verbs called directly; database, outbox, mail, authority and carrier are real."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.utils import timezone

from dossiers import intake, outbox, postal, processing, returning
from dossiers.chain import is_whole as chain_is_whole
from dossiers.models import Dossier, Result, Shipment
from dossiers.states import Status
from signatures import signing, verification
from signatures.enrolment import Organisation, Person, enrol
from signatures.models import SignedDocument
from tests.authority import Authority
from tests.dossiers.conftest import *  # noqa: F403  (the draft and its world)
from tests.world import AN_ADDRESS, AN_ID, AN_PHONE, MONDAY, World


@pytest.fixture
def outside(party: Callable[..., Any], settings: Any) -> dict[str, Any]:
    """The mail server and the carrier, each its own process."""
    running = {name: party(name) for name in ("smtp", "carrier")}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = running["smtp"].ready["host"], running["smtp"].ready["port"]
    settings.CARRIER_URL = running["carrier"].url
    settings.CARRIER_CUSTOMER_CODE = running["carrier"].ready["customer_code"]
    settings.CARRIER_SECRET = running["carrier"].ready["secret"]
    return running


@pytest.fixture
def certified(world: World, authority: Authority) -> None:
    leader, agency = world.users["lan"], world.agencies["province"]
    at = timezone.now()
    enrol(Person(leader.pk, leader.full_name, "Giám đốc", agency.name), at=at)
    enrol(Organisation(agency.code, agency.name, "Tỉnh Vĩnh Phúc", 36), at=at)


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def to_the_result(world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]) -> Result:
    climb(received, "so-ky")
    at = MONDAY + dt.timedelta(days=1)
    processing.decide(received, by=world.actor("lan"), at=at)
    assert outbox.sweep() > 0
    processing.seal(fresh(received), by=world.actor("quyen"), at=at)
    outbox.sweep()
    return Result.objects.get(dossier=received)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_filed_received_climbed_decided_signed_posted_delivered(
    world: World, draft: Any, outside: dict[str, Any], certified: None, climb: Callable[[Dossier, str], Dossier]
) -> None:
    dossier = intake.submit(draft, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))  # noqa: F405
    intake.receive(dossier, by=world.actor("binh"), at=MONDAY)
    result = to_the_result(world, dossier, climb)

    assert fresh(dossier).status == Status.RESOLVED
    report = verification.verify(signing.read(SignedDocument.objects.get(pk=result.signed_document_id)))
    assert (report.verdict, len(report.signatures)) == ("valid", 2)

    returning.post(fresh(dossier), by=world.actor("giang"), at=MONDAY + dt.timedelta(days=2))
    outbox.sweep()
    shipment = Shipment.objects.get(dossier=dossier)
    assert shipment.item_code
    for event in ("accepted", "in_transit", "delivered"):
        requests.post(f"{outside['carrier'].url}/control/{shipment.item_code}/{event}", timeout=30).raise_for_status()
    assert postal.poll(at=timezone.now()) == 3
    outbox.sweep()

    done = fresh(dossier)
    assert done.status == Status.RETURNED
    assert chain_is_whole(done)
    letters = requests.get(f"{outside['smtp'].url}/api/messages", params={"to": "an@example.vn"}, timeout=30).json()
    subjects = [letter["subject"] for letter in reversed(letters)]
    assert subjects == [
        f"Đã gửi hồ sơ {done.reference}",
        f"Đã nhận hồ sơ {done.code}, hẹn trả 17:00, thứ Sáu 11/12/2026",
        f"Hồ sơ {done.code} đã chuyển đến Ủy ban nhân dân huyện Lập Thạch",
        f"Hồ sơ {done.code} đã chuyển đến Sở Lao động – Thương binh và Xã hội",
        f"Hồ sơ {done.code} đã có kết quả",
        f"Kết quả hồ sơ {done.code} đã gửi bưu điện",
        f"Hồ sơ {done.code} đã trả kết quả",
    ]
    assert not postal.poll(at=timezone.now()), "a delivered parcel is asked about no more"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_database_holds_no_id_phone_or_address_in_the_clear(
    world: World, received: Dossier, outside: dict[str, Any], certified: None, climb: Callable[[Dossier, str], Dossier]
) -> None:
    to_the_result(world, received, climb)
    returning.post(fresh(received), by=world.actor("giang"), at=MONDAY + dt.timedelta(days=2))
    outbox.sweep()
    dump = dump_of_the_database()
    assert "Xuân Lôi" in dump, "the dump shows what is public"
    for personal in (AN_ID, AN_PHONE, AN_ADDRESS, "an@example.vn"):
        assert personal not in dump


def dump_of_the_database() -> str:
    """Every row of every table as text; sealed bytes as the bytes they are."""
    from django.db import connection

    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                texts += [bytes(v).decode("utf-8", "replace") if isinstance(v, memoryview) else str(v) for v in row]
    return "\n".join(texts)
