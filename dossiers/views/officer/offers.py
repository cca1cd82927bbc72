"""Which acts the page offers: the next one first, then what else may be done here."""

from collections.abc import Callable
from dataclasses import replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers import processing, returning, suspending
from dossiers.models import Dossier
from dossiers.states import Status
from dossiers.views.officer import digitising
from dossiers.views.officer.acting import counter, ending, legs, notes
from dossiers.views.officer.acting.act import Offer
from dossiers.views.officer.situation import Situation

# What else may be done here, by the modules that do it; each gives its offers for the situation.
MORE: tuple[Callable[[Situation], list[Offer]], ...] = (
    counter.offered,
    digitising.offered,
    ending.offered,
    legs.offered,
    notes.offered,
)


def to(situation: Situation) -> list[Offer]:
    """The acts open to this officer now, the next one first."""
    by_status = {
        Status.SUBMITTED: _at_reception,
        Status.IN_PROGRESS: _at_a_desk,
        Status.PAYMENT_DUE: _waiting,
        Status.SUPPLEMENT_REQUESTED: _stop,
        Status.RESOLVED: _at_the_return,
        Status.WITHDRAWAL_REQUESTED: _withdrawal,
    }
    asked = by_status.get(Status(situation.dossier.status))
    found = asked(situation) if asked else []
    found += [offer for more in MORE for offer in more(situation)]
    today = timezone.localdate(situation.now)
    if situation.owes and returning.may_take_fee(situation.dossier, situation.actor, on=today):
        found = [Offer("thu-phi", _("Thu phí, lệ phí"), "wallet"), *found]
    next_job = next((offer.act for offer in found if not offer.section), "")
    return [_placed(offer, situation, first=offer.act == next_job) for offer in found]


def _placed(offer: Offer, situation: Situation, *, first: bool) -> Offer:
    # To assign is nobody's next job: it stays open to colleagues of a desk that waits for somebody else.
    next_job = first and offer.variant != "danger" and offer.act not in ("giao", "in-giay")
    url = offer.url or reverse("officer_act", args=[situation.code, offer.act])
    return replace(offer, url=url, variant="primary" if next_job else offer.variant)


def _at_reception(situation: Situation) -> list[Offer]:
    if "receive" not in situation.moves:
        return _assign(situation)
    if situation.dossier.waiting_for:  # one of a filing of several procedures, not its turn yet
        return [*_assign(situation), Offer("tu-choi", _("Từ chối"), "x", variant="danger")]
    receive = Offer("nhan", _("Nhận hồ sơ"), "check", key="T")
    supplement = _supplement(situation)
    first = [supplement] if situation.wanting else [receive, supplement]
    return [*first, *_assign(situation), Offer("tu-choi", _("Từ chối"), "x", variant="danger")]


def _at_a_desk(situation: Situation) -> list[Offer]:
    moves, found = situation.moves, []
    if situation.dossier.waiting_for:
        return _waiting(situation)
    if situation.signing:
        again = "sign_again" in moves and situation.signing["failed"]
        return [Offer("ky-lai", _("Ký lại"), "rotate-cw", key="T")] if again else []
    if "decide" in moves and situation.dossier.stage_kind == "sign":
        found.append(Offer("ky", _("Ký kết quả"), "pen-line", key="T"))
    elif "seal" in moves and situation.dossier.stage_kind == "seal":
        found.append(Offer("dong-dau", _("Đóng dấu và phát hành"), "stamp", key="T"))
    elif "forward" in moves:
        found += _onward(situation)
    if "request_supplement" in moves and not situation.dossier.supplement_count:
        asked = _supplement(situation)
        found = [asked, *found] if situation.wanting else [*found, asked]
    found += _assign(situation)
    if "rework" in moves:
        found.append(Offer("lam-lai", _("Trả lại để làm lại"), "rotate-cw"))
    return [*found, *_clock(situation), *_stop(situation)]


def _waiting(situation: Situation) -> list[Offer]:
    """What may be done while the clock stands still."""
    again = [Offer("tinh-tiep", _("Tính tiếp thời hạn"), "clock", key="T")] if "resume" in situation.moves else []
    return [*again, *_stop(situation)]


def _clock(situation: Situation) -> list[Offer]:
    """To stop the clock where the procedure names a ground, to move the promise while the law still lets."""
    found = []
    if "pause" in situation.moves and suspending.grounds_of(situation.dossier):
        found.append(Offer("tam-dung", _("Tạm dừng tính thời hạn"), "pause"))
    if "extend" in situation.moves and suspending.may_extend(situation.dossier, at=situation.now):
        found.append(Offer("hen-lai", _("Xin lỗi và hẹn lại"), "mail"))
    return found


def _stop(situation: Situation) -> list[Offer]:
    decided = situation.result is not None and situation.result.decided_at is not None
    if "stop" not in situation.moves or decided:
        return []
    return [Offer("dung", _("Dừng giải quyết"), "circle-x", variant="danger")]


def _onward(situation: Situation) -> list[Offer]:
    """Draft, propose or pass on, whichever comes next."""
    ahead, drafts = situation.ahead, "draft_result" in situation.moves and situation.must_draft
    draft = Offer("soan", _("Sửa kết quả") if situation.result else _("Soạn kết quả"), "file-plus", key="S")
    if any(one.due_at > situation.now for one in situation.asked):  # they still have time to answer
        onward = []
    elif ahead and ahead[0].kind == "sign":
        onward = [Offer("trinh", _("Trình ký"), "send", key="T")] if situation.result else []
    elif ahead and situation.next_agency:
        agency = situation.next_agency
        where = agency.name if agency.pk != situation.dossier.holder_agency_id else ahead[0].name
        onward = [Offer("chuyen", _("Chuyển: %s") % where, "arrow-right", key="T")]
    else:
        onward = []
    if not drafts:
        return onward
    return [*onward, draft] if situation.result else [draft, *onward]


def _at_the_return(situation: Situation) -> list[Offer]:
    dossier = situation.dossier
    if "hand_out" not in situation.moves or dossier.in_post or situation.owes:
        return []
    collector = situation.parties.get("collector")
    hand_out = Offer("tra", _("Trả tại quầy"), "package-check", key="T")
    post = [Offer("gui", _("Gửi bưu điện"), "truck", key="G")] if collector and collector.address else []
    return [*post, hand_out] if dossier.return_mode == Dossier.ReturnMode.POST else [hand_out, *post]


def _withdrawal(situation: Situation) -> list[Offer]:
    if "accept_withdrawal" not in situation.moves:
        return []
    return [
        Offer("cho-rut", _("Cho rút hồ sơ"), "check"),
        Offer("khong-cho-rut", _("Không cho rút"), "x", variant="danger"),
    ]


def _assign(situation: Situation) -> list[Offer]:
    mine = "assign" in situation.moves and processing.may_assign(situation.dossier, situation.actor)
    return [Offer("giao", _("Giao việc"), "users")] if mine else []


def _supplement(situation: Situation) -> Offer:
    number = len(situation.wanting)
    if not number:
        return Offer("bo-sung", _("Yêu cầu bổ sung"), "file-text", key="B")
    words = ngettext("Yêu cầu bổ sung %(n)d giấy tờ", "Yêu cầu bổ sung %(n)d giấy tờ", number) % {"n": number}
    return Offer("bo-sung", words, "file-text", key="B")
