"""The identity provider's simulator as its own process, and officers to log in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from portal.demo import ensure_officer
from portal.models import User
from procedures.models import Agency, Position
from tests.simulators import registry

CALLBACK = "http://testserver/tai-khoan/vneid/xac-nhan"


@pytest.fixture(scope="session")
def provider_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[registry.Running]:
    state: Path = tmp_path_factory.mktemp("identity")
    with registry.start("identity", state, arguments=["--redirect-uri", CALLBACK]) as running:
        yield running


@pytest.fixture
def identity(provider_process: registry.Running, settings: Any, db: None) -> Iterator[str]:
    """The issuer's address, up for this test."""
    use_provider(settings, provider_process.url, provider_process)
    cache.clear()
    requests.post(f"{provider_process.url}/control/up", timeout=30)
    yield provider_process.url
    requests.post(f"{provider_process.url}/control/up", timeout=30)


def use_provider(settings: Any, issuer: str, running: registry.Running) -> None:
    environment = running.environment
    settings.IDENTITY_ISSUER = issuer
    app = {
        "provider_id": "vneid",
        "name": "VNeID",
        "client_id": environment["IDENTITY_CLIENT_ID"],
        "secret": environment["IDENTITY_CLIENT_SECRET"],
        "settings": {"server_url": issuer, "scope": ["openid"]},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def agree(leaving: HttpResponse, account: str) -> str:
    """Click the citizen's button at the provider; the address the browser is sent back to."""
    url = urlsplit(leaving["Location"])
    form = dict(parse_qsl(url.query)) | {"account": account}
    address = f"{url.scheme}://{url.netloc}{url.path}"
    return requests.post(address, data=form, allow_redirects=False, timeout=30).headers["Location"]


def come_back(client: Client, address: str) -> HttpResponse:
    url = urlsplit(address)
    return client.get(f"{url.path}?{url.query}")


def log_in_as(client: Client, account: str, next_page: str = "") -> HttpResponse:
    """The whole way of a citizen, through both sites."""
    leaving = client.post("/dang-nhap", {"next": next_page})
    assert leaving.status_code == 302, leaving.content.decode()
    return come_back(client, agree(leaving, account))


@pytest.fixture
def officer(db: None) -> User:
    """Bình at the counter of the commune, with a second factor."""
    cache.clear()
    user = ensure_officer("binh", "Nguyễn Văn Bình")
    seat(user, "receiver")
    return user


@pytest.fixture
def newcomer(db: None) -> User:
    """An officer with a seat, who has no second factor yet."""
    cache.clear()
    user = User(username="moi", full_name="Nguyễn Văn Mới", kind=User.Kind.OFFICER)
    user.set_password("demo-motcua")
    user.save()
    seat(user, "specialist")
    return user


def seat(user: User, role: str) -> Position:
    agency, _ = Agency.objects.get_or_create(
        code="000.21.05.H62",
        defaults={"scheme": "qcvn102", "name": "UBND xã Xuân Lôi", "name_fold": "ubnd xa xuan loi", "level": "commune"},
    )
    return Position.objects.create(user=user, agency=agency, role=role, title="Công chức", holder_name=user.full_name)
