"""What anybody with a code may know of a dossier, and what the key of its receipt adds (TT 01/2018 art. 16.2d)."""

import hmac
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from dossiers.models import Dossier, Result
from dossiers.states import Status


def replacement_of(dossier: Dossier) -> str:
    """The number of the result that took the place of this dossier's recalled one; empty while there is none."""
    made = Result.objects.filter(dossier__corrects=dossier, superseded_at=None, recalled_at=None)
    return str(made.exclude(issued_at=None).values_list("number", flat=True).first() or "")


def recalled(dossier: Dossier) -> str:
    """That the result of this dossier was recalled, and which number took its place; empty when it was not."""
    if dossier.resolved_at is None or not dossier.results.exclude(recalled_at=None).exists():
        return ""
    number = replacement_of(dossier)
    words = _("Kết quả của hồ sơ này đã bị thu hồi vì có sai sót của cơ quan.")
    return f"{words} {_('Văn bản thay thế: số %s.') % number if number else _('Văn bản thay thế đang được làm.')}"


class Step(TypedDict):
    name: str
    agency: str
    opened_at: Any
    due_at: Any
    closed_at: Any


class Tracked(TypedDict, total=False):
    code: str
    status: int
    state: str
    label: str
    submitted_at: Any
    accepted_at: Any
    due_at: Any
    returned_at: Any
    holder: str
    next_due_at: Any
    steps: list[Step]


def find(code: str, *, key: str) -> Tracked | None:
    """The dossier with that code or reference: status and dates; with the right key also desks and holder.

    Never a name, a paper or an answer. Two statements, three with the key.
    """
    wanted = code.strip().upper()
    column = "reference" if wanted.startswith("N") and "." not in wanted else "code"
    dossier = Dossier.objects.select_related("holder_agency").defer("answers").filter(**{column: wanted}).first()
    if dossier is None:
        return None
    state = dossier.citizen_state
    found = Tracked(
        code=dossier.code or dossier.reference, status=int(dossier.status), state=state.value, label=str(state.label),
        submitted_at=dossier.submitted_at, accepted_at=dossier.accepted_at, due_at=dossier.due_at,
        returned_at=dossier.returned_at,
    )  # fmt: skip
    if key and hmac.compare_digest(key.encode(), dossier.tracking_key.encode()):
        found["holder"] = dossier.holder_agency.name if dossier.status not in (Status.STOPPED, Status.RETURNED) else ""
        found["next_due_at"] = dossier.next_due_at
        stages = dossier.stages.select_related("agency").order_by("ordinal")
        found["steps"] = [
            Step(name=s.name, agency=s.agency.name, opened_at=s.opened_at, due_at=s.due_at, closed_at=s.closed_at)
            for s in stages
        ]
    return found
