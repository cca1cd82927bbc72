"""Leaders and records clerks whose key is in a token on their own machine."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers import outbox
from dossiers.models import AccessLog, Dossier, Result
from dossiers.states import Status
from signatures.models import AgentSession, SignedDocument, SigningRequest
from tests.authority import Authority
from tests.dossiers.officers import Desk, text
from tests.signatures import sticks
from tests.signatures.sticks import Holder
from tests.world import World

HOME = "/can-bo/ky/thiet-bi"
CONNECT = "connect-src 'self' wss://127.0.0.1:8987"


@pytest.fixture
def leader(world: World, authority: Authority) -> Holder:
    return sticks.person(world.users["lan"])


@pytest.fixture
def seal(world: World, authority: Authority) -> Holder:
    return sticks.agency(world.agencies["province"].code, world.agencies["province"].name)


@pytest.fixture
def lan(world: World) -> Desk:
    return Desk(world, "lan")


@pytest.fixture
def decided(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier], leader: Holder, seal: Holder, lan: Desk
) -> Dossier:
    climb(received, "so-ky")
    answer = lan.act(received, "ky")
    assert (answer.status_code, answer["Location"]) == (302, HOME), "the leader is led to where the token signs"
    return received


@pytest.fixture
def request_(decided: Dossier) -> SigningRequest:
    return SigningRequest.objects.get()


def original(request_: SigningRequest) -> bytes:
    with request_.original.open("rb") as file:
        return file.read()


def bring(desk: Desk, request_: SigningRequest, content: bytes) -> Any:
    return desk.client.post(f"{HOME}/{request_.pk}/gui", {"uploadfile": SimpleUploadedFile("a.pdf", content)})


def test_the_holder_sees_what_waits(decided: Dossier, request_: SigningRequest, lan: Desk) -> None:
    page = text(lan.client.get(HOME))
    assert decided.code in page
    assert Result.objects.get().number in page
    assert "Ký 1 văn bản" in page
    assert "Trình duyệt cần JavaScript" in page
    assert request_.certificate.serial.lower().lstrip("0") in page


def test_basket_and_dossier_lead_there_while_something_waits(world: World, decided: Dossier, lan: Desk) -> None:
    assert f'href="{HOME}"' in text(lan.open(decided))
    assert f'href="{HOME}"' in text(lan.get("ky"))
    assert f'href="{HOME}"' not in text(Desk(world, "quyen").get("van-thu"))


def test_only_pages_of_signing_reach_the_program(decided: Dossier, lan: Desk, settings: Any) -> None:
    assert CONNECT in lan.client.get(HOME)["Content-Security-Policy"]
    for page in (lan.open(decided), lan.get("hang-viec"), lan.client.get("/")):
        assert "connect-src" not in page["Content-Security-Policy"]
    settings.SIGNING_AGENT_URL = "wss://127.0.0.1:9999"
    answer = lan.client.get(HOME)
    assert "connect-src 'self' wss://127.0.0.1:9999" in answer["Content-Security-Policy"]
    assert 'data-agent="wss://127.0.0.1:9999"' in text(answer)


def test_the_page_tells_the_program_what_to_fetch_and_where_to_bring_it(request_: SigningRequest, lan: Desk) -> None:
    told = lan.client.post(f"{HOME}/{request_.pk}/mo").json()
    assert (told["state"], told["endpoint"]) == ("open", "SignApproved")
    order = told["order"]
    assert set(order) == {"FileUploadHandler", "SessionId", "JWTToken", "FileName", "MetaData"}
    assert re.fullmatch(r"http://testserver/ky-so/thiet-bi/[\w-]{43}", order["FileUploadHandler"])
    assert order["FileName"] == order["FileUploadHandler"] + "/van-ban.pdf"
    assert AccessLog.objects.filter(what="văn bản chờ ký bằng thiết bị").exists()


def test_an_annex_is_signed_by_the_programs_own_function_with_the_number_of_its_paper(
    request_: SigningRequest, lan: Desk
) -> None:
    SigningRequest.objects.filter(pk=request_.pk).update(reference=f"enclosure:{uuid.uuid4()}:1", reason="01/QĐ-UBND")
    told = lan.client.post(f"{HOME}/{request_.pk}/mo").json()
    assert (told["endpoint"], told["order"]["DocNumber"]) == ("SignAppendix", "01/QĐ-UBND")


def test_a_dossier_goes_all_the_way_by_tokens(
    world: World, decided: Dossier, request_: SigningRequest, leader: Holder, seal: Holder, lan: Desk
) -> None:
    order = lan.client.post(f"{HOME}/{request_.pk}/mo").json()["order"]
    path = order["FileUploadHandler"].removeprefix("http://testserver")
    signed = leader.signs(original(request_))
    assert lan.client.post(path, {"uploadfile": SimpleUploadedFile("a.pdf", signed)}).json()["Status"] is True
    assert lan.client.get(f"{HOME}/{request_.pk}/tinh-trang").json() == {"state": "done", "stamped": True}
    assert lan.client.post(f"{HOME}/{request_.pk}/mo").json() == {"state": "done", "stamped": True}

    quyen = Desk(world, "quyen")
    answer = quyen.act(decided, "dong-dau")
    assert answer["Location"] == HOME
    sealing = SigningRequest.objects.get(certificate=seal.certificate)
    assert quyen.client.post(f"{HOME}/{sealing.pk}/mo").json()["endpoint"] == "SignIssued"
    assert lan.client.get(f"{HOME}/{sealing.pk}/tep").status_code == 404, "the leader keeps no seal"
    assert bring(quyen, sealing, seal.signs(original(sealing), field="VGCA2")).status_code == 302
    outbox.sweep()
    assert Dossier.objects.get(pk=decided.pk).status == Status.RESOLVED
    assert Result.objects.get().issued_at


def test_without_javascript_the_file_is_fetched_and_brought_back(
    decided: Dossier, request_: SigningRequest, leader: Holder, lan: Desk
) -> None:
    answer = lan.client.get(f"{HOME}/{request_.pk}/tep")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content == original(request_)
    assert "Đã nhận văn bản đã ký" in text(follow(lan, bring(lan, request_, leader.signs(answer.content))))
    assert Dossier.objects.get(pk=decided.pk).stage_kind == "seal"
    again = follow(lan, bring(lan, request_, leader.signs(original(request_))))
    assert "đã ký xong từ trước" in text(again)
    assert SignedDocument.objects.count() == 1


def follow(desk: Desk, answer: Any) -> Any:
    assert answer.status_code == 302
    return desk.client.get(answer["Location"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "chưa|Chọn|không phải"), (b"GIF89a", "không phải là PDF"), (b"%PDF-" + bytes(21 * 1024 * 1024), "quá lớn")],
    ids=["empty", "no pdf", "large"],
)
def test_wrong_files_are_refused_in_words(request_: SigningRequest, lan: Desk, content: bytes, reason: str) -> None:
    answer = bring(lan, request_, content)
    assert answer.status_code == 422
    assert re.search(reason, text(answer))
    assert "Ký 1 văn bản" in text(answer), "it still waits"


def test_no_file_at_all_is_refused(request_: SigningRequest, lan: Desk) -> None:
    answer = lan.client.post(f"{HOME}/{request_.pk}/gui")
    assert (answer.status_code, "Chọn tệp đã ký" in text(answer)) == (422, True)


@pytest.mark.parametrize("name", ["chi", "quyen", "khanh"])
def test_others_see_nothing_of_it(world: World, request_: SigningRequest, name: str) -> None:
    other = Desk(world, name)
    assert "Không có gì chờ thiết bị" in text(other.client.get(HOME))
    assert other.client.post(f"{HOME}/{request_.pk}/mo").status_code == 404
    assert other.client.post(f"{HOME}/{request_.pk}/gui").status_code == 404
    assert other.client.get(f"{HOME}/{request_.pk}/tep").status_code == 404
    assert other.client.get(f"{HOME}/{request_.pk}/tinh-trang").status_code == 404
    assert not AgentSession.objects.exists()


def test_a_certificate_put_out_of_use_tells_the_leader_what_to_do(
    decided: Dossier, request_: SigningRequest, leader: Holder, lan: Desk
) -> None:
    type(leader.certificate).objects.filter(pk=leader.certificate.pk).update(state="suspended")
    answer = lan.client.post(f"{HOME}/{request_.pk}/mo")
    assert answer.status_code == 409
    assert "không còn hiệu lực" in answer.json()["error"]
    assert lan.client.get(f"{HOME}/{request_.pk}/tinh-trang").json()["state"] == "failed"
    assert "Chữ ký chưa tạo được" in text(lan.open(decided))


def test_what_will_not_be_issued_is_not_signed(decided: Dossier, request_: SigningRequest, lan: Desk) -> None:
    Dossier.objects.filter(pk=decided.pk).update(status=Status.STOPPED)
    assert "Không có gì chờ thiết bị" in text(lan.client.get(HOME))
    assert lan.client.post(f"{HOME}/{request_.pk}/mo").status_code == 404


def test_other_papers_are_named_too(world: World, request_: SigningRequest, lan: Desk) -> None:
    SigningRequest.objects.update(reference="dossier-package:x", reason="Gói lưu trữ")
    page = text(lan.client.get(HOME))
    assert "Văn bản điện tử" in page
    assert "Gói lưu trữ" in page
