"""One dossier in full, as rows: what happened, papers that went out, files that came in, the result, the parcel."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers.messaging import moment
from dossiers.models import Attachment, Dossier, DossierEvent, Result, Shipment, Stage
from dossiers.papers import FOR_OWNER
from dossiers.states import Status
from dossiers.views.citizen import opinions, telling, uploads
from procedures import wording

Row = dict[str, Any]

# What the owner reads of each act: icon, words. What happens only inside the office is left out.
ACTS: dict[str, tuple[str, Any]] = {
    "submit": ("send", _lazy("Bạn đã gửi hồ sơ")),
    "receive": ("check", _lazy("Một cửa đã nhận hồ sơ")),
    "release": ("clock", _lazy("Đến lượt một cửa trả lời")),
    "refuse": ("circle-x", _lazy("Một cửa không tiếp nhận")),
    "request_supplement": ("file-plus", _lazy("Cơ quan yêu cầu bạn bổ sung")),
    "supply": ("send", _lazy("Bạn đã gửi giấy tờ bổ sung")),
    "request_withdrawal": ("rotate-cw", _lazy("Bạn xin rút hồ sơ")),
    "accept_withdrawal": ("check", _lazy("Cơ quan cho rút hồ sơ")),
    "decline_withdrawal": ("circle-x", _lazy("Cơ quan chưa cho rút hồ sơ")),
    "assign": ("user", _lazy("Giao người phụ trách")),
    "forward": ("arrow-right", _lazy("Làm xong một bước, chuyển bước tiếp theo")),
    "propose": ("pen-line", _lazy("Đã soạn kết quả, trình lãnh đạo ký")),
    "rework": ("rotate-cw", _lazy("Trả lại bước trước để làm lại")),
    "decide": ("stamp", _lazy("Lãnh đạo đã quyết định")),
    "attach_signed_result": ("file-check", _lazy("Người có thẩm quyền đã ký số")),
    "seal": ("stamp", _lazy("Văn thư vào sổ, đóng dấu")),
    "hand_over": ("send", _lazy("Chuyển cơ quan khác giải quyết")),
    "arrange_verification": ("map-pin", _lazy("Cơ quan hẹn kiểm tra thực tế")),
    "pause": ("pause", _lazy("Cơ quan tạm dừng tính thời hạn")),
    "resume": ("clock", _lazy("Thời hạn được tính tiếp")),
    "extend": ("mail", _lazy("Cơ quan xin lỗi và hẹn lại")),
    "stop": ("circle-x", _lazy("Cơ quan dừng giải quyết hồ sơ")),
    "hand_out": ("package-check", _lazy("Đã trả kết quả tại quầy")),
    "give_back": ("package-check", _lazy("Đã trả lại bản chính cho bạn")),
    "correct_result": ("rotate-cw", _lazy("Cơ quan thu hồi kết quả sai, làm lại từ đầu bước thẩm định")),
    "collect_online": ("download", _lazy("Bạn đã tải kết quả")),
    "post": ("truck", _lazy("Đã giao kết quả cho bưu điện")),
    "confirm_delivered": ("package-check", _lazy("Bưu điện đã giao tận nơi")),
    "delivery_failed": ("triangle-alert", _lazy("Bưu phẩm bị trả lại, kết quả đang ở một cửa")),
}
NOTES_FOR_OWNER = {
    "release",
    "refuse",
    "request_supplement",
    "request_withdrawal",
    "decline_withdrawal",
    "assign",
    "delivery_failed",
    "hand_over",
    "arrange_verification",
    "pause",
    "extend",
    "stop",
    "correct_result",
}
AT_THE_COUNTER = {"receive", "refuse", "hand_out", "post"}
BAD = {"missing", "unclear", "expired", "wrong", "unsigned"}


def page(dossier: Dossier) -> dict[str, Any]:
    """Everything on the owner's page that is read from other tables."""
    attachments = list(dossier.attachments.order_by("received_at"))
    names = dict(dossier.case.required_documents.values_list("key", "name"))
    issued = dossier.results.filter(superseded_at=None).exclude(issued_at=None)
    result = issued.first() if dossier.resolved_at else None
    posted = dossier.resolved_at and dossier.return_mode == Dossier.ReturnMode.POST
    shipment = dossier.shipments.order_by("-attempt").first() if posted else None
    return {
        "history": acts([dossier]),
        "papers": [
            {
                "title": paper.title,
                "url": telling.own_url(dossier, "own_paper", paper.pk),
                "meta": [{"text": _("Số %(n)s") % {"n": paper.number}}, {"text": moment(paper.issued_at)}],
                "tag": {"text": "PDF", "tone": "", "icon": "download"},
            }
            for paper in dossier.papers.filter(kind__in=FOR_OWNER).order_by("-issued_at")
        ],
        "attachments": [_attachment(dossier, one, names) for one in attachments],
        "result": _result(dossier, result) if result else None,
        "delivery": _delivery(dossier, shipment),
    }


def acts(dossiers: Sequence[Dossier]) -> list[Row]:
    """The acts, newest first, each with who did it and where they sit; of several dossiers each says of which."""
    named = {one.pk: one for one in dossiers}
    stages: dict[Any, list[Stage]] = {}
    for stage in Stage.objects.filter(dossier__in=dossiers).select_related("agency").order_by("ordinal"):
        stages.setdefault(stage.dossier_id, []).append(stage)
    events = DossierEvent.objects.filter(dossier__in=dossiers, verb__in=ACTS).order_by("-at", "-sequence", "dossier_id")
    dated = []
    for event in events:
        dossier = named[event.dossier_id]
        row = _act(event, dossier, stages.get(event.dossier_id, []))
        of_which = f"{dossier.title}: " if len(dossiers) > 1 else ""
        dated.append((event.at, row | {"title": f"{of_which}{row['title']}"}))
    rows = [row for _at, row in sorted([*dated, *opinions.asked(dossiers)], key=itemgetter(0), reverse=True)]
    if rows and not all(telling.is_over(one) for one in dossiers):
        rows[0]["now"] = True
    return rows


def _act(event: DossierEvent, dossier: Dossier, stages: list[Stage]) -> Row:
    icon, title = ACTS[event.verb]
    stage = _stage_of(event, stages)
    if stage and event.verb == "forward":
        title = _("Xong bước: %(step)s") % {"step": stage.name}
    if event.verb == "attach_signed_result" and event.to_status == Status.RESOLVED:
        title = _("Kết quả đã phát hành")
    who = ""
    if event.actor_kind == "officer":
        agency = stage.agency if stage else dossier.receiving_agency
        who = ", ".join(filter(None, [event.actor_name, event.capacity, agency.name]))
    note = event.note if event.verb in NOTES_FOR_OWNER else ""
    return {"icon": icon, "title": title, "time": moment(event.at), "text": "\n".join(filter(None, [who, note]))}


def _stage_of(event: DossierEvent, stages: list[Stage]) -> Stage | None:
    """The desk where the act was done: the one it closed, else the one open then; None at the counter."""
    if event.verb in AT_THE_COUNTER:
        return None
    closed = next((one for one in stages if (one.outcome, one.closed_at) == (event.verb, event.at)), None)
    return closed or next((one for one in reversed(stages) if one.opened_at <= event.at), None)


def _attachment(dossier: Dossier, one: Attachment, names: Mapping[str, str]) -> Row:
    verdict = one.verdict
    tone = "green" if verdict == "ok" else "red" if verdict in BAD else ""
    tag = {"text": str(one.get_verdict_display()), "tone": tone, "icon": "check" if verdict == "ok" else ""}
    if one.superseded_at:
        tag = {"text": _("Đã thay bằng tệp khác"), "tone": "", "icon": ""}
    meta = [{"text": f"{one.name}, {uploads.size(one.size)}"}]
    if one.verdict_note and verdict in BAD:
        meta.append({"text": one.verdict_note})
    name = names.get(one.document_key, _("Giấy tờ khác"))
    return {"title": name, "url": telling.own_url(dossier, "own_file", one.pk), "meta": meta, "tag": tag}


def _result(dossier: Dossier, result: Result) -> Row:
    refused = result.kind == Result.Kind.REFUSAL
    owed = unpaid(dossier)
    return {
        "title": _("Văn bản trả lời không giải quyết") if refused else dossier.case.result_name or _("Kết quả"),
        "number": result.number,
        "signed": _("%(name)s ký, phát hành lúc %(at)s") % {"name": result.signer_name, "at": moment(result.issued_at)},
        "url": telling.own_url(dossier, "own_result"),
        "enclosures": [
            {"title": one.title, "url": telling.own_url(dossier, "own_enclosure", one.pk)}
            for one in result.enclosures.exclude(signed_document_id=None).order_by("place")
        ],
        "verify_code": result.verify_code,
        "refused": refused,
        "owed": wording.money(owed) if owed else "",
    }


def unpaid(dossier: Dossier) -> int:
    """What is still owed, in đồng."""
    payment = getattr(dossier, "payment", None)
    return payment.amount if payment and payment.paid_at is None else 0


def _delivery(dossier: Dossier, shipment: Shipment | None) -> list[Row]:
    rows = [{"label": _("Cách nhận"), "text": str(dossier.get_return_mode_display())}]
    if owed := unpaid(dossier):
        rows.append({"label": _("Phí, lệ phí chưa nộp"), "text": wording.money(owed)})
    if shipment:
        rows.append({"label": _("Bưu phẩm"), "text": str(shipment.get_state_display())})
        if shipment.item_code:
            rows.append({"label": _("Mã bưu gửi"), "text": shipment.item_code})
    return rows
