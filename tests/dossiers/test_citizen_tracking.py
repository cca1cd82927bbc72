"""Following without logging in: dates for anybody with the code, desks for the key, nothing personal for either."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from dossiers import intake, returning
from dossiers.models import Dossier
from dossiers.states import Status
from tests.dossiers.filing import text
from tests.world import AN_ADDRESS, AN_ID, AN_PHONE, MONDAY, World

PERSONAL = ("Nguyễn Thị An", "Nguyễn Văn Long", AN_ID, AN_PHONE, AN_ADDRESS, "an@example.vn", "bang.jpg")
OFFICERS = ("Nguyễn Văn Bình", "Trần Thị Chi", "Hoàng Văn Hải")


@pytest.fixture(autouse=True)
def _counts_apart(settings: Any) -> None:
    """The count of guesses stands in the cache, whose own statements are not the page's."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def with_key(dossier: Dossier) -> str:
    return f"/tra-cuu/{dossier.code or dossier.reference}?k={dossier.tracking_key}"


def test_anonymous_lookup_shows_only_code_and_progress(received: Dossier, client: Client) -> None:
    page = text(client.get(f"/tra-cuu/{received.code}"))
    assert "Đang giải quyết" in page
    assert "17:00, thứ Sáu 11/12/2026" in page
    for secret in (*PERSONAL, *OFFICERS, "Xuân Lôi", "liệt sĩ", received.tracking_key):
        assert secret not in page


def test_a_wrong_key_is_as_good_as_none(received: Dossier, client: Client) -> None:
    plain = text(client.get(f"/tra-cuu/{received.code}"))
    wrong = text(client.get(f"/tra-cuu/{received.code}?k=đoán-mò"))
    assert wrong.split("<main")[1].split("</main>")[0] == plain.split("<main")[1].split("</main>")[0]


def test_the_key_shows_who_holds_it_until_when_by_unit_and_role(
    received: Dossier, climb: Callable[[Dossier, str], Dossier], client: Client
) -> None:
    climb(received, "huyen-tham-dinh")
    page = text(client.get(with_key(received)))
    for words in (
        "Ủy ban nhân dân huyện Lập Thạch", "Chuyên viên", "Phải xong trước", "Bước xa-tham-dinh",
        "Bạn chưa phải làm gì", "Nếu trễ hẹn thì sao", "trước 11/12, 17:00", "qua bưu điện",
    ):  # fmt: skip
        assert words in page
    for secret in (*PERSONAL, *OFFICERS):
        assert secret not in page


def test_the_reference_leads_there_before_there_is_a_code_and_after(
    submitted: Dossier, world: World, client: Client
) -> None:
    assert "Đang chờ một cửa trả lời" in text(client.get(f"/tra-cuu/{submitted.reference.lower()}"))
    intake.receive(submitted, by=world.actor("binh"), at=MONDAY)
    assert submitted.code in text(client.get(f"/tra-cuu/{submitted.reference}"))


@pytest.mark.parametrize("code", ["KHONG-CO", "000.21.05.H62-261109-9999", "N261109-AAAAAAAA", "x" * 500, "‮"])
def test_an_unknown_code_is_told_kindly(db: None, client: Client, code: str) -> None:
    answer = client.get(f"/tra-cuu/{code}")
    assert answer.status_code == 404
    assert "Không có hồ sơ nào mang mã này" in text(answer)
    assert 'name="ma"' in text(answer)


def test_the_form_leads_to_the_dossier(db: None, client: Client) -> None:
    assert client.get("/tra-cuu").status_code == 200
    assert (
        client.get("/tra-cuu", {"ma": " 000.21.05.H62 -261109-0001\n"})["Location"]
        == "/tra-cuu/000.21.05.H62-261109-0001"
    )
    assert client.get("/tra-cuu", {"ma": "a\x00b"}).status_code == 400


def test_guessing_is_slowed_down_but_the_right_key_is_not(received: Dossier, client: Client, settings: Any) -> None:
    settings.THROTTLES = settings.THROTTLES | {"tracking": "3/5m"}
    answers = [client.get(f"/tra-cuu/{received.code}?k={guess}").status_code for guess in range(4)]
    assert answers == [200, 200, 200, 429]
    assert client.get("/tra-cuu/KHONG-CO").status_code == 429
    assert client.get(with_key(received)).status_code == 200


def test_a_page_costs_three_statements_at_most(
    received: Dossier, climb: Callable[[Dossier, str], Dossier], client: Client, django_assert_max_num_queries: Any
) -> None:
    climb(received, "huyen-tham-dinh")
    client.get(with_key(received))
    with django_assert_max_num_queries(3):
        client.get(with_key(received))
    with django_assert_max_num_queries(3):
        client.get(f"/tra-cuu/{received.code}")


def test_nobody_keeps_the_page(received: Dossier, client: Client) -> None:
    assert "no-store" in client.get(with_key(received))["Cache-Control"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": Status.SUPPLEMENT_REQUESTED}, ["Cần bạn bổ sung giấy tờ", "Đang dừng, chờ bạn"]),
        ({"status": Status.WITHDRAWAL_REQUESTED}, ["Đang xem yêu cầu rút hồ sơ"]),
        (
            {"status": Status.STOPPED, "withdrawn": True, "closed_at": MONDAY},
            ["Hồ sơ đã rút", "09:00, thứ Hai 09/11/2026"],
        ),
        ({"status": Status.STOPPED, "closed_at": MONDAY}, ["Hồ sơ đã dừng"]),
        ({"status": Status.NOT_RECEIVED, "closed_at": MONDAY}, ["Một cửa không tiếp nhận hồ sơ"]),
        ({"stage_kind": "sign"}, ["Đang chờ lãnh đạo ký"]),
        ({"status": Status.PAYMENT_DUE}, ["Chờ bạn nộp tiền"]),
        ({"status": Status.RESOLVED, "resolved_at": MONDAY}, ["đang chờ gửi bưu điện", "Đúng hẹn"]),
        ({"status": Status.RESOLVED, "resolved_at": MONDAY, "return_mode": "desk"}, ["mời bạn đến nhận"]),
        ({"status": Status.RESOLVED, "resolved_at": MONDAY, "return_mode": "online"}, ["bạn tải về được rồi"]),
        ({"status": Status.RESOLVED, "resolved_at": MONDAY, "in_post": True}, ["trên đường đến bạn", "Bưu tá sẽ gọi"]),
        (
            {
                "status": Status.RETURNED,
                "resolved_at": MONDAY + dt.timedelta(days=60),
                "returned_at": MONDAY,
                "closed_at": MONDAY,
            },
            ["Đã trả kết quả", "Trễ hẹn, chúng tôi xin lỗi bạn"],
        ),
        ({"due_at": MONDAY - dt.timedelta(days=7)}, ["Chúng tôi xin lỗi bạn", "ngày làm việc"]),
    ],
)
def test_every_state_is_told_in_plain_words(
    received: Dossier, client: Client, fields: dict[str, Any], words: list[str]
) -> None:
    Dossier.objects.filter(pk=received.pk).update(**fields)
    page = text(client.get(with_key(received)))
    for expected in words:
        assert expected in page


def test_a_delivered_dossier_has_gone_all_five_stops(world: World, received: Dossier, client: Client) -> None:
    Dossier.objects.filter(pk=received.pk).update(status=Status.RESOLVED, resolved_at=MONDAY, holder_role="returner")
    dossier = Dossier.objects.get(pk=received.pk)
    returning.hand_out(dossier, by=world.actor("giang"), at=MONDAY, collector="Nguyễn Thị An", paper="Căn cước")
    page = text(client.get(with_key(dossier)))
    rail = page.split('<ol class="rail">')[1].split("</ol>")[0]
    assert rail.count('class="done"') == 5
    assert "Nguyễn Thị An" not in page
