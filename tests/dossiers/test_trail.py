"""The trail: append-only, chained, sealed by day, and who looked."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command

from dossiers import access, drafts, intake, processing, sealing, trail
from dossiers.chain import is_whole as chain_is_whole
from dossiers.models import AccessLog, Dossier, DossierEvent, Draft, Seal, SealedHead
from portal.floor.ports import PortError
from procedures.ruleset import Rules
from tests.authority import Authority
from tests.world import MONDAY, World


@pytest.mark.parametrize("change", [{"to_status": 9}, {"actor_id": "x"}, {"at": MONDAY}, {"sequence": 7}])
def test_append_only_log_hash_chain_shows_any_change(received: Dossier, change: dict[str, Any]) -> None:
    assert chain_is_whole(received)
    DossierEvent.objects.filter(dossier=received, sequence=2).update(
        **change | ({"at": MONDAY + dt.timedelta(1)} if "at" in change else {})
    )
    assert not chain_is_whole(received)


def test_a_missing_last_event_is_noticed(received: Dossier) -> None:
    DossierEvent.objects.filter(dossier=received, sequence=2).delete()
    assert not chain_is_whole(received)


def test_a_changed_note_is_noticed(world: World, submitted: Dossier) -> None:
    intake.refuse(submitted, by=world.actor("binh"), at=MONDAY, reason="Không thuộc thẩm quyền")
    event = submitted.events.get(verb="refuse")
    event.note = "Lý do khác"
    event.save()
    assert not chain_is_whole(Dossier.objects.get(pk=submitted.pk))


def test_the_day_is_sealed_once_with_a_time_stamp(received: Dossier, authority: Authority) -> None:
    tomorrow = MONDAY + dt.timedelta(days=1)
    assert sealing.seal_ended_days(at=tomorrow) == 1
    assert sealing.seal_ended_days(at=tomorrow) == 0
    seal = Seal.objects.get()
    assert (seal.on, seal.heads) == (MONDAY.date(), 1)
    assert seal.timestamp_token


def flaws() -> list[tuple[str, int]]:
    return [(flaw.dossier, flaw.sequence) for flaw in trail.verify()]


def test_verify_trail_finds_nothing_wrong_with_what_was_left_alone(received: Dossier, authority: Authority) -> None:
    sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=1))
    assert flaws() == []
    call_command("verify_trail")


def test_verify_trail_names_an_altered_event(received: Dossier) -> None:
    DossierEvent.objects.filter(dossier=received, sequence=1).update(actor_id="x")
    assert flaws() == [(received.code, 1)]
    with pytest.raises(SystemExit):
        call_command("verify_trail", received.code, "--json")


def test_verify_trail_names_a_removed_event(received: Dossier) -> None:
    DossierEvent.objects.filter(dossier=received, sequence=1).delete()
    assert flaws() == [(received.code, 1)]


def test_verify_trail_names_two_events_that_changed_places(received: Dossier) -> None:
    events = DossierEvent.objects.filter(dossier=received)
    for old, new in ((1, 99), (2, 1), (99, 2)):
        events.filter(sequence=old).update(sequence=new)
    assert {sequence for _code, sequence in flaws()} == {1, 2}


def test_verify_trail_names_the_last_event_cut_off_together_with_the_head(
    received: Dossier, authority: Authority
) -> None:
    sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=1))
    first = DossierEvent.objects.get(dossier=received, sequence=1)
    DossierEvent.objects.filter(dossier=received, sequence=2).delete()
    Dossier.objects.filter(pk=received.pk).update(events_count=1, events_head=first.digest)
    assert flaws() == [(received.code, 2)]


def test_verify_trail_names_a_whole_dossier_that_vanished(received: Dossier, authority: Authority) -> None:
    sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=1))
    DossierEvent.objects.filter(dossier=received).delete()
    assert flaws() == [(received.code, 1), (received.code, 2), (received.code, 2)]


def test_verify_trail_names_a_seal_whose_list_was_altered(received: Dossier, authority: Authority) -> None:
    sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=1))
    SealedHead.objects.update(sequence=1)
    assert ("niêm phong ngày 09/11/2026", 0) in flaws()


def test_a_seal_with_another_days_time_stamp_does_not_hold(received: Dossier, authority: Authority) -> None:
    sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=2))
    first, second = Seal.objects.order_by("on")
    Seal.objects.filter(pk=first.pk).update(timestamp_token=bytes(second.timestamp_token))
    assert flaws() == [("niêm phong ngày 09/11/2026", 0)]


def test_news_with_the_date_of_a_sealed_day_is_in_the_next_seal(
    world: World, received: Dossier, authority: Authority
) -> None:
    sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=1))
    processing.forward(received, by=world.actor("chi"), at=MONDAY + dt.timedelta(minutes=5))
    assert sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=2)) == 1
    assert SealedHead.objects.order_by("pk").last().sequence == received.events_count
    assert flaws() == []


def test_without_a_time_stamp_authority_the_seal_waits(received: Dossier, settings: Any) -> None:
    settings.TSA_URL = "http://127.0.0.1:9/tsa"
    assert sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=1)) == 0
    assert not Seal.objects.exists()


def test_a_day_that_could_not_be_sealed_is_made_up_for(received: Dossier, authority: Authority, settings: Any) -> None:
    there, settings.TSA_URL = settings.TSA_URL, "http://127.0.0.1:9/tsa"
    sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=1))
    settings.TSA_URL = there
    sealing.seal_ended_days(at=MONDAY + dt.timedelta(days=3))
    days = [MONDAY.date() + dt.timedelta(days=n) for n in range(3)]
    assert list(Seal.objects.order_by("on").values_list("on", "heads")) == [(days[0], 1), (days[1], 0), (days[2], 0)]


def test_opening_a_dossier_leaves_a_line(world: World, received: Dossier) -> None:
    access.log_read(received, by=world.actor("chi"), at=MONDAY, what="Mở hồ sơ")
    assert AccessLog.objects.get().actor_name == "Trần Thị Chi"


def test_an_unsent_draft_expires_with_its_files_and_a_sent_one_stays(world: World, submitted: Dossier) -> None:
    from dossiers import files
    from tests.dossiers.conftest import picture

    agency = world.agencies["commune"]
    old = intake.start(world.climbing, by=world.actor("an"), at=MONDAY, agency=agency, rules=Rules())
    kept = files.receive(picture(), document_key="bang-tqgc", at=MONDAY, draft=old)
    assert drafts.expire(at=MONDAY + dt.timedelta(days=31)) == 1
    assert not Draft.objects.filter(pk=old.pk).exists()
    with pytest.raises(FileNotFoundError):
        kept.read()
    assert submitted.attachments.get().read()


def test_port_errors_say_whether_trying_again_helps() -> None:
    assert not PortError("down").permanent
    assert PortError("no", permanent=True).permanent
