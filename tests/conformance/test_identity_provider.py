"""The citizens' log-in against an identity provider in a process of its own, by a client of the standard alone."""

import base64
import hashlib
import html
import re
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from tests.simulators.registry import Running

BACK = "http://localhost:8123/tai-khoan/vneid/xac-nhan"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def provider(party) -> Running:
    return party("identity")


def request_of(provider: Running, **changed: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": provider.environment["IDENTITY_CLIENT_ID"],
        "redirect_uri": BACK,
        "scope": "openid",
        "state": "s1",
        "nonce": "n1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changed,
    }


def agree(provider: Running, account: str, **changed: str) -> dict[str, str]:
    """What comes back to the client when the citizen has clicked."""
    form = request_of(provider, **changed) | {"account": account}
    response = requests.post(f"{provider.url}/authorize", data=form, allow_redirects=False, timeout=30)
    assert response.status_code == 303
    target = urlsplit(response.headers["Location"])
    assert response.headers["Location"].startswith(f"{BACK}?")
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def redeem(provider: Running, code: str, **changed: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": provider.environment["IDENTITY_CLIENT_ID"],
        "client_secret": provider.environment["IDENTITY_CLIENT_SECRET"],
        "code_verifier": VERIFIER,
        **changed,
    }
    return requests.post(f"{provider.url}/token", data=form, timeout=30)


def claims(provider: Running, account: str) -> dict[str, str]:
    token = redeem(provider, agree(provider, account)["code"]).json()["access_token"]
    return requests.get(f"{provider.url}/userinfo", headers={"Authorization": f"Bearer {token}"}, timeout=30).json()


def test_the_discovery_page_names_endpoints_that_answer(provider):
    found = requests.get(f"{provider.url}/.well-known/openid-configuration", timeout=30).json()
    assert found["issuer"] == provider.environment["IDENTITY_ISSUER"]
    assert requests.get(found["jwks_uri"], timeout=30).json()["keys"][0]["alg"] == "RS256"
    assert requests.get(found["authorization_endpoint"], request_of(provider), timeout=30).ok


def test_a_citizen_comes_back_with_a_code_that_opens_flat_claims(provider):
    about = claims(provider, "an")
    assert about["SoDinhDanh"] == "026190001234"
    assert about["NgayThangNamSinh"] == "12/03/1990"
    assert about["LoaiTaiKhoan"] == "1"
    assert all(isinstance(value, str) for value in about.values())


def test_an_organisation_comes_with_its_tax_code_and_representative(provider):
    about = claims(provider, "hoptac")
    assert (about["LoaiTaiKhoan"], about["NguoiDaiDien"]) == ("2", "Lê Văn Hợp")
    digits = [int(digit) for digit in about["MaSoThue"]]
    weighted = sum(d * w for d, w in zip(digits, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=False))
    assert digits[9] == 10 - weighted % 11


def test_the_identity_token_is_signed_by_the_published_key(provider):
    answer = redeem(provider, agree(provider, "an")["code"]).json()
    key = jwt.PyJWKClient(f"{provider.url}/jwks").get_signing_key_from_jwt(answer["id_token"])
    token = jwt.decode(answer["id_token"], key, ["RS256"], audience="motcua", issuer=provider.url)
    assert token["nonce"] == "n1"
    assert token["sub"] == claims(provider, "an")["sub"]


def test_the_page_offers_each_citizen_by_one_plain_form(provider):
    page = requests.get(f"{provider.url}/authorize", request_of(provider), timeout=30)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' http://localhost:8123" in policy
    form = next(part for part in page.text.split("<form")[1:] if 'value="an"' in part)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    response = requests.post(
        f"{provider.url}/authorize",
        data={name: html.unescape(value) for name, value in fields.items()},
        allow_redirects=False,
        timeout=30,
    )
    assert response.headers["Location"].startswith(f"{BACK}?code=")


def test_a_citizen_may_turn_back(provider):
    assert agree(provider, "") == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://evil.example/tai-khoan/vneid/xac-nhan"},
        {"redirect_uri": "http://localhost:8123/elsewhere"},
        {"redirect_uri": "http://localhost@evil.example/tai-khoan/vneid/xac-nhan"},
        {"client_id": "another"},
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_registered(provider, changed):
    form = request_of(provider, **changed) | {"account": "an"}
    response = requests.post(f"{provider.url}/authorize", data=form, allow_redirects=False, timeout=30)
    assert response.status_code == 400
    assert "Location" not in response.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
    ],
)
def test_a_wrong_request_is_told_to_the_client(provider, changed, error):
    assert agree(provider, "an", **changed)["error"] == error


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"redirect_uri": "http://localhost/tai-khoan/vneid/xac-nhan"}, "invalid_grant"),
        ({"client_secret": "guess"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_opens_nothing_for_anybody_else(provider, changed, error):
    assert redeem(provider, agree(provider, "an")["code"], **changed).json()["error"] == error


def test_a_code_opens_once(provider):
    code = agree(provider, "an")["code"]
    assert redeem(provider, code).ok
    assert redeem(provider, code).json()["error"] == "invalid_grant"


def test_a_stranger_token_opens_no_claims(provider):
    answer = requests.get(f"{provider.url}/userinfo", headers={"Authorization": "Bearer x"}, timeout=30)
    assert answer.status_code == 401


def test_a_provider_that_is_down_says_so(provider):
    requests.post(f"{provider.url}/control/down", timeout=30).raise_for_status()
    for path in ("/.well-known/openid-configuration", "/authorize", "/jwks"):
        assert requests.get(provider.url + path, timeout=30).status_code == 503
    requests.post(f"{provider.url}/control/up", timeout=30).raise_for_status()
    assert claims(provider, "vinh")["HoVaTen"] == "Trần Quang Vinh"


def test_a_killed_provider_comes_back_with_its_key_and_what_was_agreed(party, provider):
    code = agree(provider, "an")["code"]
    keys = requests.get(f"{provider.url}/jwks", timeout=30).json()
    provider.kill()
    again = party("identity")
    assert again.environment == provider.environment
    assert requests.get(f"{again.url}/jwks", timeout=30).json() == keys
    assert redeem(again, code).ok
