"""Copies for tests: a house that can sign, scans, copies drafted and signed."""

import io
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from dossiers import certifying, outbox
from dossiers.certifying import Wish
from dossiers.models import CertifiedCopy
from signatures.enrolment import Organisation, Person, enrol
from signatures.models import SigningRequest
from tests.authority import Authority
from tests.world import World

AT = timezone.localtime()  # certificates are good from today
YEAR = AT.year
ORIGINAL = {"name": "Giấy khai sinh", "number": "12/2001", "date": "05/03/2001", "issuer": "UBND xã Tử Du",
            "holder": "Nguyễn Thị An"}  # fmt: skip
ASKED = {"name": "Nguyễn Thị An", "identity": "026190001234"}


@pytest.fixture
def house(world: World, authority: Authority) -> World:
    """The commune's leader and its seal can sign."""
    leader, agency = world.users["dung"], world.agencies["commune"]
    authority.lend_key(f"person-{leader.pk}", "rsa")
    authority.lend_key(f"seal-{agency.code}", "ec")
    enrol(Person(leader.pk, leader.full_name, "Chủ tịch", agency.name), at=timezone.now())
    enrol(Organisation(agency.code, agency.name, "Tỉnh Vĩnh Phúc", 36), at=timezone.now())
    return world


def pdf(pages: int) -> bytes:
    """A scan: so many sheets of A4."""
    sheets = [Image.new("L", (413, 585), 255 - number) for number in range(pages)]
    made = io.BytesIO()
    sheets[0].save(made, "PDF", resolution=50, save_all=True, append_images=sheets[1:])
    return made.getvalue()


def draft(
    world: World, kind: str = "sao-y", content: bytes | None = None, by: str = "binh", **more: Any
) -> CertifiedCopy:
    wish = Wish(kind, content or pdf(2), ORIGINAL, ASKED, **more)
    return certifying.prepare(world.agencies["commune"], wish, by=world.actor(by), at=AT)


def signed(world: World, kind: str = "sao-y", **more: Any) -> CertifiedCopy:
    row = certifying.sign(draft(world, kind, **more), by=world.actor("dung"), at=AT)
    outbox.sweep()
    row = CertifiedCopy.objects.select_related("agency").get(pk=row.pk)
    assert row.issued_at, list(SigningRequest.objects.values_list("reference", "state", "last_error"))
    return row
