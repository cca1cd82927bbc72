"""Proving the trail: every chain link by link, every daily seal against its time stamp and the heads it covers."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from dossiers import chain, sealing
from dossiers.chain import Flaw
from dossiers.models import Dossier, DossierEvent, Seal, SealedHead
from signatures import timestamps

AT_ONCE = 500  # dossiers


def verify(dossiers: Iterable[Dossier] | None = None) -> Iterator[Flaw]:
    """Whatever does not hold; nothing when all does. Of given dossiers only their chains are looked at."""
    if dossiers is not None:
        for dossier in dossiers:
            yield from chain.flaws(dossier)
        return
    for dossier in chained().iterator(chunk_size=AT_ONCE):
        yield from chain.flaws(dossier)
    yield from _seals()
    yield from _vanished()


def chained() -> QuerySet[Dossier]:
    """All dossiers with their chains, and of each no more than a chain is judged by."""
    heads = Dossier.objects.only("code", "reference", "events_count", "events_head")
    return heads.prefetch_related("events").order_by("pk")


def _seals() -> Iterator[Flaw]:
    expected: dt.date | None = None
    for seal in Seal.objects.order_by("on"):
        name = _("niêm phong ngày %(day)s") % {"day": f"{seal.on:%d/%m/%Y}"}
        if expected and seal.on != expected:
            yield Flaw(name, 0, _("thiếu niêm phong của ngày %(day)s") % {"day": f"{expected:%d/%m/%Y}"})
        expected = seal.on + dt.timedelta(days=1)
        covered = list(seal.covered.all())
        if seal.heads != len(covered) or seal.digest != sealing.digest_of(covered):
            yield Flaw(name, 0, _("danh sách được niêm phong đã bị sửa"))
        if not timestamps.covers(bytes(seal.timestamp_token or b""), bytes.fromhex(seal.digest)):
            yield Flaw(name, 0, _("dấu thời gian không khớp"))


def _vanished() -> Iterator[Flaw]:
    """Heads that a seal covers and the trail no longer has as they were: also where row and chain were cut alike."""
    same = DossierEvent.objects.filter(
        dossier_id=OuterRef("dossier_key"), sequence=OuterRef("sequence"), digest=OuterRef("digest")
    )
    lost = SealedHead.objects.filter(~Exists(same)).select_related("seal").order_by("pk")
    for head in lost.iterator():
        dossier = Dossier.objects.filter(pk=head.dossier_key).first()
        what = _("bước đã niêm phong ngày %(day)s không còn như cũ") % {"day": f"{head.seal.on:%d/%m/%Y}"}
        yield Flaw(str(dossier or head.dossier_key), head.sequence, what)
