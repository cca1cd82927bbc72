"""Which of our issued papers a signed file is."""

from django.db.models import QuerySet

from dossiers import enclosing
from dossiers.models import CertifiedCopy, Enclosure, Result
from signatures.models import SignedDocument

Paper = Result | Enclosure | CertifiedCopy


def of_document(document: SignedDocument) -> Paper | None:
    """The issued result, what goes with one, or copy, whose newest signed file this is; None for all else."""
    kind, _colon, rest = document.reference.partition(":")
    key, mine = rest.partition(":")[0], {"signed_document_id": document.pk}
    if kind == "result":
        return results().filter(pk=key, **mine).first()
    if kind == enclosing.KIND:
        enclosures = Enclosure.objects.exclude(result__issued_at=None).filter(pk=key, **mine)
        return enclosures.select_related("result__dossier__case", "result__sealing_agency").first()
    return copies().filter(**mine).first()


def with_code(code: str) -> Result | CertifiedCopy | None:
    """The issued result or copy that bears this code."""
    result: Result | CertifiedCopy | None = results().filter(verify_code=code).first()
    return result or copies().filter(verify_code=code).first()


def results() -> QuerySet[Result]:
    return Result.objects.exclude(issued_at=None).select_related("dossier__case", "sealing_agency")


def copies() -> QuerySet[CertifiedCopy]:
    return CertifiedCopy.objects.exclude(issued_at=None).select_related("agency")
