"""What requests to the signing service are about: the caller's key of each says which paper it is."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dossiers import enclosing
from dossiers.models import Attachment, Dossier, Enclosure, IssuedPaper, Result
from dossiers.states import CLOSED
from signatures.models import SigningRequest


@dataclass(frozen=True, slots=True)
class Matter:
    """A paper in words; `over`: it will not be issued any more, so nobody should sign it."""

    name: str
    number: str = ""
    dossier: Dossier | None = None
    over: bool = False


def of(requests: Iterable[SigningRequest]) -> dict[uuid.UUID, Matter]:
    """The matter of each request, by its key; one statement for each kind."""
    keys: dict[str, list[str]] = {}
    asked = list(requests)
    for request in asked:
        kind, key = _named(request)
        keys.setdefault(kind, []).append(key)
    known: dict[tuple[str, str], Matter] = {}
    for result in Result.objects.filter(pk__in=keys.get("result", [])).select_related("dossier"):
        over = result.dossier.status in CLOSED or result.superseded_at is not None
        name = _("Kết quả: %s") % result.dossier.title
        known["result", str(result.pk)] = Matter(name, result.number, result.dossier, over)
    for enclosure in Enclosure.objects.filter(pk__in=keys.get(enclosing.KIND, [])).select_related("result__dossier"):
        result = enclosure.result
        over = result.dossier.status in CLOSED or result.superseded_at is not None
        name = _("Tài liệu kèm theo: %s") % enclosure
        known[enclosing.KIND, str(enclosure.pk)] = Matter(name, result.number, result.dossier, over)
    for paper in IssuedPaper.objects.filter(pk__in=keys.get("paper", [])).select_related("dossier"):
        known["paper", str(paper.pk)] = Matter(str(paper.get_kind_display()), paper.number, paper.dossier)
    for copy in Attachment.objects.filter(pk__in=keys.get("copy", [])).select_related("dossier"):
        over = copy.superseded_at is not None
        known["copy", str(copy.pk)] = Matter(_("Bản sao điện tử đã đối chiếu với bản giấy"), "", copy.dossier, over)
    unknown = _("Văn bản điện tử")
    return {request.pk: known.get(_named(request)) or Matter(unknown, request.reason) for request in asked}


def _named(request: SigningRequest) -> tuple[str, str]:
    kind, _colon, rest = request.reference.partition(":")
    key = rest.partition(":")[0]
    try:
        uuid.UUID(key)
    except ValueError:
        return "", ""
    return kind, key
