"""Kiểm tra thực tế: an appointment at the place itself, told to the citizen, and the minutes of it.

Law: NĐ 61/2018 art. 19.3: the minutes are kept; a citizen who has to be there is told time, place, who comes and what
is looked at.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import notices, papers
from dossiers.lifecycle import Change, move
from dossiers.models import Dossier, Verification
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor
from procedures import worktime
from procedures.calendars import calendar_for


def arrange_verification(
    dossier: Dossier, *, by: Actor, at: dt.datetime, starts_at: dt.datetime, place: str, purpose: str,
    participants: str = "", applicant_attends: bool = True, instead_of: Verification | None = None,
) -> Verification:  # fmt: skip
    """Make an appointment and tell the citizen, with a calendar file; `instead_of` moves one that was made before.

    Raises MoveRefused without place or purpose, and for a time that is past or outside the agency's working hours.
    """
    if not place.strip() or not purpose.strip():
        raise MoveRefused(_("Hãy ghi địa điểm và nội dung kiểm tra."))
    if starts_at <= at:
        raise MoveRefused(_("Giờ hẹn phải sau lúc này."))
    if worktime.effective_start(calendar_for(dossier.holder_agency_id), starts_at) != starts_at:
        raise MoveRefused(_("Giờ hẹn phải trong giờ làm việc của cơ quan."))
    if instead_of is not None and instead_of.recorded_at is not None:
        raise MoveRefused(_("Buổi kiểm tra này đã có biên bản nên không dời được."))
    row = instead_of or Verification(dossier=dossier, stage=dossier.stages.get(closed_at=None), revision=-1)
    row.starts_at, row.place, row.purpose, row.participants = starts_at, place, purpose, participants
    row.applicant_attends, row.arranged_at, row.arranged_by = applicant_attends, at, by.name
    row.revision += 1
    said = {"starts_at": starts_at.isoformat(), "place": place, "purpose": purpose, "participants": participants,
            "applicant_attends": applicant_attends, "revision": row.revision}  # fmt: skip
    with transaction.atomic():
        row.save()
        told = notices.to_citizen(dossier, "appointment", at=at, verification=row.pk, moved=row.revision > 0)
        note = f"{timezone.localtime(starts_at):%H:%M %d/%m/%Y}, {place}"
        move(dossier, "arrange_verification", to=Status.IN_PROGRESS, by=by, at=at, note=note, snapshot=said,
             change=Change(promises=[told]))  # fmt: skip
    return row


def record_verification(
    verification: Verification, dossier: Dossier, *, by: Actor, at: dt.datetime, held_at: dt.datetime, minutes: str,
    participants: str = "",
) -> Verification:  # fmt: skip
    """Keep the minutes of the look at the place: when it was, who was there, what was found; they are issued to sign.

    Raises MoveRefused without minutes or for a time to come, LostRace when they are kept already.
    """
    if not minutes.strip():
        raise MoveRefused(_("Hãy ghi nội dung biên bản."))
    if held_at > at:
        raise MoveRefused(_("Giờ kiểm tra không được sau lúc này."))
    said = {"held_at": held_at.isoformat(), "minutes": minutes, "participants": participants}
    kept = dossier.verifications.filter(pk=verification.pk, recorded_at=None).select_related("stage__agency").first()
    if kept is None:
        raise LostRace(_("Buổi kiểm tra này đã có biên bản."))
    kept.held_at, kept.minutes, kept.recorded_at, kept.recorded_by = held_at, minutes, at, by.name
    kept.participants = participants or kept.participants
    with transaction.atomic():
        move(dossier, "record_verification", to=Status.IN_PROGRESS, by=by, at=at, snapshot=said)
        kept.save()
        papers.verification_minutes(kept, by=by, at=at)
    return kept
