"""What the drafts of one filing share: an answer to a question that several ask, a paper that several ask for."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from dossiers import intake, routing
from dossiers.models import Attachment, Draft
from portal.floor.vietnamese import fold
from procedures import eforms
from procedures.conditions import holds
from procedures.models import Case, RequiredDocument

_SAME_QUESTION = ("type", "options", "fields", "unit_set", "optional", "decimals")
EMPTY: tuple[Any, ...] = (None, "", [], {})


def carry(giver: Draft, drafts: list[Draft], before: Mapping[str, Any], *, at: dt.datetime) -> None:
    """The giver's answers into every draft that asks the same question.

    `before`: what the giver answered earlier. A later draft follows as long as its answer was not changed by itself; an
    earlier one only takes what it lacks.
    """
    asked = {spec["key"]: spec for spec in eforms.fields(schema_of(giver))}
    following = False
    for draft in drafts:
        if draft.pk == giver.pk:
            following = True
            continue
        found = {}
        for spec in eforms.fields(schema_of(draft)):
            key, mine = spec["key"], draft.answers.get(spec["key"])
            follows = mine in EMPTY or (following and mine == before.get(key))
            if follows and key in asked and same_question(spec, asked[key]) and giver.answers.get(key) not in EMPTY:
                found[key] = giver.answers[key]
        if only(draft.answers, found) != found:
            intake.save_draft(draft, at=at, answers=found)


def same_question(one: eforms.Spec, other: eforms.Spec) -> bool:
    """Whether two fields of the same key take the same answers."""
    return all(one.get(name) == other.get(name) for name in _SAME_QUESTION)


def share_papers(drafts: list[Draft]) -> None:
    """Each paper in every draft that asks for it: one file, referred to."""
    asked = {draft.pk: documents_of(draft) for draft in drafts}
    kept = Attachment.objects.filter(draft__in=drafts, dossier=None, superseded_at=None).order_by("received_at", "pk")
    rows = list(kept)
    for draft in drafts:
        wanted = {
            (paper.pk, document.key): paper
            for paper in rows
            if paper.reuse_of_id is None and paper.draft_id != draft.pk
            for document in asked[draft.pk]
            if names_of(document) & _names_given(paper, asked)
        }
        there = {
            (one.reuse_of_id, one.document_key): one for one in rows if one.reuse_of_id and one.draft_id == draft.pk
        }
        for reused in there.keys() - wanted.keys():
            there[reused].delete()
        for pk, key in wanted.keys() - there.keys():
            _refer(wanted[pk, key], draft, key)


def _names_given(paper: Attachment, asked: Mapping[Any, list[RequiredDocument]]) -> set[str]:
    given = (one for one in asked[paper.draft_id] if one.key == paper.document_key)
    return next((names_of(document) for document in given), set())


def names_of(document: RequiredDocument) -> set[str]:
    """By what a paper is known again in another procedure: its key, unless that is only a number, and its name."""
    return {fold(document.name)} | (set() if document.key.rpartition("-")[2].isdecimal() else {document.key})


def _refer(paper: Attachment, draft: Draft, key: str) -> None:
    Attachment.objects.create(
        draft=draft, document_key=key, name=paper.name, content_type=paper.content_type, size=paper.size,
        sha256=paper.sha256, file=paper.file, scan=paper.scan, received_at=paper.received_at, reuse_of=paper,
        origin=Attachment.Origin.REUSED,
    )  # fmt: skip


def case_of(draft: Draft) -> Case:
    """The case that the draft's answers choose; before they do, the first."""
    try:
        return routing.case_for(draft.procedure_version, draft.answers)
    except routing.NoWay:
        return routing.cases_of(draft.procedure_version)[0]


def documents_of(draft: Draft) -> list[RequiredDocument]:
    """The papers that the draft's case asks people for."""
    documents = routing.documents_of(case_of(draft))
    return [one for one in documents if not (one.is_form or one.source) and holds(one.condition, draft.answers)]


def schema_of(draft: Draft) -> Mapping[str, Any]:
    """The electronic form of the draft's case."""
    form = case_of(draft).form
    return form.schema if form else {"pages": []}


def only(answers: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """The answers to these questions."""
    return {key: value for key, value in answers.items() if key in keys}
