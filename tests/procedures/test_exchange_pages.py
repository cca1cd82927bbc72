"""Files in and out in the browser: seen first, accepted part by part, nobody else's."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal.floor.actor import SYSTEM
from portal.models import User
from procedures import importing, publishing
from procedures.models import AdminChange, Agency, Position, Procedure, ProcedureVersion
from procedures.views.admin.exchange import keeping
from tests.login import log_in
from tests.procedures.reference import ROOT

pytestmark = pytest.mark.django_db
IMPORT, EXPORT = "/quan-tri/thu-tuc/nhap", "/quan-tri/thu-tuc/xuat"
BIRTH = json.loads((ROOT / "catalogue" / "1.001193.json").read_text("utf-8"))
MARRIAGE = json.loads((ROOT / "catalogue" / "1.000894.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    importing.import_rules(*sorted((ROOT / "rules").glob("*.json")))
    importing.import_catalogue(json.dumps([BIRTH]).encode(), by=SYSTEM, at=timezone.now())


def officer(username: str, role: str) -> Client:
    given = {"scheme": "qcvn102", "name": "UBND tỉnh", "level": "province"}
    agency, _new = Agency.objects.get_or_create(code="000.00.00.H62", defaults=given)
    user = User.objects.create(username=username, full_name=username, kind=User.Kind.OFFICER)
    Position.objects.create(user=user, agency=agency, role=role, title=role, holder_name=username)
    return log_in(Client(), user)


@pytest.fixture
def minh() -> Client:
    return officer("minh", "catalogue_editor")


def sent(client: Client, *records: Any) -> str:
    """The address of the preview."""
    file = SimpleUploadedFile("a.json", json.dumps(list(records)).encode())
    answer = client.post(IMPORT, {"file": file})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_the_preview_changes_nothing_and_shows_before_and_after(minh: Client) -> None:
    changed = BIRTH | {"name": "Đăng ký khai sinh mới", "audience": ["Người nước ngoài"]}
    path = sent(minh, changed, MARRIAGE, {"code": "x"})
    page = minh.get(path).content.decode()
    assert "Đăng ký khai sinh mới" in page
    assert "<del>Thủ tục đăng ký khai sinh</del>" in page
    assert "<ins>Người nước ngoài</ins>" in page
    assert MARRIAGE["short_name"] in minh.get(f"{path}?loai=them").content.decode()
    assert "Giá trị không dùng được" in minh.get(f"{path}?loai=loi").content.decode()
    assert (Procedure.objects.count(), ProcedureVersion.objects.count()) == (1, 1)


def test_only_ticked_parts_are_taken_and_the_rest_waits(minh: Client) -> None:
    changed = BIRTH | {"name": "Đăng ký khai sinh mới", "audience": ["Người nước ngoài"]}
    path = sent(minh, changed, MARRIAGE)
    answer = minh.post(path, {"nhan": "chon", "doi": ["1.001193:audience"]}, follow=True)
    assert "Đã nhập thành bản thảo" in answer.content.decode()
    draft = ProcedureVersion.objects.get(procedure__code="1.001193", number=2)
    assert (draft.name, draft.audience, draft.state) == (BIRTH["name"], ["Người nước ngoài"], "draft")
    assert not Procedure.objects.filter(code="1.000894").exists()
    again = minh.get(path).content.decode()
    assert "Đăng ký khai sinh mới" in again
    assert "<ins>Người nước ngoài</ins>" not in again
    minh.post(path, {"nhan": "tat-ca", "loai": "them"})
    assert ProcedureVersion.objects.get(procedure__code="1.000894").state == "draft"
    seen = AdminChange.objects.filter(kind="procedure.imported", actor_name="minh")
    assert set(seen.values_list("subject_key", flat=True)) == {"1.001193", "1.000894"}


def test_a_person_may_put_accepted_parts_into_a_draft_in_work(minh: Client) -> None:
    user = User.objects.get(username="minh")
    version = publishing.draft_version(Procedure.objects.get(), by=SYSTEM, at=timezone.now())
    ProcedureVersion.objects.filter(pk=version.pk).update(short_name="Tên đang sửa", fingerprint="")
    path = sent(minh, BIRTH | {"audience": ["Người nước ngoài"]})
    assert "đang có người sửa" in minh.get(path).content.decode()
    minh.post(path, {"nhan": "chon", "doi": ["1.001193:audience"]})
    draft = ProcedureVersion.objects.get(state="draft")
    assert (draft.short_name, draft.audience) == ("Tên đang sửa", ["Người nước ngoài"])
    assert draft.edited_by_id == user.pk


def test_a_version_that_waits_for_its_day_is_not_touched(minh: Client) -> None:
    version = publishing.draft_version(Procedure.objects.get(), by=SYSTEM, at=timezone.now())
    ProcedureVersion.objects.filter(pk=version.pk).update(state="reviewed")
    path = sent(minh, BIRTH | {"audience": ["Người nước ngoài"]})
    answer = minh.post(path, {"nhan": "chon", "doi": ["1.001193:audience"]}, follow=True)
    assert "đang chờ công bố" in answer.content.decode()
    version.refresh_from_db()
    assert version.audience == BIRTH["audience"]


def test_an_upload_is_sealed_its_owners_alone_and_gone_after_a_day(minh: Client, monkeypatch: Any) -> None:
    path = sent(minh, BIRTH)
    from django.core.files.storage import default_storage

    folder = default_storage.path(keeping.FOLDER)  # plain bytes never lie there
    assert not any(b"1.001193" in one.read_bytes() for one in __import__("pathlib").Path(folder).rglob("*.*"))
    assert officer("son", "catalogue_reviewer").get(path).status_code == 404
    assert officer("binh", "receiver").get(IMPORT).status_code == 404
    later = timezone.now() + dt.timedelta(hours=25)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert log_in(Client(), User.objects.get(username="minh")).get(path).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe", "UTF-8"), (b"", "Tệp rỗng"), (b"PK\x03\x04x", "XLSX hỏng"), (b"[[", "dòng 1")]
)
def test_a_broken_file_is_refused_on_the_form(minh: Client, content: bytes, words: str) -> None:
    answer = minh.post(IMPORT, {"file": SimpleUploadedFile("a.json", content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_strange_pages_and_ticks_do_no_harm(minh: Client) -> None:
    path = sent(minh, BIRTH | {"audience": ["Người nước ngoài"]})
    for query in ("?trang=9999", "?trang=-1", "?trang=x", "?trang=²"):
        assert minh.get(path + query).status_code == 200
    minh.post(path, {"nhan": "chon", "doi": ["x", "1.001193:code", "9.999999:name", ":"], "them": ["1.001193"]})
    assert ProcedureVersion.objects.count() == 1


def test_the_catalogue_is_downloaded_in_both_shapes(minh: Client) -> None:
    answer: Any = minh.get(EXPORT)
    assert json.loads(b"".join(answer.streaming_content))[0]["code"] == "1.001193"
    book: Any = minh.get(EXPORT, {"dang": "xlsx"})
    assert book["Content-Disposition"].endswith('.xlsx"')
    assert b"".join(book.streaming_content).startswith(b"PK")
    assert officer("binh", "receiver").get(EXPORT).status_code == 404
