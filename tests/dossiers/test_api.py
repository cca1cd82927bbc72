"""`/api/v1/` over HTTP: filing by a citizen, tracking by anybody, the queue by an officer."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from dossiers.models import Dossier, Draft
from tests.dossiers.conftest import ANSWERS, picture
from tests.login import log_in
from tests.world import AN_ADDRESS, World


@pytest.fixture
def an(world: World, client: Client) -> Client:
    return log_in(client, world.users["an"])


def send(client: Client, method: str, path: str, body: Any) -> Any:
    return getattr(client, method)(path, json.dumps(body), content_type="application/json")


def test_filing_through_the_interface_gives_a_dossier(world: World, an: Client) -> None:
    answer = send(an, "post", "/api/v1/drafts/", {"procedure": "1.010803", "agency": "000.21.05.H62"})
    assert answer.status_code == 201, answer.content
    draft = answer.json()
    assert draft["form"]["required"] == ["martyr_name", "relation"]
    delivery = {"mode": "post", "address": AN_ADDRESS, "phone": "0912345678"}
    patch = {"revision": draft["revision"], "answers": ANSWERS, "delivery": delivery}
    assert send(an, "patch", f"/api/v1/drafts/{draft['id']}/", patch).status_code == 200
    lost = send(an, "patch", f"/api/v1/drafts/{draft['id']}/", patch)
    assert (lost.status_code, lost["Content-Type"]) == (409, "application/problem+json")
    missing = send(an, "post", f"/api/v1/drafts/{draft['id']}/submit/", {})
    assert (missing.status_code, missing.json()["missing"]) == (422, ["Bằng Tổ quốc ghi công"])
    receipt = an.post(f"/api/v1/drafts/{draft['id']}/files/", {"document": "bang-tqgc", "file": picture()})
    assert receipt.status_code == 201
    first = send(an, "post", f"/api/v1/drafts/{draft['id']}/submit/", {})
    again = send(an, "post", f"/api/v1/drafts/{draft['id']}/submit/", {})
    assert first.status_code == again.status_code == 201
    assert first.json()["code"] == again.json()["code"] == Dossier.objects.get().reference


@pytest.mark.parametrize(
    ("path", "body"),
    [("", {"procedure": "9.999999", "agency": "x"}), ("", {"procedure": "1.010803", "agency": "000.00.05.H62"})],
)
def test_filing_where_nobody_receives_is_not_found(world: World, an: Client, path: str, body: Any) -> None:
    assert send(an, "post", "/api/v1/drafts/", body).status_code == 404


def test_a_nul_byte_and_a_wrong_type_are_told_by_field(world: World, an: Client) -> None:
    answer = send(an, "post", "/api/v1/drafts/", {"procedure": "1.0\x00108", "agency": ["x"]})
    assert answer.status_code == 400


def test_a_file_that_lies_about_its_type_is_refused_and_nothing_is_kept(world: World, an: Client, draft: Draft) -> None:
    liar = picture("bang.pdf")
    answer = an.post(f"/api/v1/drafts/{draft.pk}/files/", {"document": "bang-tqgc", "file": liar})
    assert (answer.status_code, "PDF" in answer.json()["detail"]) == (422, True)
    assert draft.attachments.count() == 1


def test_wrong_answers_are_told_by_field_at_submission(world: World, an: Client, draft: Draft) -> None:
    Draft.objects.filter(pk=draft.pk).update(
        answers=Draft._meta.get_field("answers").seal(draft, {"martyr_name": "", "hacker": "1"})  # type: ignore[attr-defined]
    )
    answer = send(an, "post", f"/api/v1/drafts/{draft.pk}/submit/", {})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"martyr_name", "relation", "hacker"}


@pytest.mark.parametrize(
    ("delivery", "field", "words"),
    [
        ({"mode": "pigeon"}, "mode", "Chọn một cách nhận trong danh sách"),
        ({"mode": "post", "address": "thôn Đồng Xuân"}, "address", "Địa chỉ còn thiếu"),
        ({"mode": "desk", "phone": "12"}, "phone", "ố"),
        ({"mode": "desk", "email": "an@"}, "email", "Nhập địa chỉ thư điện tử"),
        ({"mode": "post", "address": AN_ADDRESS, "name": ""}, "name", "Nhập họ và tên người nhận"),
    ],
)
def test_the_way_back_is_checked_as_on_the_page(
    an: Client, draft: Draft, delivery: Any, field: str, words: str
) -> None:
    before = Draft.objects.get(pk=draft.pk).delivery
    answer = send(an, "patch", f"/api/v1/drafts/{draft.pk}/", {"revision": draft.revision, "delivery": delivery})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert list(answer.json()["errors"]) == [field]
    assert words in answer.json()["errors"][field][0]
    assert Draft.objects.get(pk=draft.pk).delivery == before


def test_what_is_known_of_the_person_need_not_be_sent_again(world: World, an: Client) -> None:
    opened = send(an, "post", "/api/v1/drafts/", {"procedure": "1.010803", "agency": "000.21.05.H62"}).json()
    patch = {"revision": opened["revision"], "delivery": {"mode": "desk"}}
    given = send(an, "patch", f"/api/v1/drafts/{opened['id']}/", patch).json()["delivery"]
    assert (given["mode"], given["phone"], given["email"]) == ("desk", "0912345678", "an@example.vn")


def test_a_draft_takes_only_so_many_files(an: Client, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossiers.files.MOST_FILES", 2)
    path = f"/api/v1/drafts/{draft.pk}/files/"
    assert an.post(path, {"document": "khac", "file": picture("a.jpg")}).status_code == 201
    full = an.post(path, {"document": "khac", "file": picture("b.jpg")})
    assert (full.status_code, full.json()["detail"]) == (422, "Bạn đã gửi đủ 2 tệp. Xóa bớt tệp thừa.")
    assert draft.attachments.count() == 2


def test_a_strangers_draft_does_not_exist(world: World, client: Client, draft: Draft) -> None:
    vinh = log_in(client, world.users["vinh"])
    assert vinh.get(f"/api/v1/drafts/{draft.pk}/").status_code == 404
    assert send(vinh, "post", f"/api/v1/drafts/{draft.pk}/submit/", {}).status_code == 404
    assert send(vinh, "post", f"/api/v1/drafts/{uuid.uuid4()}/submit/", {}).status_code == 404


def test_tracking_by_code_alone_shows_only_code_and_progress(world: World, client: Client, received: Dossier) -> None:
    public = client.get(f"/api/v1/track/{received.code}/").json()
    assert public["state"] == "in_progress"
    assert "steps" not in public
    text = client.get(f"/api/v1/track/{received.code}/?k={received.tracking_key}").content.decode()
    assert "Ủy ban nhân dân xã Xuân Lôi" in text
    assert "Nguyễn Thị An" not in text
    assert client.get("/api/v1/track/000.21.05.H62-261109-9999/").status_code == 404
    assert "steps" not in client.get(f"/api/v1/track/{received.code}/?k=wrong").json()


def test_tracking_takes_at_most_three_statements(
    client: Client, received: Dossier, django_assert_max_num_queries: Any
) -> None:
    from dossiers import tracking

    with django_assert_max_num_queries(3):
        tracking.find(str(received.code), key=received.tracking_key)


def test_the_queue_is_the_officers_own(world: World, client: Client, received: Dossier) -> None:
    assert [row["code"] for row in log_in(client, world.users["chi"]).get("/api/v1/queue/").json()] == [received.code]
    assert log_in(Client(), world.users["hai"]).get("/api/v1/queue/").json() == []
    assert log_in(Client(), world.users["an"]).get("/api/v1/queue/").status_code == 404
    assert Client().get("/api/v1/queue/").status_code in (401, 403)
