"""Celery hurries what the rows promise."""

import uuid

from celery import shared_task
from django.utils import timezone

from signatures import judging, preserving, signing


@shared_task
def perform_request(request_id: str) -> None:
    signing.perform(uuid.UUID(request_id), at=timezone.now())


@shared_task
def sweep_requests() -> int:
    return signing.sweep(timezone.now())


@shared_task
def hear_holders() -> int:
    return signing.hear(timezone.now())


@shared_task
def preserve_documents() -> int:
    return preserving.sweep(timezone.now())


@shared_task
def judge_documents() -> int:
    return judging.sweep(timezone.now())
