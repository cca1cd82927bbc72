"""Operators see to certificates and to whom we trust; everybody else finds no such page."""

import datetime as dt
from typing import Any

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.floor.ports import PortError
from procedures.models import AdminChange
from signatures import trust
from signatures.models import Certificate, TrustedRoot
from tests.authority import Authority
from tests.portal import operators
from tests.portal.certified import certificate, held
from tests.portal.operators import client
from tests.world import World

pytestmark = pytest.mark.django_db
BASE, STORE = "/quan-tri/chung-thu-so", "/quan-tri/chung-thu-so/goc-tin-cay"
REASON = {"reason": "Mất thiết bị"}


@pytest.fixture
def world(db: Any, settings: Any) -> World:
    settings.TRUST_ROOTS = []
    return operators.build()


def a_root(*, ca: bool = True) -> bytes:
    now = timezone.now()
    made = certificate("Gốc thử", now - dt.timedelta(days=1), now + dt.timedelta(days=300), ca=ca)
    return made.public_bytes(Encoding.PEM)


def upload(content: bytes, **more: str) -> dict[str, Any]:
    terms = {"kind": "government", "document": "Thông báo số 1/TB"} | more
    return terms | {"file": SimpleUploadedFile("goc.pem", content)}


def confirmed(browser: Any, content: bytes) -> TrustedRoot:
    seen = browser.post(f"{STORE}/them", upload(content))
    parcel = dict(seen.context["hidden"])["goc"]
    answer = browser.post(f"{STORE}/them", {"goc": parcel})
    assert answer.status_code == 302, answer.content.decode()
    return TrustedRoot.objects.latest("pk")


def test_the_list_tells_what_to_see_to(world: World) -> None:
    now, lan = timezone.now(), world.users["lan"]
    held(lan, now, days=400)
    held(lan, now, days=20)
    held(world.users["binh"], now, days=20)
    held(world.users["chi"], now, days=-1)
    held(world.users["dung"], now, days=90, state="suspended")
    held(world.agencies["commune"], now, days=90, state="revoked")
    browser = client(world, "nam")
    page = browser.get(BASE)
    tags = [row["cells"][4]["tag"]["text"] for row in page.context["rows"]]
    assert sorted(tags) == sorted(
        ["Đang dùng", "Đã có chứng thư thay", "Sắp hết hạn", "Hết hạn", "Ngừng dùng", "Bị thu hồi"]
    )
    for query, count in (
        ("tinh-trang=ending", 1), ("loai=seal", 1), (f"q={lan.full_name}", 2), ("trang=9", 0),
        (f"co-quan={world.agencies['commune'].code}", 4), ("tinh-trang=x&loai=x", 6),
    ):  # fmt: skip
        assert len(browser.get(f"{BASE}?{query}").context["rows"]) == count, query


def test_an_operator_sees_what_is_within_reach_and_others_nothing(world: World) -> None:
    now = timezone.now()
    near, far = held(world.agencies["commune"], now, days=90), held(world.agencies["other"], now, days=90)
    assert [client(world, "xa").get(f"{BASE}/{one.serial}").status_code for one in (near, far)] == [200, 404]
    assert client(world, "xa").post(f"{BASE}/{far.serial}/ngung", REASON).status_code == 404
    for path in (STORE, f"{STORE}/them"):
        assert client(world, "xa").get(path).status_code == 404
    for path in (BASE, f"{BASE}/{near.serial}", STORE):
        assert client(world, "chi").get(path).status_code == 404


def test_a_certificate_is_stopped_with_a_reason_and_used_again(world: World) -> None:
    one = held(world.users["lan"], timezone.now(), days=90)
    browser, today = client(world, "nam"), timezone.localdate()
    assert browser.post(f"{BASE}/{one.serial}/ngung", {"reason": " "}).status_code == 422
    assert browser.post(f"{BASE}/{one.serial}/ngung", REASON).status_code == 302
    assert browser.post(f"{BASE}/{one.serial}/ngung", REASON).status_code == 409
    assert not Certificate.objects.usable(today).exists()
    assert browser.post(f"{BASE}/{one.serial}/dung-lai", REASON).status_code == 302
    assert browser.post(f"{BASE}/{one.serial}/dung-lai", REASON).status_code == 409
    assert Certificate.objects.usable(today).exists()
    rows = [(one.kind, one.subject_key, one.changes["Lý do"][1]) for one in AdminChange.objects.order_by("pk")]
    assert rows == [("certificate.stopped", "lan", "Mất thiết bị"), ("certificate.resumed", "lan", "Mất thiết bị")]


def test_nobody_acts_on_a_certificate_of_ones_own(world: World) -> None:
    own = held(world.users["nam"], timezone.now(), days=90)
    assert client(world, "nam").get(f"{BASE}/{own.serial}").context["actions"] == []
    assert client(world, "nam").post(f"{BASE}/{own.serial}/ngung", REASON).status_code == 404


def test_the_authority_is_asked_and_a_revoked_certificate_goes_out_of_use(authority: Authority, settings: Any) -> None:
    roots = settings.TRUST_ROOTS
    world = operators.build()
    settings.TRUST_ROOTS = roots
    one, browser = authority.agency(world.agencies["commune"].code), client(world, "nam")
    here = f"{BASE}/{one.serial}"
    assert "Không bị thu hồi" in browser.get(browser.post(f"{here}/kiem-tra")["Location"]).content.decode()
    authority.revoke(one)
    text = browser.get(browser.post(f"{here}/kiem-tra")["Location"]).content.decode()
    assert "Chứng thư số đã bị thu hồi." in text
    assert "OCSP" in text
    one.refresh_from_db()
    assert (one.state, one.answer, one.revoked_at is not None) == ("revoked", "revoked", True)
    browser.post(f"{here}/kiem-tra")
    assert AdminChange.objects.filter(kind="certificate.revoked").count() == 1
    assert browser.post(f"{here}/dung-lai", REASON).status_code == 409


def test_an_authority_that_does_not_answer_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = held(world.agencies["commune"], timezone.now(), days=90)

    def silent(*_: Any, **__: Any) -> None:
        raise PortError("x")

    monkeypatch.setattr(trust, "ask", silent)
    assert client(world, "nam").post(f"{BASE}/{one.serial}/kiem-tra").status_code == 302
    one.refresh_from_db()
    assert (one.state, one.asked_at) == ("active", None)


def test_a_root_is_looked_at_added_and_withdrawn(world: World) -> None:
    browser, content = client(world, "nam"), a_root()
    root = confirmed(browser, content)
    assert (root.kind, root.document, root.added_by) == ("government", "Thông báo số 1/TB", world.users["nam"])
    assert [one.dump() for one in trust.roots()] == [root.parsed.dump()]
    assert "đã có trong danh sách" in browser.post(f"{STORE}/them", upload(content)).content.decode()
    assert browser.post(f"{STORE}/{root.pk}/thoi", {"reason": ""}).status_code == 422
    assert browser.post(f"{STORE}/{root.pk}/thoi", REASON).status_code == 302
    assert browser.post(f"{STORE}/{root.pk}/thoi", REASON).status_code == 409
    assert trust.roots() == []
    assert [browser.get(path).status_code for path in (STORE, f"{STORE}/{root.pk}", f"{STORE}/them")] == [200] * 3
    assert list(AdminChange.objects.order_by("pk").values_list("kind", flat=True)) == ["root.added", "root.withdrawn"]


def test_a_preview_changes_nothing_and_cannot_be_made_up(world: World) -> None:
    browser = client(world, "nam")
    assert browser.post(f"{STORE}/them", upload(a_root())).status_code == 200
    assert browser.post(f"{STORE}/them", {"goc": "x"}).status_code == 409
    for wrong in (upload(a_root(ca=False)), upload(b"\0"), upload(a_root(), kind="x"), upload(a_root(), document="")):
        assert browser.post(f"{STORE}/them", wrong).status_code == 422
    assert not TrustedRoot.objects.exists()


def test_the_roots_of_the_server_are_shown_too(authority: Authority) -> None:
    browser = client(operators.build(), "nam")
    name = x509.Certificate.load(trust.configured()[0].dump()).subject.native["common_name"]
    assert name in browser.get(STORE).content.decode()
