"""Citizens and organisations come in through the identity provider, here its simulator in a process of its own."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from portal.floor import crypto
from portal.identity.facts import ClaimsIncomplete, facts_of
from portal.models import User
from tests.portal.conftest import agree, come_back, log_in_as, use_provider
from tests.simulators import registry

AN_ID = "026190001234"


def dump() -> str:
    """Every value of every table as text."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            texts += [row[0] for row in cursor.fetchall()]
    return "\n".join(texts)


def test_a_citizen_comes_back_logged_in_to_the_page_that_asked(identity: str, client: Client) -> None:
    response = log_in_as(client, "an", next_page="/tai-khoan/")
    assert response.status_code == 302
    assert response["Location"] == "/tai-khoan/"
    page = client.get("/tai-khoan/").content.decode()
    assert "Nguyễn Thị An" in page
    assert "026•••••1234" in page
    assert AN_ID not in page


def test_the_code_is_bound_to_this_browser_by_pkce_and_state(identity: str, client: Client) -> None:
    asked = [dict(parse_qsl(urlsplit(client.post("/dang-nhap")["Location"]).query)) for _ in range(2)]
    for request in asked:
        assert (request["response_type"], request["code_challenge_method"]) == ("code", "S256")
        assert len(request["code_challenge"]) == 43
    assert asked[0]["state"] != asked[1]["state"]
    assert asked[0]["code_challenge"] != asked[1]["code_challenge"]


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"LoaiTaiKhoan": "1", "HoVaTen": "Nguyễn Thị An"},
        {"LoaiTaiKhoan": "1", "SoDinhDanh": AN_ID},
        {"LoaiTaiKhoan": "1", "SoDinhDanh": "12ab", "HoVaTen": "Nguyễn Thị An"},
        {"LoaiTaiKhoan": "1", "SoDinhDanh": AN_ID, "HoVaTen": "A\x00n"},
        {"LoaiTaiKhoan": "2", "TenDoanhNghiep": "Hợp tác xã", "SoDinhDanh": AN_ID, "HoVaTen": "Lê Văn Hợp"},
        {"LoaiTaiKhoan": "1", "SoDinhDanh": {"so": AN_ID}, "HoVaTen": ["An"]},
    ],
)
def test_claims_that_name_no_owner_are_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(ClaimsIncomplete):
        facts_of(claims)


@pytest.mark.parametrize(
    ("claims", "field", "value"),
    [
        ({"NgayThangNamSinh": "19900312"}, "birth_on", "1990-03-12"),
        ({"NgayThangNamSinh": "1990-03-12"}, "birth_on", "1990-03-12"),
        ({"NgayThangNamSinh": "1990"}, "birth_on", ""),
        ({"GioiTinh": "1"}, "sex", "male"),
        ({"GioiTinh": "Nữ"}, "sex", "female"),
        ({"GioiTinh": "?"}, "sex", ""),
        ({"IAL": "3"}, "assurance", 3),
        ({"loAs": "High"}, "assurance", 0),
        ({"SoCMND": "135012345", "SoDinhDanh": ""}, "personal_id", "135012345"),
    ],
)
def test_claims_are_read_in_the_forms_providers_use(claims: dict[str, str], field: str, value: object) -> None:
    facts = facts_of({"LoaiTaiKhoan": "1", "SoDinhDanh": AN_ID, "HoVaTen": "Nguyễn Thị An"} | claims)
    assert getattr(facts, field) == value


def test_the_account_knows_what_the_provider_said(identity: str, client: Client) -> None:
    log_in_as(client, "an")
    an = User.objects.get()
    assert (an.kind, an.full_name, an.personal_id) == ("citizen", "Nguyễn Thị An", AN_ID)
    assert (an.birth_on, an.sex, an.phone, an.email) == ("1990-03-12", "female", "0912345678", "an@example.vn")
    assert an.address.startswith("Thôn Đồng Xuân")
    assert an.assurance == 2
    assert an.personal_id_index == crypto.blind_index(AN_ID, "personal_id")
    assert not an.has_usable_password()


def test_an_organisation_owns_by_its_tax_code(identity: str, client: Client) -> None:
    log_in_as(client, "hoptac")
    account = User.objects.get()
    assert account.kind == User.Kind.ORGANISATION
    assert account.full_name == "Hợp tác xã Nông nghiệp Xuân Lôi"
    assert account.representative == "Lê Văn Hợp"
    actor = client.get("/tai-khoan/").wsgi_request.actor  # type: ignore[attr-defined]
    assert actor.owner_index == crypto.blind_index(account.tax_code, "tax_code") != ""
    assert account.personal_id_index == ""


def test_a_second_log_in_refreshes_the_same_account(identity: str, client: Client) -> None:
    log_in_as(client, "an")
    an = User.objects.get()
    an.phone, an.full_name = "0900000000", "Tên cũ"
    an.save()
    log_in_as(Client(), "an")
    an = User.objects.get()
    assert (an.phone, an.full_name) == ("0912345678", "Nguyễn Thị An")


def test_the_database_holds_nothing_of_the_person_in_plain_text(identity: str, client: Client) -> None:
    log_in_as(client, "an")
    stored = dump()
    for secret in (AN_ID, "0912345678", "an@example.vn", "Đồng Xuân", "1990-03-12", "5d0c2f1e9a7b4c3e8f60a1b2c3d4e5f6"):
        assert secret not in stored
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()
    assert not EmailAddress.objects.exists()


def test_an_address_of_e_mail_never_links_two_accounts(identity: str, client: Client) -> None:
    officer = User.objects.create(username="vinh", kind=User.Kind.OFFICER, email="vinh@example.vn")
    EmailAddress.objects.create(user=officer, email="vinh@example.vn", verified=True, primary=True)
    log_in_as(client, "vinh")
    assert client.session["_auth_user_id"] != str(officer.pk)
    assert User.objects.count() == 2


def test_an_officers_account_cannot_be_entered_through_the_provider(identity: str, client: Client) -> None:
    officer = User.objects.create(username="binh", kind=User.Kind.OFFICER)
    subject = crypto.blind_index("5d0c2f1e9a7b4c3e8f60a1b2c3d4e5f6", "identity_subject")
    SocialAccount.objects.create(user=officer, provider="vneid", uid=subject)
    assert log_in_as(client, "an").status_code == 400
    assert "_auth_user_id" not in client.session


def test_a_blocked_account_is_told_so(identity: str, client: Client) -> None:
    log_in_as(Client(), "an")
    User.objects.update(is_active=False)
    response = log_in_as(client, "an")
    assert response.status_code == 403
    assert "bị khóa" in response.content.decode()


def test_a_provider_that_does_not_answer_gives_503_and_says_drafts_stay(
    settings: Any, db: None, provider_process: registry.Running, client: Client
) -> None:
    use_provider(settings, "http://127.0.0.1:9", provider_process)
    for response in (client.get("/dang-nhap"), client.post("/dang-nhap")):
        assert response.status_code == 503
        page = response.content.decode()
        assert "Đăng nhập đang gián đoạn" in page
        assert "Bản nháp của bạn còn nguyên" in page


def test_a_provider_that_fails_on_the_way_gives_503(identity: str, client: Client) -> None:
    back = agree(client.post("/dang-nhap"), "an")
    requests.post(f"{identity}/control/down", timeout=30)
    assert come_back(client, back).status_code == 503
    cache.clear()
    assert client.get("/dang-nhap").status_code == 503


def test_a_citizen_who_declines_is_led_back_to_the_door(identity: str, client: Client) -> None:
    back = agree(client.post("/dang-nhap"), "nobody")
    response = come_back(client, back)
    assert response.status_code == 302
    assert response["Location"] == "/dang-nhap"


@pytest.mark.parametrize("query", ["?code=x&state=unknown", "", "?error=server_error&state=x", "?code=x"])
def test_a_forged_return_logs_nobody_in(identity: str, client: Client, query: str) -> None:
    response = client.get(f"/tai-khoan/vneid/xac-nhan{query}")
    assert response.status_code == 400
    assert "_auth_user_id" not in client.session


def test_a_code_cannot_be_used_in_another_browser(identity: str, client: Client) -> None:
    back = agree(client.post("/dang-nhap"), "an")
    stranger = Client()
    assert come_back(stranger, back).status_code == 400
    assert "_auth_user_id" not in stranger.session


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_page_to_return_to_is_one_of_ours(identity: str, client: Client, target: str) -> None:
    assert log_in_as(client, "an", next_page=target)["Location"] == "/toi"


def test_an_unknown_provider_is_not_found(db: None, client: Client) -> None:
    assert client.get("/tai-khoan/khac/xac-nhan?code=x&state=y").status_code == 404


def test_no_address_of_allauth_is_served_but_the_return(db: None, client: Client) -> None:
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not {name for name in names if name.startswith(("account_", "socialaccount_", "mfa_"))}
    for path in (
        *("/accounts/signup/", "/accounts/login/", "/tai-khoan/signup/", "/tai-khoan/password/reset/"),
        *("/tai-khoan/email/", "/tai-khoan/vneid/login/", "/tai-khoan/3rdparty/", "/tai-khoan/2fa/"),
    ):
        assert client.get(path).status_code == 404, path


def test_a_citizen_finds_no_officers_page(identity: str, client: Client) -> None:
    log_in_as(client, "an")
    for path in ("/can-bo/hang-viec", "/quan-tri/thu-tuc", "/dieu-hanh/"):
        assert client.get(path).status_code == 404


def test_a_citizen_cannot_enter_through_the_officers_door(identity: str, client: Client) -> None:
    log_in_as(client, "an")
    an = User.objects.get()
    an.set_password("demo-motcua")
    an.save()
    fresh = Client()
    response = fresh.post("/can-bo/dang-nhap", {"username": an.username, "password": "demo-motcua"})
    assert response.status_code == 200
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in response.content.decode()
    assert fresh.get("/can-bo/dang-nhap/hai-lop")["Location"] == "/can-bo/dang-nhap"


def test_a_citizen_who_pauses_half_an_hour_logs_in_again(identity: str, client: Client) -> None:
    log_in_as(client, "an")
    session = client.session
    session["seen"] -= 30 * 60 + 1
    session.save()
    response = client.get("/tai-khoan/")
    assert response["Location"] == "/dang-nhap?next=/tai-khoan/"


def test_logging_out_ends_the_session(identity: str, client: Client) -> None:
    log_in_as(client, "an")
    assert client.get("/dang-xuat").status_code == 405
    client.post("/dang-xuat")
    assert client.get("/tai-khoan/").status_code == 302
