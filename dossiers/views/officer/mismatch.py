"""Where the form says of its owner something else than the identity account, or the card that was seen."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from dossiers.models import Dossier, Party
from dossiers.views.officer.situation import Situation
from procedures import eforms

FACTS = {
    "profile.full_name": "name", "profile.personal_id": "identity", "profile.tax_code": "identity",
    "profile.birth_on": "birth_on",
}  # fmt: skip


def differing(situation: Situation) -> dict[str, Any]:
    """The source of what is known, and each answer beside it; empty when they agree."""
    items = differences(situation.dossier, situation.parties.get("owner"))
    return {"title": _title(situation.dossier), "items": items} if items else {}


def differences(dossier: Dossier, owner: Party | None) -> list[dict[str, str]]:
    """Each answer that differs from what is known of the owner; `dossier` with its case and form."""
    form = dossier.case.form
    if form is None or owner is None:
        return []
    return [
        {"label": label, "said": _shown(said), "known": _shown(known)}
        for label, said, known in _compared(form.schema, dossier.answers, owner)
        if known and _plain(said) != _plain(known)
    ]


def _compared(schema: Mapping[str, Any], answers: Mapping[str, Any], owner: Party) -> Iterator[tuple[str, str, str]]:
    """Label, answer and known value of every answer that is about the owner."""
    for spec in eforms.fields(schema):
        answer = answers.get(spec["key"])
        if spec["type"] == "person" and isinstance(answer, Mapping):
            if answer.get("personal_id") == owner.identity:
                for part, fact in (("name", owner.name), ("birth_on", owner.birth_on)):
                    if isinstance(answer.get(part), str):
                        yield str(spec["label"]), answer[part], fact
        elif isinstance(answer, str) and answer and (fact_name := FACTS.get(spec.get("prefill", ""))):
            yield str(spec["label"]), answer, getattr(owner, fact_name)


def _plain(text: str) -> str:
    """Without what is no difference: composition, case, spaces, the shape of an apostrophe."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return " ".join(folded.split())


def _shown(text: str) -> str:
    try:
        day = parse_date(text)
    except ValueError:
        return text
    return f"{day:%d/%m/%Y}" if day else text


def _title(dossier: Dossier) -> str:
    by_card = dossier.identified_by in (Dossier.Identified.CHIP, Dossier.Identified.CARD)
    return _("Khác với thẻ căn cước đã xem") if by_card else _("Khác với tài khoản định danh")
