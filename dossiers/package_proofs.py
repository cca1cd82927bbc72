"""What proves an archive package: the chain of events, the days' seals with their stamps, the certificates."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from asn1crypto import pem
from cryptography.exceptions import InvalidTag
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils.translation import gettext as _

from dossiers import sealing
from dossiers.messaging import moment
from dossiers.models import Dossier, DossierEvent, Enclosure, Seal, SealedHead
from dossiers.package_item import Item, slug
from signatures import trust
from signatures.models import Certificate


def chain_of(dossier: Dossier) -> bytes:
    """Every event on a line of its own, with all that its digest is made of."""
    events = dossier.events.order_by("sequence")
    return "".join(json.dumps(_event(one), ensure_ascii=False, sort_keys=True) + "\n" for one in events).encode()


def _event(event: DossierEvent) -> dict[str, Any]:
    """What `chain.digest_of` is made of, the texts under it and the names for people."""
    return {
        "dossier": str(event.dossier_id), "sequence": event.sequence, "verb": event.verb,
        "at": int(event.at.astimezone(dt.UTC).timestamp() * 1_000_000),
        "who": [event.actor_kind, event.actor_id, event.position_id],
        "from": event.from_status, "to": int(event.to_status),
        "note": event.note, "note_digest": event.note_digest,
        "snapshot": event.snapshot, "snapshot_digest": event.snapshot_digest, "digest": event.digest,
        "local_time": moment(event.at), "name": event.actor_name, "capacity": event.capacity,
    }  # fmt: skip


def sealed_heads(dossier: Dossier) -> list[SealedHead]:
    """The days' seals that cover the dossier, the oldest first."""
    return list(SealedHead.objects.filter(dossier_key=dossier.pk).select_related("seal").order_by("seal__on"))


def seals(dossier: Dossier) -> Iterator[Item]:
    """The text that each of those seals stamps, and the stamp."""
    for head in sealed_heads(dossier):
        seal, day = head.seal, f"{head.seal.on:%Y-%m-%d}"
        title = _("Niêm phong ngày %s") % f"{seal.on:%d/%m/%Y}"
        yield Item(f"niem-phong/{day}.txt", title, _text_of(seal), b"", seal.digest)
        if seal.timestamp_token:
            token = bytes(seal.timestamp_token)
            yield Item(f"niem-phong/{day}.tst", _("%s, dấu thời gian RFC 3161") % title, data=token)


def _text_of(seal: Seal) -> str:
    """Where the text of that seal lies: kept once for all the packages of its dossiers."""
    name, text = f"seals/{seal.digest}.txt", sealing.text_of(seal.covered.all()).encode()
    try:
        with default_storage.open(name) as kept:
            if hashlib.sha256(kept.read()).hexdigest() == seal.digest:
                return name
    except (OSError, InvalidTag):  # not there yet, or left half written
        default_storage.delete(name)
    return str(default_storage.save(name, ContentFile(text)))


def certificates(dossier: Dossier) -> Iterator[Item]:
    """Those that signed for the dossier, and the roots that are trusted now."""
    asked = Q(pk__in=[])
    signed: dict[str, Any] = {"copy": dossier.attachments, "paper": dossier.papers, "result": dossier.results,
              "enclosure": Enclosure.objects.filter(result__dossier=dossier)}  # fmt: skip
    for kind, rows in signed.items():
        for key in rows.exclude(signed_document_id=None).values_list("pk", flat=True):
            asked |= Q(requests__reference__startswith=f"{kind}:{key}")
    for row in Certificate.objects.filter(asked).distinct().order_by("serial"):
        yield Item(
            f"chung-thu/{slug(row.serial, otherwise='so')}.pem", row.subject, data=f"{row.pem}{row.chain}".encode()
        )
    yield Item("chung-thu/goc.pem", _("Chứng thư gốc mà cơ quan tin cậy khi lập gói"), data=_armoured(trust.roots()))


def _armoured(certificates: Iterable[Any]) -> bytes:
    return b"".join(sorted({pem.armor("CERTIFICATE", one.dump()) for one in certificates}))
