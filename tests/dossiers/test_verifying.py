"""Kiểm tra thực tế: the appointment with its calendar file, moved, and the minutes."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail

from dossiers import appointments, outbox, verifying
from dossiers.chain import is_whole
from dossiers.models import Dossier, Verification
from dossiers.refusals import LostRace, MoveRefused
from tests.world import MONDAY, ZONE, World

WHEN = dt.datetime(2026, 11, 11, 8, 0, tzinfo=ZONE)
PLACE = "Thửa 12, tờ bản đồ 7, thôn Đồng Xuân; gặp ở nhà văn hóa, đầu ngõ"


def arrange(dossier: Dossier, world: World, **more: Any) -> Verification:
    given: dict[str, Any] = {"starts_at": WHEN, "place": PLACE, "purpose": "Đo ranh giới"} | more
    return verifying.arrange_verification(dossier, by=world.actor("chi"), at=MONDAY, **given)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"place": " "}, "địa điểm"),
        ({"purpose": ""}, "nội dung"),
        ({"starts_at": MONDAY}, "sau lúc này"),
        ({"starts_at": dt.datetime(2026, 11, 11, 12, 0, tzinfo=ZONE)}, "giờ làm việc"),
        ({"starts_at": dt.datetime(2026, 11, 14, 9, 0, tzinfo=ZONE)}, "giờ làm việc"),
    ],
)
def test_an_appointment_has_place_purpose_and_a_working_hour(
    world: World, received: Dossier, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(MoveRefused, match=words):
        arrange(received, world, **more)
    assert not Verification.objects.exists()


def test_the_citizen_is_told_when_where_who_and_what_with_a_calendar_file(world: World, received: Dossier) -> None:
    arrange(received, world, participants="Ông Long, địa chính xã")
    outbox.sweep()
    letter = next(one for one in mail.outbox if one.subject.startswith("Lịch hẹn kiểm tra thực tế"))
    assert "08:00, thứ Tư 11/11/2026" in letter.subject
    for words in (PLACE, "Đo ranh giới", "Ông Long, địa chính xã", "Mời bạn có mặt"):
        assert words in letter.body, words
    [(name, content, content_type)] = letter.attachments
    assert (name, content_type.partition(";")[0]) == ("lich-hen.ics", "text/calendar")
    assert "BEGIN:VEVENT" in str(content)
    assert is_whole(received)


def test_an_appointment_is_moved_and_told_again(world: World, received: Dossier) -> None:
    row = arrange(received, world)
    moved = arrange(received, world, starts_at=WHEN + dt.timedelta(days=1), applicant_attends=False, instead_of=row)
    assert (moved.pk, moved.revision, Verification.objects.get().starts_at.day) == (row.pk, 1, 12)
    outbox.sweep()
    letter = next(one for one in mail.outbox if one.subject.startswith("Dời lịch"))
    assert "Bạn không phải có mặt" in letter.body
    assert "SEQUENCE:1" in str(letter.attachments[0][1])
    assert received.events.filter(verb="arrange_verification").count() == 2


def test_the_minutes_are_kept_once(world: World, received: Dossier) -> None:
    row, after = arrange(received, world), WHEN + dt.timedelta(hours=3)

    def record(**more: Any) -> Verification:
        given: dict[str, Any] = {"held_at": WHEN, "minutes": "Ranh giới đúng như đơn"} | more
        return verifying.record_verification(row, received, by=world.actor("chi"), at=after, **given)

    for more, words in (({"minutes": ""}, "biên bản"), ({"held_at": after + dt.timedelta(hours=1)}, "không được sau")):
        with pytest.raises(MoveRefused, match=words):
            record(**more)
    record(participants="Hai bên, có mặt đủ")
    kept = Verification.objects.get()
    assert (kept.held_at, kept.minutes, kept.recorded_by) == (WHEN, "Ranh giới đúng như đơn", "Trần Thị Chi")
    assert kept.participants == "Hai bên, có mặt đủ"
    assert received.papers.get(kind="minutes").snapshot["minutes"] == "Ranh giới đúng như đơn"
    with pytest.raises(LostRace, match="đã có biên bản"):
        record()
    with pytest.raises(MoveRefused, match="không dời được"):
        arrange(received, world, instead_of=kept)
    assert received.events.filter(verb="record_verification").count() == 1
    assert is_whole(received)


def test_the_calendar_file_keeps_to_the_standard(world: World, received: Dossier, settings: Any) -> None:
    """RFC 5545: CRLF, lines of at most 75 octets, UTC, escaped text, a name that stays."""
    settings.BASE_URL = "https://motcua.example"
    row = arrange(received, world, purpose="Đo ranh giới\nlập biên bản", participants="A, B; C\\D")
    data = appointments.ics(row)
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    whole = data.replace(b"\r\n ", b"").decode()
    assert f"UID:verification-{row.pk}@motcua.example\r\n" in whole
    assert "DTSTART:20261111T010000Z\r\n" in whole
    assert "LOCATION:Thửa 12\\, tờ bản đồ 7\\, thôn Đồng Xuân\\; gặp ở nhà văn hóa\\, đầu ngõ\r\n" in whole
    assert "DESCRIPTION:Đo ranh giới\\nlập biên bản\\nA\\, B\\; C\\\\D\r\n" in whole
    assert whole.count("BEGIN:") == whole.count("END:") == 3
