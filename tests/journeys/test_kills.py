"""kill -9 during the journey: of the worker, the web server, each party and the database, at the worst moments."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.installation import Installation
from tests.journeys import blows, way
from tests.journeys.actors import Citizen, Officer
from tests.journeys.way import ACTS, Filed, Staff, eventually

pytestmark = pytest.mark.slow
OUTBOX, SHIPMENT, DOSSIER = "dossiers_outboxmessage", "dossiers_shipment", "dossiers_dossier"
OF = "dossier_id = (SELECT id FROM dossiers_dossier WHERE %s IN (code, reference))"
VERBS = [
    "submit", "receive", *["forward"] * 4, "draft_result", "propose", "decide", "attach_signed_result",
    "seal", "attach_signed_result", "post", "confirm_delivered",
]  # fmt: skip


def test_whoever_is_killed_nothing_is_lost_and_nothing_done_twice(installation: Installation, staff: Staff) -> None:
    filed = worker_dies_between_the_letter_and_its_mark(installation)
    mail_server_dies_before_the_letter(installation, staff, filed)
    code = way.code_of(installation, filed.reference)
    database_dies_in_the_middle_of_an_act(installation, staff["chi"], code)
    staff.do(filed, ACTS[2:7])
    web_server_dies_while_signing(installation, staff["lan"], code)
    authority_is_dead_when_the_seal_is_asked(installation, staff, filed, code)
    both_die_between_the_booking_and_the_label(installation, staff["giang"], code)
    carrier_dies_with_the_parcel_on_its_way(installation, code)

    eventually(lambda: done(installation, code), 180, "the dossier is returned")
    eventually(lambda: len(subjects(installation, filed, code)) == len(way.THREE_TIERS.letters), 90, "every letter")
    expected = way.expected(filed, code)
    assert [
        got[: len(want)] for got, want in zip(subjects(installation, filed, code), expected, strict=True)
    ] == expected
    events = installation.rows(f"SELECT verb FROM dossiers_dossierevent WHERE {OF} ORDER BY sequence", code)
    assert [verb for (verb,) in events] == VERBS
    assert len(way.shipments(installation, code)) == 1
    assert Counter(purposes(installation, code)) == {"person": 1, "seal": 1}
    assert chain_is_whole(installation, code)


def worker_dies_between_the_letter_and_its_mark(installation: Installation) -> Filed:
    an = Citizen(installation, "an")
    with blows.frozen(installation, "smtp"):
        filed = way.file(an)
        leased = f"{OF} AND topic = 'submitted' AND leased_until IS NOT NULL AND done_at IS NULL"
        eventually(lambda: exists(installation, OUTBOX, leased, filed.reference), 30, "the worker takes the letter")
        with blows.held(installation, OUTBOX, leased, filed.reference):
            blows.thaw(installation, "smtp")
            eventually(lambda: bool(way.letters(installation, filed, filed.reference)), 30, "the mail server has it")
            eventually(lambda: blows.waits_for_us(installation, OUTBOX), 30, "the worker writes it down")
            dead = blows.kill(installation, "worker")
            blows.never_written(installation, OUTBOX)
    blows.revived(installation, dead)
    return filed


def mail_server_dies_before_the_letter(installation: Installation, staff: Staff, filed: Filed) -> None:
    dead = blows.kill(installation, "smtp")
    staff.do(filed, ACTS[:1])
    blows.revived(installation, dead)


def database_dies_in_the_middle_of_an_act(installation: Installation, chi: Officer, code: str) -> None:
    """The move is under way in its transaction when the server dies; afterwards the page offers it again."""
    act = (code, "chuyen")
    with blows.held(installation, DOSSIER, "code = %s", code), blows.meanwhile(lambda: chi.act(*act)):
        eventually(lambda: blows.waits_for_us(installation, DOSSIER), 30, "the act waits for the row")
        blows.kill_database(installation)
    chi.act(*act)


def web_server_dies_while_signing(installation: Installation, lan: Officer, code: str) -> None:
    with blows.frozen(installation, "pki"):
        with blows.meanwhile(lambda: lan.act(code, "ky")):
            leased = "state = 'waiting' AND lease IS NOT NULL"
            eventually(lambda: exists(installation, "signatures_signingrequest", leased), 60, "the stamp is asked for")
            dead = blows.kill(installation, "web", "worker")
        blows.thaw(installation, "pki")
        blows.revived(installation, dead)
    blows.two_minutes_pass(installation)
    eventually(lambda: purposes(installation, code) == ["person"], 90, "the signature")


def authority_is_dead_when_the_seal_is_asked(installation: Installation, staff: Staff, filed: Filed, code: str) -> None:
    dead = blows.kill(installation, "pki")
    staff.do(filed, ACTS[8:9])
    blows.revived(installation, dead)
    eventually(lambda: purposes(installation, code) == ["person", "seal"], 120, "the seal")


def both_die_between_the_booking_and_the_label(installation: Installation, giang: Officer, code: str) -> None:
    carrier = installation.page_of("carrier")
    with blows.frozen(installation, "carrier"), blows.meanwhile(lambda: giang.act(code, "gui")):
        eventually(lambda: exists(installation, SHIPMENT, OF, code), 30, "the parcel is promised")
        with blows.held(installation, SHIPMENT, OF, code):
            blows.thaw(installation, "carrier")
            eventually(lambda: bool(booked(carrier, code)), 30, "the carrier has booked it")
            eventually(lambda: blows.waits_for_us(installation, SHIPMENT), 30, "the label is written down")
            dead = blows.kill(installation, "web", "worker")
            blows.never_written(installation, SHIPMENT)
    blows.revived(installation, dead)
    assert way.shipments(installation, code) == [""], "the label got lost with them"
    blows.two_minutes_pass(installation)
    eventually(lambda: way.shipments(installation, code) == booked(carrier, code), 90, "the same label again")


def carrier_dies_with_the_parcel_on_its_way(installation: Installation, code: str) -> None:
    way.deliver(installation, code)
    blows.revived(installation, blows.kill(installation, "carrier"))


def test_bursts_leave_no_connection_behind(installation: Installation, staff: Staff) -> None:
    web, worker, pages = 2, 4, ("/", "/thu-tuc", "/thu-tuc/1.010803", "/dang-nhap")
    officers = [staff[name] for name in ("binh", "chi", "dung", "hai")]
    counts = []
    for _burst in range(10):
        with ThreadPoolExecutor(40) as crowd:
            asked = [crowd.submit(requests.get, installation.base_url + pages[n % 4], timeout=60) for n in range(36)]
            asked += [crowd.submit(officer.ask, "/can-bo/hang-viec") for officer in officers]
            assert {one.result().status_code for one in asked} == {200}
        eventually(lambda: connections(installation, "state = 'active'") == 0, 30, "a pause")
        counts.append(connections(installation))
    print(f"connections after each burst: {counts}; web workers {web}, worker threads {worker}")
    assert counts[-1] <= web + worker


def connections(installation: Installation, which: str = "true") -> int:
    """The product's own, without the one that asks."""
    mine = f"""SELECT count(*) FROM pg_stat_activity
               WHERE usename = 'motcua_app' AND pid <> pg_backend_pid() AND {which}"""
    return int(installation.rows(mine)[0][0])


def exists(installation: Installation, table: str, condition: str, *values: object) -> bool:
    return bool(installation.rows(f"SELECT 1 FROM {table} WHERE {condition}", *values))


def booked(carrier: str, code: str) -> list[str]:
    """Labels the carrier has given for this dossier's parcels."""
    parcels = requests.get(f"{carrier}/control/parcels", timeout=10).json()
    return [parcel["ItemCode"] for parcel in parcels if parcel["OrderNumber"].startswith(code)]


def done(installation: Installation, code: str) -> bool:
    return exists(installation, DOSSIER, "code = %s AND returned_at IS NOT NULL", code)


def subjects(installation: Installation, filed: Filed, code: str) -> list[str]:
    """Of every letter once: a mail server that got one twice knows it by its Message-ID."""
    return list({one.message_id: one.subject for one in way.letters(installation, filed, code)}.values())


def purposes(installation: Installation, code: str) -> list[str]:
    """What the signed documents of the dossier's result are: by the person, by the seal."""
    statement = f"""SELECT split_part(s.reference, ':', 3) FROM signatures_signeddocument s
        JOIN dossiers_result r ON split_part(s.reference, ':', 2) = r.id::text WHERE r.{OF} ORDER BY s.signed_at"""
    return [str(purpose) for (purpose,) in installation.rows(statement, code)]


def chain_is_whole(installation: Installation, code: str) -> bool:
    ask = f"""from dossiers.chain import is_whole; from dossiers.models import Dossier
print(is_whole(Dossier.objects.get(code={code!r})))"""
    return installation.manage("shell", "-v", "0", "-c", ask).split()[-1] == "True"
