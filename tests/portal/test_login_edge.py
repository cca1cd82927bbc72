"""What the edge refuses, limits and adds, whoever is asking."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import resolve
from rest_framework import exceptions

from portal.api import problem_details
from portal.floor import throttling
from portal.floor.problems import Problem
from portal.floor.throttling import TooMany
from portal.middleware.hygiene import CleanInput
from portal.models import User
from portal.parsers import CleanJSONParser
from portal.tasks import forget_sessions
from tests.login import log_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> None:
    cache.clear()


@pytest.mark.parametrize(
    "path",
    [
        "/dang-nhap%00",
        "/tra-cuu/%00",
        "/dang-nhap?next=%00",
        "/dang-nhap?next=%ff%fe",
        "/dang-nhap?%00=a",
        "/api/v1/?a=%00",
    ],
)
def test_unreadable_addresses_are_answered_with_400(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert "ký tự không đọc được" in response.content.decode()


@pytest.mark.parametrize(
    "body", [b"username=a%00b&password=x", b"username=%ff&password=x", b"user%00name=a", b"username=\xff"]
)
def test_unreadable_forms_are_answered_with_400(client: Client, body: bytes) -> None:
    response = client.post("/can-bo/dang-nhap", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "quay lại trang trước" in response.content.decode()


def test_unreadable_multipart_fields_are_answered_with_400(client: Client) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n\xff\xfe\r\n--x--\r\n'
    assert client.post("/can-bo/dang-nhap", body, content_type="multipart/form-data; boundary=x").status_code == 400


@pytest.mark.parametrize(
    "header", ["HTTP_ACCEPT_LANGUAGE", "HTTP_X_FORWARDED_FOR", "HTTP_REFERER", "HTTP_AUTHORIZATION"]
)
def test_unreadable_headers_are_answered_with_400(client: Client, header: str) -> None:
    assert client.get("/dang-nhap", **{header: "a\x00b"}).status_code == 400


def test_a_session_cookie_with_a_nul_is_answered_with_400(client: Client) -> None:
    assert client.get("/tai-khoan/", HTTP_COOKIE='sessionid="abcdefghijk\\000lm"').status_code == 400


def test_a_form_of_too_many_fields_is_answered_with_400(client: Client) -> None:
    body = "&".join(f"f{number}=1" for number in range(1001))
    response = client.post("/can-bo/dang-nhap", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400


def test_a_form_that_is_too_large_is_answered_with_413(client: Client) -> None:
    body = "username=" + "x" * 3_000_000
    response = client.post("/can-bo/dang-nhap", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "quá lớn" in response.content.decode()


def test_a_fragment_is_never_filled_with_the_log_in_page(client: Client) -> None:
    response = client.get("/can-bo/hang-viec", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/can-bo/dang-nhap?next=")


def test_ended_sessions_are_dropped_and_running_ones_stay(client: Client) -> None:
    for ending in (-1, 60):
        store = SessionStore()
        store.set_expiry(ending)
        store["x"] = ending
        store.save()
    forget_sessions()
    assert [row.get_decoded()["x"] for row in Session.objects.all()] == [60]


def test_words_in_every_script_pass(client: Client) -> None:
    response = client.post("/can-bo/dang-nhap", {"username": "Ƀă Đỗ 'Y’ 🌾", "password": "x"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "1.2.3.4", "9.9.9.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "9.9.9.9"),
        (1, "not-an-address", "9.9.9.9"),
        (1, "", "9.9.9.9"),
    ],
)
def test_only_trusted_proxies_tell_the_clients_address(settings: Any, proxies: int, forwarded: str, seen: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR=forwarded)
    CleanInput(lambda request: None)(request)  # type: ignore[arg-type, return-value]
    assert throttling.address(request) == seen


def test_every_page_carries_its_security_headers(client: Client) -> None:
    response = client.get("/can-bo/dang-nhap")
    policy = response["Content-Security-Policy"]
    for part in (
        "default-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in response["Permissions-Policy"]


def test_pages_of_a_person_are_kept_by_no_cache(client: Client) -> None:
    user = User.objects.create(username="an", full_name="Nguyễn Thị An")
    assert "no-store" in log_in(client, user).get("/tai-khoan/")["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/can-bo/dang-nhap", "/can-bo/dang-nhap/hai-lop", "/dang-nhap", "/khong-co", "/tai-khoan/ma-du-phong"]
)
def test_no_page_needs_inline_script_or_style(client: Client, path: str) -> None:
    page = client.get(path, follow=True).content.decode()
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page


def test_pages_are_vietnamese_until_another_language_is_chosen(client: Client) -> None:
    assert client.get("/can-bo/dang-nhap", headers={"Accept-Language": "en"})["Content-Language"] == "vi"
    client.cookies["django_language"] = "en"
    assert client.get("/can-bo/dang-nhap")["Content-Language"] == "en"
    client.cookies["django_language"] = "xx"
    assert client.get("/can-bo/dang-nhap")["Content-Language"] == "vi"


def test_a_missing_page_says_so_in_vietnamese(client: Client) -> None:
    response = client.get("/khong-co")
    assert response.status_code == 404
    assert "Không tìm thấy" in response.content.decode()


def test_a_form_without_its_token_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/can-bo/dang-nhap", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "Hãy tải lại trang" in response.content.decode()


def test_an_unforeseen_error_gives_a_reference_and_keeps_quiet_about_the_inside(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("portal.identity.officers.authenticate", break_down)
    client.raise_request_exception = False
    response = client.post("/can-bo/dang-nhap", {"username": "a", "password": "b"})
    assert response.status_code == 500
    page = response.content.decode()
    assert "Mã lỗi" in page
    assert "secret inside" not in page


def test_the_door_is_limited_per_address(client: Client, settings: Any) -> None:
    statuses = [client.post("/dang-nhap", REMOTE_ADDR="10.0.0.1").status_code for _ in range(31)]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {503}
    response = client.post("/dang-nhap", REMOTE_ADDR="10.0.0.1")
    assert 0 < int(response["Retry-After"]) <= 300
    assert "Hãy thử lại sau" in response.content.decode()
    assert client.post("/dang-nhap", REMOTE_ADDR="10.0.0.2").status_code == 503


def test_a_limit_counts_within_its_window_only(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000_000
    monkeypatch.setattr("portal.floor.throttling.time", lambda: now)
    throttling.count("x", "an", "2/m")
    throttling.count("x", "an", "2/m")
    with pytest.raises(TooMany) as refused:
        throttling.count("x", "an", "2/m")
    assert refused.value.wait == 60 - now % 60
    throttling.count("x", "vinh", "2/m")
    now += 60
    throttling.count("x", "an", "2/m")


def test_the_interface_answers_mistakes_as_problem_details(client: Client) -> None:
    response = client.get("/api/v1/khong-co")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Không tìm thấy",
        "status": 404,
        "instance": "/api/v1/khong-co",
    }


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Problem(409, "Hồ sơ vừa có thay đổi", "Bình đã chuyển lúc 9:00"), 409, "Bình đã chuyển"),
        (exceptions.Throttled(wait=30), 429, "30 giây"),
        (TooMany("filing", 600), 429, "10 phút"),
        (exceptions.ValidationError({"phone": ["Sai số"]}), 400, "Sai số"),
        (exceptions.NotAuthenticated(), 401, ""),
        (exceptions.MethodNotAllowed("PUT"), 405, "PUT"),
    ],
)
def test_every_kind_of_mistake_has_its_problem(error: Exception, status: int, words: str) -> None:
    response = problem_details(error, {"request": RequestFactory().get("/api/v1/x")})
    assert response is not None
    assert response.data["status"] == response.status_code == status
    assert words in str(response.data)


def test_the_interface_is_limited_per_address_and_per_account(client: Client, settings: Any) -> None:
    settings.THROTTLES = settings.THROTTLES | {"api_address": "2/m", "api_account": "3/m"}
    assert [client.get("/api/v1/").status_code for _ in range(3)] == [200, 200, 429]
    log_in(client, User.objects.create(username="an"))
    assert [client.get("/api/v1/").status_code for _ in range(4)] == [200, 200, 200, 429]
    response = client.get("/api/v1/")
    assert response["Retry-After"]
    assert "Hãy thử lại sau" in response.json()["detail"]


def test_an_unforeseen_error_is_no_problem_of_the_interface() -> None:
    assert problem_details(RuntimeError(), {"request": RequestFactory().get("/")}) is None


def test_json_that_nothing_can_keep_is_refused() -> None:
    nul = (b'{"a": ["x\\u0000"]}', b'{"a\\u0000": 1}', b'"\\u0000"')
    for body in (*nul, b'["\\ud800"]', b'{"a": [1e999]}'):
        with pytest.raises(exceptions.ParseError, match="không dùng được"):
            CleanJSONParser().parse(BytesIO(body))
    assert CleanJSONParser().parse(BytesIO('{"a": ["Đỗ", 1, null]}'.encode())) == {"a": ["Đỗ", 1, None]}


def test_the_interface_has_a_schema_and_no_basic_authentication(client: Client) -> None:
    schema = client.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    assert schema.status_code == 200
    assert schema.json()["openapi"].startswith("3.1")
    root = client.get("/api/v1/", HTTP_AUTHORIZATION="Basic AGE6Yg==")
    assert root.status_code == 200
    assert root.json()["schema"].endswith("/api/v1/schema/")
    view = resolve("/api/v1/").func.cls  # type: ignore[attr-defined]
    assert [one.__name__ for one in view.authentication_classes] == ["SessionAuthentication"]


def test_health_and_readiness_are_told(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"
    assert client.get("/readyz").json() == {"database": True, "migrations": True, "cache": True}


def test_readiness_fails_when_the_cache_table_is_missing(client: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "no_such_table"}
    }
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["cache"] is False


def test_a_limit_per_day_is_not_forgotten_after_five_minutes() -> None:
    for _ in range(3):
        throttling.count("x", "an", "50/d")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE cache_key LIKE %s AND expires > now() + interval '1 hour'",
                       ["%throttle:x:an:50/d%"])  # fmt: skip
        assert cursor.fetchone() == (1,)
