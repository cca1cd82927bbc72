"""An invitation leads a new officer to password and second factor once, in time, and nobody else."""

import datetime as dt
import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dossiers import outbox
from dossiers.models import OutboxMessage
from portal.identity import invitations, second_factor
from portal.models import Invitation, User
from procedures.models import AdminChange, Position
from tests.login import log_in
from tests.world import World, build

pytestmark = pytest.mark.django_db
PEOPLE = "/quan-tri/nguoi-dung"
PASSWORD = "ruong bac thang 2026"


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    world = build()
    user = User.objects.create(username="nam", full_name="Tạ Hoài Nam", kind=User.Kind.OFFICER)
    Position.objects.create(
        user=user, agency=world.agencies["province"], role="operator", title="Vận hành", holder_name=user.full_name
    )
    world.users["nam"] = user
    return world


@pytest.fixture
def nam(world: World) -> Client:
    return log_in(Client(), world.users["nam"])


def details(world: World, **more: str) -> dict[str, str]:
    today = timezone.localdate()
    return {
        "full_name": "Vàng Thị Mỷ", "username": "my.vt", "email": "my@xuanloi.example", "role": "specialist",
        "agency": str(world.agencies["commune"].pk), "title": "Công chức", "valid_from_0": str(today.day),
        "valid_from_1": str(today.month), "valid_from_2": str(today.year),
    } | more  # fmt: skip


def invited(nam: Client, world: World) -> User:
    answer = nam.post(f"{PEOPLE}/moi", details(world))
    assert answer.status_code == 302, answer.content.decode()
    return User.objects.get(username="my.vt")


def mailed_link(settings: object = None) -> str:
    """The path in the newest mail."""
    outbox.sweep()
    found = re.search(r"http://[^/]+(/loi-moi/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_an_invited_officer_sets_a_password_enrols_and_works(world: World, nam: Client) -> None:
    user = invited(nam, world)
    assert not user.has_usable_password()
    link = mailed_link()
    assert mail.outbox[-1].to == ["my@xuanloi.example"]
    visitor = Client()
    page = visitor.get(link).content.decode()
    assert "my.vt" in page
    answer = visitor.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == "/can-bo/dang-nhap/hai-lop"
    key = re.search(r'id="totp-key">([^<]+)<', visitor.get("/can-bo/dang-nhap/hai-lop").content.decode())
    assert key
    code = format_hotp_value(hotp_value(key[1].replace(" ", ""), int(time.time()) // 30))
    assert visitor.post("/can-bo/dang-nhap/hai-lop", {"code": code})["Location"] == "/tai-khoan/ma-du-phong"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert second_factor.enrolled(user)
    assert visitor.get("/can-bo/hang-viec").status_code == 200
    assert list(AdminChange.objects.order_by("pk").values_list("kind", flat=True)) == [
        "person.invited", "seat.added", "person.joined",
    ]  # fmt: skip


def test_a_link_works_once(world: World, nam: Client) -> None:
    user = invited(nam, world)
    link = mailed_link()
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    second = Client()
    answer = second.post(link, {"password": "mat khau ke gian 99", "again": "mat khau ke gian 99"})
    assert answer.status_code == 404
    assert "không còn dùng được" in answer.content.decode()
    assert second.get(link).status_code == 404
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert "officer_on_the_way" not in second.session


def test_looking_at_the_link_does_not_use_it_up(world: World, nam: Client) -> None:
    invited(nam, world)
    link = mailed_link()
    for _times in range(3):  # mail programs open links to look at them
        assert Client().get(link).status_code == 200
    assert Client().post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302


def test_a_link_dies_after_72_hours(world: World, nam: Client) -> None:
    invited(nam, world)
    link = mailed_link()
    invitation = Invitation.objects.get()
    assert invitation.expires_at - invitation.created_at == dt.timedelta(hours=72)
    token = link.removeprefix("/loi-moi/")
    just_before, just_after = (invitation.expires_at + dt.timedelta(seconds=s) for s in (-1, 0))
    assert invitations.open_invitation(token, at=just_before) == invitation
    with pytest.raises(invitations.InvitationSpent):
        invitations.accept(token, PASSWORD, at=just_after)


def test_a_second_mail_makes_the_first_worthless_and_a_revoked_one_opens_nothing(world: World, nam: Client) -> None:
    user = invited(nam, world)
    first = mailed_link()
    assert nam.post(f"{PEOPLE}/{user.pk}/gui-lai").status_code == 302
    second = mailed_link()
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert nam.post(f"{PEOPLE}/{user.pk}/thu-hoi").status_code == 302
    assert Client().get(second).status_code == 404
    assert nam.post(f"{PEOPLE}/{user.pk}/thu-hoi").status_code == 409


@pytest.mark.parametrize("token", ["x", "a:b", "../../x", "đ" * 500, "a" * 5000, "%3A%3A"])
def test_forged_links_open_nothing(world: World, token: str) -> None:
    assert Client().get(f"/loi-moi/{token}").status_code == 404


def test_the_secret_rests_nowhere_once_the_mail_has_gone(world: World, nam: Client) -> None:
    invited(nam, world)
    waiting = OutboxMessage.objects.get(kind="invitation")
    assert waiting.payload
    secret = waiting.payload["secret"]
    assert secret not in str(list(Invitation.objects.values()))
    assert secret in mailed_link()
    assert OutboxMessage.objects.get(kind="invitation").payload is None
    assert secret not in str(list(AdminChange.objects.values()))


def test_a_mail_that_went_out_but_was_not_marked_is_not_sent_again(world: World, nam: Client) -> None:
    invited(nam, world)
    mailed_link()
    OutboxMessage.objects.filter(kind="invitation").update(done_at=None)
    outbox.sweep()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("ngan", "ngan", "12"),
        ("123456789012345", "123456789012345", "số"),
        ("my.vt.my.vt", "my.vt.my.vt", "my.vt"),
        (PASSWORD, PASSWORD + "x", "khác nhau"),
        ("", "", "Trường này"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason_and_the_link_stays(
    world: World, nam: Client, password: str, again: str, said: str
) -> None:
    user = invited(nam, world)
    link = mailed_link()
    answer = Client().post(link, {"password": password, "again": again})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert Client().get(link).status_code == 200


def test_a_locked_account_is_not_opened_by_its_link(world: World, nam: Client) -> None:
    user = invited(nam, world)
    link = mailed_link()
    nam.post(f"{PEOPLE}/{user.pk}/khoa", {"reason": "Mời nhầm người"})
    assert Client().get(link).status_code == 404


def test_reset_ends_sessions_and_asks_for_both_anew(world: World, nam: Client) -> None:
    binh = world.users["binh"]
    second_factor.enrol(binh, second_factor.new_secret())
    at_work = log_in(Client(), binh)
    assert at_work.get("/can-bo/hang-viec").status_code == 200
    page = f"{PEOPLE}/{binh.pk}/cai-lai"
    assert nam.post(page, {"what": "both", "reason": "  "}).status_code == 422
    assert nam.post(page, {"what": "both", "reason": "Mất điện thoại, gọi lại đã xác nhận"}).status_code == 302
    assert at_work.get("/can-bo/hang-viec")["Location"].startswith("/can-bo/dang-nhap")
    binh.refresh_from_db()
    assert not binh.has_usable_password()
    assert not second_factor.enrolled(binh)
    answer = Client().post(mailed_link(), {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == "/can-bo/dang-nhap/hai-lop"
    kept = AdminChange.objects.get(kind="person.reset")
    assert kept.changes["Lý do"] == ["", "Mất điện thoại, gọi lại đã xác nhận"]


def test_a_lost_telephone_ends_sessions_but_keeps_the_password(world: World, nam: Client) -> None:
    binh = world.users["binh"]
    second_factor.enrol(binh, second_factor.new_secret())
    at_work = log_in(Client(), binh)
    answer = nam.post(f"{PEOPLE}/{binh.pk}/cai-lai", {"what": "second_factor", "reason": "Đổi điện thoại"})
    assert answer.status_code == 302
    assert at_work.get("/can-bo/hang-viec")["Location"].startswith("/can-bo/dang-nhap")
    binh.refresh_from_db()
    assert binh.check_password("demo-motcua")
    assert not second_factor.enrolled(binh)


def test_lock_ends_sessions_and_unlock_lets_in_again(world: World, nam: Client) -> None:
    binh = world.users["binh"]
    at_work = log_in(Client(), binh)
    assert nam.post(f"{PEOPLE}/{binh.pk}/khoa", {"reason": "Thôi việc"}).status_code == 302
    assert at_work.get("/can-bo/hang-viec").status_code == 302
    knock = Client().post("/can-bo/dang-nhap", {"username": "binh", "password": "demo-motcua"})
    assert knock.status_code == 200
    assert nam.post(f"{PEOPLE}/{binh.pk}/khoa", {"reason": "Lần nữa"}).status_code == 409
    assert nam.post(f"{PEOPLE}/{binh.pk}/mo-khoa", {"reason": "Trở lại"}).status_code == 302
    knock = Client().post("/can-bo/dang-nhap", {"username": "binh", "password": "demo-motcua"})
    assert knock.status_code == 302
