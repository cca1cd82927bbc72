"""The queue: whose dossiers, in which order, at what cost."""

import datetime as dt
import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers import processing, supplementing
from dossiers.models import Dossier, SavedView
from dossiers.views.officer import shelves
from dossiers.views.officer.narrowing import working_hours_ago
from procedures.calendars import calendar_for
from procedures.models import ProvinceProfile
from procedures.worktime import minutes_between
from tests.dossiers.officers import Desk, copies, text
from tests.world import MONDAY, World

# Copies of one dossier and its owner, spread over two desks and five weeks.
_COPIES = """
WITH copied AS (
  INSERT INTO dossiers_dossier ({columns}) SELECT {values} FROM dossiers_dossier d, generate_series(1, %(count)s) n
  WHERE d.id = %(original)s RETURNING id)
INSERT INTO dossiers_party (id, dossier_id, role, is_organisation, name, identity, identity_index, phone, phone_index,
  email, address, birth_on)
SELECT gen_random_uuid(), id, 'owner', false, 'Người thứ', NULL, '', NULL, '', NULL, NULL, NULL FROM copied
"""


def multiply(dossier: Dossier, count: int) -> None:
    """Many dossiers like this one, by SQL; three in four are long closed."""
    own = {
        "id": "gen_random_uuid()", "reference": "'N261109-' || lpad(n::text, 8, '0')", "code": "NULL",
        "next_due_at": "d.next_due_at + n %% 300 * interval '3 hours'",
        "status": "CASE WHEN n %% 4 = 0 THEN d.status ELSE 10 END",
    }  # fmt: skip
    columns = [field.column for field in Dossier._meta.concrete_fields]
    values = ", ".join(own.get(column, f"d.{column}") for column in columns)
    sql = _COPIES.replace("NULL, '', NULL, '', NULL, NULL, NULL FROM", "'', '', '', '', '', '', '' FROM")
    with connection.cursor() as cursor:
        cursor.execute(sql.format(columns=", ".join(columns), values=values), {"count": count, "original": dossier.pk})
        cursor.execute("ANALYZE dossiers_dossier, dossiers_party")


def codes(response: Any) -> list[str]:
    return re.findall(r'<span class="code">([^<]+)</span>', text(response))


@pytest.mark.parametrize("name", ["chi", "dung", "em", "giang", "hai", "lan", "phuc", "thao"])
def test_a_new_dossier_lies_on_the_receivers_desk_alone(world: World, submitted: Dossier, name: str) -> None:
    assert codes(Desk(world, "binh").get("hang-viec")) == [submitted.reference]
    assert codes(Desk(world, name).get("hang-viec")) == []


def test_a_dossier_given_to_one_officer_leaves_the_queue_of_the_others(world: World, received: Dossier) -> None:
    processing.assign(received, by=world.actor("chi"), at=MONDAY, to=world.positions["chi"])
    desk = Desk(world, "chi")
    assert codes(desk.get("hang-viec", xem="giao-toi")) == [received.code]
    assert "Giao cho tôi" in text(desk.get("hang-viec"))


def test_views_hold_what_their_names_say(world: World, submitted: Dossier) -> None:
    desk, now = Desk(world, "binh"), timezone.now()
    Dossier.objects.update(next_due_at=now - dt.timedelta(hours=1), next_soon_at=now - dt.timedelta(hours=9))
    assert codes(desk.get("hang-viec", xem="qua-han")) == [submitted.reference]
    assert codes(desk.get("hang-viec", xem="sap-den-han")) == []
    Dossier.objects.update(next_due_at=now + dt.timedelta(hours=1))
    assert codes(desk.get("hang-viec", xem="qua-han")) == []
    assert codes(desk.get("hang-viec", xem="sap-den-han")) == [submitted.reference]


def test_a_dossier_waiting_for_the_citizen_is_no_work_to_do(world: World, submitted: Dossier) -> None:
    supplementing.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Mờ")
    supplementing.request_supplement(submitted, by=world.actor("binh"), at=MONDAY)
    desk = Desk(world, "binh")
    assert codes(desk.get("hang-viec")) == []
    waiting = desk.get("hang-viec", xem="cho-bo-sung")
    assert codes(waiting) == [submitted.reference]
    assert "Chờ người dân bổ sung" in text(waiting)


def test_numbers_of_people_are_masked(world: World, submitted: Dossier) -> None:
    page = text(Desk(world, "binh").get("hang-viec"))
    assert "026•••••1234" in page
    assert "026190001234" not in page


def test_the_cashier_sees_who_has_to_pay(world: World, received: Dossier) -> None:
    desk = Desk(world, "thao")
    assert codes(desk.get("hang-viec")) == []
    received.payment.amount = 8000
    received.payment.save()
    assert codes(desk.get("hang-viec")) == [received.code]


def test_the_filter_keeps_one_procedure(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    assert codes(desk.get("hang-viec", **{"thu-tuc": submitted.title})) == [submitted.reference]
    assert codes(desk.get("hang-viec", **{"thu-tuc": "Đăng ký khai sinh"})) == []


@pytest.mark.parametrize("asked", ["nguyen thi an", "Nguyễn Thị An", "tho cung", "THỜ CÚNG an"])
def test_search_knows_no_diacritics(world: World, submitted: Dossier, asked: str) -> None:
    assert codes(found(Desk(world, "binh"), asked)) == [submitted.reference]
    assert codes(found(Desk(world, "phuc"), asked)) == [], "another counter's dossier"


def found(desk: Desk, asked: str) -> Any:
    """What the search box leads to."""
    answer = desk.client.post("/can-bo/tim", {"q": asked})
    return desk.client.get(answer["Location"])


def test_search_by_number_card_code_and_scanned_receipt(world: World, received: Dossier) -> None:
    desk = Desk(world, "binh")
    assert codes(found(desk, "026190001234")) == [received.code]
    assert codes(found(desk, "026190001234|123456789|Nguyễn Thị An|12031990|Nữ|Xuân Lôi|01012021")) == [received.code]
    assert codes(found(desk, received.code[:20].lower())) == [received.code]
    for exact in (received.code, received.reference, f"https://motcua.example/tra-cuu/{received.code}?k=abc"):
        answer = desk.client.post("/can-bo/tim", {"q": exact})
        assert answer["Location"] == f"/can-bo/ho-so/{received.code}"


@pytest.mark.parametrize(
    "asked", ["026190001234", "026190001234|1|Nguyễn Thị An|12031990|Nữ|Xuân Lôi|0", "Nguyễn Thị An"]
)
def test_nothing_that_names_a_person_stands_in_an_address(world: World, received: Dossier, asked: str) -> None:
    desk = Desk(world, "binh")
    for post in ("tim", "hang-viec/loc"):
        address = desk.client.post(f"/can-bo/{post}", {"q": asked, "tim": asked})["Location"]
        assert "0261" not in address
        assert "Nguy" not in unquote(address)
    assert codes(desk.get("tim", q="026190001234")) == [], "a number in an address finds nothing"


@pytest.mark.parametrize("odd", ["", "x", "AAAA", "%%%", "a" * 3000, "é"])
def test_an_altered_search_shows_an_empty_page(world: World, received: Dossier, odd: str) -> None:
    desk = Desk(world, "binh")
    assert codes(desk.get("tim", k=odd)) == []
    assert codes(desk.get("hang-viec", k=odd)) == [], "the specialist holds it"


@pytest.mark.parametrize(
    "odd", ["", "x", "x.1", "99999999999999999.0", "9999999999999999." + "f" * 32, "-1." + "0" * 32, "a" * 5000]
)
def test_an_odd_page_key_shows_a_page(world: World, submitted: Dossier, odd: str) -> None:
    assert Desk(world, "binh").get("hang-viec", sau=odd).status_code == 200


def test_pages_follow_each_other_without_gap_or_repetition(world: World, submitted: Dossier) -> None:
    multiply(submitted, 480)
    desk, seen, address = Desk(world, "binh"), [], "hang-viec?xem=can-lam"
    while address:
        page = desk.client.get(f"/can-bo/{address}")
        seen += codes(page)
        following = re.search(r'rel="next" href="/can-bo/([^"]+)"', text(page))
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 121
    due = dict(Dossier.objects.values_list("reference", "next_due_at"))
    assert [due[one] for one in seen] == sorted(due[one] for one in seen)


def test_a_page_of_the_queue_costs_six_statements(world: World, submitted: Dossier) -> None:
    multiply(submitted, 400)
    desk = Desk(world, "binh")
    desk.get("hang-viec")  # writes the session, warms the calendar
    with CaptureQueriesContext(connection) as queries:
        page = desk.get("hang-viec")
    assert len(codes(page)) == 50
    assert len(queries) <= 6, [query["sql"][:200] for query in queries]


def test_more_than_a_thousand_are_not_counted_to_the_end(world: World, submitted: Dossier) -> None:
    multiply(submitted, 5000)
    counts = shelves.counted(world.actor("binh"), now=timezone.now())
    assert shelves.in_words(counts["can-lam"]) == "1.000+"


def test_a_scanned_address_that_is_none_is_searched_as_text(world: World, received: Dossier) -> None:
    assert found(Desk(world, "binh"), "http://[x/tra-cuu/a").status_code == 200


# Narrowing, order, views of one's own ---------------------------------------------------------------------------


def narrowed(desk: Desk, **given: str) -> Any:
    """The page that the filter leads to."""
    return desk.client.get(desk.client.post("/can-bo/hang-viec/loc", {"xem": "can-lam"} | given)["Location"])


def several(submitted: Dossier) -> tuple[Dossier, Dossier]:
    """Another dossier beside it, handed in at the counter a week later."""
    [other] = copies(submitted, 1)
    later = submitted.submitted_at + dt.timedelta(days=7)
    Dossier.objects.filter(pk=other.pk).update(
        channel="direct", submitted_at=later, search_fold="tran quang vinh", applicant_name="Trần Quang Vinh"
    )
    return submitted, other


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"kenh": "online"}, "first"), ({"kenh": "direct"}, "second"), ({"kenh": "post"}, ""),
        ({"tinh-trang": "1"}, "both"), ({"tinh-trang": "4"}, ""), ({"nguoi": "chua"}, "both"), ({"nguoi": "toi"}, ""),
        ({"nguoi": "999999"}, ""), ({"tu-ngay": "2026-11-10"}, "second"), ({"den-ngay": "2026-11-09"}, "first"),
        ({"tu-ngay": "2026-11-09", "den-ngay": "2026-11-16"}, "both"), ({"cap": "commune"}, "both"),
        ({"cap": "province"}, ""), ({"tim": "vinh TRẦN"}, "second"), ({"tim": "026190001234"}, "both"),
        ({"tre": "1"}, "both"), ({"lau": "1"}, "both"), ({"kenh": "online", "tre": "1", "tim": "An"}, "first"),
        # What says nothing leaves everything.
        ({"kenh": "x"}, "both"), ({"tinh-trang": "99"}, "both"), ({"tinh-trang": "²"}, "both"),
        ({"nguoi": "x"}, "both"),
        ({"nguoi": "9" * 30}, "both"), ({"tu-ngay": "2026-02-31"}, "both"), ({"tu-ngay": "9999-12-31"}, "both"),
        ({"den-ngay": "hôm qua"}, "both"), ({"cap": "làng"}, "both"), ({"thu-tuc": ""}, "both"),
    ],
)  # fmt: skip
def test_filters_leave_what_they_say(world: World, submitted: Dossier, given: dict[str, str], left: str) -> None:
    first, second = (one.reference for one in several(submitted))
    Dossier.objects.update(next_due_at=MONDAY)  # long over
    shown = codes(narrowed(Desk(world, "binh"), **given))
    assert set(shown) == {"first": {first}, "second": {second}, "both": {first, second}, "": set()}[left]


def test_a_filter_in_force_is_said_and_can_be_taken_off(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    page = text(narrowed(desk, **{"kenh": "direct", "nguoi": "toi", "tu-ngay": "2026-11-01", "tim": "vinh"}))
    for words in ("Trực tiếp", "Giao cho tôi", "từ 01/11/2026", "vinh", "Không có hồ sơ nào khớp bộ lọc"):
        assert words in page
    taken_off = re.search(r'href="(/can-bo/hang-viec\?[^"]*nguoi=toi[^"]*)"', page)
    assert taken_off
    assert "kenh" not in taken_off[1] or "nguoi" in taken_off[1]


def test_further_choices_are_asked_for(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "dung")
    assert 'name="nguoi"' not in text(desk.get("hang-viec"))
    page = text(desk.get("hang-viec", loc="1"))
    assert "Trần Thị Chi" in page
    assert "Mọi cấp" in page
    assert "Mọi cấp" not in text(Desk(world, "binh").get("hang-viec", loc="1"))


def test_the_newest_may_come_first_page_by_page(world: World, submitted: Dossier) -> None:
    multiply(submitted, 480)
    Dossier.objects.exclude(pk=submitted.pk).update(submitted_at=submitted.submitted_at)
    desk, seen, address = Desk(world, "binh"), [], "hang-viec?xep=moi"
    while address:
        page = desk.client.get(f"/can-bo/{address}")
        seen += codes(page)
        following = re.search(r'rel="next" href="/can-bo/([^"]+)"', text(page))
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 121


def test_the_leader_sees_what_the_agency_holds_and_what_went_on_from_it(
    world: World, received: Dossier, climb: Any
) -> None:
    desk = Desk(world, "dung")
    assert codes(desk.get("hang-viec", xem="ca-don-vi")) == [received.code]
    assert codes(desk.get("hang-viec", xem="ca-don-vi", cap="province")) == []
    climb(received, "so-tham-dinh")
    assert codes(desk.get("hang-viec", xem="ca-don-vi", cap="province")) == [received.code]
    assert "Cả đơn vị" not in text(Desk(world, "chi").get("hang-viec"))
    assert codes(Desk(world, "oanh").get("hang-viec", xem="ca-don-vi")) == [], "it only passed through"


def test_what_nobody_was_given_for_long_raises_an_alarm(world: World, received: Dossier) -> None:
    Dossier.objects.update(due_at=None)
    now = timezone.now()
    since = working_hours_ago(8, now)
    assert abs(minutes_between(calendar_for(None), since, now) - 480) <= 1
    desk = Desk(world, "dung")
    for opened, alarmed in ((since - dt.timedelta(minutes=2), True), (since + dt.timedelta(minutes=2), False)):
        received.stages.update(opened_at=opened)
        assert bool(codes(desk.get("hang-viec", xem="ca-don-vi", lau="1"))) == alarmed
    ProvinceProfile.objects.all().delete()
    assert codes(desk.get("hang-viec", xem="ca-don-vi", lau="1")) == []


def keep(desk: Desk, name: str, query: str = "xem=can-lam&kenh=direct&la=1") -> Any:
    return desk.client.post("/can-bo/hang-viec/luu", {"ten": name, "cau": query}, follow=True)


def test_a_view_is_kept_shown_as_a_tab_and_dropped(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    assert "Đã lưu chế độ xem “Tại quầy”" in text(keep(desk, "  Tại   quầy "))
    kept = SavedView.objects.get()
    assert (kept.name, kept.query) == ("Tại quầy", "kenh=direct&xem=can-lam"), "nothing but what a queue's address says"
    page = text(desk.client.get(f"/can-bo/hang-viec?{kept.query}"))
    assert re.search(r'aria-current="page">\s*Tại quầy', page)
    assert "Xóa chế độ xem này" in page
    assert "Tại quầy" in text(desk.get("tim")), "also above what was found"
    assert "Tại quầy" not in text(Desk(world, "chi").get("hang-viec"))
    keep(desk, "Tại quầy", "xem=qua-han")
    assert SavedView.objects.get().query == "xem=qua-han"
    assert "Đã xóa" in text(desk.client.post("/can-bo/hang-viec/xoa", {"ten": "Tại quầy"}, follow=True))
    desk.client.post("/can-bo/hang-viec/xoa", {"ten": "Tại quầy"})
    assert not SavedView.objects.exists()


def test_a_view_needs_a_name_and_there_may_be_twelve(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    for name in ("", "   ", "\x00"):
        assert "Đặt tên" in text(keep(desk, name)) or name == "\x00"
    assert not SavedView.objects.exists()
    for number in range(12):
        keep(desk, f"Chế độ {number}")
    assert "Xóa bớt" in text(keep(desk, "Một nữa"))
    assert "Đã lưu" in text(keep(desk, "Chế độ 3"))
    assert SavedView.objects.count() == 12
    assert "dài quá" in text(keep(desk, "Chế độ 3", f"xem=can-lam&thu-tuc={'ă' * 200}"))


def test_others_views_cannot_be_dropped(world: World, submitted: Dossier) -> None:
    keep(Desk(world, "binh"), "Của tôi")
    Desk(world, "chi").client.post("/can-bo/hang-viec/xoa", {"ten": "Của tôi"})
    assert SavedView.objects.count() == 1


def test_narrow_rows_belong_to_the_officer(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    answer = desk.client.post("/can-bo/hang-viec/dong", {"dong": "gon", "cau": "xem=can-lam&kenh=online"})
    assert answer["Location"] == "/can-bo/hang-viec?kenh=online&xem=can-lam"
    assert "pane compact" in text(desk.get("hang-viec"))
    assert "pane compact" in text(Desk(world, "binh").get("hang-viec")), "at another machine too"
    desk.client.post("/can-bo/hang-viec/dong", {"dong": "thoang"})
    assert "pane compact" not in text(desk.get("hang-viec"))


def test_news_say_how_many_came_since(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    before, after = (submitted.submitted_at + dt.timedelta(minutes=minutes) for minutes in (-1, 1))
    said = text(desk.get("hang-viec/moi", tu=before.isoformat(), xem="can-lam", kenh="online"))
    assert "1 hồ sơ mới" in said
    assert "/can-bo/hang-viec?xem=can-lam&amp;kenh=online" in said
    assert text(desk.get("hang-viec/moi", tu=after.isoformat())).strip() == ""
    assert text(Desk(world, "chi").get("hang-viec/moi", tu=before.isoformat())).strip() == ""
    for odd in ("", "x", "2026-11-09T09:00:00", "9999-99-99T00:00:00Z"):
        assert desk.get("hang-viec/moi", tu=odd).content == b""


def test_an_empty_view_says_what_comes_next(world: World, submitted: Dossier) -> None:
    desk, now = Desk(world, "binh"), timezone.now()
    Dossier.objects.update(next_due_at=now + dt.timedelta(minutes=1), next_soon_at=now + dt.timedelta(minutes=1))
    assert "Hồ sơ gần nhất của bạn đến hạn" in text(desk.get("hang-viec", xem="qua-han"))
    assert "Hồ sơ mới hiện ra ngay" in text(Desk(world, "chi").get("hang-viec"))


def test_shortcuts_are_switched_off_for_the_person_not_the_machine(world: World) -> None:
    desk = Desk(world, "binh")
    assert "keys-off" not in text(desk.get("phim-tat"))
    desk.client.post("/can-bo/phim-tat", {"keys": "off"})
    assert "keys-off" in text(Desk(world, "binh").get("phim-tat"))
    assert "keys-off" not in text(Desk(world, "chi").get("phim-tat"))
    desk.client.post("/can-bo/phim-tat", {"keys": "on"})
    assert "keys-off" not in text(desk.get("phim-tat"))


@pytest.mark.parametrize(("name", "there"), [("binh", {"N"}), ("dung", {"G K", "G D"}), ("chi", set())])
def test_the_sheet_names_only_places_that_the_officer_has(world: World, name: str, there: set[str]) -> None:
    words = {"N": "Tiếp nhận tại chỗ", "G K": "<dd>Chờ tôi ký", "G D": "<dd>Đơn vị của tôi"}
    page = text(Desk(world, name).get("phim-tat"))
    assert {keys for keys, said in words.items() if said in page} == there
