"""What is said of a copy: where it stands, its number, the certifying words and the mark (NĐ 30/2020, Appendix I)."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import numbering, paper_facts, series
from dossiers.models import CertifiedCopy
from portal.floor.actor import Seat

Kind = CertifiedCopy.Kind
_SYMBOL = {Kind.FULL: "SY", Kind.AGAIN: "SL", Kind.PART: "TrS"}


class State(models.TextChoices):
    """Where a copy stands, derived from its moments."""

    DRAFTED = "drafted", _lazy("Chờ lãnh đạo ký")
    WAITING = "waiting", _lazy("Đang ký số")
    FAILED = "failed", _lazy("Không ký được")
    ISSUED = "issued", _lazy("Đã phát hành")
    DROPPED = "dropped", _lazy("Đã bỏ")
    RECALLED = "recalled", _lazy("Đã thu hồi")


def state_of(copy: CertifiedCopy) -> State:
    """Where the copy stands now."""
    if copy.recalled_at:
        return State.RECALLED if copy.number else State.DROPPED
    if copy.issued_at:
        return State.ISSUED
    if copy.decided_at is None:
        return State.DRAFTED
    return State.FAILED if copy.signing_error else State.WAITING


def number_of(copy: CertifiedCopy) -> str:
    """`07/SY-UBND`; of what is certified from originals `07/2026-SCT/BS` (TT 01/2020/TT-BTP)."""
    assert copy.serial is not None
    if copy.kind == Kind.CERTIFIED:
        return numbering.paper_number(copy.serial, f"{copy.year}-SCT/BS")
    symbol = "-".join(filter(None, [_SYMBOL[Kind(copy.kind)], copy.agency.symbol]))
    return numbering.paper_number(copy.serial, symbol)


def words(copy: CertifiedCopy, seat: Seat | None, *, at: dt.datetime) -> dict[str, object]:
    """What the certifying page and the mark say; without a number it is a draft to look at.

    The mark's last line, the time of signing, is the signing service's own.
    """
    signer = {"capacity": seat.signing_capacity, "title": seat.title} if seat else {"capacity": "", "title": ""}
    return paper_facts.letterhead(copy.agency, at=at) | {
        "number": copy.number, "serial": f"{copy.serial:02d}" if copy.serial else "", "year": series.day(at).year,
        "original": dict(copy.original), "pages": copy.pages, "signer": signer | {"name": copy.signer_name},
        "mark": [str(Kind(copy.kind).label).upper(), copy.agency.name],
        "verify_url": f"{settings.BASE_URL}/kiem-tra/{copy.verify_code}",
    }  # fmt: skip


def who_was_first(copy: CertifiedCopy) -> str:
    """Who did something to the copy last, and when: for those whose view of it is older."""
    if copy.recalled_at:
        who, when = copy.recalled_by, copy.recalled_at
    elif copy.decided_at:
        who, when = copy.signer_name, copy.decided_at
    else:
        who, when = copy.prepared_by, copy.prepared_at
    return _("%(who)s đã đổi bản sao này lúc %(when)s: %(state)s. Hãy tải lại trang để xem.") % {
        "who": who, "when": timezone.localtime(when).strftime("%H:%M %d/%m/%Y"), "state": state_of(copy).label,
    }  # fmt: skip
