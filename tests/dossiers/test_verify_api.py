"""`/api/v1/verify/`: a file's report, and whether a result still stands, without anything personal."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dossiers import correcting
from dossiers.models import Dossier, Result
from signatures import signing
from signatures.models import Judgement, SignedDocument
from tests.authority import Authority
from tests.dossiers.signing import certify, resolve
from tests.world import AN_ID, MONDAY, World

BASE = "/api/v1/verify/"


@pytest.fixture
def result(world: World, received: Dossier, authority: Authority, climb: Callable[[Dossier, str], Dossier]) -> Result:
    certify(world, authority)
    resolve(world, received, climb, at=MONDAY + dt.timedelta(days=1))
    return Result.objects.get()


def post(client: Client, content: bytes, **more: bytes) -> Any:
    files = {"file": content} | more
    return client.post(BASE, {name: SimpleUploadedFile(name, data) for name, data in files.items()})


def test_a_result_is_reported_with_its_state_and_stands_until_it_is_recalled(
    world: World, result: Result, client: Client
) -> None:
    document = SignedDocument.objects.get(pk=result.signed_document_id)
    content, code = signing.read(document), f"{BASE}{result.verify_code}/"
    answer = post(client, content)
    assert (answer.status_code, answer.json()["verdict"], answer.json()["state"]) == (200, "valid", "issued")
    assert len(answer.json()["signatures"]) == 2
    stands = client.get(code).json()
    assert (stands["state"], stands["verdict"], stands["sha256"]) == ("issued", "valid", [document.sha256])
    assert client.get(code).json()["judged_at"] == stands["judged_at"]
    shown = Judgement.objects.get(origin="shown")
    assert (shown.sha256, shown.signatures, shown.evidence) == (document.sha256, None, None)
    for text in (answer.content.decode(), str(stands)):
        assert "Nguyễn Thị An" not in text
        assert AN_ID not in text
    correcting.correct_result(
        result.dossier, by=world.actor("lan"), at=MONDAY + dt.timedelta(days=2), reason="Sai năm sinh"
    )
    assert client.get(code).json()["state"] == post(client, content).json()["state"] == "recalled"


def test_wrong_questions_get_problem_details(db: None, client: Client) -> None:
    for answer, status in ((client.get(f"{BASE}khong-co/"), 404), (client.post(BASE), 400), (client.get(BASE), 405)):
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    large = post(client, b"%PDF-" + b"0" * (20 * 1024 * 1024))
    assert (large.status_code, "20 MB" in large.json()["detail"]) == (422, True)


def test_what_is_not_ours_has_no_state(db: None, client: Client, decision: bytes) -> None:
    found = post(client, decision).json()
    assert (found["verdict"], found["state"]) == ("invalid", None)
    assert post(client, b"x", signature=b"y").json()["verdict"] == "invalid"


def test_the_schema_names_both_questions(db: None, client: Client) -> None:
    schema = client.get("/api/v1/schema/").content.decode()
    assert "/api/v1/verify/{code}/" in schema
    assert "claimed_at" in schema
