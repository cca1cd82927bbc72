"""Officers show a password and a second factor; an account without one reaches nothing but its enrolment."""

import html
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from portal.actors import SECOND_FACTOR
from portal.identity import second_factor
from portal.models import User
from procedures.models import Position
from tests.portal.conftest import seat
from tests.portal.test_login_citizens import dump

PASSWORD = "demo-motcua"


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def knock(client: Client, username: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/can-bo/dang-nhap", {"username": username, "password": password}, **more)


def enter(client: Client, user: User) -> HttpResponse:
    assert knock(client, user.username)["Location"] == "/can-bo/dang-nhap/ma"
    return client.post("/can-bo/dang-nhap/ma", {"code": code_now(second_factor.secret_of(user))})


def test_password_and_code_open_the_queue(officer: User, client: Client) -> None:
    response = enter(client, officer)
    assert response["Location"] == "/can-bo/hang-viec"
    actor = client.get("/tai-khoan/").wsgi_request.actor  # type: ignore[attr-defined]
    assert actor.is_officer
    assert [one.role for one in actor.seats] == ["receiver"]


def test_the_password_alone_opens_nothing(officer: User, client: Client) -> None:
    knock(client, "binh")
    assert "_auth_user_id" not in client.session
    response = client.get("/can-bo/hang-viec")
    assert response["Location"] == "/can-bo/dang-nhap?next=%2Fcan-bo%2Fhang-viec"


def test_the_page_asked_for_opens_after_both_steps(officer: User, client: Client) -> None:
    knocked = client.post("/can-bo/dang-nhap", {"username": "binh", "password": PASSWORD, "next": "/can-bo/tim?q=a"})
    assert knocked["Location"] == "/can-bo/dang-nhap/ma"
    response = client.post("/can-bo/dang-nhap/ma", {"code": code_now(second_factor.secret_of(officer))})
    assert response["Location"] == "/can-bo/tim?q=a"


def test_a_code_works_once(officer: User, client: Client) -> None:
    code = code_now(second_factor.secret_of(officer))
    for someone, expected in ((client, 302), (Client(), 200)):
        knock(someone, "binh")
        assert someone.post("/can-bo/dang-nhap/ma", {"code": code}).status_code == expected


def test_wrong_codes_are_limited(officer: User, client: Client) -> None:
    knock(client, "binh")
    statuses = [client.post("/can-bo/dang-nhap/ma", {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_recovery_code_replaces_a_lost_telephone_once(officer: User, client: Client) -> None:
    row = Authenticator.objects.get(user=officer, type=Authenticator.Type.RECOVERY_CODES)
    spare = row.wrap().get_unused_codes()[0]
    knock(client, "binh")
    assert client.post("/can-bo/dang-nhap/ma", {"code": spare}).status_code == 302
    other = Client()
    knock(other, "binh")
    assert other.post("/can-bo/dang-nhap/ma", {"code": spare}).status_code == 200


def test_a_newcomer_enrols_and_is_then_asked_for_a_code(newcomer: User, client: Client) -> None:
    assert knock(client, "moi")["Location"] == "/can-bo/dang-nhap/hai-lop"
    page = client.get("/can-bo/dang-nhap/hai-lop").content.decode()
    assert "<svg" in page
    shown = re.search(r'id="totp-key">([A-Z2-7 ]+)<', html.unescape(page))
    assert shown
    secret = shown.group(1).replace(" ", "")
    assert client.post("/can-bo/dang-nhap/hai-lop", {"code": "000000"}).status_code == 200
    entered = client.post("/can-bo/dang-nhap/hai-lop", {"code": code_now(secret)})
    assert entered["Location"] == "/tai-khoan/ma-du-phong"
    assert second_factor.secret_of(newcomer) == secret
    codes = client.get("/tai-khoan/ma-du-phong").content.decode()
    assert codes.count('class="code"') == 10
    client.post("/tai-khoan/ma-du-phong")
    assert 'class="code"' not in client.get("/tai-khoan/ma-du-phong").content.decode()
    assert knock(Client(), "moi")["Location"] == "/can-bo/dang-nhap/ma"


@pytest.mark.parametrize("path", ["/can-bo/hang-viec", "/can-bo/ho-so/x", "/quan-tri/thu-tuc", "/dieu-hanh/"])
def test_a_session_without_second_factor_leads_to_enrolment(newcomer: User, client: Client, path: str) -> None:
    client.force_login(newcomer, backend="portal.identity.backends.OfficerBackend")
    assert client.get(path)["Location"] == "/can-bo/dang-nhap/hai-lop"
    assert client.get("/tai-khoan/").wsgi_request.actor.seats == ()  # type: ignore[attr-defined]


def test_the_interface_refuses_an_officer_without_second_factor(newcomer: User, client: Client) -> None:
    client.force_login(newcomer, backend="portal.identity.backends.OfficerBackend")
    response = client.get("/api/v1/")
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"


def test_an_enrolled_officer_cannot_enrol_anew_with_the_password_alone(officer: User, client: Client) -> None:
    knock(client, "binh")
    assert client.get("/can-bo/dang-nhap/hai-lop")["Location"] == "/can-bo/dang-nhap/ma"


def test_failures_lock_one_name_at_one_address_not_the_office(officer: User, newcomer: User, client: Client) -> None:
    for _ in range(4):
        assert knock(client, "binh", "sai").status_code == 200
    locked = knock(client, "binh", "sai")
    assert locked.status_code == 429
    assert "15 phút" in locked.content.decode()
    assert knock(client, "binh").status_code == 429
    assert knock(Client(), "moi").status_code == 302
    assert knock(Client(), "binh", REMOTE_ADDR="10.0.0.9").status_code == 302


def test_what_was_typed_as_password_is_kept_nowhere(officer: User, client: Client) -> None:
    knock(client, "binh", "mat-khau-go-nham")
    assert "mat-khau-go-nham" not in dump()


def test_an_officer_without_a_seat_in_force_works_nowhere(officer: User, client: Client) -> None:
    enter(client, officer)
    Position.objects.update(valid_to="2020-01-01")
    response = client.get("/can-bo/hang-viec")
    assert response.status_code == 403
    assert "không được giao vị trí" in response.content.decode()


def test_an_officer_chooses_which_seat_to_work_from(officer: User, client: Client) -> None:
    second = seat(officer, "cashier")
    enter(client, officer)
    client.post("/tai-khoan/vi-tri", {"seat": second.pk})
    actor = client.get("/tai-khoan/").wsgi_request.actor  # type: ignore[attr-defined]
    assert [one.role for one in actor.seats] == ["cashier", "receiver"]
    assert client.post("/tai-khoan/vi-tri", {"seat": second.pk + 1000}).status_code == 404


def test_a_working_day_ends_after_eight_hours(officer: User, client: Client) -> None:
    enter(client, officer)
    session = client.session
    session["since"] -= 8 * 3600 + 1
    session.save()
    assert client.get("/can-bo/hang-viec")["Location"].startswith("/can-bo/dang-nhap?next=")


def test_a_dump_of_the_database_shows_no_secret_of_the_second_factor(newcomer: User, client: Client) -> None:
    knock(client, "moi")
    page = client.get("/can-bo/dang-nhap/hai-lop").content.decode()
    secret = re.search(r'id="totp-key">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")  # type: ignore[union-attr]
    assert secret not in dump()
    assert client.session["officer_new_secret"] not in {"", secret}
    client.post("/can-bo/dang-nhap/hai-lop", {"code": code_now(secret)})
    stored = dump()
    assert secret not in stored
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert all(code not in stored for code in codes.wrap().generate_codes())
    assert codes.data["seed"] in stored


@pytest.mark.parametrize("name", ["bi\x00nh", "b\u202einh", "x" * 151, ""])
def test_a_name_no_column_can_hold_is_answered_not_broken(officer: User, client: Client, name: str) -> None:
    assert knock(client, name).status_code in {200, 400}


def test_a_disabled_officer_is_refused(officer: User, client: Client) -> None:
    officer.is_active = False
    officer.save()
    assert knock(client, "binh").status_code == 200
    assert client.get("/can-bo/dang-nhap/ma")["Location"] == "/can-bo/dang-nhap"


def test_the_step_between_password_and_code_does_not_wait_for_ever(officer: User, client: Client) -> None:
    knock(client, "binh")
    session = client.session
    session["officer_on_the_way"] = session["officer_on_the_way"] | {"at": time.time() - 601}
    session.save()
    assert client.get("/can-bo/dang-nhap/ma")["Location"] == "/can-bo/dang-nhap"


def test_a_second_factor_shown_belongs_to_one_session(officer: User, client: Client) -> None:
    enter(client, officer)
    assert client.session[SECOND_FACTOR] is True
    client.post("/dang-xuat")
    cache.clear()
    knock(client, "binh")
    assert SECOND_FACTOR not in client.session
