"""Services' news that a holder has decided. News are a hint and never a signature: we go and ask the service itself."""

import hmac
import json
import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from signatures import signing
from signatures.models import SigningRequest


@csrf_exempt
@require_POST
def smartca(request: HttpRequest, token: str) -> HttpResponse:
    """204 for news about a question of ours, all of it taken as far as it goes; 404 for a stranger, who learns nothing.

    VNPT signs no news, so the address holds a secret that only VNPT was told, and the content must name our account.
    """
    ours = settings.SMARTCA_WEBHOOK_TOKEN
    if not ours or not hmac.compare_digest(ours.encode(), token.encode()):
        raise Http404
    try:
        news = json.loads(request.body)
        known = hmac.compare_digest(str(news["sp_id"]).encode(), settings.SMARTCA_SP_ID.encode())
        transaction = uuid.UUID(str(news["transaction_id"]))
    except (ValueError, KeyError, TypeError):
        return HttpResponse(status=422)
    at = timezone.now()
    waiting = SigningRequest.objects.waiting().filter(certificate__provider="smartca", answer_by__gt=at)
    asked = waiting.filter(question=str(transaction)).first()
    if not known or asked is None:
        raise Http404
    signing.perform(asked.pk, at=at)
    return HttpResponse(status=204)
