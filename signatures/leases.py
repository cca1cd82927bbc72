"""Which requests a worker has in hand, and what becomes of them: it writes only what is still its own."""

import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.floor.ports import PortError
from signatures import signals
from signatures.models import SigningRequest
from signatures.providers.base import NotYet
from signatures.refusals import SigningRefused

logger = logging.getLogger(__name__)

# Longer than all time-outs of one attempt together; a batch has more for each file beyond the first.
LEASE, LEASE_MORE = timedelta(minutes=2), timedelta(seconds=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
LOOK_AGAIN = timedelta(seconds=5)


class LeaseLost(Exception):
    """Another worker took the request over, or it ended; what this one did is thrown away."""


def claim(request_id: uuid.UUID, at: datetime, *, alone: bool = False) -> list[SigningRequest]:
    """The request and, unless `alone`, what else of its batch is free; nothing while another worker has it.

    What has no signature yet is in one worker's hands for the whole batch, so that its holder is asked by one alone.
    """
    with transaction.atomic(durable=True):
        waiting = SigningRequest.objects.waiting().select_related("certificate").select_for_update(of=("self",))
        together = waiting.filter(pk=request_id) if alone else waiting.together_with(request_id)
        rows = list(together.order_by("pk"))
        free = [one for one in rows if one.lease is None or one.next_at <= at]
        if any(one.signature is None for one in rows if one not in free):
            free = [one for one in free if one.signature is not None]
        lease, until = uuid.uuid4(), at + LEASE + LEASE_MORE * max(len(free) - 1, 0)
        mine = SigningRequest.objects.filter(pk__in=[one.pk for one in free])
        mine.update(lease=lease, next_at=until, attempts=F("attempts") + 1)
    for one in free:
        one.lease, one.next_at, one.attempts = lease, until, one.attempts + 1
    return free


def held(requests: Sequence[SigningRequest]) -> list[SigningRequest]:
    """Those that are neither finished nor put off nor lost."""
    return [one for one in requests if one.lease is not None]


def write(requests: Sequence[SigningRequest], **changes: object) -> None:
    """Change the rows that are still ours, all in one transaction; the others fall out of our hands.

    Raises LeaseLost when none is ours.
    """
    with transaction.atomic():
        ours = SigningRequest.objects.waiting().filter(pk__in=[one.pk for one in requests], lease=requests[0].lease)
        keys = set(ours.select_for_update().values_list("pk", flat=True))
        ours.update(**changes)
    for one in requests:
        for name, value in (changes if one.pk in keys else {"lease": None}).items():
            setattr(one, name, value)
    if not keys:
        raise LeaseLost


@contextmanager
def settling(requests: Sequence[SigningRequest], at: datetime, *, alone: bool = False) -> Iterator[None]:
    """What hinders these requests is kept in their rows: postponed, or failed for good.

    With `alone` an outside party's trouble goes on to the caller: it concerns others too.
    """
    try:
        yield
    except LeaseLost:
        for one in requests:
            one.lease = None
    except PortError as error:
        if alone and not error.permanent:
            raise
        settle(requests, error, at)
    except SigningRefused as refusal:
        settle(requests, PortError(str(refusal), permanent=True), at)
    except Exception:
        logger.exception("Signing met trouble that nobody foresaw")
        settle(requests, PortError(_("Hệ thống gặp lỗi và sẽ tự thử lại; nếu vẫn lỗi, báo quản trị.")), at)


def settle(requests: Sequence[SigningRequest], error: PortError, at: datetime) -> None:
    """Put off or end those still in hand; a receiver that cannot take the news of one hinders no other."""
    for one in held(requests):
        try:
            if error.permanent:
                fail(one, str(error), at)
            else:
                _postpone(one, error, at)
        except LeaseLost:
            continue
        except Exception:
            logger.exception("%s could not be put off or ended; it is tried again", one.reference)


def fail(request: SigningRequest, reason: str, at: datetime) -> None:
    """There will be no signature; who ordered it is told why. Raises LeaseLost."""
    with transaction.atomic():
        write([request], state=SigningRequest.State.FAILED, lease=None, next_at=at, last_error=reason)
        signals.failed.send(sender=SigningRequest, request=request, reference=request.reference, reason=reason)


def _postpone(request: SigningRequest, error: PortError, at: datetime) -> None:
    attempts = request.attempts
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
    if isinstance(error, NotYet):
        attempts = 1
    if isinstance(error, NotYet) or request.on_telephone(at):
        pause = LOOK_AGAIN
    write([request], lease=None, last_error=str(error), next_at=at + pause, attempts=attempts)
