"""Kết thúc, lưu hồ sơ: a dossier that is over is closed for good once nothing of it is owed to anybody."""

import datetime as dt

from django.utils.translation import gettext as _

from dossiers import outbox
from dossiers.lifecycle import Change, move
from dossiers.models import Dossier, Payment
from dossiers.refusals import MoveRefused
from dossiers.states import OPEN, Status
from portal.floor.actor import Actor


def archive(dossier: Dossier, *, by: Actor, at: dt.datetime, shelf: str = "") -> Dossier:
    """Put the dossier away; `shelf`: where its papers lie, in sixty letters (Luật Lưu trữ 33/2024).

    Its archive package is promised.

    Raises MoveRefused while originals are held, money is owed, an opinion is awaited or its result is being mended;
    and a second time.
    """
    if hinder := hindered(dossier):
        raise MoveRefused(hinder)
    promise = outbox.promise("package.make", key=f"package.make:{dossier.pk}", at=at, dossier_id=dossier.pk,
                             payload={"by": by.name})  # fmt: skip
    change = Change({"archived_at": at, "shelf": shelf.strip()[:60] or dossier.shelf}, promises=[promise])
    move(dossier, "archive", to=Status(dossier.status), by=by, at=at, note=shelf, change=change)
    return dossier


def hindered(dossier: Dossier) -> str:
    """Why the dossier may not be put away yet, in words; empty when it may."""
    if dossier.archived_at is not None:
        return _("Hồ sơ này đã lưu rồi.")
    if dossier.handed.filter(held__gt=0, given_back_at=None).exists():
        return _("Còn giữ bản chính của người nộp. Trả lại trước khi lưu hồ sơ.")
    # What was refused, stopped or withdrawn owes nothing any more.
    owed = Payment.objects.filter(dossier=dossier, paid_at=None, amount__gt=0)
    if dossier.status == Status.RETURNED and owed.exists():
        return _("Còn phí, lệ phí chưa nộp.")
    if dossier.consultations.open().exists():
        return _("Còn chờ ý kiến của cơ quan phối hợp.")
    if dossier.corrections.filter(status__in=OPEN).exists():
        return _("Kết quả đang được sửa ở hồ sơ khác.")
    return ""
