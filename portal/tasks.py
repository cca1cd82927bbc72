"""Upkeep of the roof itself."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from portal.certificates import expiry, root_expiry

LOG_IN_TRIALS_DAYS = 90


@shared_task
def forget_sessions() -> None:
    """Drop sessions that have ended and old records of log-in trials."""
    call_command("clearsessions")
    call_command("axes_reset_logs", age=LOG_IN_TRIALS_DAYS, verbosity=0)


@shared_task
def remind_of_certificates() -> int:
    now = timezone.now()
    return expiry.remind(at=now) + root_expiry.remind(at=now)
