"""What the page of an act says before the button is pressed: what will happen, to whom, until when."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dossiers import deadlines, routing, supplements
from dossiers.messaging import moment
from dossiers.routing import NoWay
from dossiers.series import day
from dossiers.views.officer import enclosures
from dossiers.views.officer.situation import Situation
from dossiers.wording import deadline
from procedures import fees
from procedures.models import Agency, Position
from procedures.ruleset import Rules
from procedures.wording import money, time

Lines = list[dict[str, Any]]


def page(situation: Situation, name: str) -> dict[str, Any]:
    """The frame of an act's page: the dossier's head, what is to know, and a picture of the paper that comes of it."""
    dossier = situation.dossier
    said = _SAID.get(name)
    return {
        "code": situation.code,
        "back": reverse("officer_dossier", args=[situation.code]),
        "applicant": dossier.applicant_name,
        "procedure": dossier.title,
        "sla": deadline(dossier, now=situation.now),
        "lines": said(situation) if said else [],
        "picture": picture(situation, name),
        "enclosures": enclosures.links(situation) if name in ("trinh", "ky", "dong-dau", "ky-lai") else [],
    }


def seats(situation: Situation) -> dict[str, Any]:
    """The officers of the desk that holds the dossier."""
    dossier = situation.dossier
    at_desk = Position.objects.in_force(situation.now.date()).filter(
        agency_id=dossier.holder_agency_id, role=dossier.holder_role
    )
    own = [seat.position_id for seat in situation.actor.seats]
    return {"seats": list(at_desk.order_by("holder_name")), "own": own}


def picture(situation: Situation, name: str) -> dict[str, str] | None:
    """The paper to look at before the act: address of its first page and of the whole."""
    shown = {
        "bo-sung": "supplement",
        "trinh": "result",
        "ky": "result",
        "dong-dau": "result",
        "soan": "result",
        "ky-lai": "result",
    }.get(name)
    if shown is None or (shown == "result" and situation.result is None):
        return None
    whole, first = f"officer_{shown}", f"officer_{shown}_page"
    return {
        "label": _("Thư yêu cầu bổ sung") if shown == "supplement" else _("Kết quả"),
        "page": reverse(first, args=[situation.code, 1]),
        "pdf": reverse(whole, args=[situation.code]),
    }


def _line(label: str, text: str) -> dict[str, str]:
    return {"label": label, "text": text}


def _receive(situation: Situation) -> Lines:
    dossier, case = situation.dossier, situation.dossier.case
    rules, agency = Rules.of(dossier.rule_profile), dossier.receiving_agency
    due = deadlines.promised(agency_id=agency.pk, case=case, at=situation.now, rules=rules)
    quote = fees.total(case.fees.all(), dossier.answers, dossier.channel, day(situation.now))
    return [
        _line(_("Hẹn trả kết quả"), f"{moment(due.at)} ({time(case).lower()})"),
        _line(_("Chuyển đến"), _first_desk(situation)),
        _line(_("Phí, lệ phí"), money(quote.total) if quote.total else _("Không thu")),
        _line(_("Người nộp nhận"), _("Giấy tiếp nhận hồ sơ và hẹn trả kết quả, qua thư điện tử và bản in")),
    ]


def _first_desk(situation: Situation) -> str:
    dossier = situation.dossier
    try:
        desk = routing.next_desk(dossier, after=None, agency_id=dossier.receiving_agency_id)
    except NoWay as no_way:
        return str(no_way)
    if desk is None:
        return _("Quy trình không có bước nào cho hồ sơ này.")
    return f"{desk.step.name}, {Agency.objects.values_list('name', flat=True).get(pk=desk.agency_id)}"


def _supplement(situation: Situation) -> Lines:
    lines = [_line(item["name"], item["reason"]) for item in supplements.wanted(situation.dossier)]
    return [*lines, _line(_("Đồng hồ"), _("Dừng lại đến khi người nộp gửi đủ; mỗi hồ sơ chỉ yêu cầu bổ sung một lần."))]


def _forward(situation: Situation) -> Lines:
    agency, ahead = situation.next_agency, situation.ahead
    if agency is None or not ahead:
        return []
    rules = Rules.of(situation.dossier.rule_profile)
    due = deadlines.stage_due(agency_id=agency.pk, hours=ahead[0].hours, at=situation.now, rules=rules)
    elsewhere = agency.pk != situation.dossier.holder_agency_id
    return [
        _line(_("Bước tiếp theo"), ahead[0].name),
        _line(_("Cơ quan"), agency.name),
        _line(_("Hạn của bước đó"), moment(due.at)),
        _line(_("Người nộp"), _("Được báo hồ sơ đã sang cơ quan khác") if elsewhere else _("Không nhận thông báo nào")),
        *_unanswered(situation),
    ]


def _unanswered(situation: Situation) -> Lines:
    """Silence is no consent: who goes on without an answer says so."""
    silent = ", ".join(one.agency.name for one in situation.asked)
    words = _("%s. Ghi ý kiến của bạn để đi tiếp; không trả lời không có nghĩa là đồng ý.") % silent
    return [_line(_("Quá hạn chưa trả lời"), words)] if silent else []


def _decide(situation: Situation) -> Lines:
    result = situation.result
    if result is None:
        return []
    proposed = situation.dossier.events.filter(verb="propose").order_by("-sequence").first()
    return [
        _line(_("Kết quả"), str(result.get_kind_display())),
        _line(_("Người soạn"), result.drafted_by),
        _line(_("Ý kiến trình"), proposed.note if proposed else ""),
        _line(_("Số văn bản"), result.number or _("Được cấp khi bạn ký")),
    ]


def _hand_out(situation: Situation) -> Lines:
    owner, receipt = situation.parties.get("owner"), situation.dossier.papers.filter(kind="receipt").last()
    return [
        _line(_("Chủ hồ sơ"), owner.name if owner else ""),
        _line(_("Số định danh"), owner.identity if owner else ""),
        _line(_("Giấy hẹn số"), receipt.number if receipt else ""),
    ]


def _post(situation: Situation) -> Lines:
    collector = situation.parties.get("collector")
    if collector is None:
        return []
    return [
        _line(_("Người nhận"), collector.name),
        _line(_("Điện thoại"), collector.phone),
        _line(_("Địa chỉ"), collector.address),
        _line(_("Hồ sơ kết thúc"), _("Khi bưu điện báo đã phát; mã bưu gửi hiện ra ngay sau khi đặt")),
    ]


def _pay(situation: Situation) -> Lines:
    payment = situation.payment
    if payment is None:
        return []
    lines = [_line(line["name"], money(line["amount"])) for line in payment.lines]
    return [*lines, _line(_("Tổng cộng"), money(payment.amount))]


def _withdrawal(situation: Situation) -> Lines:
    asked = situation.dossier.events.filter(verb="request_withdrawal").order_by("-sequence").first()
    return [_line(_("Lý do của người nộp"), asked.note if asked else "")]


def _resume(situation: Situation) -> Lines:
    dossier = situation.dossier
    since = dossier.clock.filter(to_at=None).first()
    return [
        _line(_("Đang chờ"), dossier.waiting_for),
        _line(_("Căn cứ"), since.legal_basis if since else ""),
        _line(_("Dừng từ"), moment(since.from_at) if since else ""),
        _line(_("Người nộp"), _("Được báo ngày hẹn mới")),
    ]


def _extend(situation: Situation) -> Lines:
    dossier = situation.dossier
    if dossier.due_at is None:
        return []
    closes = deadlines.extension_closes(dossier, rules=Rules.of(dossier.rule_profile))
    return [
        _line(_("Đã hẹn trả"), moment(dossier.due_at)),
        _line(_("Hẹn lại được đến"), moment(closes)),
        _line(_("Số lần"), _("Mỗi hồ sơ chỉ hẹn lại một lần; ngày hẹn đầu vẫn được lưu")),
        _line(_("Người nộp"), _("Nhận phiếu xin lỗi có chữ ký số của bạn")),
    ]


_SAID: dict[str, Callable[[Situation], Lines]] = {
    "nhan": _receive, "bo-sung": _supplement, "chuyen": _forward, "trinh": _forward, "ky": _decide, "dong-dau": _decide,
    "ky-lai": _decide, "tinh-tiep": _resume, "hen-lai": _extend,
    "tra": _hand_out, "gui": _post, "thu-phi": _pay, "cho-rut": _withdrawal, "khong-cho-rut": _withdrawal,
}  # fmt: skip
