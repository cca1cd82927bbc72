"""Reads speak the business. Authorisation is a queryset: who may not see a dossier gets nothing, as if it were not."""

import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from dossiers.states import OPEN, Status
from portal.floor.actor import Actor

_AGENCY_WIDE = frozenset({"leader"})
OWN = ("owner", "proxy")  # who only brought the papers has no claim to read them
ASKED = frozenset({"specialist", "leader"})  # who answers when an agency is asked for its opinion
COPYISTS = frozenset({"receiver", "specialist", "leader", "records_clerk"})
_AT_THE_COUNTER = {"receiver": OPEN, "returner": (Status.RESOLVED, Status.RETURNED), "cashier": OPEN}


class DraftQuerySet(models.QuerySet[Any]):
    def of(self, actor: Actor, at: dt.datetime) -> "DraftQuerySet":
        """The actor's own drafts: sent ones for ever, unsent ones until they expire."""
        if actor.user_id is None:
            return self.none()
        return self.filter(Q(expires_at__gte=at) | ~Q(dossier=None), user_id=actor.user_id)

    def unsent(self) -> "DraftQuerySet":
        return self.filter(dossier=None)


class ConsultationQuerySet(models.QuerySet[Any]):
    def open(self) -> "ConsultationQuerySet":
        """Still waiting for an answer."""
        return self.filter(answered_at=None, ended_at=None)

    def in_queue_of(self, actor: Actor) -> "ConsultationQuerySet":
        """What waits for an answer at the actor's desks, unless given to a colleague."""
        asked = Q(pk__in=[])
        for seat in actor.seats:
            if seat.role in ASKED:
                asked |= Q(agency_id=seat.agency_id) & (Q(assignee_id=None) | Q(assignee_id=seat.position_id))
        return self.open().filter(asked)

    def answered_for(self, actor: Actor) -> "ConsultationQuerySet":
        """What the actor's agencies have answered, the newest first."""
        agencies = [seat.agency_id for seat in actor.seats if seat.role in ASKED]
        return self.filter(agency__in=agencies, answered_at__isnull=False).order_by("-answered_at", "id")

    def by_deadline(self) -> "ConsultationQuerySet":
        return self.order_by("due_at", "id")


class CertifiedCopyQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> "CertifiedCopyQuerySet":
        """The copies of the actor's agencies, for those who prepare, sign or register them there."""
        own = [seat.agency_id for seat in actor.seats if seat.role in COPYISTS]
        return self.filter(agency__in=own) if actor.kind == "officer" else self.none()

    def in_book(self, agency_id: int, year: int, *, certified: bool) -> "CertifiedCopyQuerySet":
        """The lines of one book of an agency and year, by number."""
        lines = self.filter(agency_id=agency_id, year=year, serial__isnull=False)
        return (lines.filter(kind="chung-thuc") if certified else lines.exclude(kind="chung-thuc")).order_by("serial")


class DossierQuerySet(models.QuerySet[Any]):
    def open(self) -> "DossierQuerySet":
        """Dossiers still owed something. The list is literal so that the partial indexes serve."""
        return self.filter(status__in=OPEN)

    def called(self, code: str) -> "DossierQuerySet":
        """By code, or by the reference that the citizen holds before there is one; typed in any case."""
        code = code.strip().upper()
        return self.filter(Q(code=code) | Q(reference=code))

    def visible_to(self, actor: Actor) -> "DossierQuerySet":
        """What this actor may open: citizens their own, officers what their seats work on, everybody else nothing.

        An agency that is asked reads along until it has answered or nobody waits any more: papers and answers of people
        are needed for the opinion, not after it. What it was asked and said stays its own to read, without the dossier.
        """
        if actor.kind == "citizen" and actor.owner_index:
            parties = self.model.parties.rel.related_model.objects
            return self.filter(
                Exists(parties.filter(dossier=OuterRef("pk"), identity_index=actor.owner_index, role__in=OWN))
            )
        if actor.kind == "officer":
            return self.filter(self._seats(actor) | self._lent(actor)) if actor.seats else self.none()
        return self.none()

    def _seats(self, actor: Actor) -> Q:
        stages = self.model.stages.rel.related_model.objects
        consultations = self.model.consultations.rel.related_model.objects
        allowed = Q(pk__in=[])
        for seat in actor.seats:
            here = seat.agency_id
            desk = stages.filter(dossier=OuterRef("pk"), agency_id=here)
            if seat.role in _AT_THE_COUNTER:
                at_counter = Q(receiving_agency_id=here)
                if seat.role == "returner":
                    at_counter &= Q(status__in=_AT_THE_COUNTER["returner"])
                allowed |= at_counter
            elif seat.role in _AGENCY_WIDE:
                allowed |= Q(receiving_agency_id=here) | Q(holder_agency_id=here) | Q(Exists(desk))
            elif seat.role in {"specialist", "records_clerk"}:
                allowed |= Q(holder_agency_id=here, holder_role=seat.role) | Q(Exists(desk.filter(role=seat.role)))
            if seat.role in ASKED:
                asked = consultations.filter(dossier=OuterRef("pk"), answered_at=None, ended_at=None)
                allowed |= Q(Exists(asked.filter(agency_id=here)))
        return allowed

    def _lent(self, actor: Actor) -> Q:
        """What the actor may sign for others, and has signed so."""
        if not actor.delegations:
            return Q(pk__in=[])
        results = self.model.results.rel.related_model.objects.filter(dossier=OuterRef("pk"))
        allowed = Q(Exists(results.filter(signer_user_id=actor.user_id)))
        for one in actor.delegations:
            seat = one.seat
            waits = Q(holder_agency_id=seat.agency_id, holder_role=seat.role, stage_kind="sign")
            waits &= Q(assignee_id=None) | Q(assignee_id=seat.position_id)
            if one.dossier_id is not None:
                waits &= Q(pk=one.dossier_id)
            elif one.procedures:
                waits &= Q(procedure_version__procedure_id__in=sorted(one.procedures))
            allowed |= waits
        return allowed

    def to_sign_by(self, actor: Actor) -> "DossierQuerySet":
        """What is proposed for signature to the actor: at leaders' seats of one's own, and for those one signs for."""
        held = Q(pk__in=[])
        for seat in actor.seats:
            if seat.role == "leader":
                mine = Q(assignee_id=None) | Q(assignee_id=seat.position_id)
                held |= Q(holder_agency_id=seat.agency_id, holder_role=seat.role) & mine
        return self.filter(held | self._lent(actor), status=Status.IN_PROGRESS, stage_kind="sign")

    def in_queue_of(self, actor: Actor) -> "DossierQuerySet":
        """What waits on the actor's desks now: held by one of the seats, unless given to a colleague."""
        held = Q(pk__in=[])
        for seat in actor.seats:
            mine = Q(assignee_id=None) | Q(assignee_id=seat.position_id)
            held |= Q(holder_agency_id=seat.agency_id, holder_role=seat.role) & mine
        return self.open().filter(held)

    def by_deadline(self) -> "DossierQuerySet":
        """Nearest deadline first; without one (waiting for somebody else) last."""
        return self.order_by(models.F("next_due_at").asc(nulls_last=True), "id")

    def after(self, due: dt.datetime | None, pk: uuid.UUID) -> "DossierQuerySet":
        """What follows, by deadline, the dossier with that key and that deadline."""
        if due is None:
            return self.filter(next_due_at=None, id__gt=pk)
        return self.filter(Q(next_due_at__gt=due) | Q(next_due_at=due, id__gt=pk) | Q(next_due_at=None))

    def overdue(self, now: dt.datetime) -> "DossierQuerySet":
        return self.open().filter(next_due_at__lt=now)

    def due_soon(self, now: dt.datetime) -> "DossierQuerySet":
        return self.open().filter(next_soon_at__lte=now, next_due_at__gte=now)
