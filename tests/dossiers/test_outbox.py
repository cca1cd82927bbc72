"""The outbox under crashes, races and repeats."""

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dossiers import outbox
from dossiers.models import OutboxMessage
from portal.floor.ports import PortError

done: list[str] = []


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    done.clear()
    outbox.register("test.ok", lambda message: done.append(message.key))
    yield
    outbox._handlers.pop("test.ok")
    outbox._handlers.pop("test.bad", None)


def owe(key: str, kind: str = "test.ok", lane: str = "", **more: Any) -> OutboxMessage:
    row = outbox.promise(kind, key=key, at=timezone.now(), lane=lane, **more)
    outbox.keep([row])
    return row


def test_a_promise_is_kept_once(db: None) -> None:
    owe("a")
    assert outbox.sweep() == 1
    assert outbox.sweep() == 0
    assert done == ["a"]


def test_a_promise_dies_with_the_transaction_that_made_it(db: None) -> None:
    with transaction.atomic():
        owe("a")
        transaction.set_rollback(True)
    assert outbox.sweep() == 0


def test_a_worker_that_died_leaves_the_row_to_the_sweep_after_the_lease(db: None) -> None:
    owe("a")
    now = timezone.now()
    assert len(outbox.claim(now=now)) == 1
    assert outbox.claim(now=now + dt.timedelta(seconds=30)) == [], "the lease still runs"
    assert len(outbox.claim(now=now + outbox.LEASE + dt.timedelta(seconds=1))) == 1


def test_outbox_idempotent_and_ordered(db: None) -> None:
    for key, lane in (("1", "an"), ("2", "an"), ("3", "an"), ("x", "vinh")):
        owe(key, lane=lane)
    first = outbox.claim(now=timezone.now(), key="1")[0]
    assert outbox.claim(now=timezone.now(), key="2") == [], "its turn comes when the first is done"
    assert outbox.perform(first)
    assert not outbox.perform(first), "done once, however often it is handed in"
    assert outbox.sweep() == 3
    assert [key for key in done if key != "x"] == ["1", "2", "3"]
    assert outbox.sweep() == 0
    with pytest.raises(Exception, match="duplicate key"), transaction.atomic():
        owe("2", lane="an")


def test_rows_of_one_lane_are_done_in_order_and_wait_for_a_failing_one(db: None) -> None:
    def fail(message: OutboxMessage) -> None:
        raise PortError("away")

    outbox.register("test.bad", fail)
    owe("first", "test.bad", lane="an")
    owe("second", lane="an")
    owe("other", lane="vinh")
    outbox.sweep()
    assert done == ["other"]
    row = OutboxMessage.objects.get(key="first")
    assert row.last_error == "PortError"
    assert row.next_at > timezone.now()


def test_a_permanent_refusal_is_given_up_at_once_and_frees_the_lane(db: None) -> None:
    def refuse(message: OutboxMessage) -> None:
        raise PortError("no such address", permanent=True)

    outbox.register("test.bad", refuse)
    owe("first", "test.bad", lane="an")
    owe("second", lane="an")
    outbox.sweep()
    outbox.sweep()
    assert OutboxMessage.objects.get(key="first").given_up_at is not None
    assert done == ["second"]


def test_after_many_attempts_a_row_is_given_up(db: None) -> None:
    def fail(message: OutboxMessage) -> None:
        raise ValueError

    outbox.register("test.bad", fail)
    row = owe("a", "test.bad")
    OutboxMessage.objects.filter(pk=row.pk).update(attempts=outbox.GIVE_UP_AFTER - 1)
    outbox.sweep()
    assert OutboxMessage.objects.get(key="a").given_up_at is not None


def test_performing_now_takes_only_the_named_row(db: None) -> None:
    owe("a")
    owe("b")
    assert outbox.perform_now("b")
    assert done == ["b"]
    assert not outbox.perform_now("b")


def test_the_same_key_is_never_promised_twice(db: None) -> None:
    owe("a")
    with pytest.raises(Exception, match="duplicate key"), transaction.atomic():
        owe("a")


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_row() -> None:
    for number in range(60):
        owe(f"k{number}")
    taken: list[str] = []

    def work() -> None:
        try:
            while batch := outbox.claim(now=timezone.now(), limit=7):
                taken.extend(message.key for message in batch)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"k{number}" for number in range(60))


def test_what_another_worker_took_over_from_a_slow_batch_is_not_done_twice(db: None) -> None:
    owe("slow")
    owe("late")
    began = timezone.now() - outbox.LEASE - dt.timedelta(seconds=1)
    OutboxMessage.objects.update(next_at=began)
    slow_batch = outbox.claim(now=began)
    assert outbox.perform(slow_batch[0]), "nobody else has it, however late"
    (taken,) = outbox.claim(now=timezone.now())
    assert not outbox.perform(slow_batch[1])
    assert outbox.perform(taken)
    assert sorted(done) == ["late", "slow"]
