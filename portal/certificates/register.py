"""Certificates within an operator's reach, and what happens to them: asked about, stopped, used again."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from portal.people.office import Office
from procedures.history import record
from procedures.models import Agency
from signatures import trust
from signatures.models import Certificate
from signatures.querysets import CertificateQuerySet
from signatures.refusals import SigningRefused


def visible(office: Office) -> CertificateQuerySet:
    """All for the province; an agency's operator sees those of its people and of the agencies within reach."""
    every: CertificateQuerySet = Certificate.objects.select_related("holder_user")
    if office.reach.whole:
        return every
    return every.filter(
        Q(holder_user__in=office.people()) | Q(holder_agency_code__in=office.reach.agencies().values("code"))
    )


def answers_for(office: Office, certificate: Certificate, on: dt.date) -> bool:
    """Whether the operator may act on it: never on one's own, nor on one whose holder has rights out of reach."""
    if certificate.holder_user is None:
        return office.reach.agencies().filter(code=certificate.holder_agency_code).exists()
    return office.answers_for(certificate.holder_user, on)


def ask(certificate: Certificate, *, by: Actor, at: dt.datetime) -> Certificate:
    """Ask its authority now and keep the answer; a revoked one is out of use from now on. Raises PortError."""
    word = trust.ask(certificate.parsed, certificate.issuers)
    with transaction.atomic():
        one = _locked(certificate)
        one.asked_at, one.answer_source, one.revoked_at = at, word.source, word.revoked_at
        one.answer = (
            Certificate.Answer.REVOKED
            if word.revoked_at
            else Certificate.Answer.REFUSED
            if word.refusal
            else Certificate.Answer.GOOD
        )
        one.answer_text = word.refusal[:300]
        if word.revoked_at and one.state != Certificate.State.REVOKED:
            _move(one, Certificate.State.REVOKED, "certificate.revoked", by=by, at=at)
        one.save()
    return one


def stop(certificate: Certificate, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """Nothing is signed with it from now on, what waits included. Raises SigningRefused when it is out of use."""
    with transaction.atomic():
        one = _locked(certificate)
        if one.state != Certificate.State.ACTIVE:
            raise SigningRefused(_("Chứng thư này đã ngừng dùng. Tải lại trang để xem"))
        _move(one, Certificate.State.SUSPENDED, "certificate.stopped", by=by, at=at, reason=reason)
        one.save(update_fields=["state"])


def resume(certificate: Certificate, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """It signs again. Raises SigningRefused unless it had been stopped; what was revoked stays so."""
    with transaction.atomic():
        one = _locked(certificate)
        if one.state != Certificate.State.SUSPENDED:
            raise SigningRefused(_("Chứng thư này không ở tình trạng ngừng dùng. Tải lại trang để xem"))
        _move(one, Certificate.State.ACTIVE, "certificate.resumed", by=by, at=at, reason=reason)
        one.save(update_fields=["state"])


def holder(certificate: Certificate) -> str:
    """Whose it is, by name."""
    if certificate.holder_user is not None:
        return str(certificate.holder_user.full_name)
    agency = Agency.objects.filter(code=certificate.holder_agency_code).first()
    return agency.name if agency else certificate.holder_agency_code


def _locked(certificate: Certificate) -> Certificate:
    found: Certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    return found


def _move(one: Certificate, to: Certificate.State, kind: str, *, by: Actor, at: dt.datetime, reason: str = "") -> None:
    """The new state and its line in the history, under the holder's name or the agency's code."""
    changes = {str(_("Tình trạng")): (str(Certificate.State(one.state).label), str(to.label))}
    if reason:
        changes[_("Lý do")] = ("", reason)
    one.state = to
    key = one.holder_user.username if one.holder_user else one.holder_agency_code
    record(kind, by=by, at=at, subject=f"{holder(one)}, {one.serial}", key=key, changes=changes)
