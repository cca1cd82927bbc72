"""The right panel of the processing page: one section at a time, presented as texts."""

from collections.abc import Callable
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.models import Attachment, IssuedPaper
from dossiers.officer_forms import VerdictForm
from dossiers.states import MOVES, Status
from dossiers.views import time_limit
from dossiers.views.officer import digitising, enclosures, leg_panel, packages, signed_papers, trail_words
from dossiers.views.officer.situation import Situation
from dossiers.wording import short
from portal.floor import masking
from procedures import eforms
from procedures.conditions import holds
from procedures.wording import money

VERDICTS = (
    {"value": VerdictForm.OK, "label": _lazy("Đạt"), "tone": "ok", "icon": "check"},
    {"value": VerdictForm.NO, "label": _lazy("Chưa"), "tone": "no", "icon": "x"},
)
ICONS = {
    "submit": "send", "receive": "check", "refuse": "x", "request_supplement": "file-text", "supply": "file-plus",
    "assign": "users", "forward": "arrow-right", "draft_result": "file-plus", "propose": "send", "rework": "rotate-cw",
    "decide": "pen-line", "sign_again": "rotate-cw", "attach_signed_result": "shield-check",
    "pause": "pause", "resume": "clock", "extend": "mail", "stop": "circle-x",
    "seal": "stamp", "hand_out": "package-check",
    "collect_online": "download", "post": "truck", "confirm_delivered": "package-check",
    "delivery_failed": "triangle-alert", "request_more": "file-text", "recall": "rotate-cw", "hand_over": "send",
    "dispatch": "send", "confirm_handover": "check", "consult": "message-square-text", "cancel_consultation": "x",
    "answer_consultation": "message-square-text", "arrange_verification": "map-pin",
    "record_verification": "file-check",
    "instruct": "message-square-text", "explain_delay": "hourglass", "note_contact": "phone",
    "resolve_at_once": "package-check", "shelve": "store", "give_back": "package-check", "correct_result": "rotate-cw",
    "archive": "lock", "digitise": "scan-line", "reuse": "file-check",
}  # fmt: skip


def papers(situation: Situation) -> dict[str, Any]:
    """Every paper of the case with what came for it and what was thought of it."""
    by_key: dict[str, list[Attachment]] = {}
    for attachment in situation.papers:
        by_key.setdefault(attachment.document_key, []).append(attachment)
    asked = [document for document in situation.documents if holds(document.condition, situation.dossier.answers)]
    items = []
    for document in asked:
        came = by_key.pop(document.key, [])
        items += [_came(situation, document.name, attachment) for attachment in came] or [_absent(situation, document)]
    items += [_came(situation, situation.name_of(one), one) for rest in by_key.values() for one in rest]
    for number, item in enumerate(items, 1):
        item["number"] = number
    return {"items": items, "verdicts": VERDICTS, "whys": VerdictForm.WHYS, "can_judge": may_judge(situation)}


def may_judge(situation: Situation) -> bool:
    dossier = situation.dossier
    seat = situation.actor.seat_for(agency_id=dossier.holder_agency_id, roles=(dossier.holder_role,))
    return seat is not None and dossier.status in (Status.SUBMITTED, Status.IN_PROGRESS) and bool(situation.papers)


def _came(situation: Situation, name: str, attachment: Attachment) -> dict[str, Any]:
    facts = (str(attachment.name), filesizeformat(attachment.size), digitising.provenance(attachment))
    good, unseen = attachment.verdict == Attachment.Verdict.OK, attachment.verdict == Attachment.Verdict.OPEN
    return {
        "name": name, "pk": str(attachment.pk), "note": " · ".join(facts),
        "url": f"{reverse('officer_dossier', args=[situation.code])}?tep={attachment.pk}",
        "value": "" if unseen else VerdictForm.OK if good else VerdictForm.NO,
        "why": attachment.verdict, "said": "" if good or unseen else attachment.verdict_note,
        "tag": {"text": str(attachment.get_verdict_display()), "tone": "green" if good else "" if unseen else "red"},
        "signed": signed_papers.shown(situation, attachment),
    }  # fmt: skip


def _absent(situation: Situation, document: Any) -> dict[str, Any]:
    if document.is_form:
        url = f"{reverse('officer_dossier', args=[situation.code])}?muc=to-khai"
        return {
            "name": document.name,
            "note": _("Điền trên mạng"),
            "url": url,
            "tag": {"text": _("Tờ khai"), "tone": "blue"},
        }
    if document.source:
        return {"name": document.name, "note": _("Lấy từ %s") % document.source,
                "tag": {"text": _("Không phải nộp"), "tone": "green"}}  # fmt: skip
    return {"name": document.name, "note": "", "tag": {"text": _("Không nộp"), "tone": ""}}


def form(situation: Situation) -> dict[str, Any]:
    """The applicant, and the electronic form as it was answered."""
    schema = situation.dossier.case.form.schema if situation.dossier.case.form else {"pages": []}
    groups = [(_("Người nộp"), people(situation))]
    groups += [
        (title, [{"label": label, "text": text} for label, text in lines])
        for title, lines in eforms.display(schema, situation.dossier.answers)
    ]
    return {"groups": groups}


def people(situation: Situation, *, masked: bool = False) -> list[dict[str, str]]:
    """The owner, and how the result goes out. `masked`: the number as lists show it."""
    owner, collector = situation.parties.get("owner"), situation.parties.get("collector")
    lines = []
    if owner:
        number = _("Mã số thuế") if owner.is_organisation else _("Số định danh")
        identity = masking.mask_id(owner.identity) if masked else owner.identity
        lines = [(_("Họ và tên"), owner.name), (number, identity), (_("Nơi thường trú"), owner.address),
                 (_("Điện thoại"), owner.phone), (_("Thư điện tử"), owner.email)]  # fmt: skip
    lines.append((_("Nhận kết quả"), str(situation.dossier.get_return_mode_display())))
    if collector and collector.address:
        lines.append((_("Gửi đến"), f"{collector.name}, {collector.address}"))
    return [{"label": label, "text": text} for label, text in lines]


def log(situation: Situation) -> dict[str, Any]:
    """What happened, newest first."""
    items, events = [], list(situation.dossier.events.order_by("-sequence"))
    details = trail_words.details(events, now=situation.now)
    for number, event in enumerate(events):
        who = " · ".join(filter(None, [event.actor_name, event.capacity]))
        lines = [who, event.note, *details.get(event.sequence, ())]
        items.append({
            "icon": ICONS.get(event.verb, "info"), "title": str(MOVES[event.verb].label), "now": number == 0,
            "time": short(event.at, now=situation.now), "text": "\n".join(filter(None, lines)),
        })  # fmt: skip
    papers_ = [_paper(situation, paper) for paper in situation.dossier.papers.order_by("issued_at")]
    return {"events": items, "issued": papers_, "packages": packages.offered(situation)}


def _paper(situation: Situation, paper: IssuedPaper) -> dict[str, str]:
    """One paper that went out: to open, to print anew, and who signs it."""
    url = reverse("officer_paper", args=[situation.code, paper.pk])
    signed = (
        _("Đã ký số") if paper.signed_document_id else _("Ký tay trên bản in") if paper.unsigned else _("Chờ ký số")
    )
    small = paper.kind not in (IssuedPaper.Kind.CONSULTATION, IssuedPaper.Kind.MINUTES)
    return {
        "text": str(paper), "url": url, "note": f"{short(paper.issued_at, now=situation.now)} · {signed}",
        "again": f"{url}?in=lai", "two_up": f"{url}?in=hai-ban" if small else "",
    }  # fmt: skip


def time_limits(situation: Situation) -> dict[str, Any]:
    """Every day that counts and every day that does not."""
    return time_limit.context(situation.dossier, at=situation.now)


def money_owed(situation: Situation) -> dict[str, Any]:
    payment = situation.payment
    if payment is None or not payment.amount:
        return {"lines": [], "state": _("Hồ sơ này không thu phí, lệ phí.")}
    lines = [{"label": line["name"], "text": money(line["amount"])} for line in payment.lines]
    lines.append({"label": _("Tổng cộng"), "text": money(payment.amount)})
    if payment.paid_at:
        lines.append({"label": _("Đã thu"), "text": _("%(when)s, %(how)s, biên lai %(number)s, %(who)s") % {
            "when": short(payment.paid_at, now=situation.now), "how": str(payment.get_method_display()).lower(),
            "number": payment.receipt_number, "who": payment.cashier_name}})  # fmt: skip
        return {"lines": lines, "state": ""}
    return {"lines": lines, "state": _("Chưa nộp. Thu tiền trước khi trả kết quả.")}


def result(situation: Situation) -> dict[str, Any]:
    """The result and the parcels that carried it."""
    current = situation.result
    shipments = [
        {"label": _("Bưu gửi %s") % (shipment.item_code or shipment.order_number), "text": _parcel(situation, shipment)}
        for shipment in situation.dossier.shipments.order_by("-attempt")
    ]
    if current is None:
        return {"lines": shipments, "text": {}}
    drafted = f"{current.drafted_by}, {short(current.drafted_at, now=situation.now)}"
    lines = [
        {"label": _("Kết quả"), "text": str(current.get_kind_display())},
        {"label": _("Người soạn"), "text": drafted},
    ]
    if current.decided_at:
        signed = f"{current.signer_name}, {short(current.decided_at, now=situation.now)}"
        lines += [{"label": _("Số văn bản"), "text": current.number}, {"label": _("Người ký"), "text": signed}]
    if current.issued_at:
        lines.append({"label": _("Phát hành"), "text": short(current.issued_at, now=situation.now)})
    pdf = reverse("officer_result", args=[situation.code])
    return {
        "lines": [*lines, *shipments],
        "text": dict(current.text),
        "pdf": pdf,
        "signed": bool(current.signed_document_id),
        "enclosures": enclosures.links(situation),
    }


def _parcel(situation: Situation, shipment: Any) -> str:
    state = str(shipment.get_state_display())
    return f"{state}, {shipment.reason}" if shipment.reason else state


SECTIONS: dict[str, tuple[Any, Callable[[Situation], dict[str, Any]]]] = {
    "giay-to": (_lazy("Giấy tờ"), papers),
    "to-khai": (_lazy("Tờ khai"), form),
    "thoi-han": (_lazy("Thời hạn"), time_limits),
    "phoi-hop": (_lazy("Phối hợp"), leg_panel.section),
    "nhat-ky": (_lazy("Nhật ký"), log),
    "phi": (_lazy("Phí"), money_owed),
    "ket-qua": (_lazy("Kết quả"), result),
}
