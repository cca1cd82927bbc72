"""Acts of the counter: to take in, to refuse, to ask for more, to let go."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import intake, supplementing, withdrawing
from dossiers import officer_forms as forms
from dossiers.models import Dossier
from dossiers.views.officer.acting.act import Act, owner, typeset
from portal.floor.actor import Actor


def _receive(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    intake.receive(dossier, by=by, at=at)
    happened = _("Đã nhận hồ sơ %s.") % dossier.code
    return f"{happened} {owner(dossier)} {typeset(dossier, 'receipt')}"


def _refuse(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    intake.refuse(dossier, by=by, at=at, reason=given["reason"], legal_basis=given["legal_basis"])
    return f"{_('Đã từ chối tiếp nhận.')} {owner(dossier)} {typeset(dossier, 'refusal')}"


def _supplement(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    supplementing.request_supplement(dossier, by=by, at=at, note=form.cleaned_data["note"])
    return f"{_('Đã yêu cầu bổ sung, đồng hồ dừng lại.')} {owner(dossier)} {typeset(dossier, 'supplement')}"


def _judge(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    verdicts = form.verdicts()
    with transaction.atomic():
        for paper, verdict, note in verdicts:
            supplementing.judge(paper, by=by, verdict=verdict, note=note)
    return _("Đã lưu nhận xét %d giấy tờ. Người nộp chưa được báo gì.") % len(verdicts)


def _let_go(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    withdrawing.accept_withdrawal(dossier, by=by, at=at)
    return f"{_('Đã cho rút hồ sơ.')} {owner(dossier)}"


def _decline(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    withdrawing.decline_withdrawal(dossier, by=by, at=at, reason=form.cleaned_data["reason"])
    return f"{_('Không cho rút; hồ sơ được làm tiếp.')} {owner(dossier)}"


ACTS: dict[str, Act] = {
    "nhan": Act(_lazy("Nhận hồ sơ"), _lazy("Nhận hồ sơ"), _receive),
    "tu-choi": Act(_lazy("Từ chối tiếp nhận"), _lazy("Từ chối tiếp nhận"), _refuse, forms.RefusalForm, danger=True),
    "nhan-xet": Act(_lazy("Nhận xét giấy tờ"), _lazy("Lưu nhận xét"), _judge, forms.VerdictForm,
                    lambda s: {"papers": s.papers}),
    "bo-sung": Act(_lazy("Yêu cầu bổ sung"), _lazy("Gửi yêu cầu bổ sung"), _supplement, forms.SupplementForm),
    "cho-rut": Act(_lazy("Cho rút hồ sơ"), _lazy("Cho rút hồ sơ"), _let_go),
    "khong-cho-rut": Act(_lazy("Không cho rút hồ sơ"), _lazy("Không cho rút"), _decline, forms.DeclineForm,
                         danger=True),
}  # fmt: skip
