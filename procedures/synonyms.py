"""Keeping the words people use for what the law names otherwise, and counting what was searched in vain."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from procedures import history, publishing, words
from procedures.importing.summary import Source, Summary, read_json
from procedures.models import MissedQuery, Procedure, ProcedureVersion, Role, Synonym

EDITORS = (Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER)
LONGEST = 80  # characters of a missed query that is kept
DIGITS = 9  # as many may be somebody's number: never kept
FORGOTTEN_DAYS = 180


class SynonymRefused(Exception):
    """The synonym cannot be kept; the message says why."""


def keep(given: str, meaning: str, *, by: Actor, at: dt.datetime, synonym: Synonym | None = None) -> Synonym:
    """Add a synonym, or change the one given; procedures are found by it at once.

    `meaning`: phrases of the catalogue, set apart by commas; a procedure that holds one of them is found by `given`.
    Raises SynonymRefused, and PublishingRefused when the actor may not edit the catalogue.
    """
    publishing.demand(by, *EDITORS)
    plain, meanings = words.searchable(given), words.meanings(meaning)
    if not plain or not meanings:
        raise SynonymRefused(_("Nhập cả từ người dân gõ và cách gọi trong danh mục"))
    if plain in meanings.split("|"):
        raise SynonymRefused(_("Hai bên giống nhau khi bỏ dấu, nên không cần từ đồng nghĩa này"))
    before = (synonym.words, synonym.meaning) if synonym else ("", "")
    kept = synonym or Synonym()
    kept.words, kept.words_fold, kept.meaning, kept.meaning_fold = given, plain, meaning, meanings
    kept.edited_by_id = by.user_id
    try:
        with transaction.atomic():
            kept.save()
            MissedQuery.objects.filter(words_fold=plain).delete()
            changes = {"words": (before[0], given), "meaning": (before[1], meaning)}
            history.record("synonym.kept", by=by, at=at, subject=str(kept), key=str(kept.pk), changes=changes)
            refresh()
    except IntegrityError:
        raise SynonymRefused(_("Đã có từ đồng nghĩa này. Sửa dòng đang có")) from None
    return kept


def remove(synonym: Synonym, *, by: Actor, at: dt.datetime) -> None:
    """Procedures are no longer found by it. Raises PublishingRefused when the actor may not edit the catalogue."""
    publishing.demand(by, *EDITORS)
    with transaction.atomic():
        changes = {"words": (synonym.words, ""), "meaning": (synonym.meaning, "")}
        history.record("synonym.removed", by=by, at=at, subject=str(synonym), key=str(synonym.pk), changes=changes)
        synonym.delete()
        refresh()


def refresh() -> int:
    """Write anew what procedures are found by, where it changed; how many changed."""
    known = words.synonyms()
    first = Case(When(state=ProcedureVersion.State.PUBLISHED, then=Value(0)), default=Value(1))
    versions = (
        ProcedureVersion.objects.order_by("procedure", first, "-number").distinct("procedure")
        .only("name", "short_name", "competent", "procedure")
        .select_related("procedure__field").prefetch_related("procedure__life_events")
    )  # fmt: skip
    changed = []
    for version in versions:
        before = version.procedure.search_fold
        publishing.describe(version.procedure, version, known)
        if version.procedure.search_fold != before:
            changed.append(version.procedure)
    Procedure.objects.bulk_update(changed, ["search_fold"], batch_size=200)
    return len(changed)


def load(source: Source) -> Summary:
    """The shipped synonyms, `{words: meaning}`; what an administrator has changed stays. Raises FileRefused."""
    summary = Summary()
    known = set(Synonym.objects.values_list("words_fold", flat=True))
    fresh = {}
    for given, meaning in read_json(source).items():
        plain = words.searchable(given)
        if plain in known:
            summary.unchanged += 1
        else:
            fresh[plain] = Synonym(words=given, words_fold=plain, meaning=meaning, meaning_fold=words.meanings(meaning))
    summary.loaded = len(Synonym.objects.bulk_create(fresh.values()))
    if summary.loaded:
        refresh()
    return summary


def missed(query: str, *, on: dt.date) -> None:
    """Count a search that found nothing. What may hold somebody's number or address is not kept, nor what is long."""
    plain = words.searchable(query)
    if not plain or len(query) > LONGEST or len(plain) > LONGEST or "@" in query:
        return
    if sum(char.isdigit() for char in query) >= DIGITS:
        return
    fresh = MissedQuery(words_fold=plain, words=query, times=1, last_on=on)
    again = MissedQuery.objects.filter(words_fold=plain).update(times=F("times") + 1, last_on=on)
    if not again:
        MissedQuery.objects.bulk_create([fresh], ignore_conflicts=True)


def forget_old(*, on: dt.date) -> int:
    """Missed queries that nobody has repeated for half a year; how many went."""
    return MissedQuery.objects.filter(last_on__lt=on - dt.timedelta(days=FORGOTTEN_DAYS)).delete()[0]
