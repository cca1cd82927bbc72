"""A filing of several procedures on its way: its members, what each still lacks, what they ask in common."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import grouping, intake, sharing
from dossiers.messaging import moment
from dossiers.models import Dossier, Draft, GroupFiling
from dossiers.views.citizen import summary
from dossiers.views.citizen.guard import citizens_only
from dossiers.views.citizen.steps import CHECK, DELIVERY, PAPERS, Filing
from portal.floor.web import ActorRequest
from procedures import eforms
from procedures.fees import FeeQuote

P = ParamSpec("P")
Row = dict[str, Any]


@dataclass
class Together:
    """Read once per request, like the `Filing` of each member."""

    filing: GroupFiling
    user: Any

    @cached_property
    def members(self) -> list[Filing]:
        return [Filing(draft, self.user) for draft in grouping.drafts_of(self.filing)]

    @property
    def first(self) -> Filing:
        return self.members[0]

    @cached_property
    def lacking(self) -> list[list[tuple[str, str]]]:
        """By member: (step, words) for what it lacks; the way back of the results is no member's."""
        return [_lacking(one) for one in self.members]

    @property
    def _no_delivery(self) -> bool:
        given = self.first.draft.delivery
        by_post = given.get("mode") == Dossier.ReturnMode.POST
        return given.get("mode") not in Dossier.ReturnMode.values or (by_post and not given.get("address"))

    @property
    def complete(self) -> bool:
        return not any(self.lacking) and not self._no_delivery

    @property
    def total(self) -> FeeQuote:
        """All fees of all members."""
        return FeeQuote(tuple(line for one in self.members for line in one.quote.lines))

    def problems(self) -> list[tuple[str, str]]:
        """(card on the check page, words)."""
        found = [
            (f"{number}-{card}" if card else "", f"{self.members[number].title}: {words}")
            for number, lacking in enumerate(self.lacking)
            for card, words in lacking
        ]
        return [*found, *([(DELIVERY, _("Chọn cách nhận kết quả"))] if self._no_delivery else [])]

    def tasks(self) -> list[Row]:
        """One line per member, then what is asked once for all, then the sending."""
        rows = [_task(one, lacking) for one, lacking in zip(self.members, self.lacking, strict=True)]
        delivery = {
            "title": _("Liên lạc và nhận kết quả"), "hint": _("Một lần cho cả nhóm"),
            "url": self.url("group_delivery"), "status": "todo" if self._no_delivery else "done",
        }  # fmt: skip
        last: Row = {"title": _("Xem lại rồi gửi"), "status": "todo", "url": self.url("group_check")}
        if not self.complete:
            last = {"title": last["title"], "status": "blocked", "hint": _("Khi các việc trên đã xong")}
        return [*rows, delivery, last]

    def url(self, page: str) -> str:
        return reverse(page, args=[self.filing.pk])


def _lacking(one: Filing) -> list[tuple[str, str]]:
    there = set(one.draft.attachments.filter(superseded_at=None).values_list("document_key", flat=True))
    wanting = intake.wanting_papers(one.case, one.draft.answers, there)
    names = [_(" hoặc ").join(document.name for document in alternatives) for alternatives in wanting]
    return one.mistakes() + [(PAPERS, _("Còn thiếu: %(what)s") % {"what": name}) for name in names]


def _task(one: Filing, lacking: list[tuple[str, str]]) -> Row:
    touched = one.draft.revision > 1 or one.draft.attachments.exists()
    step = next((card for card, _words in lacking if card in one.steps), one.steps[0])
    return {
        "title": one.title,
        "url": one.url(step if touched else one.steps[0]),
        "hint": lacking[0][1] if lacking and touched else "",
        "status": "done" if not lacking else "doing" if touched else "todo",
    }


def known(draft: Draft, page: str) -> str:
    """The questions of a page of the form that another member of the group answered the same, in one sentence."""
    if draft.filing is None:
        return ""
    others = [one for one in grouping.drafts_of(draft.filing) if one.pk != draft.pk]
    here = next((one for one in eforms.pages(sharing.schema_of(draft)) if one["key"] == page), {})
    labels: dict[str, list[str]] = {}
    for spec in here.get("fields", ()):
        mine = draft.answers.get(spec["key"])
        for other in others if mine not in sharing.EMPTY else ():
            asked = next((one for one in eforms.fields(sharing.schema_of(other)) if one["key"] == spec["key"]), None)
            if asked and sharing.same_question(spec, asked) and other.answers.get(spec["key"]) == mine:
                version = other.procedure_version
                labels.setdefault(version.short_name or version.name, []).append(spec["label"])
                break
    return "; ".join(f"{', '.join(asked)} ({title})" for title, asked in labels.items())


def frame(together: Together) -> Row:
    """What every page of the group shows."""
    draft = together.first.draft
    return {
        "section": "mine",
        "title": together.filing.group.name,
        "tasks_url": together.url("group_tasks"),
        "agency": draft.receiving_agency.name if draft.receiving_agency else "",
        "start_url": reverse("group_start", args=[together.filing.group.code]),
        "kept_until": moment(draft.expires_at),
    }


def member_cards(together: Together) -> list[Row]:
    """The check page: every member with its cards, each card under a name of its own."""
    shown = []
    for number, one in enumerate(together.members):
        cards = [card | {"key": f"{number}-{card['key']}"} for card in summary.own_cards(one)]
        shown.append({"title": one.title, "cards": cards})
    return shown


def fees(together: Together) -> Row:
    """Every fee of every member with its name, and the sum."""
    rows = [
        {"label": f"{one.title}: {line['label']}", "text": line["text"]}
        for one in together.members
        for line in summary.money(one.quote)["lines"]
    ]
    total = {"label": _("Tổng cộng"), "text": summary.money(together.total)["sum"]}
    return {"key": CHECK, "title": _("Phí, lệ phí"), "rows": [*rows, total]}


def on_filing(
    view: Callable[Concatenate[ActorRequest, Together, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """The actor's own unsent filing; a sent one leads to its confirmation, a foreign or expired one does not exist."""

    @citizens_only
    @wraps(view)
    def found(request: ActorRequest, /, pk: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        filings = GroupFiling.objects.filter(user=request.user.pk).select_related("group")
        filing = get_object_or_404(filings, pk=pk)
        if filing.submitted_at:
            return redirect("group_done", filing.pk)
        if not Draft.objects.of(request.actor, timezone.now()).filter(filing=filing).exists():
            raise Http404
        return view(request, Together(filing, request.user), *args, **kwargs)

    return found
