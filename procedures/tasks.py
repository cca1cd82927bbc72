"""Celery's side of the catalogue."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from procedures import publishing


@shared_task(ignore_result=True)
def publish_due(**kwargs: Any) -> int:
    """Versions whose decision takes effect today."""
    return publishing.publish_due(at=timezone.now())
