"""The carrier's news comes in here; what it does not tell, the poll finds."""

import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dossiers import postal
from dossiers.ports.postal.base import carrier
from portal.floor.ports import PortError

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """204 once the event is kept, known or nobody's; 401 when the carrier did not sign it, 422 when unreadable."""
    at = timezone.now()
    try:
        event = carrier().verify_callback(request.headers, request.body, at=at)
    except PortError as error:
        log.warning("carrier's callback: %s", error)
        return HttpResponse(status=401 if error.permanent else 422)
    postal.take_callback(event, at=at)
    return HttpResponse(status=204)
