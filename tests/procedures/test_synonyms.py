"""Words that editors keep are found at once; what was searched in vain is counted, and never says who asked."""

import datetime as dt
import json

import pytest

from portal.floor.actor import Actor, Seat
from portal.models import User
from procedures import publishing, synonyms, worktime
from procedures.models import AdminChange, MissedQuery, Procedure, ProcedureVersion, Synonym
from procedures.publishing import PublishingRefused
from procedures.search import search
from procedures.synonyms import SynonymRefused
from tests.procedures import findable
from tests.procedures.reference import ROOT

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    findable.put_in_force(one for one in findable.shipped() if one["code"] in {"1.001193", "1.000894", "1.004194"})


@pytest.fixture
def minh() -> Actor:
    user = User.objects.create(username="minh", kind=User.Kind.OFFICER)
    return Actor(kind="officer", user_id=user.pk, name="Minh", seats=(Seat(1, 1, "catalogue_editor", "Biên tập"),))


def codes(q: str) -> list[str]:
    return [one.code for one in search(q)]


def test_a_word_is_found_as_soon_as_it_is_kept_and_no_longer_when_it_is_removed(minh: Actor) -> None:
    assert codes("rước dâu") == []
    kept = synonyms.keep("rước dâu", "đăng ký kết hôn", by=minh, at=NOW)
    assert codes("ruoc dau") == ["1.000894"]
    synonyms.remove(kept, by=minh, at=NOW)
    assert codes("rước dâu") == []


def test_a_changed_meaning_leads_elsewhere(minh: Actor) -> None:
    kept = synonyms.keep("lên phường", "đăng ký kết hôn", by=minh, at=NOW)
    synonyms.keep("lên phường", "đăng ký tạm trú; đăng ký khai sinh", by=minh, at=NOW, synonym=kept)
    assert set(codes("lên phường")) == {"1.004194", "1.001193"}
    assert Synonym.objects.get(pk=kept.pk).edited_by_id == minh.user_id


def test_every_change_is_written_down(minh: Actor) -> None:
    kept = synonyms.keep("rước dâu", "đăng ký kết hôn", by=minh, at=NOW)
    synonyms.keep("rước dâu", "kết hôn", by=minh, at=NOW, synonym=kept)
    synonyms.remove(kept, by=minh, at=NOW)
    rows = AdminChange.objects.order_by("pk")
    assert [row.kind for row in rows] == ["synonym.kept", "synonym.kept", "synonym.removed"]
    assert rows[1].changes["meaning"] == ["đăng ký kết hôn", "kết hôn"]


@pytest.mark.parametrize(
    ("given", "meaning"),
    [("", "kết hôn"), ("…", "kết hôn"), ("cưới", " , ;"), ("Kết Hôn", "ket hon"), ("đám cưới", "x")],
)
def test_a_synonym_without_words_or_sense_or_kept_already_is_refused(minh: Actor, given: str, meaning: str) -> None:
    with pytest.raises(SynonymRefused):
        synonyms.keep(given, meaning, by=minh, at=NOW)


def test_only_the_catalogues_people_keep_synonyms() -> None:
    stranger = Actor(kind="officer", user_id=None, name="Bình", seats=(Seat(1, 1, "receiver", "Một cửa"),))
    with pytest.raises(PublishingRefused):
        synonyms.keep("rước dâu", "kết hôn", by=stranger, at=NOW)
    with pytest.raises(PublishingRefused):
        synonyms.remove(Synonym.objects.all()[0], by=stranger, at=NOW)


def test_loading_again_changes_nothing_and_keeps_what_people_changed(minh: Actor) -> None:
    cuoi = Synonym.objects.get(words="cưới")
    synonyms.keep("cưới", "đăng ký tạm trú", by=minh, at=NOW, synonym=cuoi)
    summary = synonyms.load(ROOT / "synonyms.json")
    assert (summary.loaded, summary.unchanged) == (0, len(json.loads((ROOT / "synonyms.json").read_text("utf-8"))))
    assert Synonym.objects.get(words="cưới").meaning == "đăng ký tạm trú"


def test_the_shipped_synonyms_are_many_and_each_means_something_else() -> None:
    rows: dict[str, str] = json.loads((ROOT / "synonyms.json").read_text("utf-8"))
    assert len(rows) >= 60
    assert Synonym.objects.count() == len(rows)
    for one in Synonym.objects.all():
        assert one.meaning_fold
        assert one.words_fold not in one.meaning_fold.split("|")


def test_a_refresh_writes_only_what_changed() -> None:
    assert synonyms.refresh() == 0
    Procedure.objects.filter(code="1.001193").update(search_fold="")
    assert synonyms.refresh() == 1


def test_searches_in_vain_are_counted_under_their_plain_words() -> None:
    for query in ("thẻ đảng", "THE DANG", "thẻ  đảng"):
        synonyms.missed(query, on=TODAY)
    missed = MissedQuery.objects.get()
    assert (missed.words, missed.times, missed.last_on) == ("thẻ đảng", 3, TODAY)


@pytest.mark.parametrize(
    "query", ["cccd 026190001234", "0 2 6 1 9 0 0 0 1", "an@example.vn", "x" * 81, "a " * 41, "", "…", "😀"]
)
def test_what_may_be_somebodys_number_or_is_too_long_is_never_kept(query: str) -> None:
    synonyms.missed(query, on=TODAY)
    assert not MissedQuery.objects.exists()


def test_a_word_that_is_kept_is_no_longer_missed_and_old_misses_are_forgotten(minh: Actor) -> None:
    synonyms.missed("rước dâu", on=TODAY)
    synonyms.missed("thẻ đảng", on=TODAY - dt.timedelta(days=200))
    synonyms.keep("rước dâu", "đăng ký kết hôn", by=minh, at=NOW)
    assert MissedQuery.objects.count() == 1
    assert synonyms.forget_old(on=TODAY) == 1


def test_what_is_put_in_force_later_knows_the_synonyms_too() -> None:
    version = ProcedureVersion.objects.select_related("procedure").get(procedure__code="1.000894")
    version.name = version.short_name = "Đăng ký tạm trú"
    publishing.put_in_force(version, at=NOW)
    assert codes("ở trọ")[0] == "1.000894"
