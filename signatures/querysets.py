"""Certificates, requests and documents as signing asks for them."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When


class CertificateQuerySet(models.QuerySet[Any]):
    def usable(self, on: date) -> "CertificateQuerySet":
        """Active and within their dates, the newest first. Revocation is asked at the moment of signing."""
        within = self.filter(valid_from__date__lte=on, valid_to__date__gte=on)
        return within.filter(state="active").order_by("-valid_to")

    def replaced(self, at: datetime) -> Exists:
        """Whether signing takes another one of the same holder, which lasts longer."""
        holder = Q(purpose="person", holder_user=OuterRef("holder_user"))
        holder |= Q(purpose="seal", holder_agency_code=OuterRef("holder_agency_code"))
        there = self.model.objects.filter(holder, purpose=OuterRef("purpose"), state="active", valid_from__lte=at)
        return Exists(there.filter(valid_to__gt=OuterRef("valid_to")))

    def ending(self, at: datetime, within: timedelta) -> "CertificateQuerySet":
        """In force, at their end soon, and with nothing to take their place."""
        soon = self.filter(state="active", valid_from__lte=at, valid_to__gt=at, valid_to__lte=at + within)
        return soon.exclude(self.replaced(at)).order_by("valid_to")

    def with_standing(self, at: datetime, soon: timedelta) -> "CertificateQuerySet":
        """Each with `standing`, the one thing to know of it first; "ending" within `soon`."""
        standing = Case(
            When(state="revoked", then=Value("revoked")),
            When(state="suspended", then=Value("stopped")),
            When(valid_to__lte=at, then=Value("ended")),
            When(valid_from__gt=at, then=Value("early")),
            When(self.replaced(at), then=Value("replaced")),
            When(valid_to__lte=at + soon, then=Value("ending")),
            default=Value("in_force"),
        )
        annotated: CertificateQuerySet = self.annotate(standing=standing)
        return annotated

    def for_user(self, user_id: uuid.UUID) -> "CertificateQuerySet":
        return self.filter(holder_user_id=user_id, purpose="person")

    def for_agency(self, code: str) -> "CertificateQuerySet":
        return self.filter(holder_agency_code=code, purpose="seal")


class SigningRequestQuerySet(models.QuerySet[Any]):
    def waiting(self) -> "SigningRequestQuerySet":
        return self.filter(state="waiting")

    def together_with(self, request_id: uuid.UUID) -> "SigningRequestQuerySet":
        """The request and the others of its batch that the same key signs."""
        own = self.model.objects.filter(pk=request_id)
        fellows = Q(batch__in=own.values("batch"), certificate__in=own.values("certificate"))
        return self.filter(Q(pk=request_id) | fellows)

    def due(self, at: datetime) -> "SigningRequestQuerySet":
        """Waiting, neither postponed nor in the hands of a living worker, with a key that the server may use.

        What nobody has tried waits for the rest of its batch to be ordered.
        """
        gathering = self.model.objects.waiting().filter(batch=OuterRef("batch"), attempts=0, next_at__gt=at)
        due = self.waiting().filter(next_at__lte=at).exclude(certificate__provider="agent")
        return due.exclude(Q(attempts=0) & Exists(gathering)).order_by("next_at")

    def at_agent(self, user_id: uuid.UUID | None, agency_codes: models.QuerySet[Any]) -> "SigningRequestQuerySet":
        """For the machine of that person, or of those who keep the seals of these agencies; the oldest first."""
        own = Q(certificate__purpose="person", certificate__holder_user=user_id)
        seals = Q(certificate__purpose="seal", certificate__holder_agency_code__in=agency_codes)
        found = self.filter(own | seals, certificate__provider="agent")
        return found.select_related("certificate").order_by("created_at")

    def asked(self, at: datetime) -> "SigningRequestQuerySet":
        """Due, and on somebody's telephone."""
        return self.due(at).filter(signature=None, answer_by__gt=at)


class SignedDocumentQuerySet(models.QuerySet[Any]):
    def not_handed_over(self) -> "SignedDocumentQuerySet":
        return self.filter(handed_over_at=None)

    def unprotected(self, before: datetime) -> "SignedDocumentQuerySet":
        """Stamped, signed before that moment, the last of their file, and without any proofs yet."""
        signed_further = self.model.request.field.related_model.objects.filter(original_sha256=OuterRef("sha256"))
        alone = self.filter(
            request__form="pdf", level="B-T", signed_at__lt=before, preservations=None, not_preserved=""
        )
        return alone.exclude(Exists(signed_further)).order_by("signed_at")


class TrustedRootQuerySet(models.QuerySet[Any]):
    def trusted(self) -> "TrustedRootQuerySet":
        """Those not withdrawn, expired ones too: they judge what was signed while they lasted."""
        return self.filter(withdrawn_at=None).order_by("kind", "subject", "pk")
