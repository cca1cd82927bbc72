"""What an act of an officer is, and the words that several acts say."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dossiers import officer_forms, outbox
from dossiers.models import Dossier, IssuedPaper
from dossiers.views.officer.situation import Situation
from portal.floor.actor import Actor

Do = Callable[[Dossier, Actor, dt.datetime, Any], str]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `do` performs it and says in words what happened."""

    title: str | Promise
    button: str | Promise
    do: Do
    form: type[officer_forms.ActForm] = officer_forms.ActForm
    given: Callable[[Situation], dict[str, Any]] = field(default=lambda situation: {})
    danger: bool = False
    said: Callable[[Situation], list[dict[str, Any]]] | None = None  # what is to know before the button is pressed
    leads: Callable[[Actor], str] = lambda actor: ""  # where the officer goes on, unless to the dossier


@dataclass(frozen=True, slots=True)
class Offer:
    """A button that leads to the act's page."""

    act: str
    text: str
    icon: str
    url: str = ""
    key: str = ""
    variant: str = "secondary"
    section: str = ""  # shown in that section of the page instead of below it


def owner(dossier: Dossier) -> str:
    """That the people of the dossier are told."""
    return _("Đã báo cho %s.") % dossier.applicant_name


def typeset(dossier: Dossier, kind: str) -> str:
    """Have the newest paper of that kind typeset at once, so that it can be printed now; its words."""
    paper = dossier.papers.filter(kind=kind).order_by("-issued_at").first()
    assert isinstance(paper, IssuedPaper)  # the verb has just issued it
    outbox.perform_now(f"paper.typeset:{paper.pk}")
    return _("%(paper)s số %(number)s đã sẵn sàng để in.") % {
        "paper": paper.get_kind_display(), "number": paper.number}  # fmt: skip


def sign_letter(dossier: Dossier, kind: str) -> str:
    """Have the newest letter of that kind signed at once; its words."""
    words = typeset(dossier, kind)
    paper = dossier.papers.filter(kind=kind).latest("issued_at")
    return words if outbox.perform_now(f"paper.sign:{paper.pk}") else _("Chữ ký của giấy đang được tạo.")
