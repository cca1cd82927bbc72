"""Celery's side of the promises: each task is one call. Losing any of them loses nothing; beat sends them again."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from dossiers import consulting_reminders, dispatching, drafts, outbox, postal, reminders, sealing


@shared_task(ignore_result=True)
def sweep_outbox(**kwargs: Any) -> int:
    return outbox.sweep()


@shared_task(ignore_result=True)
def remind_deadlines(**kwargs: Any) -> int:
    now = timezone.now()
    return reminders.remind(at=now) + consulting_reminders.remind(at=now) + drafts.remind(at=now)


@shared_task(ignore_result=True)
def poll_shipments(**kwargs: Any) -> int:
    return postal.poll(at=timezone.now())


@shared_task(ignore_result=True)
def expire_drafts(**kwargs: Any) -> int:
    return drafts.expire(at=timezone.now())


@shared_task(ignore_result=True)
def seal_day(**kwargs: Any) -> int:
    return sealing.seal_ended_days(at=timezone.now())


@shared_task(ignore_result=True)
def hand_over_ended(**kwargs: Any) -> int:
    return dispatching.hand_over_ended(at=timezone.now())
