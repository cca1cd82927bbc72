"""Every address is on the public list below, or asks who you are."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from procedures import calendars
from tests import world as worlds
from tests.architecture.tree import said

PUBLIC = {
    # the province's pages
    "home", "search", "life_event", "catalogue", "service_field", "procedure", "help", "accessibility", "privacy",
    "status", "display", "units", "suggestions", "agencies", "agency", "procedure_group", "checklist", "checklist_pdf",
    "poster", "model_dossier", "blank_form", "sitemap",
    # by the key of a dossier or of a paper
    "track", "tracked", "tracked_limit", "verify", "verify_code",
    # doors
    "login", "logout", "openid_connect_callback", "officer_login", "invitation",
    # machines: probes, the carrier's signed news, a signing service's hint, the program on an officer's machine by a
    # secret good for one file, the open interface
    "healthz", "readyz", "carrier_callback", "smartca_webhook", "agent_file", "agent_upload",
    "api_root", "api_schema", "api_procedures", "api_procedure", "api_track",
    "api_verify", "api_verify_code",
    # developers
    "style_guide", "style_guide_page",
}  # fmt: skip
DOORS = ("/dang-nhap", "/can-bo/dang-nhap")
SAMPLE = {"int": "1", "slug": "khong-co", "str": "khong-co", "path": "khong-co", "uuid": str(uuid.UUID(int=7))}


def walk(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every address as (name, path), parameters filled with plausible values of nothing that exists."""
    for entry in patterns:
        route = before + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLE[found[1] or "str"], str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield entry.name or "", f"/{route}"


ROUTES = list(walk(get_resolver().url_patterns))


@pytest.fixture(scope="module")
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def province(db: None) -> None:
    calendars.forget()
    worlds.build()


def test_every_address_has_a_name_of_its_own() -> None:
    names = [name for name, _ in ROUTES]
    twice = sorted({name or "(none)" for name in names if not name or names.count(name) > 1})
    assert not twice, said(twice, "Name every path(), each differently:")


def test_the_public_list_names_only_what_exists() -> None:
    gone = sorted(PUBLIC - {name for name, _ in ROUTES})
    assert not gone, said(gone, "Take it off the list in tests/architecture/test_routes.py:")


def test_strangers_get_no_further_than_the_door_unless_the_page_is_public(province: None, visitor: Client) -> None:
    open_doors = []
    for name, path in ROUTES:
        if name in PUBLIC:
            continue
        for answer in (visitor.get(path), visitor.post(path)):
            to_the_door = answer.status_code == 302 and answer["Location"].split("?")[0] in DOORS
            if not to_the_door and answer.status_code not in {401, 403, 405}:
                open_doors.append(f"{name} {path}: {answer.status_code} {answer.get('Location', '')}")
    assert not open_doors, said(open_doors, "Guard the view, or list it as public with a reason:")


def test_public_pages_answer_strangers_and_never_break(province: None, visitor: Client) -> None:
    broken = []
    for name, path in ROUTES:
        if name in PUBLIC:
            answer = visitor.get(path)
            if answer.status_code not in {200, 302, 400, 403, 404, 405, 503}:
                broken.append(f"{name} {path}: {answer.status_code}")
    assert not broken, said(broken, "A public page broke:")
