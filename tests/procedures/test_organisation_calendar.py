"""The calendar in the browser: days added, changed, taken back, loaded from a file; hours of province and agency."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from procedures import calendars
from procedures.models import AdminChange, CalendarDay, WorkSession
from tests.portal import operators
from tests.portal.operators import CALENDAR, client, parts
from tests.world import World

pytestmark = pytest.mark.django_db
CULTURE_DAY = dt.date(2026, 11, 24)
SATURDAY = dt.date(2026, 8, 22)
HOURS = {f"day{day}": "07:30–11:30, 13:00–17:00" for day in range(5)}


@pytest.fixture
def world(db: Any) -> World:
    calendars.forget()
    return operators.build()


@pytest.fixture
def nam(world: World) -> Client:
    return client(world, "nam")


def terms(on: dt.date = CULTURE_DAY, **more: str) -> dict[str, str]:
    return {"kind": "holiday", "name": "Ngày Văn hóa Việt Nam", "decision": "NQ 28/2026/QH16"} | parts("on", on) | more


def works(on: dt.date, agency_id: int | None = None) -> bool:
    return calendars.calendar_for(agency_id).is_working_day(on)


def test_a_day_added_changed_and_taken_back_counts_at_once(nam: Client) -> None:
    assert works(CULTURE_DAY)
    assert nam.post(f"{CALENDAR}/2026/ngay", terms()).status_code == 302
    assert not works(CULTURE_DAY)
    day = CalendarDay.objects.get()
    assert nam.post(f"{CALENDAR}/ngay/{day.pk}", terms(dt.date(2026, 11, 25))).status_code == 302
    assert works(CULTURE_DAY)
    assert not works(dt.date(2026, 11, 25))
    assert nam.post(f"{CALENDAR}/ngay/{day.pk}/bo").status_code == 302
    assert works(dt.date(2026, 11, 25))
    assert list(AdminChange.objects.order_by("pk").values_list("kind", flat=True)) == [
        "calendar.added", "calendar.changed", "calendar.removed",
    ]  # fmt: skip
    changed = AdminChange.objects.get(kind="calendar.changed").changes
    assert changed == {"Ngày": ["24/11/2026", "25/11/2026"]}


def test_the_year_shows_what_is_off_and_what_is_worked(nam: Client) -> None:
    CalendarDay.objects.create(on=CULTURE_DAY, kind="holiday", name="Ngày Văn hóa")
    CalendarDay.objects.create(on=SATURDAY, kind="swap_work", name="Làm bù 31/8")
    page = " ".join(nam.get(f"{CALENDAR}/2026").content.decode().split())
    assert '<td class="off"> 24 <span class="vh">Ngày Văn hóa</span> </td>' in page
    assert '<td class="extra"> 22 <span class="vh">làm bù</span> </td>' in page
    assert nam.get(CALENDAR).status_code == 302
    for year in (1900, 2014, 2046, 99999):
        assert nam.get(f"{CALENDAR}/{year}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "swap_work"}, "vốn là ngày làm việc"),
        ({"decision": ""}, "Nhập văn bản quyết định"),
        ({"name": ""}, "Nhập tên ngày"),
        ({"kind": "moon"}, "moon"),
        ({"agency": "9999999"}, "Lựa chọn"),
        (parts("on", dt.date(1999, 1, 1)), "2015 đến 2045"),
        ({"on_0": "31", "on_1": "2"}, "31"),
        ({"name": "x" * 9000}, "150"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_the_reason(nam: Client, wrong: dict[str, str], said: str) -> None:
    answer = nam.post(f"{CALENDAR}/2026/ngay", terms(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CalendarDay.objects.exists()


def test_a_day_stands_once_per_agency(world: World, nam: Client) -> None:
    assert nam.post(f"{CALENDAR}/2026/ngay", terms()).status_code == 302
    assert "đã có trong lịch" in nam.post(f"{CALENDAR}/2026/ngay", terms()).content.decode()
    own = terms(kind="local_off", agency=str(world.agencies["commune"].pk))
    assert nam.post(f"{CALENDAR}/2026/ngay", own).status_code == 302


def test_a_communes_operator_keeps_its_own_days_only(world: World) -> None:
    xa, commune, other = client(world, "xa"), world.agencies["commune"], world.agencies["other"]
    fair = dt.date(2026, 12, 3)
    assert xa.post(f"{CALENDAR}/2026/ngay", terms(fair)).status_code == 422
    assert xa.post(f"{CALENDAR}/2026/ngay", terms(fair, agency=str(other.pk))).status_code == 422
    assert xa.post(f"{CALENDAR}/2026/ngay", terms(fair, kind="local_off", agency=str(commune.pk))).status_code == 302
    assert not works(fair, commune.pk)
    assert works(fair)
    assert "Lịch làm việc 2026" in xa.get(f"{CALENDAR}/2026?co-quan={commune.code}").content.decode()


CSV = "date,name,kind,source\n2027-02-05,Tết,nghi_le,TB 1\n2026-11-24,Ngày Văn hóa,nghi_le,NQ 28\nx,y,nghi_le,z\n"


def upload(client: Client, text: str | bytes) -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(f"{CALENDAR}/nhap", {"file": SimpleUploadedFile("lich.csv", data, "text/csv")})


def test_a_file_is_seen_before_it_counts(nam: Client) -> None:
    CalendarDay.objects.create(on=CULTURE_DAY, kind="local_off", name="Cũ")
    seen = upload(nam, CSV)
    page = seen.content.decode()
    assert "Sẽ đổi 2 ngày. Không đổi: 0. Không nhập: 1." in page
    assert "Nghỉ riêng của đơn vị: Cũ" in page
    assert CalendarDay.objects.count() == 1
    signed = page.split('name="tep" value="')[1].split('"')[0]
    assert nam.post(f"{CALENDAR}/nhap", {"tep": signed}).status_code == 302
    assert not works(dt.date(2027, 2, 5))
    assert AdminChange.objects.get().changes["24/11/2026"] == [
        "Nghỉ riêng của đơn vị: Cũ", "Nghỉ lễ: Ngày Văn hóa",
    ]  # fmt: skip
    assert "Sẽ đổi 0 ngày. Không đổi: 2." in upload(nam, CSV).content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Tệp rỗng"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a\x00b", "NUL"),
        (b"name,kind\nx,y\n", "thiếu cột date"),
        (b"x" * (200 * 1024 + 1), "200 kB"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(nam: Client, data: bytes, said: str) -> None:
    answer = upload(nam, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("signed", ["", "x", "a:b:c", "{}"])
def test_a_preview_that_was_tampered_with_changes_nothing(nam: Client, signed: str) -> None:
    answer = nam.post(f"{CALENDAR}/nhap", {"tep": signed})
    assert answer.status_code == 422
    assert "Chọn lại tệp" in answer.content.decode()
    assert not CalendarDay.objects.exists()


def test_an_agency_keeps_hours_of_its_own_and_goes_back_to_the_provinces(world: World, nam: Client) -> None:
    commune = world.agencies["commune"]
    page = f"/quan-tri/co-quan/{commune.code}/gio-lam-viec"
    saturday = dt.date(2026, 11, 28)
    assert nam.post(page, HOURS | {"day5": "7:30-11:30"}).status_code == 302
    assert works(saturday, commune.pk)
    assert not works(saturday)
    assert AdminChange.objects.get().changes["Thứ Bảy"] == ["", "07:30–11:30"]
    assert nam.post(page, HOURS | {"shared": "on"}).status_code == 302
    assert not WorkSession.objects.filter(agency=commune).exists()
    assert not works(saturday, commune.pk)
    assert nam.post(f"{CALENDAR}/gio", HOURS | {"day5": "08:00–10:00"}).status_code == 302
    assert works(saturday, commune.pk)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sáng", "Viết giờ như"),
        ("25:00–26:00", "Viết giờ như"),
        ("11:30–07:30", "Giờ đóng phải sau"),
        ("07:30–11:30, 11:00–12:00", "chồng nhau"),
        ("7–11", "Viết giờ như"),
        ("07:30–11:30," * 50, "100"),
    ],
)
def test_hours_that_are_none_are_refused(world: World, nam: Client, text: str, said: str) -> None:
    answer = nam.post(f"{CALENDAR}/gio", HOURS | {"day2": text})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not WorkSession.objects.exists()


def test_a_week_without_any_work_is_refused(nam: Client) -> None:
    answer = nam.post(f"{CALENDAR}/gio", {"day0": ""})
    assert answer.status_code == 422
    assert "ít nhất một ngày" in answer.content.decode()
