"""One dossier being written down at the counter: its forms, read once per request, and what they come to."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from dossiers import applicants, counter, deadlines, intake, routing
from dossiers.counter import Taken
from dossiers.messaging import moment
from dossiers.models import Dossier, Draft
from dossiers.series import day
from dossiers.views.officer.counter.forms import ORGANISATION, PERSON, AnswerForm, PapersForm, TakingForm
from procedures import eforms, fees
from procedures.models import Agency, Case, ProvinceProfile, RequiredDocument
from procedures.ruleset import Rules
from procedures.wording import money, time

WHOLE = "to-khai"  # all pages of the form as one
REFUSE, SUPPLEMENT, AT_ONCE, RECEIVE = "tu-choi", "bo-sung", "tra-ngay", "nhan"


@dataclass
class Sheet:
    draft: Draft
    agency: Agency
    now: dt.datetime
    posted: Any = None

    @cached_property
    def case(self) -> Case:
        """The case the answers choose; before they do, the first."""
        try:
            return routing.case_for(self.draft.procedure_version, self.draft.answers)
        except routing.NoWay:
            return routing.cases_of(self.draft.procedure_version)[0]

    @cached_property
    def province(self) -> ProvinceProfile:
        return ProvinceProfile.objects.select_related("unit", "default_rule_profile").get()

    @cached_property
    def documents(self) -> list[RequiredDocument]:
        """The papers of the case; nobody is asked for what is in a database already."""
        return [one for one in routing.documents_of(self.case) if not one.source]

    @cached_property
    def several(self) -> list[Agency]:
        return counter.competent_for(self.draft.procedure_version.procedure_id)

    @property
    def act(self) -> str:
        return str((self.posted or {}).get("viec", ""))

    @cached_property
    def taking(self) -> TakingForm:
        owner = dict(self.draft.delivery.get("owner", {}))
        initial = owner | {"kind": ORGANISATION if owner.get("is_organisation") else PERSON}
        return TakingForm(self.posted, several=self.several, agency=self.agency, initial=initial)

    @cached_property
    def papers(self) -> PapersForm:
        return PapersForm(self.documents, data=self.posted)

    @cached_property
    def said(self) -> AnswerForm:
        return AnswerForm(self.posted, refuses=self.act == REFUSE)

    @cached_property
    def owner(self) -> applicants.Applicant:
        """As far as known: of the card, or as written down."""
        if self.posted is None:
            known = self.draft.delivery.get("owner", {})
            return applicants.Applicant(name=known.get("name", ""), identity=known.get("identity", ""), 
                                        birth_on=known.get("birth_on", ""), sex=known.get("sex", ""),
                                        address=known.get("address", ""))  # fmt: skip
        self.taking.is_valid()
        return self.taking.owner

    @cached_property
    def form(self) -> eforms.AnswerForm:
        """The procedure's own form on one page; where it has several, their titles stand between."""
        schema = self._schema
        return eforms.build_form(
            schema, WHOLE, answers=self.draft.answers, setting=applicants.setting(self.province, at=self.now),
            prefilled=applicants.prefilled(schema, self.owner), data=self.posted,
        )  # fmt: skip

    @cached_property
    def _schema(self) -> Mapping[str, Any]:
        pages = eforms.pages(self.case.form.schema) if self.case.form else []
        fields: list[Any] = []
        for page in pages:
            if len(pages) > 1:
                fields.append({"key": f"_{page['key']}", "type": "explanation", "text": page["title"]})
            fields += page.get("fields", ())
        return {"pages": [{"key": WHOLE, "title": "", "fields": fields}]}

    @property
    def is_whole(self) -> bool:
        """Whether every form was filled in rightly; all of them are asked, so that all mistakes are shown."""
        valid = [form.is_valid() for form in (self.taking, self.form, self.papers, self.said)]
        return all(valid)

    def changed_case(self) -> Case | None:
        """The case that the answers now choose, if it is not the one the page was drawn for; the answers are kept."""
        self.draft.answers = self.form.answers
        try:
            chosen = routing.case_for(self.draft.procedure_version, self.draft.answers)
        except routing.NoWay:
            return None
        if chosen.pk == self.case.pk:
            return None
        self.draft.save(update_fields=["answers"])
        return chosen

    def taken(self) -> Taken:
        """What was taken down. Only when `is_whole`."""
        given = self.taking.cleaned_data
        reserved, competent = given.get("reserved"), given.get("competent")
        return Taken(
            version=self.draft.procedure_version, agency=self.agency, owner=self.taking.owner,
            answers=self.form.answers, return_mode=given["mode"], handed=self.papers.handed(),
            channel=given["channel"], submitter=self.taking.submitter, authorisation=given["authorisation"],
            competent_id=competent.pk if competent else None, identified_by=given["identified"],
            ticket=given["ticket"], collector=self.taking.collector,
            handed_over_at=given["handed_over_at"] if given["channel"] == Dossier.Channel.POST else None,
            mobile=given["mobile"], reserved=reserved, entered_at=self.now if reserved else None,
        )  # fmt: skip

    @property
    def at(self) -> dt.datetime:
        """When it was taken in: now, or the hour on the paper register."""
        written: dt.datetime | None = self.taking.cleaned_data.get("received_at")
        return written if written and self.taking.cleaned_data.get("reserved") else self.now

    def lacking(self) -> list[str]:
        """Keys of the required papers that were not ticked; of alternatives the first."""
        ticked = {paper.key for paper in self.papers.handed()}
        ticked |= set(self.draft.attachments.filter(superseded_at=None).values_list("document_key", flat=True))
        return [wanting[0].key for wanting in intake.wanting_papers(self.case, self.form.answers, ticked)]

    def told(self) -> list[dict[str, str]]:
        """What the applicant is told before anything is pressed: until when, how much."""
        rules = Rules.of(self.province.default_rule_profile)
        due = deadlines.promised(agency_id=self.agency.pk, case=self.case, at=self.now, rules=rules)
        quote = fees.total(routing.fees_of(self.case), self.draft.answers, Dossier.Channel.DIRECT, day(self.now))
        lines = [{"label": _("Phí, lệ phí"), "text": money(quote.total) if quote.total else _("Không thu")}]
        if self.case.instant:
            return [{"label": _("Kết quả"), "text": _("Trả ngay tại quầy, không cần giấy hẹn")}, *lines]
        return [{"label": _("Hẹn trả kết quả"), "text": f"{moment(due.at)} ({time(self.case).lower()})"}, *lines]
