"""The promises of an archive package: made when a dossier is put away, its hash list signed by the agency."""

import datetime as dt
import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import outbox, package_contents, packaging
from dossiers.models import ArchivePackage, Dossier, OutboxMessage
from dossiers.package_zip import SUMS, read
from portal.floor.ports import PortError
from signatures import signing
from signatures.models import Certificate, SignedDocument

PATIENCE = dt.timedelta(days=1)  # so long the first package waits for the long-term proofs of its signatures
_PREFIX = "package:"


def _make_first(message: OutboxMessage) -> None:
    """The package of a dossier that was put away, once the signatures in it bring their long-term proofs."""
    assert message.payload is not None
    now = timezone.now()
    dossier = Dossier.objects.select_related(
        "case__form", "rule_profile", "receiving_agency", "procedure_version__procedure"
    ).get(pk=message.dossier_id)
    if dossier.packages.exists():
        return
    documents = package_contents.signed_documents(dossier)
    waiting = SignedDocument.objects.unprotected(now).filter(pk__in=[*documents], signed_at__gt=now - PATIENCE)
    if waiting.exists():
        raise PortError("the signatures have no long-term proofs yet")
    packaging.make(dossier, made_by=message.payload["by"], at=now)


def _seal(message: OutboxMessage) -> None:
    """Have the agency sign the hash list. Raises PortError."""
    assert message.payload is not None
    package = ArchivePackage.objects.select_related("agency", "dossier").get(pk=message.payload["package"])
    certificate = Certificate.objects.usable(timezone.localdate()).for_agency(package.agency.code).first()
    if certificate is None:
        raise PortError("the agency has no usable certificate")
    sums = package.contents[-1]
    request = signing.order(
        signing.SigningOrder(
            pdf=read(sums["file"], SUMS), certificate_id=certificate.pk, reference=f"{_PREFIX}{package.pk}",
            reason=_("Gói lưu trữ hồ sơ %s") % package.dossier, form="cms",
        )
    )  # fmt: skip
    signing.perform(request.pk)


def attach(reference: str, document_id: uuid.UUID) -> None:
    """News from the signing service about one of our packages; other references are not ours."""
    if reference.startswith(_PREFIX):
        mine = ArchivePackage.objects.filter(pk=reference.removeprefix(_PREFIX))
        mine.update(signed_document_id=document_id, signing_error="")


def give_up(reference: str, reason: str) -> None:
    """News that the signing service will not sign one of our packages: it stays without, a new version may be made."""
    if reference.startswith(_PREFIX):
        ArchivePackage.objects.filter(pk=reference.removeprefix(_PREFIX)).update(signing_error=reason[:300])


outbox.register("package.make", _make_first)
outbox.register("package.seal", _seal)
