"""Ký nhiều: read first, signed item by item, resumed where it stopped, never twice; seals alike."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dossiers import basket, consulting, outbox, papers, processing
from dossiers.models import Dossier, IssuedPaper, OutboxMessage, Result
from dossiers.refusals import MoveRefused
from procedures.ruleset import Rules
from tests.dossiers.baskets import fill, read_all, seen, states
from tests.dossiers.results import attach
from tests.world import World

Climb = Callable[[Dossier, str], Dossier]


@pytest.fixture
def proposed(received: Dossier, climb: Climb) -> Dossier:
    climb(received, "so-ky")
    return Dossier.objects.get(pk=received.pk)


def order(world: World, dossiers: list[Dossier]) -> Any:
    return basket.order(seen(dossiers), by=world.actor("lan"), at=timezone.now())


def go(batch: Any) -> bool:
    return outbox.perform_now(basket.key_of(batch))


def test_what_was_not_read_is_skipped_and_says_so(world: World, proposed: Dossier) -> None:
    dossiers = fill(proposed, 3)
    read_all(world, dossiers[:2])
    batch = order(world, dossiers)
    skipped = batch.items.get(state="skipped")
    assert skipped.dossier_id == dossiers[2].pk
    assert "chưa mở đọc" in skipped.why
    assert go(batch)
    assert sorted(states(batch)) == ["ordered", "ordered", "skipped"]
    numbers = Result.objects.exclude(number="").values_list("number", flat=True)
    assert sorted(numbers) == ["01/QĐ-SLĐTBXH", "02/QĐ-SLĐTBXH"]
    payloads = [message.payload for message in OutboxMessage.objects.filter(kind="result.sign")]
    assert all(one is not None and (one["batch"], one["batch_size"]) == (str(batch.pk), 2) for one in payloads)


def test_a_province_may_let_leaders_sign_samples(world: World, proposed: Dossier) -> None:
    world.rules.parameters = world.rules.parameters | {"sign_unread": True}
    world.rules.save()
    batch = order(world, [proposed])
    assert states(batch) == ["waiting"]


def test_a_new_draft_is_unread_again(world: World, proposed: Dossier) -> None:
    read_all(world, [proposed])
    processing.rework(proposed, by=world.actor("lan"), at=timezone.now(), reason="Sửa lại số tiền")
    processing.propose(proposed, by=world.actor("khanh"), at=timezone.now())
    with pytest.raises(MoveRefused, match="Không có văn bản nào"):
        order(world, [proposed])
    read_all(world, [proposed])
    assert states(order(world, [proposed])) == ["waiting"]


def test_killed_in_the_middle_the_rest_is_signed_later_and_nothing_twice(
    world: World, proposed: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers = fill(proposed, 4)
    read_all(world, dossiers)
    batch, real, done = order(world, dossiers), processing.decide, []

    def dies(dossier: Dossier, **given: Any) -> Any:
        result = real(dossier, **given)
        done.append(dossier.pk)
        if len(done) == 3:
            raise KeyboardInterrupt  # the process ends after the number was given, before anything was committed
        return result

    monkeypatch.setattr(processing, "decide", dies)
    with pytest.raises(KeyboardInterrupt):
        go(batch)
    monkeypatch.setattr(processing, "decide", real)
    assert states(batch).count("ordered") == 2
    assert Result.objects.exclude(decided_at=None).count() == 2, "what died half done was never done"
    basket.carry_on(batch, by=world.actor("lan"), at=timezone.now())
    assert go(batch)
    assert states(batch) == ["ordered"] * 4
    assert sorted(Result.objects.values_list("number", flat=True)) == [f"{n:02d}/QĐ-SLĐTBXH" for n in range(1, 5)]
    OutboxMessage.objects.filter(kind="signing.batch").update(leased_until=None)
    outbox.sweep()
    assert OutboxMessage.objects.filter(kind="result.sign").count() == 4, "each signature is ordered once"


def test_one_that_fails_stops_no_other(world: World, proposed: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers = fill(proposed, 3)
    read_all(world, dossiers)
    batch, real = order(world, dossiers), processing.decide
    bad = batch.items.get(place=2).dossier_id

    def fails(dossier: Dossier, **given: Any) -> Any:
        if dossier.pk == bad:
            raise RuntimeError
        return real(dossier, **given)

    monkeypatch.setattr(processing, "decide", fails)
    assert not go(batch)
    assert states(batch) == ["ordered", "waiting", "ordered"]


def test_what_changed_or_may_not_be_signed_is_told_line_by_line(world: World, proposed: Dossier) -> None:
    dossiers = fill(proposed, 4)
    read_all(world, dossiers)
    shown = seen(dossiers)
    processing.assign(dossiers[1], by=world.actor("lan"), at=timezone.now(), to=world.positions["lan"])
    Dossier.objects.filter(pk=dossiers[2].pk).update(waiting_for="Kết luận giám định")
    processing.decide(dossiers[3], by=world.actor("lan"), at=timezone.now())
    shown[dossiers[3].pk] = dossiers[3].version
    batch = basket.order(shown, by=world.actor("lan"), at=timezone.now())
    said = dict(batch.items.values_list("dossier_id", "why"))
    assert "Giao việc" in said[dossiers[1].pk]
    assert "Kết luận giám định" in said[dossiers[2].pk]
    assert "Đã quyết định" in said[dossiers[3].pk]
    Dossier.objects.filter(pk=proposed.pk).update(version=99)
    assert go(batch)
    late = batch.items.get(dossier=proposed)
    assert late.state == "refused"
    assert late.why


def test_what_somebody_stopped_meanwhile_is_refused_with_the_reason(world: World, proposed: Dossier) -> None:
    read_all(world, [proposed])
    batch = order(world, [proposed])
    Dossier.objects.filter(pk=proposed.pk).update(waiting_for="Kết luận giám định")
    assert go(batch)
    assert "Đồng hồ đang dừng" in batch.items.get().why


def test_nobody_else_sets_a_batch_going_again(world: World, proposed: Dossier) -> None:
    read_all(world, [proposed])
    batch = order(world, [proposed])
    basket.carry_on(batch, by=world.actor("oanh"), at=timezone.now())
    batch.refresh_from_db()
    assert batch.runs == 1
    assert go(batch)
    basket.carry_on(batch, by=world.actor("lan"), at=timezone.now())
    batch.refresh_from_db()
    assert batch.runs == 1, "nothing is left to do"


def test_failed_signatures_are_ordered_anew(world: World, proposed: Dossier) -> None:
    read_all(world, [proposed])
    batch = order(world, [proposed])
    assert go(batch)
    result = Result.objects.get(dossier=proposed)
    processing.signing_failed(result, reason="Chứng thư số đã bị thu hồi.", at=timezone.now())
    assert basket.again(batch, by=world.actor("oanh"), at=timezone.now()) == 0
    assert basket.again(batch, by=world.actor("lan"), at=timezone.now()) == 1
    assert basket.again(batch, by=world.actor("lan"), at=timezone.now()) == 0
    newest = OutboxMessage.objects.get(key=f"result.sign:{result.pk}:2")
    assert newest.payload is not None
    assert newest.payload["batch_size"] == 1, "the holder of the key is asked once for what is signed anew"


def test_seals_are_put_on_many_results(world: World, proposed: Dossier) -> None:
    at = timezone.now()
    dossiers = fill(proposed, 2)
    for one in dossiers:
        processing.decide(one, by=world.actor("lan"), at=at)
        attach(Result.objects.select_related("dossier").get(dossier=one), "person", at)
    quyen = world.actor("quyen")
    assert basket.waiting_for_seal(quyen).count() == 2
    shown = seen(dossiers)
    batch = basket.order_seals(shown, [], by=quyen, at=timezone.now())
    assert go(batch)
    assert states(batch) == ["ordered", "ordered"]
    assert OutboxMessage.objects.filter(kind="result.seal").count() == 2
    assert not basket.waiting_for_seal(quyen).exists(), "what is under way waits for nobody"


def test_an_item_that_another_worker_has_taken_is_left_to_it(
    world: World, proposed: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers = fill(proposed, 2)
    read_all(world, dossiers)
    batch, real = order(world, dossiers), processing.decide

    def meanwhile(dossier: Dossier, **given: Any) -> Any:
        batch.items.filter(place=2).update(state="ordered")
        return real(dossier, **given)

    monkeypatch.setattr(processing, "decide", meanwhile)
    assert go(batch)
    assert Result.objects.exclude(decided_at=None).count() == 1


def test_who_stands_in_signs_nothing_and_nobody_signs_what_is_asked_about(world: World, proposed: Dossier) -> None:
    lan = world.actor("lan")
    standing_in = replace(lan, seats=(replace(lan.seats[0], stands_in_for="Phan Thị Lan"),))
    read_all(world, [proposed])
    [row] = basket.chosen([proposed.pk], by=standing_in)
    assert "người thay lúc nghỉ phép không ký" in basket.hindrance(row, by=standing_in)
    at = timezone.now()
    consulting.consult(proposed, by=lan, at=at, agency=world.agencies["district"], question="Hộ khẩu?", days=3)
    [row] = basket.chosen([proposed.pk], by=lan)
    assert "Đang lấy ý kiến" in basket.hindrance(row, by=lan)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_mid_batch_leaves_the_rest_to_the_next(world: World, proposed: Dossier) -> None:
    dossiers = fill(proposed, 4)
    read_all(world, dossiers)
    batch, real, done = order(world, dossiers), processing.decide, []

    def killed(dossier: Dossier, **given: Any) -> Any:
        result = real(dossier, **given)
        done.append(dossier.pk)
        if len(done) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    if (worker := os.fork()) == 0:
        connection.connection = None  # the parent's; this process opens its own
        processing.decide = killed
        go(batch)
        os._exit(0)
    _pid, status = os.waitpid(worker, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert states(batch).count("ordered") == 2
    basket.carry_on(batch, by=world.actor("lan"), at=timezone.now())
    assert go(batch)
    assert states(batch) == ["ordered"] * 4
    assert sorted(Result.objects.values_list("number", flat=True)) == [f"{n:02d}/QĐ-SLĐTBXH" for n in range(1, 5)]
    assert OutboxMessage.objects.filter(kind="result.sign").count() == 4, "nothing is signed twice"


def test_letters_are_sealed_in_the_same_batch(world: World, proposed: Dossier) -> None:
    lan, quyen, at = world.actor("lan"), world.actor("quyen"), timezone.now()
    said = {"signer": {"capacity": "", "title": "Giám đốc", "name": lan.name}, "reason": "Chờ xác minh"}
    papers_ = [papers.issue(proposed, "apology", by=lan, at=at, rules=Rules(), extra=said) for _number in range(2)]
    IssuedPaper.objects.update(signed_document_id=proposed.pk)
    batch = basket.order_seals({}, [one.pk for one in papers_], by=quyen, at=at)
    IssuedPaper.objects.filter(pk=papers_[1].pk).update(sealed_at=at)
    assert go(batch)
    assert states(batch) == ["ordered", "refused"]
    assert OutboxMessage.objects.get(kind="paper.seal").key == f"paper.seal:{papers_[0].pk}:1"
