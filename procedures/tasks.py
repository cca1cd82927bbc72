"""Celery's side of the catalogue."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from procedures import publishing, synonyms


@shared_task(ignore_result=True)
def publish_due(**kwargs: Any) -> int:
    """Versions whose decision takes effect today."""
    return publishing.publish_due(at=timezone.now())


@shared_task(ignore_result=True)
def forget_missed_queries(**kwargs: Any) -> int:
    """Searches in vain that nobody has repeated for long."""
    return synonyms.forget_old(on=timezone.localdate())
