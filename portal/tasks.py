"""Upkeep of the roof itself."""

from celery import shared_task
from django.core.management import call_command

LOG_IN_TRIALS_DAYS = 90


@shared_task
def forget_sessions() -> None:
    """Drop sessions that have ended and old records of log-in trials."""
    call_command("clearsessions")
    call_command("axes_reset_logs", age=LOG_IN_TRIALS_DAYS, verbosity=0)
