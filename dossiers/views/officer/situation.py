"""One dossier as it lies before one officer: read once, then asked by the page and by the acts."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from dossiers import access, attested, enclosing, processing, routing
from dossiers.models import (
    Attachment,
    Consultation,
    Dossier,
    Enclosure,
    OutboxMessage,
    Party,
    Payment,
    Result,
    Stage,
    Verification,
)
from dossiers.states import Status
from portal.floor.actor import Actor
from procedures import routewalk
from procedures.models import Agency, RequiredDocument, RouteStage
from signatures.models import Judgement, SigningRequest

_JOINED = (
    "procedure_version__procedure", "case__form", "rule_profile", "receiving_agency", "holder_agency__parent",
    "assignee",
)  # fmt: skip
GOOD = (Attachment.Verdict.OPEN, Attachment.Verdict.OK)


def find(code: str, actor: Actor) -> Dossier:
    """The dossier with that code or reference. Raises Http404 for those who may not see it, as if it did not exist."""
    wanted = code[:60].upper()
    seen = Dossier.objects.visible_to(actor).select_related(*_JOINED)
    dossier: Dossier | None = seen.filter(Q(code=wanted) | Q(reference=wanted)).first()
    if dossier is None:
        raise Http404
    return dossier


@dataclass
class Situation:
    dossier: Dossier
    actor: Actor
    now: dt.datetime
    section: str = ""  # of the page that shows it; empty for the acts, which concern all of it

    @classmethod
    def of(cls, code: str, actor: Actor) -> "Situation":
        """Raises Http404."""
        return cls(find(code, actor), actor, timezone.now())

    @property
    def code(self) -> str:
        return str(self.dossier)

    @cached_property
    def moves(self) -> list[str]:
        return access.moves_open_to(self.dossier, self.actor)

    @cached_property
    def documents(self) -> list[RequiredDocument]:
        """The papers that the case asks for, in its order."""
        return list(self.dossier.case.required_documents.order_by("order", "id"))

    def name_of(self, attachment: Attachment) -> str:
        """What the case calls the paper; the name of the file where the case knows no such paper."""
        known = (document.name for document in self.documents if document.key == attachment.document_key)
        return next(known, str(attachment.name))

    @cached_property
    def papers(self) -> list[Attachment]:
        return list(self.dossier.attachments.filter(superseded_at=None).order_by("received_at", "id"))

    @cached_property
    def judgements(self) -> dict[str, Judgement]:
        """What was found of the signatures on the papers, by hash."""
        return attested.verdicts(self.papers)

    @property
    def wanting(self) -> list[Attachment]:
        return [paper for paper in self.papers if paper.verdict not in GOOD]

    @cached_property
    def parties(self) -> dict[str, Party]:
        return {party.role: party for party in self.dossier.parties.all()}

    @cached_property
    def payment(self) -> Payment | None:
        return Payment.objects.filter(dossier=self.dossier).first()

    @property
    def owes(self) -> bool:
        return bool(self.payment and self.payment.amount and not self.payment.paid_at)

    @cached_property
    def result(self) -> Result | None:
        return self.dossier.results.filter(superseded_at=None).first()

    @cached_property
    def enclosures(self) -> list[Enclosure]:
        """What goes out with the result in files of their own."""
        return list(self.result.enclosures.order_by("place")) if self.result else []

    @cached_property
    def stages(self) -> list[Stage]:
        return list(self.dossier.stages.select_related("agency").order_by("ordinal"))

    @property
    def stage(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.closed_at is None), None)

    @cached_property
    def steps(self) -> list[routewalk.Step]:
        """The stages that this dossier passes, from its route and its answers."""
        rows = RouteStage.objects.filter(route__case_id=self.dossier.case_id)
        return routewalk.walk(routewalk.of(rows), self.dossier.answers)

    @cached_property
    def ahead(self) -> list[routewalk.Step]:
        """The steps after the open stage."""
        keys = [step.key for step in self.steps]
        here = self.stage.route_key if self.stage else None
        return self.steps[keys.index(here) + 1 :] if here in keys else []

    @cached_property
    def next_agency(self) -> Agency | None:
        """Where the next step lies; None at the end, or when the route leads to an agency that does not exist."""
        if not self.ahead or self.stage is None:
            return None
        try:
            desk = routing.next_desk(self.dossier, after=self.stage.route_key, agency_id=self.stage.agency_id)
        except routing.NoWay:
            return None
        return Agency.objects.get(pk=desk.agency_id) if desk else None

    @cached_property
    def consultations(self) -> list[Consultation]:
        """Every agency that was asked, in the order in which they were asked."""
        rows = self.dossier.consultations.select_related("agency", "assignee", "stage__agency")
        return list(rows.order_by("asked_at", "pk"))

    @property
    def asked(self) -> list[Consultation]:
        """Those whose answer is still waited for."""
        return [one for one in self.consultations if one.answered_at is None and one.ended_at is None]

    @cached_property
    def verifications(self) -> list[Verification]:
        """The looks at the place itself, arranged and held."""
        return list(self.dossier.verifications.order_by("starts_at"))

    @property
    def must_draft(self) -> bool:
        """At the last examination the specialist writes the result."""
        return all(step.kind != "examine" for step in self.ahead)

    @cached_property
    def signing(self) -> dict[str, Any] | None:
        """A signature or seal that was ordered and is not there yet: what hinders it, in words."""
        signs = self.dossier.status == Status.IN_PROGRESS and self.dossier.stage_kind in ("sign", "seal")
        if not signs or self.result is None or self.result.decided_at is None:
            return None
        result, seal = self.result, self.dossier.stage_kind == "seal"
        promise = OutboxMessage.objects.filter(key=processing.signing_key(result, "seal" if seal else "sign")).first()
        if promise is None:
            return None
        asked = enclosing.references(result, self.enclosures, seal=seal)
        waiting = enclosing.shown(SigningRequest.objects.select_related("certificate").filter(reference__in=asked))
        return {
            "seal": seal,
            "error": result.signing_error or (waiting.last_error if waiting else ""),
            "failed": bool(result.signing_error or promise.given_up_at),
            "unordered": waiting is None and bool(promise.last_error),
            "device": bool(waiting and waiting.state == "waiting" and waiting.certificate.at_agent),
        }
