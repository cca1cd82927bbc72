"""A result that is there: issued as the signing service would leave it, without a certificate."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers import files, processing
from dossiers.models import Dossier, Enclosure, Result
from portal.floor.actor import SYSTEM
from portal.floor.typesetting import typeset
from tests.world import MONDAY, World

LATER = MONDAY + dt.timedelta(days=3)


def upload(name: str, content: bytes = b"") -> SimpleUploadedFile:
    """A PDF as an officer sends it, or these bytes under that name."""
    said = content or typeset(f'#set document(title: "{name}")\n= {name}\n', {})
    return SimpleUploadedFile(name, said, content_type="application/pdf")


def enclosure(name: str) -> Enclosure:
    """What may go out with a result."""
    (kept,) = files.keep_enclosures([upload(name)])
    return kept


def attach(result: Result, purpose: str, at: dt.datetime) -> None:
    processing.attach_signed_result(result, purpose=purpose, document_id=uuid.uuid4(), by=SYSTEM, at=at)


def issued(
    world: World, dossier: Dossier, climb: Callable[[Dossier, str], Dossier], *, at: dt.datetime = LATER
) -> Dossier:
    """Up the whole route of the climbing procedure, decided, sealed, waiting at the counter (9)."""
    climb(dossier, "so-ky")
    processing.decide(dossier, by=world.actor("lan"), at=at)
    attach(Result.objects.select_related("dossier").get(dossier=dossier), "person", at)
    processing.seal(Dossier.objects.get(pk=dossier.pk), by=world.actor("quyen"), at=at)
    attach(Result.objects.select_related("dossier").get(dossier=dossier), "seal", at)
    return Dossier.objects.get(pk=dossier.pk)
