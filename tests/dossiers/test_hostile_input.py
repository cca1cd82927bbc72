"""Input made to break things: each is answered with words, never with 500, and nothing of the person's work is lost."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dossiers import files
from dossiers.models import Attachment, Dossier, Draft
from tests.dossiers.conftest import ANSWERS, picture
from tests.login import log_in
from tests.world import World

JSON = "application/json"


@pytest.fixture
def an(world: World, client: Client) -> Client:
    client.raise_request_exception = False
    return log_in(client, world.users["an"])


def patch(client: Client, draft: Draft, body: str) -> Any:
    return client.patch(f"/api/v1/drafts/{draft.pk}/", body, content_type=JSON)


@pytest.mark.parametrize("code", ["a/b", "https://x.vn/tra-cuu/N261123-ABCDEFGH?k=1", "..", "?", "%2F", "a" * 500])
def test_whatever_is_typed_as_a_code_is_answered(world: World, client: Client, code: str) -> None:
    client.raise_request_exception = False
    answer = client.get("/tra-cuu", {"ma": code}, follow=True)
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize(
    "answers",
    [
        '{"martyr_name": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"martyr_name": ' + "[" * 90_000 + "]" * 90_000 + "}",
        '{"martyr_name": 1e999}',
        '{"martyr_name": ' + "9" * 5000 + "}",
    ],
)
def test_json_that_no_form_can_hold_is_refused(an: Client, draft: Draft, answers: str) -> None:
    answer = patch(an, draft, f'{{"revision": 2, "answers": {answers}}}')
    assert answer.status_code == 400, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert Draft.objects.get(pk=draft.pk).answers == ANSWERS


def test_json_beyond_the_limit_is_not_read_into_memory(an: Client, draft: Draft) -> None:
    answer = patch(an, draft, json.dumps({"revision": 2, "answers": {"martyr_name": "a" * 3_000_000}}))
    assert answer.status_code == 413


def test_a_name_too_long_for_a_parcel_is_refused_when_it_is_entered(an: Client, draft: Draft) -> None:
    body = json.dumps({"revision": 2, "delivery": {"mode": "post", "name": "A" * 250}})
    assert patch(an, draft, body).status_code == 400
    assert an.post(f"/api/v1/drafts/{draft.pk}/submit/", "{}", content_type=JSON).status_code == 201


def test_a_file_for_a_draft_already_sent_is_refused_not_lost(an: Client, draft: Draft, submitted: Dossier) -> None:
    answer = an.post(f"/api/v1/drafts/{draft.pk}/files/", {"document": "bang-tqgc", "file": picture("muon.jpg")})
    assert answer.status_code == 409
    assert not Attachment.objects.filter(dossier=None).exists()


def test_a_draft_out_of_time_is_gone_for_the_interface_too(an: Client, draft: Draft) -> None:
    Draft.objects.filter(pk=draft.pk).update(expires_at=timezone.now())
    assert an.get(f"/api/v1/drafts/{draft.pk}/").status_code == 404


def broken(data: bytes, seed: int) -> bytes:
    dice = random.Random(seed)
    out = bytearray(data)
    for _ in range(dice.randint(1, 40)):
        out[dice.randrange(8, len(out))] = dice.randrange(256)
    return bytes(out[: dice.randrange(20, len(out))] if seed % 3 == 0 else out)


def test_broken_files_are_taken_or_refused_in_words(draft: Draft) -> None:
    import io

    import pikepdf

    whole = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(whole)
    samples = {"a.pdf": whole.getvalue(), "a.jpg": picture().read()}
    for seed in range(150):
        for name, data in samples.items():
            try:
                files.recognise(name, broken(data, seed))
            except files.FileRefused:
                continue


def test_a_zip_that_only_claims_to_be_small_is_refused(draft: Draft) -> None:
    for data in (b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 100):
        with pytest.raises(files.FileRefused):
            files.recognise("a.docx", data)


def test_a_big_file_is_named_and_the_other_one_is_kept(an: Client, draft: Draft) -> None:
    big = SimpleUploadedFile("to.pdf", b"%PDF-" + b"0" * (21 * 1024 * 1024))
    answer = an.post(
        f"/nop/{draft.pk}/giay-to", {"tep-bang-tqgc": [big, picture("nho.jpg")], "tep-khac": picture("k.jpg")}
    )
    assert answer.status_code == 422
    assert "to.pdf" in answer.content.decode()
    assert "20 MB" in answer.content.decode()
    assert draft.attachments.filter(document_key="khac").exists()


def test_no_plain_copy_of_an_upload_lies_on_a_disk(
    an: Client, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "temp")  # not there: to write into it would fail
    noise = random.Random(1).randbytes(4_000_000)
    large = SimpleUploadedFile("lon.jpg", picture().read() + noise, "image/jpeg")
    assert an.post(f"/nop/{draft.pk}/giay-to", {"tep-khac": large, "_gui": "1"}).status_code == 302
    assert draft.attachments.get(document_key="khac").size > 4_000_000


def test_more_at_once_than_any_page_sends_is_refused_unread(an: Client, draft: Draft) -> None:
    answer = an.post(
        f"/nop/{draft.pk}/giay-to", b"--x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="9999999999"
    )
    assert answer.status_code == 413
    assert "giảm dung lượng" in answer.content.decode()
