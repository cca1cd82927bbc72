"""Acts of the desks: from the first look to signature and seal."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import enclosing, files, outbox, processing, routing
from dossiers import officer_forms as forms
from dossiers.models import Dossier
from dossiers.refusals import MoveRefused
from dossiers.views.officer import agent_signing, briefs, signature_place
from dossiers.views.officer.acting.act import Act, owner
from portal.floor.actor import Actor
from portal.floor.ports import PortError
from portal.floor.vietnamese import BadText


def _assign(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    to = form.cleaned_data["position"]
    processing.assign(dossier, by=by, at=at, to=to)
    return str(_("Đã giao hồ sơ cho %s.") % to.holder_name)


def _forward(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    before = dossier.holder_agency_id
    processing.forward(dossier, by=by, at=at, note=form.cleaned_data["note"])
    moved = dossier.holder_agency_id != before
    happened = _("Đã chuyển đến bước “%s”.") % dossier.stage_name
    return f"{happened} {owner(dossier)}" if moved else happened


def _draft(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given, kept = form.cleaned_data, form.kept()
    enclosing.check(dossier, len(kept) + len(given.get("enclose", ())))
    try:
        file = files.keep_result(given["file"]) if given.get("file") else form.kept_file()
        added = files.keep_enclosures(given.get("enclose", ()))
    except (files.FileRefused, BadText) as refused:
        raise MoveRefused(str(refused)) from None
    except PortError:
        raise MoveRefused(_("Chưa quét được mã độc lúc này. Gửi lại sau ít phút.")) from None
    enclosures = [*kept, *added]
    processing.draft_result(
        dossier, by=by, at=at, kind=given["kind"], text=form.texts(), file=file, enclosures=enclosures
    )
    return _("Đã soạn kết quả. Xem lại bản in rồi trình ký.")


def _propose(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    processing.propose(dossier, by=by, at=at, note=form.cleaned_data["note"])
    return _("Đã trình ký. Hồ sơ ở bàn lãnh đạo.")


def _rework(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    processing.rework(dossier, by=by, at=at, reason=form.cleaned_data["reason"])
    return _("Đã trả lại bước “%s” để làm lại.") % dossier.stage_name


def _decide(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    result = processing.decide(dossier, by=by, at=at, box=form.box())
    outbox.perform_now(f"result.sign:{result.pk}:{result.signing_attempt}")
    result.refresh_from_db(fields=["signed_document_id"])
    if result.signed_document_id is None:
        return _("Đã quyết định, số %s. Chữ ký đang được tạo.") % result.number
    return _("Đã ký kết quả số %s.") % result.number


def _seal(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    result = processing.seal(dossier, by=by, at=at)
    outbox.perform_now(f"result.seal:{result.pk}:{result.signing_attempt}")
    result.refresh_from_db(fields=["issued_at"])
    if result.issued_at is None:
        return _("Đã yêu cầu đóng dấu. Dấu đang được đóng.")
    return f"{_('Đã đóng dấu và phát hành kết quả số %s.') % result.number} {owner(dossier)}"


def _sign_again(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    purpose = "sign" if dossier.stage_kind == "sign" else "seal"
    result = processing.sign_again(dossier, by=by, at=at)
    outbox.perform_now(processing.signing_key(result, purpose))
    result.refresh_from_db(fields=["signing_error"])
    return result.signing_error or _("Đã yêu cầu ký lại kết quả số %s.") % result.number


ACTS: dict[str, Act] = {
    "giao": Act(_lazy("Giao việc"), _lazy("Giao việc"), _assign, forms.AssignForm, briefs.seats),
    "chuyen": Act(_lazy("Chuyển bước"), _lazy("Chuyển bước"), _forward, forms.NoteForm),
    "soan": Act(_lazy("Soạn kết quả"), _lazy("Lưu và xem bản in"), _draft, forms.DraftForm,
                lambda s: {"case": s.dossier.case, "drafted": s.result, "enclosed": s.enclosures,
                           "may_enclose": routing.is_sealed(s.dossier)}),
    "trinh": Act(_lazy("Trình ký"), _lazy("Trình ký"), _propose, forms.NoteForm),
    "lam-lai": Act(_lazy("Trả lại để làm lại"), _lazy("Trả lại"), _rework, forms.ReworkForm, danger=True),
    "ky": Act(_lazy("Ký kết quả"), _lazy("Ký số"), _decide, signature_place.PlaceForm, signature_place.given,
              leads=agent_signing.way),
    "dong-dau": Act(_lazy("Đóng dấu và phát hành"), _lazy("Đóng dấu"), _seal, leads=agent_signing.way),
    "ky-lai": Act(_lazy("Ký lại"), _lazy("Ký lại"), _sign_again, leads=agent_signing.way),
}  # fmt: skip
