"""A draft on its way: which case it has become, which steps it has, what is still wrong with it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import applicants, intake, routing
from dossiers.applicants import Applicant
from dossiers.models import Draft
from dossiers.views.citizen.guard import citizens_only
from portal.floor.web import ActorRequest
from procedures import eforms, fees
from procedures.conditions import holds
from procedures.models import Case, ProvinceProfile, RequiredDocument

PAPERS, DELIVERY, FEES, CHECK = "giay-to", "nhan-ket-qua", "le-phi", "kiem-tra"
OTHER = "khac"  # papers nobody asked for
OF_THE_GROUP = {DELIVERY: "group_delivery", FEES: "group_check", CHECK: "group_check"}  # asked once for all members
JOINED = ("procedure_version__procedure", "receiving_agency", "filing__group")
P = ParamSpec("P")


@dataclass
class Filing:
    """Read once per request; what depends on the answers is worked out when first asked for."""

    draft: Draft
    user: Any

    @cached_property
    def applicant(self) -> Applicant:
        return Applicant.of(self.user)

    @cached_property
    def case(self) -> Case:
        """The case the answers choose; before they do, the first."""
        version = self.draft.procedure_version
        try:
            return routing.case_for(version, self.draft.answers)
        except routing.NoWay:
            return version.cases.order_by("order", "id")[:1].get()

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        return self.case.form.schema if self.case.form else {"pages": []}

    @cached_property
    def setting(self) -> eforms.Setting:
        return applicants.setting(ProvinceProfile.objects.select_related("unit").get(), at=timezone.now())

    @cached_property
    def prefilled(self) -> dict[str, eforms.Prefilled]:
        return self._earlier() | applicants.prefilled(self.schema, self.applicant)

    def _earlier(self) -> dict[str, eforms.Prefilled]:
        """What the same account answered in its last dossier on this procedure, where the form asks for it."""
        if not eforms.asks_earlier(self.schema):
            return {}
        sent = Draft.objects.filter(
            user_id=self.draft.user_id, procedure_version__procedure=self.draft.procedure_version.procedure_id
        ).exclude(dossier=None)
        last = sent.order_by("-updated_at").first()
        return eforms.earlier_facts(self.schema, last.answers, _("Hồ sơ trước của bạn")) if last else {}

    @cached_property
    def documents(self) -> list[RequiredDocument]:
        """The papers this case asks for with these answers, the form itself apart."""
        rows = self.case.required_documents.order_by("order", "id")
        return [one for one in rows if not one.is_form and holds(one.condition, self.draft.answers)]

    @cached_property
    def quote(self) -> fees.FeeQuote:
        return fees.total(self.case.fees.all(), self.draft.answers, "online", timezone.localdate())

    @property
    def title(self) -> str:
        version = self.draft.procedure_version
        return version.short_name or version.name

    @cached_property
    def pages(self) -> list[Mapping[str, Any]]:
        return eforms.visible_pages(self.schema, self.draft.answers)

    @cached_property
    def steps(self) -> list[str]:
        own = [*(page["key"] for page in self.pages), PAPERS]
        if self.draft.filing_id:  # the rest is asked once for the whole group
            return own
        return [*own, DELIVERY, *([FEES] if self.quote.lines else []), CHECK]

    @property
    def start_url(self) -> str:
        """Where the filing begins: the list of the group's tasks, or what one needs to know beforehand."""
        if self.draft.filing_id:
            return reverse("group_tasks", args=[self.draft.filing_id])
        return reverse("filing_start", args=[self.draft.procedure_version.procedure.code])

    def url(self, step: str) -> str:
        if self.draft.filing_id and step in OF_THE_GROUP:
            return reverse(OF_THE_GROUP[step], args=[self.draft.filing_id])
        return reverse("filing_page", args=[self.draft.pk, step])

    def next_url(self, step: str, *, back_to_check: bool = False) -> str:
        if back_to_check:
            return self.url(CHECK)
        following = self.steps[self.steps.index(step) + 1 :] if step in self.steps else []
        if not following and self.draft.filing_id:
            return self.start_url
        return self.url(following[0] if following else CHECK)

    def frame(self, step: str, *, back_to_check: bool = False) -> dict[str, Any]:
        """What every step's page shows around its question."""
        number = self.steps.index(step) if step in self.steps else len(self.steps) - 1
        before = self.url(self.steps[number - 1]) if number else self.start_url
        saved = timezone.localtime(self.draft.updated_at)
        today = saved.date() == timezone.localdate()
        when = f"{saved:%H:%M}" if today else f"{saved:%H:%M %d/%m}"
        return {
            "title": self.title,
            "step": number + 1,
            "total": len(self.steps),
            "back_url": self.url(CHECK) if back_to_check else before,
            "saved": _("Đã lưu nháp %(when)s") % {"when": when} if self.draft.revision > 1 else "",
            "revision": self.draft.revision,
            "section": "mine",
        }

    def problems(self) -> list[tuple[str, str]]:
        """(card on the check page, words) for everything that keeps the draft from being sent."""
        found = self.mistakes()
        for words in intake.missing_from(self.draft, self.case):
            found.append((PAPERS, _("Còn thiếu: %(what)s") % {"what": words}))
        return found

    def mistakes(self) -> list[tuple[str, str]]:
        """What is wrong with the answers."""
        found: list[tuple[str, str]] = []
        try:
            routing.case_for(self.draft.procedure_version, self.draft.answers)
        except routing.NoWay as mistake:
            found.append(("", str(mistake)))
        try:
            eforms.clean_answers(self.schema, self.draft.answers, setting=self.setting, prefilled=self.prefilled)
        except eforms.AnswersRefused as refused:
            found += [self._mistake(key, words[0]) for key, words in refused.errors.items()]
        if self.draft.procedure_version.state != "published":
            found.append(("", _("Thủ tục đã thay đổi. Về trang thủ tục bấm “Bắt đầu” lại, câu trả lời được giữ.")))
        return found

    def _mistake(self, field: str, words: str) -> tuple[str, str]:
        for page in self.pages:
            if any(spec["key"] == field for spec in page.get("fields", ())):
                return page["key"], f"{page['title']}: {words}"
        return "", words


def on_draft(
    view: Callable[Concatenate[ActorRequest, Filing, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """The actor's own unsent draft; a sent one leads to its confirmation, a foreign or expired one does not exist."""

    @citizens_only
    @wraps(view)
    def found(request: ActorRequest, /, pk: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        drafts = Draft.objects.of(request.actor, timezone.now())
        draft = get_object_or_404(drafts.select_related(*JOINED), pk=pk)
        if draft.dossier_id:
            return redirect("filing_done", draft.pk)
        return view(request, Filing(draft, request.user), *args, **kwargs)

    return found


def alone(
    view: Callable[Concatenate[ActorRequest, Filing, P], HttpResponseBase],
) -> Callable[Concatenate[ActorRequest, Filing, P], HttpResponseBase]:
    """What is asked once for a whole group is asked on the pages of the group."""

    @wraps(view)
    def led(request: ActorRequest, filing: Filing, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return redirect(filing.url(DELIVERY)) if filing.draft.filing_id else view(request, filing, *args, **kwargs)

    return led
