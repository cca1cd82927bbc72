"""A certificate is entered in the browser: read, checked with its authority, looked at, then registered."""

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import pem
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from procedures.models import AdminChange
from signatures import drawing
from signatures.models import Certificate
from tests.authority import Authority
from tests.portal import operators
from tests.portal.operators import client
from tests.world import World

pytestmark = pytest.mark.django_db
HERE = "/quan-tri/chung-thu-so/them"


@pytest.fixture
def world(authority: Authority, settings: Any) -> World:
    roots = settings.TRUST_ROOTS
    world = operators.build()
    settings.TRUST_ROOTS = roots
    return world


@pytest.fixture
def chain(authority: Authority) -> bytes:
    signer, _key = authority.stranger()
    return b"".join(pem.armor("CERTIFICATE", one.dump()) for one in (signer.certificate, *signer.issuers))


def form(chain: bytes, **more: Any) -> dict[str, Any]:
    given = {"username": "lan", "agency": "", "kind": "soft", "reference": "khoa-lan", "account": "", "seal_mm": ""}
    return given | {"file": SimpleUploadedFile("lan.pem", chain)} | more


def mark(colour: tuple[int, int, int, int], ground: tuple[int, int, int, int] = (0, 0, 0, 0)) -> SimpleUploadedFile:
    picture, content = Image.new("RGBA", (60, 30), ground), BytesIO()
    picture.paste(colour, (10, 10, 30, 20))
    picture.save(content, "PNG")
    return SimpleUploadedFile("mau.png", content.getvalue())


def test_a_certificate_is_looked_at_and_registered(world: World, chain: bytes) -> None:
    browser = client(world, "nam")
    assert browser.get(HERE).status_code == 200
    picture = SimpleUploadedFile("mau.png", drawing.hand_signature("Phan Thị Lan"))
    seen = browser.post(HERE, form(chain, mark=picture))
    assert seen.status_code == 200, seen.content.decode()
    assert not Certificate.objects.exists()
    for words in ("Người lạ", "Không bị thu hồi", "Tên trong chứng thư khác", "EC 256"):
        assert words in seen.content.decode()
    parcel = dict(seen.context["hidden"])["chung-thu"]
    kept = browser.post(HERE, {"chung-thu": parcel})
    one = Certificate.objects.get()
    assert kept["Location"].endswith(one.serial)
    assert (one.holder_user, one.provider_ref, bool(one.image)) == (world.users["lan"], "khoa-lan", True)
    assert len(one.issuers) == 1
    assert AdminChange.objects.get().kind == "certificate.registered"
    assert "đã đăng ký cho đúng người này" in browser.post(HERE, form(chain)).content.decode()
    assert "người hoặc cơ quan khác" in browser.post(HERE, form(chain, username="binh")).content.decode()


def test_a_seal_has_its_size(world: World, chain: bytes) -> None:
    browser, code = client(world, "nam"), world.agencies["commune"].code
    picture = SimpleUploadedFile("dau.png", drawing.seal("Xã", "Tỉnh"))
    seen = browser.post(HERE, form(chain, username="", agency=code, mark=picture, seal_mm="32"))
    browser.post(HERE, {"chung-thu": dict(seen.context["hidden"])["chung-thu"]})
    one = Certificate.objects.get()
    assert (one.holder_agency_code, one.purpose, one.seal_mm) == (code, "seal", 32)


def test_a_token_on_its_holders_machine_is_entered_too(world: World, chain: bytes) -> None:
    browser = client(world, "nam")
    seen = browser.post(HERE, form(chain, kind="agent"))
    assert "Thiết bị trên máy cán bộ" in seen.content.decode()
    browser.post(HERE, {"chung-thu": dict(seen.context["hidden"])["chung-thu"]})
    assert Certificate.objects.get().at_agent


RED, BLUE = (200, 20, 20, 255), (20, 30, 200, 255)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"file": SimpleUploadedFile("x.pem", b"\0\0")}, "Không đọc được chứng thư"),
        ({"file": SimpleUploadedFile("x.pem", b"0" * 70_000)}, "quá lớn"),
        ({"mark": mark(RED)}, "phải màu xanh"),
        ({"mark": mark(BLUE, (255, 255, 255, 255))}, "nền trong suốt"),
        ({"mark": SimpleUploadedFile("x.png", b"GIF89a")}, "PNG đọc được"),
        ({"username": "ai-do"}, "Không có cán bộ"),
        ({"username": ""}, "chỉ một trong hai"),
        ({"username": "nam"}, "Không có cán bộ"),  # one's own
        ({"kind": "x"}, "Chọn một trong các nơi"),
    ],
)  # fmt: skip
def test_what_cannot_be_registered_is_said_clearly(world: World, chain: bytes, more: Any, words: str) -> None:
    for one in more.values():
        if isinstance(one, SimpleUploadedFile):
            one.seek(0)
    answer = client(world, "nam").post(HERE, form(chain) | more)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Certificate.objects.exists()


def test_weak_strange_and_revoked_keys_are_refused(world: World, authority: Authority, chain: bytes) -> None:
    browser, now = client(world, "nam"), timezone.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Yếu")])
    for key, words in (
        (rsa.generate_private_key(65537, 1024), "ngắn hơn 2048"), (ec.generate_private_key(ec.SECP384R1()), "P-256"),
        (ec.generate_private_key(ec.SECP256R1()), "Chứng thư số"),
    ):  # fmt: skip
        made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + dt.timedelta(days=9))
        content = made.sign(key, SHA256()).public_bytes(Encoding.PEM)
        assert words in browser.post(HERE, form(content)).content.decode()
    serial = f"{x509.load_pem_x509_certificate(chain).serial_number:x}"
    revoked = Certificate(serial=serial)
    authority.revoke(revoked)
    assert "đã bị thu hồi" in browser.post(HERE, form(chain)).content.decode()


def test_only_operators_enter_and_only_within_reach(world: World, chain: bytes) -> None:
    assert client(world, "chi").get(HERE).status_code == 404
    other = world.agencies["other"].code
    assert client(world, "xa").post(HERE, form(chain, username="", agency=other)).status_code == 422
    assert client(world, "nam").post(HERE, {"chung-thu": "x"}).status_code == 409
