"""Codes set aside for an outage: written on paper while the system is down, entered later with their true times.

Law: NĐ 61/2018 art. 39.1 (the paper register has the structure of the electronic one).
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import numbering, series
from dossiers.models import Dossier, ReservedCode
from dossiers.refusals import MoveRefused
from portal.floor.actor import Actor
from procedures.models import Agency

MOST = 200  # codes set aside in one go


def reserve_codes(agency: Agency, *, on: dt.date, count: int, by: Actor, at: dt.datetime) -> list[ReservedCode]:
    """Set aside the next codes of that day to be written on paper while the system is down (art. 39.1).

    They come from the very series of ordinary acceptance, so nothing is given twice and nothing left out.
    Raises MoveRefused.
    """
    _at_counter(agency.pk, by)
    if not 1 <= count <= MOST:
        raise MoveRefused(_("Mỗi lần để dành từ 1 đến %(most)d mã.") % {"most": MOST})
    if on < series.day(at):
        raise MoveRefused(_("Chỉ để dành mã cho hôm nay hoặc ngày sau."))
    with transaction.atomic():
        last = series.allocate(agency_id=agency.pk, kind="dossier", period=f"{on:%y%m%d}", count=count)
        return ReservedCode.objects.bulk_create(
            ReservedCode(
                agency=agency, on=on, serial=serial, code=numbering.dossier_code(agency.code, on, serial),
                reserved_at=at, reserved_by=by.name,
            )
            for serial in range(last - count + 1, last + 1)
        )  # fmt: skip


def void_code(code: ReservedCode, *, by: Actor, at: dt.datetime, reason: str) -> ReservedCode:
    """A code that was spoilt or never needed; it is never given again. Raises MoveRefused."""
    _at_counter(code.agency_id, by)
    if not reason.strip():
        raise MoveRefused(_("Hãy ghi lý do hủy mã."))
    unused = ReservedCode.objects.filter(pk=code.pk, dossier=None, voided_at=None)
    if not unused.update(voided_at=at, voided_by=by.name, void_reason=reason.strip()[:200]):
        raise MoveRefused(_("Mã này đã dùng hoặc đã hủy."))
    code.refresh_from_db()
    return code


def use(reserved: ReservedCode, dossier: Dossier, *, at: dt.datetime) -> str:
    """Give a code that was set aside to the dossier it was written on. Raises MoveRefused."""
    free = ReservedCode.objects.filter(
        pk=reserved.pk, agency=dossier.receiving_agency_id, on=series.day(at), dossier=None, voided_at=None
    )
    if not free.update(dossier=dossier):
        raise MoveRefused(_("Mã %(code)s không dùng được: đã dùng, đã hủy, hoặc không phải của ngày này.") % {
            "code": reserved.code})  # fmt: skip
    return reserved.code


def _at_counter(agency_id: int, by: Actor) -> None:
    if by.seat_for(agency_id=agency_id, roles=("receiver",)) is None:
        raise MoveRefused(_("Bạn không tiếp nhận hồ sơ ở cơ quan này."))
