"""What makes a proposed result worth a second look: derived from what is there, never stored."""

import datetime as dt
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers import access
from dossiers.models import Attachment, Dossier, DossierEvent, Party, Result
from dossiers.querysets import DossierQuerySet
from dossiers.views.officer import mismatch
from dossiers.views.officer.situation import GOOD
from portal.floor.actor import Actor


class Flag(NamedTuple):
    """A short mark for the list, and what it means."""

    mark: str | Promise
    words: str | Promise
    tone: str = "amber"


LATE = Flag(_("Quá hạn"), _("Hồ sơ đã quá hạn."), "red")
TODAY = Flag(_("Hạn hôm nay"), _("Hạn là hôm nay."))
MISMATCH = Flag(_("Tờ khai lệch dữ liệu"), _("Tờ khai ghi khác với tài khoản định danh hoặc thẻ căn cước."), "red")
WANTING = Flag(_("Giấy tờ chưa đạt"), _("Có giấy tờ được nhận xét là chưa đạt."), "red")
REFUSAL = Flag(_("Từ chối"), _("Kết quả là từ chối giải quyết."), "red")
FIRST = Flag(_("Ký lần đầu"), _("Bạn chưa ký kết quả nào của thủ tục này."), "blue")
REWORKED = Flag(_("Đã trả lại"), _("Hồ sơ từng bị trả lại để làm lại; xem lý do trong nhật ký."))
UPLOADED = Flag(_("Tệp tải lên"), _("Kết quả là tệp do cán bộ tải lên, không lập từ mẫu của thủ tục."))
WRITTEN = Flag(_("Lời viết thêm"), _("Kết quả có lời do cán bộ viết, ngoài dữ liệu của hồ sơ."))
EXTENDED = Flag(_("Đã hẹn lại"), _("Đã xin lỗi và hẹn lại ngày trả."))


def with_flags(dossiers: DossierQuerySet, by: Actor) -> DossierQuerySet:
    """Each with `reworked`, `wanting` and `known`, the procedures that this officer has signed results of, and with all
    else that `of` asks of a dossier."""
    rework = DossierEvent.objects.filter(dossier=OuterRef("pk"), verb="rework")
    bad = Attachment.objects.filter(dossier=OuterRef("pk"), superseded_at=None).exclude(verdict__in=GOOD)
    signed = Result.objects.filter(signer_user_id=by.user_id, decided_at__isnull=False).order_by()
    known = signed.values_list("dossier__procedure_version__procedure", flat=True).distinct()
    flagged: DossierQuerySet = dossiers.select_related("case__form", "procedure_version").annotate(
        reworked=Exists(rework), wanting=Exists(bad), known=ArraySubquery(known)
    )
    return flagged


def of(dossier: Any, result: Result | None, owner: Party | None, *, by: Actor, at: dt.datetime) -> list[Flag]:
    """The flags of one of `with_flags`, the gravest first."""
    found = {
        **_time(dossier, at),
        MISMATCH: bool(mismatch.differences(dossier, owner)),
        WANTING: dossier.wanting,
        REFUSAL: result is not None and result.kind == Result.Kind.REFUSAL,
        UPLOADED: result is not None and result.uploaded,
        WRITTEN: result is not None and not result.uploaded and any(str(text).strip() for text in result.text.values()),
        REWORKED: dossier.reworked,
        EXTENDED: dossier.extension_count > 0,
        FIRST: dossier.procedure_version.procedure_id not in dossier.known,
    }
    return [flag for flag, there in found.items() if there] + _for_another(dossier, by)


def _time(dossier: Dossier, at: dt.datetime) -> dict[Flag, bool]:
    ends = [end for end in (dossier.next_due_at, dossier.due_at) if end is not None]
    late = any(end < at for end in ends)
    today = timezone.localdate(at)
    return {LATE: late, TODAY: not late and any(timezone.localdate(end) == today for end in ends)}


def _for_another(dossier: Dossier, by: Actor) -> list[Flag]:
    lent = access.signs_for(dossier, by)
    if lent is None:
        return []
    words = _("Bạn ký %(capacity)s thay %(giver)s.") % {"capacity": lent.seat.signing_capacity, "giver": lent.giver}
    return [Flag(lent.seat.signing_capacity, words, "violet")]
