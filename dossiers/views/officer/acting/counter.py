"""Acts of the counter on a dossier that is there: papers brought later, a receipt for those who ask for one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import counter, serving, supplements
from dossiers.counter import Handed
from dossiers.models import Dossier
from dossiers.officer_forms import ActForm
from dossiers.views.officer.acting.act import Act, Offer, owner, typeset
from dossiers.views.officer.situation import Situation
from portal.floor.actor import Actor

MOST = 99  # of one paper
COUNTS = (("originals", _lazy("bản chính")), ("certified", _lazy("bản chứng thực")), ("copies", _lazy("bản sao")))


class BringForm(ActForm):
    """How many of each paper that the letter asked for."""

    def __init__(self, *args: Any, asked: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for number, item in enumerate(asked):
            for name, label in COUNTS:
                self.fields[f"{name}-{number}"] = forms.IntegerField(
                    label=f"{item['name']}: {label}", min_value=0, max_value=MOST, required=False,
                    initial=item.get(name, 0),
                    widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "in short"}),
                    error_messages={"invalid": _lazy("Nhập số bản"), "max_value": _lazy("Nhiều nhất 99 bản")},
                )  # fmt: skip

    def handed(self) -> list[Handed]:
        """The papers that came. Only after `is_valid()`."""
        found = []
        for number, item in enumerate(self.asked):
            counts: dict[str, Any] = {name: self.cleaned_data[f"{name}-{number}"] or 0 for name, _label in COUNTS}
            if any(counts.values()):
                found.append(Handed(str(item["key"]), **counts))
        return found


def _bring(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    counter.bring(dossier, by=by, at=at, handed=form.handed())
    return f"{_('Đã nhận giấy tờ bổ sung.')} {owner(dossier)}"


def _receipt(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    serving.give_receipt(dossier, by=by, at=at)
    return typeset(dossier, "receipt")


ACTS: dict[str, Act] = {
    "mang-den": Act(_lazy("Nhận giấy tờ bổ sung tại quầy"), _lazy("Đã nhận đủ giấy tờ"), _bring, BringForm,
                    lambda s: {"asked": supplements.asked_for(s.dossier)}),
    "giay-hen": Act(_lazy("Cấp giấy tiếp nhận"), _lazy("Cấp giấy tiếp nhận"), _receipt),
}  # fmt: skip


def offered(situation: Situation) -> list[Offer]:
    """To whoever sits at the counter where it was received."""
    dossier = situation.dossier
    if situation.actor.seat_for(agency_id=dossier.receiving_agency_id, roles=("receiver",)) is None:
        return []
    found = []
    if "supply" in situation.moves:
        found.append(Offer("mang-den", _("Nhận giấy tờ bổ sung tại quầy"), "file-plus", key="T"))
    if dossier.accepted_at and dossier.case.instant and not dossier.papers.filter(kind="receipt").exists():
        found.append(Offer("giay-hen", _("Cấp giấy tiếp nhận"), "file-text"))
    return found
