"""A draft read back: the cards of the check page, what another window saved, what it costs."""

from typing import Any

from django.utils.translation import gettext as _

from dossiers.models import Dossier
from dossiers.views.citizen import uploads
from dossiers.views.citizen.steps import DELIVERY, FEES, PAPERS, Filing
from procedures import eforms, wording
from procedures.eforms import AnswerForm
from procedures.fees import FeeQuote

Rows = list[dict[str, str]]
EMPTY: tuple[Any, ...] = (None, "", [], {}, ["", "", ""])


def kept(filing: Filing, page: str, form: AnswerForm) -> dict[str, Any]:
    """The draft's answers with this page's put in; of a page left half done what can be kept."""
    answers = filing.draft.answers
    if form.is_valid():
        return eforms.keep_page(filing.schema, page, answers, form)
    own = {spec["key"] for spec in form.visible}
    emptied = {key for key, value in form.raw().items() if value in EMPTY} if form.is_bound else set()
    right = {key: value for key, value in form.known.items() if key in own and value not in EMPTY}
    return {key: value for key, value in answers.items() if key not in emptied} | right


def cards(filing: Filing) -> list[dict[str, Any]]:
    """Every step with its answers and the way back to it."""
    return [*own_cards(filing), delivery_card(filing), fee_card(filing)]


def own_cards(filing: Filing) -> list[dict[str, Any]]:
    """The pages of the form and the papers."""
    shown = [{"key": page["key"], "title": page["title"], "rows": page_rows(filing, page)} for page in filing.pages]
    shown.append({"key": PAPERS, "title": _("Giấy tờ"), "rows": _paper_rows(filing)})
    return [card | {"url": f"{filing.url(card['key'])}?sua=1"} for card in shown]


def delivery_card(filing: Filing) -> dict[str, Any]:
    title = _("Liên lạc và nhận kết quả")
    return {"key": DELIVERY, "title": title, "rows": delivery_rows(filing), "url": f"{filing.url(DELIVERY)}?sua=1"}


def fee_card(filing: Filing) -> dict[str, Any]:
    lines = money(filing.quote)
    rows = [*lines["lines"], {"label": _("Tổng cộng"), "text": lines["sum"]}] if filing.quote.lines else []
    return {"key": FEES, "title": _("Phí, lệ phí"), "rows": rows or [{"label": _("Tổng cộng"), "text": lines["sum"]}]}


def page_rows(filing: Filing, page: Any) -> Rows:
    shown = eforms.display({"pages": [page]}, filing.draft.answers)
    return [{"label": label, "text": text} for _title, lines in shown for label, text in lines]


def saved_rows(filing: Filing, step: str) -> Rows:
    """What is saved for one step."""
    if step == DELIVERY:
        return delivery_rows(filing)
    return [row for page in filing.pages if page["key"] == step for row in page_rows(filing, page)]


def delivery_rows(filing: Filing) -> Rows:
    draft = filing.draft
    given, agency = draft.delivery, draft.receiving_agency
    labels = dict(Dossier.ReturnMode.choices)
    rows = [
        (_("Nơi nộp"), agency.name if agency else ""),
        (_("Số điện thoại"), given.get("phone", "")),
        (_("Thư điện tử"), given.get("email", "")),
        (_("Nhận kết quả"), str(labels.get(given.get("mode", ""), ""))),
    ]
    if given.get("mode") == Dossier.ReturnMode.POST:
        rows += [(_("Người nhận"), given.get("name", "")), (_("Địa chỉ nhận"), given.get("address", ""))]
    return [{"label": label, "text": text} for label, text in rows]


def _paper_rows(filing: Filing) -> Rows:
    there = list(filing.draft.attachments.filter(superseded_at=None).order_by("received_at"))
    names = {document.key: document.name for document in filing.documents}
    rows: dict[str, list[str]] = {}
    for one in there:
        rows.setdefault(names.get(one.document_key, _("Giấy tờ khác")), []).append(
            f"{one.name} ({uploads.size(one.size)})"
        )
    for document in uploads.missing(filing.documents, there):
        rows[document.name] = [_("Chưa có tệp")]
    shown = [{"label": name, "text": "\n".join(files)} for name, files in rows.items()]
    return shown or [{"label": _("Tệp gửi kèm"), "text": _("Không có")}]


def money(quote: FeeQuote) -> dict[str, Any]:
    lines = []
    for line in quote.lines:
        lines.append({"label": line.name, "text": _amount(line.unit_amount, line.quantity), "basis": line.legal_basis})
        if line.reduction:
            less = _("Miễn") if line.reduction == 100 else _("Giảm %(share)d %%") % {"share": line.reduction}
            text = f"− {wording.money(line.full_amount - line.amount)}"
            lines.append({"label": less, "text": text, "basis": line.reduction_basis})
    return {"lines": lines, "sum": wording.money(quote.total) if quote.total else _("Miễn phí")}


def _amount(unit: int, quantity: int) -> str:
    if not unit:
        return _("Miễn phí")
    if quantity == 1:
        return wording.money(unit)
    return _("%(n)d × %(unit)s = %(sum)s") % {
        "n": quantity,
        "unit": wording.money(unit),
        "sum": wording.money(unit * quantity),
    }
