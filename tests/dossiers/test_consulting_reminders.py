"""Opinions that do not come: who is told, once, and by which index the late ones are found."""

import datetime as dt

from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import consulting, consulting_reminders, outbox
from dossiers.models import Dossier
from tests.dossiers.test_consulting import FAR, answer, ask
from tests.world import World


def test_consultation_late_notifies_one_stop_head(world: World, received: Dossier) -> None:
    row = ask(received, world)
    for _n in range(2):
        consulting_reminders.remind(at=row.soon_at)
    outbox.sweep()
    mail.outbox.clear()
    assert consulting_reminders.remind(at=row.due_at) == 3
    assert consulting_reminders.remind(at=row.due_at + dt.timedelta(days=1)) == 0, "each is told once"
    outbox.sweep()
    told = {(letter.to[0].partition("@")[0], letter.subject.partition(" về")[0]) for letter in mail.outbox}
    district = "Ủy ban nhân dân huyện Lập Thạch"
    assert told == {
        ("dung", f"{district} chậm cho ý kiến"), ("chi", f"{district} chưa trả lời"),
        ("hai", "Đã quá hạn cho ý kiến"), ("oanh", "Đã quá hạn cho ý kiến"),
    }  # fmt: skip


def test_of_a_given_consultation_the_officer_is_reminded_and_the_leader_when_it_is_late(
    world: World, received: Dossier
) -> None:
    row = ask(received, world)
    consulting.give_consultation(row, by=world.actor("oanh"), to=world.positions["hai"])
    consulting_reminders.remind(at=row.soon_at)
    consulting_reminders.remind(at=row.due_at)
    outbox.sweep()
    said = {
        (letter.to[0].partition("@")[0], letter.subject.partition(" cho")[0])
        for letter in mail.outbox
        if "hạn" in letter.subject
    }
    assert said >= {
        ("hai", "Sắp hết hạn"), ("hai", "Đã quá hạn"), ("oanh", "Đã quá hạn"),
    }  # fmt: skip
    assert ("oanh", "Sắp hết hạn") not in said


def test_nobody_is_reminded_of_what_is_answered_or_over(world: World, received: Dossier) -> None:
    answer(ask(received, world), world, "hai")
    ask(Dossier.objects.get(), world, "province")
    Dossier.objects.update(status=8)
    with CaptureQueriesContext(connection) as queries:
        assert consulting_reminders.remind(at=FAR) == 0
    assert len([query for query in queries if "dossiers_consultation" in query["sql"]]) == 1
