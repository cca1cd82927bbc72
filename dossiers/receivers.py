"""News from below, passed on to the matter it concerns."""

import datetime as dt
from typing import Any

from celery import current_app
from django.db import transaction
from django.dispatch import receiver

from dossiers import copy_issuing, issuing, outbox, package_sealing, recomputing, scan_signing
from procedures.signals import agency_ended, calendar_changed
from signatures.signals import failed, signed


@receiver(signed, dispatch_uid="dossiers.result_signed")
def result_signed(sender: Any, *, document: Any, reference: str, **kwargs: Any) -> None:
    issuing.attach(reference, document.pk)
    scan_signing.attach(reference, document.pk)
    package_sealing.attach(reference, document.pk)
    copy_issuing.attach(reference, document.pk)


@receiver(failed, dispatch_uid="dossiers.signing_failed")
def signing_failed(sender: Any, *, reference: str, reason: str, **kwargs: Any) -> None:
    issuing.give_up(reference, reason)
    scan_signing.give_up(reference, reason)
    package_sealing.give_up(reference, reason)
    copy_issuing.give_up(reference, reason)


@receiver(agency_ended, dispatch_uid="dossiers.agency_ended")
def hand_over(sender: Any, **kwargs: Any) -> None:
    """Its work goes to the successor as soon as that is written down; what this loses the night finds."""
    transaction.on_commit(_hand_over, robust=True)


def _hand_over() -> None:
    current_app.send_task("dossiers.tasks.hand_over_ended", retry=False, ignore_result=True)


@receiver(calendar_changed, dispatch_uid="dossiers.calendar_changed")
def reckon_anew(sender: Any, *, agency_id: int | None, at: dt.datetime, **kwargs: Any) -> None:
    """Promised in the transaction of the change, so that no deadline keeps to a calendar that is over."""
    outbox.keep(recomputing.promise(at=at, agency_id=agency_id))
