"""Acts of the return and of what comes after: counter, post, money, shelf, archive, mending; and papers on demand."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import archiving, correcting, files, outbox, papers, returning
from dossiers import officer_forms as forms
from dossiers.messaging import moment
from dossiers.models import Attachment, Dossier, IssuedPaper, Shipment
from dossiers.refusals import MoveRefused
from dossiers.states import CLOSED
from dossiers.views.officer.acting import ending_forms as own
from dossiers.views.officer.acting.act import Act, Offer, owner
from dossiers.views.officer.situation import Situation
from portal.floor.actor import Actor

# What the collector signs and shows, with the document keys under which it is kept.
PROOFS = {"signed": "ky-nhan", "shown": "giay-uy-quyen-nhan"}


def _hand_out(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    with transaction.atomic():
        kept = {name: _kept(dossier, given[name], key, at=at) for name, key in PROOFS.items() if given[name]}
        returning.hand_out(
            dossier, by=by, at=at, given_back=form.given_back(), receipt_shown=not given["lost"], **kept,
            **{name: given[name] for name in ("collector", "paper", "capacity", "authorisation")},
        )  # fmt: skip
    return f"{_('Đã trả kết quả cho %s.') % given['collector']} {owner(dossier)}"


def _kept(dossier: Dossier, upload: Any, key: str, *, at: dt.datetime) -> str:
    """Keep what the collector signed or showed; its key. Raises MoveRefused."""
    try:
        kept = files.receive(upload, document_key=key, at=at, dossier=dossier)
    except files.FileRefused as refused:
        raise MoveRefused(str(refused)) from None
    kept.origin, kept.verdict = Attachment.Origin.INTERNAL, Attachment.Verdict.OK
    kept.save(update_fields=["origin", "verdict"])
    return str(kept.pk)


def _post(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    shipment = returning.post(dossier, by=by, at=at)
    outbox.perform_now(f"shipment.book:{shipment.order_number}")
    item = Shipment.objects.values_list("item_code", flat=True).get(pk=shipment.pk)
    booked = _("Mã bưu gửi %s.") % item if item else _("Bưu điện chưa trả lời, hệ thống sẽ đặt lại.")
    return f"{_('Đã giao kết quả cho bưu điện.')} {booked} {owner(dossier)}"


def _pay(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    payment = returning.record_payment(dossier, by=by, at=at, method=form.cleaned_data["method"])
    return _("Đã thu tiền, biên lai số %s.") % payment.receipt_number


def _give_back(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    returning.give_back(dossier, by=by, at=at, originals=form.given_back(), to=given["to"])
    return _("Đã trả lại bản chính cho %(name)s.") % {"name": given["to"]}


def _shelve(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    returning.shelve(dossier, by=by, at=at, place=form.cleaned_data["place"])
    return _("Đã ghi nơi cất: %s.") % dossier.shelf


def _archive(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    archiving.archive(dossier, by=by, at=at, shelf=form.cleaned_data["shelf"])
    return _("Đã kết thúc, lưu hồ sơ %s.") % dossier


def _correct(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    again = correcting.correct_result(dossier, by=by, at=at, reason=form.cleaned_data["reason"])
    happened = _("Đã thu hồi kết quả, làm lại trong hồ sơ %s.") % again
    return f"{happened} {owner(dossier)}"


def _print(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    if not _works_here(dossier, by):
        raise MoveRefused(_("Chỉ nơi tiếp nhận và nơi đang giữ hồ sơ mới lập giấy này."))
    kind, _sep, key = form.cleaned_data["what"].partition("-")
    with transaction.atomic():
        if kind == "consultation":
            paper = papers.consultation_letter(dossier.consultations.get(pk=key), by=by, at=at)
        elif kind == "minutes":
            paper = papers.verification_minutes(dossier.verifications.get(pk=key), by=by, at=at)
        else:
            paper = papers.control_slip(dossier, by=by, at=at)
    outbox.perform_now(f"paper.typeset:{paper.pk}")
    return _("%(paper)s số %(number)s đã sẵn sàng để in.") % {"paper": paper.title, "number": paper.number}


def _works_here(dossier: Dossier, by: Actor) -> bool:
    return bool(by.agency_ids & {dossier.receiving_agency_id, dossier.holder_agency_id})


def _printable(situation: Situation) -> list[tuple[str, str]]:
    """The papers that are made when somebody needs them: the control slip, letters to others, minutes."""
    dossier = situation.dossier
    found = [("control_slip", str(IssuedPaper.Kind.CONTROL_SLIP.label))]
    for asked in dossier.consultations.select_related("agency").order_by("asked_at"):
        found.append((f"consultation-{asked.pk}", _("Văn bản lấy ý kiến %s") % asked.agency.name))
    for look in dossier.verifications.order_by("starts_at"):
        found.append((f"minutes-{look.pk}", _("Biên bản kiểm tra %s") % moment(look.starts_at)))
    return found


def _held(situation: Situation) -> dict[str, Any]:
    return {"originals": returning.held(situation.dossier)}


def _mending(situation: Situation) -> list[dict[str, Any]]:
    number = situation.result.number if situation.result else ""
    return [
        {"label": _("Kết quả bị thu hồi"), "text": number},
        {
            "label": _("Hồ sơ mới"),
            "text": _("Cùng người nộp và giấy tờ, không thu phí; làm lại từ bước thẩm định cuối"),
        },
        {"label": _("Người nộp"), "text": _("Nhận thư xin lỗi, mã hồ sơ mới và ngày hẹn")},
        {"label": _("Trang kiểm tra"), "text": _("Nói rõ kết quả đã thu hồi và số văn bản thay thế")},
    ]


ACTS: dict[str, Act] = {
    "tra": Act(_lazy("Trả kết quả tại quầy"), _lazy("Đã trả kết quả"), _hand_out, own.HandOutForm, _held),
    "gui": Act(_lazy("Gửi bưu điện"), _lazy("Giao cho bưu điện"), _post),
    "thu-phi": Act(_lazy("Thu phí, lệ phí"), _lazy("Đã thu đủ tiền"), _pay, forms.PaymentForm),
    "tra-ban-chinh": Act(_lazy("Trả lại bản chính"), _lazy("Đã trả lại bản chính"), _give_back, own.GiveBackForm,
                         _held),
    "cat": Act(_lazy("Cất kết quả chưa có người nhận"), _lazy("Ghi nơi cất"), _shelve, own.ShelfForm),
    "luu": Act(_lazy("Kết thúc, lưu hồ sơ"), _lazy("Lưu hồ sơ"), _archive, own.ArchiveForm),
    "sua-ket-qua": Act(_lazy("Sửa kết quả sai"), _lazy("Thu hồi và làm lại"), _correct, own.CorrectionForm,
                       danger=True, said=_mending),
    "in-giay": Act(_lazy("In giấy của hồ sơ"), _lazy("Lập giấy"), _print, own.PrintForm,
                   lambda s: {"choices": _printable(s)}),
}  # fmt: skip


def offered(situation: Situation) -> list[Offer]:
    """What else may be done at the end: originals, shelf, archive, mending; and papers for whoever works here."""
    dossier, moves, found = situation.dossier, situation.moves, []
    if "shelve" in moves and not dossier.in_post:
        found.append(Offer("cat", _("Ghi nơi cất"), "store"))
    if "give_back" in moves and returning.held(dossier) and not dossier.in_post:
        found.append(Offer("tra-ban-chinh", _("Trả lại bản chính"), "package-check"))
    if "archive" in moves and dossier.status in CLOSED and not archiving.hindered(dossier):
        found.append(Offer("luu", _("Kết thúc, lưu hồ sơ"), "lock"))
    if "correct_result" in moves and situation.result and situation.result.recalled_at is None:
        found.append(Offer("sua-ket-qua", _("Sửa kết quả sai"), "rotate-cw", variant="danger"))
    if dossier.accepted_at and _works_here(dossier, situation.actor):
        found.append(Offer("in-giay", _("In giấy khác"), "printer"))
    return found
