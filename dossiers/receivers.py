"""News from below, passed on to the matter it concerns."""

from typing import Any

from django.dispatch import receiver

from dossiers import issuing
from signatures.signals import failed, signed


@receiver(signed, dispatch_uid="dossiers.result_signed")
def result_signed(sender: Any, *, document: Any, reference: str, **kwargs: Any) -> None:
    issuing.attach(reference, document.pk)


@receiver(failed, dispatch_uid="dossiers.signing_failed")
def signing_failed(sender: Any, *, reference: str, reason: str, **kwargs: Any) -> None:
    issuing.give_up(reference, reason)
