"""Acts of the return: counter, post, money."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import officer_forms as forms
from dossiers import outbox, returning
from dossiers.models import Dossier, Shipment
from dossiers.views.officer.acting.act import Act, owner
from portal.floor.actor import Actor


def _hand_out(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    returning.hand_out(dossier, by=by, at=at, collector=given["collector"], paper=given["paper"])
    return f"{_('Đã trả kết quả cho %s.') % given['collector']} {owner(dossier)}"


def _post(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    shipment = returning.post(dossier, by=by, at=at)
    outbox.perform_now(f"shipment.book:{shipment.order_number}")
    item = Shipment.objects.values_list("item_code", flat=True).get(pk=shipment.pk)
    booked = _("Mã bưu gửi %s.") % item if item else _("Bưu điện chưa trả lời, hệ thống sẽ đặt lại.")
    return f"{_('Đã giao kết quả cho bưu điện.')} {booked} {owner(dossier)}"


def _pay(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    payment = returning.record_payment(dossier, by=by, at=at, method=form.cleaned_data["method"])
    return _("Đã thu tiền, biên lai số %s.") % payment.receipt_number


ACTS: dict[str, Act] = {
    "tra": Act(_lazy("Trả kết quả tại quầy"), _lazy("Đã trả kết quả"), _hand_out, forms.HandOutForm),
    "gui": Act(_lazy("Gửi bưu điện"), _lazy("Giao cho bưu điện"), _post),
    "thu-phi": Act(_lazy("Thu phí, lệ phí"), _lazy("Đã thu đủ tiền"), _pay, forms.PaymentForm),
}  # fmt: skip
