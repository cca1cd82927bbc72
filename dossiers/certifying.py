"""Sao y, sao lục, trích sao (NĐ 30/2020 art. 25–27) and chứng thực bản sao điện tử từ bản chính (NĐ 45/2020 art. 10).

Somebody of the agency prepares a copy, its leader signs it, the agency seals it; each has a line of its book and year.
"""

import datetime as dt
import hashlib
import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import numbering, outbox, scans, series
from dossiers.copy_words import Kind, State, number_of, state_of, who_was_first, words
from dossiers.models import CertifiedCopy, Dossier, OutboxMessage
from dossiers.querysets import COPYISTS
from dossiers.refusals import LostRace, MoveRefused
from portal.floor.actor import Actor, Seat
from portal.floor.filetypes import FileRefused
from portal.floor.ids import uuid7
from procedures.models import Agency
from signatures.models import Certificate

SIGNERS = ("leader",)
LEAST_WIDTH = 400  # points of a first page that bears the mark of the agency: A5 has 420


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be copied. `original`: name, number, date, issuer, holder; `asked_by`: name, identity.

    `part`: the pages of an excerpt ("1-3, 5"). `document_key`: which paper of the dossier it is, if it is one.
    """

    kind: str
    pdf: bytes
    original: Mapping[str, str]
    asked_by: Mapping[str, str]
    part: str = ""
    dossier: Dossier | None = None
    document_key: str = ""


def prepare(agency: Agency, wish: Wish, *, by: Actor, at: dt.datetime, pk: uuid.UUID | None = None) -> CertifiedCopy:
    """Keep what is to be copied, to be looked at and signed by the leader; `pk`: chosen by who asks, to ask once.

    Raises MoveRefused, FileRefused.
    """
    if by.seat_for(agency_id=agency.pk, roles=tuple(COPYISTS)) is None:
        raise MoveRefused(_("Bạn không làm việc tại %s nên không lập bản sao ở đó được.") % agency.name)
    if wish.kind == Kind.PART and not wish.part:
        raise MoveRefused(_("Trích sao cần ghi trang nào, như 1-3 hoặc 2, 5."))
    pdf = scans.pages_of(wish.pdf, wish.part) if wish.kind == Kind.PART else wish.pdf
    pages, width, signed = _looked_through(pdf)
    if signed and wish.kind == Kind.CERTIFIED:
        raise MoveRefused(_("Tệp này đã ký số, là bản chính điện tử: chọn Sao y, không chứng thực từ bản giấy."))
    if width < LEAST_WIDTH and wish.kind != Kind.CERTIFIED:
        raise MoveRefused(_("Trang đầu hẹp hơn khổ A5, không đủ chỗ ghi lời sao. Quét giấy tờ nhỏ trên khổ A4."))
    copy = CertifiedCopy(
        id=pk or uuid7(), agency=agency, kind=wish.kind,
        original=dict(wish.original) | {"document_key": wish.document_key},
        asked_by=dict(wish.asked_by), dossier=wish.dossier, pages=pages, prepared_at=at, prepared_by=by.name,
        sha256=hashlib.sha256(pdf).hexdigest(), verify_code=numbering.tracking_key(),
    )  # fmt: skip
    copy.file = default_storage.save(f"copies/{copy.pk}.pdf", ContentFile(pdf))
    copy.save(force_insert=True)
    return copy


def _looked_through(pdf: bytes) -> tuple[int, float, bool]:
    """How many pages, how wide the first is in points, whether somebody has signed it. Raises FileRefused."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            left, _bottom, right, _top = document.pages[0].mediabox
            return len(document.pages), float(right) - float(left), "/AcroForm" in document.Root
    except (pikepdf.PdfError, pikepdf.PasswordError):
        raise FileRefused(_("Không mở được tệp PDF này. Bỏ mật khẩu hoặc quét lại rồi gửi.")) from None


def sign(copy: CertifiedCopy, *, by: Actor, at: dt.datetime) -> CertifiedCopy:
    """The leader's word: the copy gets the next number of its book and is promised to the signing service.

    Raises MoveRefused, LostRace.
    """
    seat = _leader(copy, by)
    _certificates(copy, by, at=at)
    with transaction.atomic():
        row = _locked(copy)
        if row.decided_at or row.recalled_at:
            raise MoveRefused(_("Bản sao này đang ở trạng thái “%s” nên không ký được.") % state_of(row).label)
        row.decided_at, row.signer_user_id, row.signer_name = at, by.user_id, by.name
        row.year = series.day(at).year
        certified = row.kind == Kind.CERTIFIED
        row.serial = series.allocate(agency_id=row.agency_id, kind=f"copies-{certified:d}", period=str(row.year))
        row.number = number_of(row)
        row.snapshot = words(row, seat, at=at)
        row.save()
        outbox.keep([_promise(row, at=at)])
    return row


def sign_again(copy: CertifiedCopy, *, by: Actor, at: dt.datetime) -> CertifiedCopy:
    """After a failed attempt: the same words and number, asked for anew. Raises MoveRefused, LostRace."""
    _leader(copy, by)
    _certificates(copy, by, at=at)
    with transaction.atomic():
        row = _locked(copy)
        if state_of(row) is not State.FAILED:
            raise MoveRefused(_("Bản sao này đang ở trạng thái “%s” nên không ký lại được.") % state_of(row).label)
        row.signing_attempt, row.signing_error = row.signing_attempt + 1, ""
        row.save()
        outbox.keep([_promise(row, at=at)])
    return row


def recall(copy: CertifiedCopy, *, by: Actor, at: dt.datetime, reason: str) -> CertifiedCopy:
    """Take back what was signed, which only the leader may, or drop a draft. The line in the book stays.

    Raises MoveRefused, LostRace.
    """
    roles = SIGNERS if copy.decided_at else tuple(COPYISTS)
    if by.seat_for(agency_id=copy.agency_id, roles=roles) is None:
        raise MoveRefused(_("Bản sao đã ký thì chỉ lãnh đạo cơ quan thu hồi được."))
    if not reason.strip():
        raise MoveRefused(_("Ghi lý do thu hồi."))
    with transaction.atomic():
        row = _locked(copy)
        if row.recalled_at:
            raise MoveRefused(_("Bản sao này đã thu hồi rồi."))
        row.recalled_at, row.recalled_by, row.recall_reason = at, by.name, reason.strip()
        row.save()
    return row


def _leader(copy: CertifiedCopy, by: Actor) -> Seat:
    seat = by.seat_for(agency_id=copy.agency_id, roles=SIGNERS, own=True)
    if seat is None:
        raise MoveRefused(_("Chỉ lãnh đạo cơ quan ký bản sao."))
    return seat


def _certificates(copy: CertifiedCopy, by: Actor, *, at: dt.datetime) -> None:
    """Nobody gets a number for what cannot be signed. Raises MoveRefused."""
    usable = Certificate.objects.usable(timezone.localdate(at))
    if not usable.for_agency(copy.agency.code).exists():
        raise MoveRefused(_("Cơ quan chưa có chứng thư số còn hiệu lực. Báo quản trị rồi ký lại."))
    if copy.kind == Kind.CERTIFIED and not (by.user_id and usable.for_user(by.user_id).exists()):
        raise MoveRefused(_("Bạn chưa có chứng thư số còn hiệu lực. Báo quản trị rồi ký lại."))


def _locked(copy: CertifiedCopy) -> CertifiedCopy:
    row: CertifiedCopy = CertifiedCopy.objects.select_for_update(of=("self",)).select_related("agency").get(pk=copy.pk)
    if row.version != copy.version:
        raise LostRace(who_was_first(row))
    row.version += 1
    return row


def _promise(copy: CertifiedCopy, *, at: dt.datetime) -> OutboxMessage:
    key = f"certified.sign:{copy.pk}:{copy.signing_attempt}"
    return outbox.promise("certified.sign", key=key, at=at, lane=f"certified:{copy.pk}", payload={"copy": str(copy.pk)})
