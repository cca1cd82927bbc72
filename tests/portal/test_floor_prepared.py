"""Statements compiled once: the same rows as the ORM's, whatever values come after those they were compiled with."""

import datetime as dt
from typing import Any

import pytest

from dossiers.models import Dossier
from portal.floor.prepared import prepared
from portal.models import User

pytestmark = pytest.mark.django_db


@prepared
def _named(kind: str, *, names: Any, since: dt.datetime) -> Any:
    found = User.objects.filter(username__in=names, date_joined__gte=since).order_by("username")
    return (found.filter(kind=kind) if kind else found).values_list("username")


def test_one_compiled_text_serves_all_values_and_each_shape_has_its_own() -> None:
    for name, kind in (("an", "citizen"), ("binh", "officer"), ("chi", "officer")):
        User.objects.create(username=name, kind=kind)
    long_ago, later = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    assert _named("", names=("an", "binh"), since=long_ago) == [("an",), ("binh",)]
    assert _named("", names=("chi", "an"), since=long_ago) == [("an",), ("chi",)]
    assert _named("", names=("chi", "an", "binh"), since=long_ago) == [("an",), ("binh",), ("chi",)]
    assert _named("officer", names=("chi", "an"), since=long_ago) == [("chi",)]
    assert _named("", names=("chi", "an"), since=later) == []
    assert _named("", names=(), since=long_ago) == []


def test_a_value_stays_a_value_whatever_it_says() -> None:
    odd = "an' OR '1'='1"
    User.objects.create(username="an", kind="citizen")
    assert _named("", names=(odd,), since=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) == []
    assert _named("", names=("%s", "%"), since=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) == []


def test_a_statement_that_would_compute_with_its_values_is_refused() -> None:
    """Else the stand-in's own value would stay in the text for ever."""

    @prepared
    def earlier(*, at: dt.datetime) -> Any:
        return Dossier.objects.filter(submitted_at__lt=at - dt.timedelta(days=1))

    @prepared
    def beginning(*, word: str) -> Any:
        return Dossier.objects.filter(title__startswith=word)

    with pytest.raises(ValueError, match="compute"):
        earlier(at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    with pytest.raises(ValueError, match="compute"):
        beginning(word="Đăng")


def test_only_plain_values_are_taken() -> None:
    with pytest.raises(ValueError, match="dict"):
        _named("refused", names=({},), since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
