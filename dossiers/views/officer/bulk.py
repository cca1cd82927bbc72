"""One act on many dossiers: ticked in the list, looked at once more, done, told line by line."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dossiers import access, officer_forms, outbox
from dossiers import bulk as many
from dossiers.models import Dossier, Shipment
from dossiers.views.officer import parcels
from dossiers.views.officer.acting.ending_forms import HandOutForm, ShelfForm
from portal.floor.actor import Actor
from portal.floor.typesetting import TypesettingError
from portal.floor.web import ActorRequest
from procedures.models import Position

NAME = "chon"  # the tick boxes: a dossier's key, with a dot and its version once it was looked at
PRINT = "in"


class CollectForm(HandOutForm):
    """One person who collects all of them; whose originals are held, or who signs, gets theirs one by one."""

    lost = None  # type: ignore[assignment]
    signed = None  # type: ignore[assignment]
    shown = None  # type: ignore[assignment]

    class Media:
        extend = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, originals=(), **kwargs)


class Choice(NamedTuple):
    """A button of the bar: which act, in which words, for whom, and what there is to fill in."""

    act: str
    title: str | Promise
    button: str | Promise
    icon: str
    roles: tuple[str, ...]
    form: type[officer_forms.ActForm] | None = None


CHOICES = {
    "nhan": Choice("receive", _lazy("Nhận hồ sơ"), _lazy("Nhận %d hồ sơ"), "check", ("receiver",)),
    "chuyen": Choice("forward", _lazy("Chuyển bước"), _lazy("Chuyển %d hồ sơ"), "arrow-right",
                     ("specialist", "leader"), officer_forms.NoteForm),
    "giao": Choice("assign", _lazy("Giao việc"), _lazy("Giao %d hồ sơ"), "users",
                   ("receiver", "specialist", "leader", "records_clerk"), officer_forms.AssignForm),
    "tra": Choice("hand_out", _lazy("Trả kết quả tại quầy"), _lazy("Trả %d kết quả"), "package-check",
                  ("returner",), CollectForm),
    "gui": Choice("post", _lazy("Gửi bưu điện"), _lazy("Gửi %d kết quả qua bưu điện"), "truck", ("returner",)),
    "cat": Choice("shelve", _lazy("Ghi nơi cất"), _lazy("Ghi nơi cất của %d kết quả"), "store", ("returner",),
                  ShelfForm),
}  # fmt: skip
AT_THE_RETURN = ("tra", "gui", "cat")
PRINTERS = ("receiver", "returner")
BOOKED_AT_ONCE = 50  # with the carrier, while the officer waits


def offers(actor: Actor, names: Collection[str] = (*CHOICES, PRINT)) -> list[dict[str, Any]]:
    """The buttons of the bar below a list, of those named which these roles have."""
    found = [
        {"text": choice.title, "value": name, "icon": choice.icon}
        for name, choice in CHOICES.items()
        if name in names and actor.has_role(*choice.roles)
    ]
    if PRINT in names and actor.has_role(*PRINTERS):
        found.append({"text": _("In giấy hẹn"), "value": PRINT, "icon": "printer", "target": "_blank"})
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: ActorRequest) -> HttpResponse:
    """First what would happen to each, then, once confirmed, what has."""
    if request.method != "POST":
        return redirect("officer_queue")
    seen, name = seen_of(request.POST.getlist(NAME)), request.POST.get("viec", "")
    if name != PRINT and (name not in CHOICES or not request.actor.has_role(*CHOICES[name].roles)):
        raise Http404
    if not seen or len(seen) > many.LIMIT:
        words = _("Chọn hồ sơ trước, bằng ô ở đầu mỗi dòng.") if not seen else _("Mỗi lần chọn tối đa %d hồ sơ.")
        messages.warning(request, words % many.LIMIT if seen else words)
        return redirect("officer_queue")
    if name == PRINT:
        return _printed(request, list(seen))
    return _confirmed(request, name, seen)


def seen_of(ticked: Sequence[str]) -> dict[uuid.UUID, int]:
    """Each dossier that was ticked, with the version that was looked at; 0 when it has not been."""
    found: dict[uuid.UUID, int] = {}
    for one in ticked[: many.LIMIT + 1]:
        key, _dot, version = one.partition(".")
        try:
            found[uuid.UUID(key)] = int(version) if version.isdecimal() and len(version) < 10 else 0
        except ValueError:
            continue
    return found


def _confirmed(request: ActorRequest, name: str, seen: dict[uuid.UUID, int]) -> HttpResponse:
    choice, actor, now = CHOICES[name], request.actor, timezone.now()
    items = many.preview(choice.act, many.chosen(seen, by=actor), by=actor, at=now)
    pressed = "lam" in request.POST
    form = _form(choice, items, request.POST if pressed else None, actor)
    if pressed and (form is None or form.is_valid()):
        outcomes = many.perform(choice.act, seen, by=actor, at=now, **_given(choice, form))
        return _told(request, choice, outcomes)
    going, skipped = [item for item in items if item.ok], [item for item in items if not item.ok]
    context = {
        "section": _section(choice), "back": _back(choice), "choice": choice, "name": name, "form": form,
        "going": [_row(item) for item in going],
        "skipped": [_row(item) for item in skipped], "chosen": [f"{i.dossier.pk}.{i.dossier.version}" for i in going],
        "button": str(choice.button) % len(going), "gone": len(seen) - len(items),
        "columns": (_("Hồ sơ, người nộp"), _("Thủ tục"), _("Sẽ thế nào")),
        "columns_skipped": (_("Hồ sơ, người nộp"), _("Thủ tục"), _("Vì sao bỏ qua")),
    }  # fmt: skip
    return render(request, "dossiers/officer/bulk.html", context, status=422 if form and form.is_bound else 200)


def _form(choice: Choice, items: Sequence[many.Item], data: Any, actor: Actor) -> Any:
    """What is to be filled in once for all; None for acts with nothing to say."""
    if choice.form is None:
        return None
    if choice.form is not officer_forms.AssignForm:
        return choice.form(data, initial={"version": 0})
    going = [item.dossier for item in items if item.ok] or [item.dossier for item in items]
    desks = {many.desk_of(one) for one in going[:1]}
    seats = [
        seat
        for agency, role in desks
        for seat in Position.objects.in_force(timezone.localdate()).filter(agency_id=agency, role=role)
    ]
    own = [seat.position_id for seat in actor.seats]
    return choice.form(data, initial={"version": 0}, seats=sorted(seats, key=lambda s: s.holder_name), own=own)


def _given(choice: Choice, form: Any) -> dict[str, Any]:
    given = {} if form is None else {name: value for name, value in form.cleaned_data.items() if name != "version"}
    return {"to": given["position"]} if choice.act == "assign" else given


def _row(item: many.Item) -> dict[str, Any]:
    return {"cells": [*_about(item.dossier), item.will if item.ok else item.why]}


def _about(dossier: Dossier) -> list[dict[str, Any]]:
    code = str(dossier)
    return [
        {"text": code, "code": True, "url": reverse("officer_dossier", args=[code]), "sub": dossier.applicant_name},
        {"text": dossier.title, "clamp": True},
    ]


def _told(request: ActorRequest, choice: Choice, outcomes: Sequence[many.Outcome]) -> HttpResponse:
    done = [outcome for outcome in outcomes if outcome.done]
    words = ngettext("Xong %(n)d hồ sơ", "Xong %(n)d hồ sơ", len(done)) % {"n": len(done)}
    rows = [
        {"cells": [*_about(outcome.dossier),
                   {"tag": {"text": _("Xong"), "tone": "green"} if outcome.done else
                    {"text": _("Chưa làm"), "tone": "amber"}, "sub": outcome.text}]}
        for outcome in sorted(outcomes, key=lambda outcome: outcome.done)
    ]  # fmt: skip
    context = {
        "section": _section(choice), "choice": choice, "rows": rows, "words": words,
        "left": len(outcomes) - len(done), "back": _back(choice),
        **_to_print(choice, [outcome.dossier for outcome in done], request.actor),
        "columns": (_("Hồ sơ, người nộp"), _("Thủ tục"), _("Kết quả")),
    }  # fmt: skip
    return render(request, "dossiers/officer/bulk_done.html", context)


def _section(choice: Choice) -> str:
    return "returning" if choice.act in ("hand_out", "post", "shelve") else "queue"


def _back(choice: Choice) -> str:
    return reverse(f"officer_{_section(choice)}")


def _to_print(choice: Choice, done: Sequence[Dossier], actor: Actor) -> dict[str, Any]:
    """What goes with what was done: receipts to those received, labels and list to those posted."""
    if choice.act == "post" and done:
        shipments = Shipment.objects.filter(dossier__in=done, ended_at=None)
        _book(shipments)
        return {"print_at": reverse("officer_parcels_printed"), "prints": parcels.prints(),
                "printed": [str(key) for key in shipments.values_list("pk", flat=True)]}  # fmt: skip
    if choice.act == "receive" and done and actor.has_role(*PRINTERS):
        button = {"text": _("In mọi giấy hẹn"), "value": PRINT, "icon": "printer", "target": "_blank"}
        return {"print_at": reverse("officer_bulk"), "prints": [button], "printed": [str(one.pk) for one in done]}
    return {}


def _book(shipments: QuerySet[Shipment]) -> None:
    """Ask the carrier for its numbers now, so that the labels bear them; what is left, or when it does not answer,
    is asked by the sweep."""
    for shipment in shipments.order_by("requested_at", "pk")[:BOOKED_AT_ONCE]:
        if not outbox.perform_now(f"shipment.book:{shipment.order_number}"):
            return


def _printed(request: ActorRequest, keys: Sequence[uuid.UUID]) -> HttpResponse:
    """The receipts of all, as one file to print; each look is written down."""
    dossiers = many.chosen(keys, by=request.actor)
    receipts = many.receipts_of(dossiers)
    if not receipts:
        messages.warning(request, _("Các hồ sơ đã chọn chưa có giấy hẹn. Nhận hồ sơ trước rồi in."))
        return redirect("officer_queue")
    try:
        pdf = many.one_pdf(receipts)
    except TypesettingError:
        messages.error(request, _("Chưa in được giấy hẹn. Mở từng hồ sơ để in."))
        return redirect("officer_queue")
    printed, now = {paper.dossier_id for paper in receipts}, timezone.now()
    for dossier in dossiers:
        if dossier.pk in printed:
            access.log_read(dossier, by=request.actor, at=now, what=_("giấy hẹn, in cùng lúc nhiều hồ sơ"))
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": "inline; filename=giay-hen.pdf"}
    )
