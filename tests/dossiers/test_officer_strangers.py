"""Every address about dossiers, for every role, with a dossier that is not theirs: nothing, or the door."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from dossiers.models import Attachment, Dossier, Draft, IssuedPaper
from dossiers.views.officer.acts import ACTS
from tests.dossiers.groups import begun, group_of
from tests.dossiers.officers import Desk
from tests.login import log_in
from tests.world import OFFICERS, World

ROLES = ["vinh", *(name for people in OFFICERS.values() for name in people)]
# Open to everybody: tracking by code shows no personal data, verification and the carrier's door check for themselves.
PUBLIC = ("tra-cuu", "kiem-tra/", "buu-dien/", "nop/<str:code>/bat-dau")


def patterns(found: Any, prefix: str = "") -> Iterator[str]:
    for pattern in found:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and pattern.callback.__module__.startswith("dossiers.views"):
            yield route


ROUTES = sorted(set(patterns(get_resolver().url_patterns)))
PRIVATE = [route for route in ROUTES if "<" in route and not route.startswith(PUBLIC)]


def test_the_walk_knows_the_addresses() -> None:
    assert len(PRIVATE) >= 20
    assert "can-bo/ho-so/<str:code>/tep/<uuid:pk>/trang/<int:number>" in PRIVATE
    assert "toi/ho-so/<str:code>/ket-qua.pdf" in PRIVATE


@pytest.fixture
def addresses(world: World, submitted: Dossier) -> list[str]:
    """Every private address filled in with what belongs to An's dossier, which lies at reception as one of a group."""
    draft, attachment = Draft.objects.get(), Attachment.objects.get()
    filing = begun(world, group_of(world))
    Dossier.objects.update(filing=filing)
    at = submitted.submitted_at
    paper = IssuedPaper.objects.create(dossier=submitted, kind="receipt", number="01/TNHS", issued_at=at)
    found = []
    for route in PRIVATE:
        begins = {"nop/": draft.pk, "nop-nhom/": filing.pk}
        kept = paper.pk if "/giay/" in route else attachment.pk
        pk = next((pk for start, pk in begins.items() if route.startswith(start)), kept)
        acts = [*ACTS, "xoa"] if route.endswith("<slug:name>") else ["giay-to"]
        for act in acts:
            address = route.replace("<str:code>", submitted.reference).replace("<uuid:pk>", str(pk))
            address = address.replace("<uuid:file>", str(attachment.pk)).replace("<int:number>", "1")
            address = address.replace("<str:reference>", filing.reference)
            found.append("/" + address.replace("<slug:name>", act).replace("<slug:page>", "liet-si"))
    assert not any("<" in address for address in found)
    return found


@pytest.mark.parametrize("name", [name for name in ROLES if name not in ("binh", "dung", "thao")])
def test_a_dossier_of_others_does_not_exist(world: World, addresses: list[str], name: str) -> None:
    client = log_in(Client(), world.users[name])
    before = Dossier.objects.values_list("version", "events_count").get()
    for address in addresses:
        for answer in (client.get(address), client.post(address, {"version": 1})):
            assert answer.status_code in (403, 404, 405), (address, answer.status_code, answer.headers)
    assert Dossier.objects.values_list("version", "events_count").get() == before


def test_nobody_in_particular_is_led_to_a_door(world: World, addresses: list[str]) -> None:
    for address in addresses:
        for answer in (Client().get(address), Client().post(address, {"version": 1})):
            at_a_door = answer.status_code == 302 and "dang-nhap" in answer["Location"]
            assert at_a_door or answer.status_code in (403, 404, 405), (address, answer.status_code)


def test_an_officer_without_second_factor_is_led_to_enrol(world: World, addresses: list[str]) -> None:
    client = Client()
    client.force_login(world.users["binh"], backend="portal.identity.backends.OfficerBackend")
    for address in addresses:
        if address.startswith("/can-bo/"):
            assert client.get(address)["Location"] == "/can-bo/dang-nhap/hai-lop"


@pytest.mark.parametrize("name", ["dung", "thao"])
def test_those_who_may_look_may_not_do_what_is_another_desks(world: World, addresses: list[str], name: str) -> None:
    client = log_in(Client(), world.users[name])
    before = Dossier.objects.values_list("version", "events_count").get()
    for address in addresses:
        client.post(address, {"version": before[0], "reason": "x", "legal_basis": "x", "note": "x", "kind": "approval"})
    assert Dossier.objects.values_list("version", "events_count").get() == before


@pytest.mark.parametrize("odd", ["x", "%00", "N261109-ZZZZZZZZ", "a" * 3000, "000.00.00.H62-261109-0001", "..%2F"])
def test_odd_codes_are_not_found(world: World, submitted: Dossier, odd: str) -> None:
    desk = Desk(world, "binh")
    for rest in ("", "/nhan", f"/tep/{uuid.uuid4()}", "/tep/abc", "/ket-qua", "/ket-qua/trang/99999999999999999999"):
        assert desk.get(f"ho-so/{odd}{rest}").status_code in (400, 404)


def test_files_of_another_dossier_are_not_served_under_ones_own(world: World, submitted: Dossier) -> None:
    other = Dossier.objects.get(pk=submitted.pk)
    answers = other.answers
    other.pk, other.reference, other.answers = uuid.uuid4(), "N261109-22222222", answers
    other.save(force_insert=True)
    paper = submitted.attachments.get()
    desk = Desk(world, "binh")
    assert desk.get(f"ho-so/{submitted.reference}/tep/{paper.pk}").status_code == 200
    assert desk.get(f"ho-so/{other.reference}/tep/{paper.pk}").status_code == 404
    assert desk.get(f"ho-so/{other.reference}/tep/{paper.pk}/trang/1").status_code == 404
