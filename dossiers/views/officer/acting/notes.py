"""Acts that add something and leave the rest as it is: the leader's word, why it is late, that somebody had to ask.

Beside them the leader's own request for a supplement, which the desk may not make any more.
"""

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import deadlines, noting, supplementing
from dossiers.forms import LineField
from dossiers.models import Dossier
from dossiers.officer_forms import LONG, ActForm
from dossiers.states import Status
from dossiers.views.officer.acting.act import Act, Offer, owner, typeset
from dossiers.views.officer.situation import Situation
from portal.floor.actor import Actor
from procedures.ruleset import Rules


def _long(label: Any, missing: Any, help_text: Any = "") -> LineField:
    return LineField(max_length=LONG, label=label, widget=forms.Textarea(attrs={"rows": 3}), help_text=help_text,
                     error_messages={"required": missing})  # fmt: skip


class InstructionForm(ActForm):
    text = _long(_lazy("Điều cần chỉ đạo"), _lazy("Ghi điều cần chỉ đạo"),
                 _lazy("Người đang giữ hồ sơ nhận được thư và thấy ngay đầu trang."))  # fmt: skip


class DelayForm(ActForm):
    cause = forms.ChoiceField(label=_lazy("Nguyên nhân"), widget=forms.RadioSelect,
                              error_messages={"required": _lazy("Chọn một nguyên nhân"),
                                              "invalid_choice": _lazy("Chọn một nguyên nhân ở trên")})  # fmt: skip
    words = _long(_lazy("Cụ thể vì sao chậm"), _lazy("Ghi cụ thể vì sao chậm"))

    def __init__(self, *args: Any, causes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cause"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(causes.items())


class ContactForm(ActForm):
    text = _long(_lazy("Người dân liên hệ về việc gì"), _lazy("Ghi người dân liên hệ về việc gì"),
                 _lazy("Ai, bằng cách nào, đã trả lời thế nào."))  # fmt: skip


class MoreForm(ActForm):
    reason = _long(_lazy("Vì sao phải yêu cầu lần nữa"), _lazy("Ghi vì sao phải yêu cầu lần nữa"),
                   _lazy("In vào thư gửi người nộp."))  # fmt: skip
    legal_basis = LineField(max_length=300, label=_lazy("Căn cứ của luật chuyên ngành"),
                            help_text=_lazy("Điều, khoản, văn bản cho phép."),
                            error_messages={"required": _lazy("Ghi điều khoản của luật chuyên ngành")})  # fmt: skip


def _instruct(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    noting.instruct(dossier, by=by, at=at, text=form.cleaned_data["text"])
    return _("Đã ghi chỉ đạo và báo người đang giữ hồ sơ.")


def _delay(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    noting.explain_delay(dossier, by=by, at=at, cause=form.cleaned_data["cause"], words=form.cleaned_data["words"])
    return _("Đã ghi lý do chậm.")


def _contact(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    noting.note_contact(dossier, by=by, at=at, text=form.cleaned_data["text"])
    return _("Đã ghi lần liên hệ thứ %d.") % dossier.contact_count


def _more(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    supplementing.request_more(dossier, by=by, at=at, reason=given["reason"], legal_basis=given["legal_basis"])
    return f"{_('Đã yêu cầu bổ sung lần nữa, đồng hồ dừng lại.')} {owner(dossier)} {typeset(dossier, 'supplement')}"


def _counts_as_late(situation: Situation) -> list[dict[str, Any]]:
    text = _("Hồ sơ được yêu cầu bổ sung lần nữa tính là quá hạn trong bộ chỉ số phục vụ (QĐ 766/QĐ-TTg).")
    return [{"label": _("Cần biết"), "text": text}]


ACTS: dict[str, Act] = {
    "chi-dao": Act(_lazy("Chỉ đạo"), _lazy("Ghi chỉ đạo"), _instruct, InstructionForm),
    "ly-do-cham": Act(_lazy("Ghi lý do chậm"), _lazy("Lưu lý do"), _delay, DelayForm,
                      lambda s: {"causes": Rules.of(s.dossier.rule_profile).late_causes}),
    "lien-he": Act(_lazy("Ghi lần người dân liên hệ"), _lazy("Ghi lần liên hệ"), _contact, ContactForm),
    "bo-sung-nua": Act(_lazy("Yêu cầu bổ sung lần nữa"), _lazy("Gửi yêu cầu bổ sung"), _more, MoreForm,
                       said=_counts_as_late),
}  # fmt: skip


def offered(situation: Situation) -> list[Offer]:
    """In the log and beside the time limit, where one reads what they are about."""
    moves, found = situation.moves, []
    if "instruct" in moves:
        found.append(Offer("chi-dao", _("Chỉ đạo"), "message-square-text", section="nhat-ky"))
    if "note_contact" in moves:
        found.append(Offer("lien-he", _("Ghi lần liên hệ"), "phone", section="nhat-ky"))
    if "explain_delay" in moves and noting.is_late(situation.dossier, at=situation.now):
        found.append(Offer("ly-do-cham", _("Ghi lý do chậm"), "hourglass", section="thoi-han"))
    if "request_more" in moves and _may_ask_again(situation):
        found.append(Offer("bo-sung-nua", _("Yêu cầu bổ sung lần nữa"), "file-text", section="thoi-han"))
    return found


def _may_ask_again(situation: Situation) -> bool:
    """The desk's own request is spent or too late, and there is something to ask for or no paper unjudged."""
    dossier = situation.dossier
    rules = Rules.of(dossier.rule_profile)
    spent = dossier.supplement_count >= rules.supplement_limit
    late = deadlines.supplement_window_over(dossier, at=situation.now, rules=rules)
    return dossier.status == Status.IN_PROGRESS and not dossier.waiting_for and (spent or late)


def ask_why(situation: Situation) -> str:
    """Where to say why an overdue dossier is late, for those who may and while nobody has; else empty."""
    owed = "explain_delay" in situation.moves and noting.owes_a_cause(situation.dossier, at=situation.now)
    return reverse("officer_act", args=[situation.code, "ly-do-cham"]) if owed else ""
