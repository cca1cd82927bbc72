"""Every day that counts and every day that does not, with the law and the document behind it, in words."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dossiers import explaining, files, supplementing, suspending
from dossiers.deadlines import Limit
from dossiers.explaining import Count
from dossiers.models import AccessLog, ClockSegment, Dossier
from dossiers.views import time_limit
from procedures import calendars, worktime
from procedures.models import CalendarDay
from tests.dossiers.conftest import picture
from tests.dossiers.officers import Desk, text
from tests.world import MONDAY, World

HOLIDAY = dt.date(2026, 11, 24)
CALENDAR = worktime.Calendar.of(
    {day: [(dt.time(7, 30), dt.time(11, 30)), (dt.time(13), dt.time(17))] for day in range(5)},
    {HOLIDAY: "Ngày Văn hóa Việt Nam"},
    [dt.date(2026, 11, 28)],
)
NAMED = {HOLIDAY: ("Ngày Văn hóa Việt Nam", "NQ 28/2026/QH16"), dt.date(2026, 11, 28): ("Làm bù", "TB 1/TB-BNV")}


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=worktime.ZONE)


def counted(start: dt.datetime, amount: int, unit: str, **more: object) -> list[tuple[str, str, str, int, str]]:
    """(first day, last day, what became of them, how many, name) of a limit that starts then."""
    limit = Limit(CALENDAR, amount, unit, **more)  # type: ignore[arg-type]
    due = worktime.moment(limit.fresh(worktime.tick(start)))
    segment = ClockSegment(kind="running", from_at=start, due_at=due)
    (stretch,) = explaining.stretches([segment], limit, NAMED, at=start)
    return [(f"{d.first:%d/%m}", f"{d.last:%d/%m}", d.count.value, d.days, d.name) for d in stretch.days]


def test_working_days_leave_out_the_first_the_weekend_and_the_holiday() -> None:
    assert counted(at(19, 15, 30), 3, "working_day") == [
        ("19/11", "19/11", "first", 1, ""),
        ("20/11", "20/11", "counted", 1, ""),
        ("21/11", "22/11", "weekend", 2, ""),
        ("23/11", "23/11", "counted", 1, ""),
        ("24/11", "24/11", "off", 1, "Ngày Văn hóa Việt Nam"),
        ("25/11", "25/11", "counted", 1, ""),
    ]


def test_what_comes_after_the_cut_off_is_shifted_to_the_next_day() -> None:
    days = counted(at(19, 15, 30), 3, "working_day", next_day_after=dt.time(15))
    assert [day[:3] for day in days[:2]] == [("19/11", "19/11", "shifted"), ("20/11", "20/11", "first")]
    assert days[-1][:3] == ("25/11", "26/11", "counted")


def test_an_extra_saturday_counts_and_is_named() -> None:
    assert ("28/11", "28/11", "counted", 1, "Làm bù") in counted(at(26, 9), 3, "working_day")


def test_working_hours_say_how_much_of_each_day_counts() -> None:
    assert [day[:3] for day in counted(at(23, 16), 8, "working_hour")] == [
        ("23/11", "23/11", "part"), ("24/11", "24/11", "off"), ("25/11", "25/11", "part"),
    ]  # fmt: skip


def test_calendar_days_count_days_off_and_move_on_when_they_end_on_one() -> None:
    days = counted(at(17, 9), 4, "day")
    assert [day[:4] for day in days] == [
        ("17/11", "17/11", "first", 1), ("18/11", "21/11", "counted", 4), ("22/11", "23/11", "moved", 2),
    ]  # fmt: skip


def test_same_day_after_the_cut_off_is_the_next_day() -> None:
    days = counted(at(18, 15, 5), 1, "same_day", cutoff=dt.time(15))
    assert [day[:3] for day in days] == [("18/11", "18/11", "shifted"), ("19/11", "19/11", "counted")]


@pytest.mark.parametrize("unit", ["working_day", "working_hour", "day", "month", "same_day"])
def test_every_day_from_the_start_to_the_end_is_named_once(unit: str) -> None:
    days = counted(at(19, 15, 30), 2, unit)
    total = sum(day[3] for day in days)
    first, last = days[0][0], days[-1][1]
    span = dt.datetime.strptime(f"{last}/2026", "%d/%m/%Y") - dt.datetime.strptime(f"{first}/2026", "%d/%m/%Y")  # noqa: DTZ007 -- days
    year = 365 if span.days < 0 else 0
    assert total == span.days + year + 1


@pytest.fixture
def winding(world: World, received: Dossier) -> Dossier:
    """Accepted, supplemented, paused, resumed: every kind of stretch but the letter's."""
    CalendarDay.objects.create(
        on=HOLIDAY, kind="holiday", name="Ngày Văn hóa Việt Nam", decision="NQ 28/2026/QH16", agency=None
    )
    calendars.forget()
    chi, an = world.actor("chi"), world.actor("an")
    supplementing.judge(received.attachments.get(), by=chi, verdict="unclear", note="Mờ")
    supplementing.request_supplement(received, by=chi, at=at(10, 9))
    new = files.receive(picture(), document_key="bang-tqgc", at=at(12, 9))
    supplementing.supply(received, by=an, at=at(12, 9), replaced={"bang-tqgc": [new]})
    suspending.pause(received, by=chi, at=at(16, 9), ground="giam-dinh")
    suspending.resume(received, by=chi, at=at(18, 15))
    return received


def test_every_segment_is_told_with_its_law(winding: Dossier) -> None:
    told = explaining.of(winding, at=at(19, 9))
    assert [(one.kind, one.resumed) for one in told.stretches] == [
        ("running", False), ("waiting", False), ("restarted", False), ("paused", False), ("running", True),
    ]  # fmt: skip
    first, waiting, paused = told.stretches[0], told.stretches[1], told.stretches[3]
    assert [(day.count, day.minutes) for day in first.days][1:] == [(Count.PART, 90)], "broken off on 10/11 at 9:00"
    assert (waiting.days[0].count, waiting.days[0].days) == (Count.STILL, 3)
    assert (paused.basis, paused.reason) == ("NĐ 131/2021, Điều 100", "Chờ kết luận giám định")
    assert [one.due_at for one in told.stretches if one.due_at][-1] == told.due_at == winding.due_at
    assert told.original_due_at == winding.original_due_at != told.due_at
    holiday = next(day for day in told.stretches[4].days if day.count is Count.OFF)
    assert (holiday.first, holiday.decision) == (HOLIDAY, "NQ 28/2026/QH16")


def test_the_share_of_a_desk_leaves_out_what_it_waited_for(winding: Dossier) -> None:
    (share,) = explaining.of(winding, at=at(19, 9)).shares
    # from the restart on 12/11 9:00 to 16/11 9:00, and from 18/11 15:00 to 19/11 9:00
    assert (share.minutes, share.used) == (32 * 60, 2 * 480 + 120 + 90)


def test_explaining_takes_three_statements(winding: Dossier) -> None:
    dossier = Dossier.objects.select_related("rule_profile").get(pk=winding.pk)
    calendars.calendar_for(None)
    with CaptureQueriesContext(connection) as queries:
        explaining.of(dossier, at=at(19, 9))
    assert len(queries) == 3


def test_a_dossier_nobody_has_accepted_has_no_days_yet(submitted: Dossier) -> None:
    told = explaining.of(submitted, at=MONDAY)
    assert (told.stretches, told.due_at, told.legal_due_at) == ((), None, None)


def test_the_limit_of_the_law_stands_beside_the_promise(world: World, received: Dossier) -> None:
    received.case.legal_time_amount = 30
    limit = Limit(CALENDAR, 24, "working_day")
    due = explaining._legal_due(received.case, limit, list(received.clock.all()))
    assert due is not None
    assert received.due_at is not None
    assert due > received.due_at


def test_the_officer_reads_it_on_the_page_of_the_dossier(world: World, winding: Dossier) -> None:
    page = text(Desk(world, "chi").open(winding, muc="thoi-han"))
    for words in ("24 ngày làm việc", "Hẹn trả lúc đầu", "Tạm dừng theo quy định", "NĐ 131/2021, Điều 100",
                  "Ngày Văn hóa Việt Nam (NQ 28/2026/QH16)", "Nghỉ cuối tuần", "Tính tiếp phần còn lại",
                  "Được 32 giờ làm việc"):  # fmt: skip
        assert words in page, words


def test_the_citizen_reads_the_same_and_the_look_is_written_down(an: Client, winding: Dossier) -> None:
    address = f"/toi/ho-so/{winding.code}/thoi-han"
    assert address in an.get(f"/toi/ho-so/{winding.code}").content.decode()
    page = an.get(address).content.decode()
    assert "Ngày hẹn được tính thế nào?" in page
    assert "Ngày Văn hóa Việt Nam (NQ 28/2026/QH16)" in page
    assert AccessLog.objects.filter(dossier=winding, what="Xem cách tính ngày hẹn").exists()


def test_the_key_of_the_receipt_shows_it_and_the_code_alone_does_not(client: Client, winding: Dossier) -> None:
    address = f"/tra-cuu/{winding.code}/thoi-han"
    page = client.get(address, {"k": winding.tracking_key})
    assert page.status_code == 200
    assert "Tính lại từ đầu khi đủ giấy tờ" in page.content.decode()
    assert "Nguyễn Thị An" not in page.content.decode()
    for wrong in ({}, {"k": "x"}, {"k": "ầ"}):
        assert client.get(address, wrong)["Location"] == f"/tra-cuu/{winding.code}"
    assert client.get("/tra-cuu/KHONG-CO/thoi-han")["Location"] == "/tra-cuu/KHONG-CO"
    followed = client.get(f"/tra-cuu/{winding.code}", {"k": winding.tracking_key}).content.decode()
    assert f"{address}?k={winding.tracking_key}" in followed


def test_the_page_speaks_english(winding: Dossier) -> None:
    with translation.override("en"):
        shown = time_limit.context(winding, at=at(19, 9))
    words = str(shown)
    for vietnamese in ("Tính", "ngày nghỉ", "thứ", "Hạn:", "Từ "):
        assert vietnamese not in words.replace("Ngày Văn hóa", ""), vietnamese
