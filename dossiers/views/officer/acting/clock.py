"""Acts on the clock: pause, new date, end."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import officer_forms as forms
from dossiers import suspending
from dossiers.models import Dossier
from dossiers.views.officer.acting.act import Act, owner, sign_letter
from portal.floor.actor import Actor


def _pause(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    suspending.pause(dossier, by=by, at=at, ground=form.cleaned_data["ground"])
    return f"{_('Đã tạm dừng tính thời hạn.')} {owner(dossier)}"


def _resume(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    suspending.resume(dossier, by=by, at=at, note=form.cleaned_data["note"])
    return f"{_('Thời hạn được tính tiếp.')} {owner(dossier)}"


def _extend(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    suspending.extend(dossier, by=by, at=at, to=given["to"], reason=given["reason"])
    return f"{_('Đã hẹn lại.')} {owner(dossier)} {sign_letter(dossier, 'apology')}"


def _stop(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    said = {name: given[name] for name in ("reason", "legal_basis", "returned")}
    suspending.stop(dossier, by=by, at=at, **said)
    return f"{_('Đã dừng giải quyết hồ sơ.')} {owner(dossier)} {sign_letter(dossier, 'stop_notice')}"


ACTS: dict[str, Act] = {
    "tam-dung": Act(_lazy("Tạm dừng tính thời hạn"), _lazy("Tạm dừng"), _pause, forms.PauseForm,
                    lambda s: {"grounds": suspending.grounds_of(s.dossier)}),
    "tinh-tiep": Act(_lazy("Tính tiếp thời hạn"), _lazy("Tính tiếp"), _resume, forms.NoteForm),
    "hen-lai": Act(_lazy("Xin lỗi và hẹn lại"), _lazy("Ký phiếu xin lỗi và hẹn lại"), _extend, forms.ExtensionForm),
    "dung": Act(_lazy("Dừng giải quyết"), _lazy("Ký thông báo và dừng"), _stop, forms.StopForm, danger=True),
}  # fmt: skip
