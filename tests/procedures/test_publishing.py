"""From draft to published version: eight parts, two persons, and what is published stays as it is."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from portal.floor.actor import SYSTEM, Actor, Seat
from portal.models import User
from procedures import publishing, worktime
from procedures.models import (
    Case,
    FeeRule,
    Form,
    Procedure,
    ProcedureVersion,
    RequiredDocument,
    Route,
    RouteStage,
    ServiceField,
)
from procedures.publishing import PublishingRefused

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
TODAY = NOW.date()
State = ProcedureVersion.State


def officer(username: str, role: str) -> Actor:
    user = User.objects.create(username=username, kind=User.Kind.OFFICER)
    return Actor(kind="officer", user_id=user.pk, name=username, seats=(Seat(1, 1, role, role),))


@pytest.fixture
def minh() -> Actor:
    return officer("minh", "catalogue_editor")


@pytest.fixture
def son() -> Actor:
    return officer("son", "catalogue_reviewer")


@pytest.fixture
def version() -> ProcedureVersion:
    """A whole version in force, with one case, two papers, a fee and a route."""
    field = ServiceField.objects.create(code="G15-HT", name="Hộ tịch", slug="ho-tich")
    procedure = Procedure.objects.create(code="1.001193", field=field, level="commune", name="Khai sinh")
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        name="Đăng ký khai sinh",
        steps=["Nộp"],
        channels=["direct", "online"],
        audience=["Công dân Việt Nam"],
        competent="UBND cấp xã",
        legal_basis=["Luật Hộ tịch"],
        online_scope="full",
    )
    page = {"key": "a", "title": "A", "fields": [{"key": "name", "type": "text", "label": "Tên"}]}
    form = Form.objects.create(code="TK", name="Tờ khai", schema={"pages": [page]})
    case = Case.objects.create(version=version, form=form, time_amount=2, legal_time_amount=3, result_name="Giấy")
    RequiredDocument.objects.create(case=case, key="to-khai", name="Tờ khai", is_form=True)
    RequiredDocument.objects.create(case=case, key="chung-sinh", name="Giấy chứng sinh")
    FeeRule.objects.create(case=case, name="Lệ phí", amount=8000)
    route = Route.objects.create(case=case, decision="12/QĐ-UBND")
    stages = [("tham-dinh", "examine", "specialist", 12), ("ky", "sign", "leader", 4)]
    for order, (key, kind, role, hours) in enumerate(stages, 1):
        RouteStage.objects.create(
            route=route, key=key, order=order, name=key, kind=kind, level="commune", agency_rule="receiving",
            role=role, hours=Decimal(hours),
        )  # fmt: skip
    return publishing.put_in_force(version, at=NOW)


def decided(version: ProcedureVersion, by: Actor, **given: Any) -> ProcedureVersion:
    terms = {"number": "99/QĐ-UBND", "signed_on": TODAY, "effective_on": TODAY} | given
    return publishing.publish(version, by=by, at=NOW, **terms)


def test_a_draft_is_a_whole_copy_of_the_version_in_force(version: ProcedureVersion, minh: Actor) -> None:
    draft = publishing.draft_version(version.procedure, by=minh, at=NOW)
    assert (draft.number, draft.state, draft.edited_by_id) == (2, State.DRAFT, minh.user_id)
    assert draft.decision is None
    case = draft.cases.get()
    assert [paper.key for paper in case.required_documents.order_by("pk")] == ["to-khai", "chung-sinh"]
    assert case.fees.get().amount == 8000
    assert list(case.route.stages.order_by("order").values_list("key", flat=True)) == ["tham-dinh", "ky"]
    case.required_documents.all().delete()
    assert version.cases.get().required_documents.count() == 2


def test_there_is_one_draft_at_a_time(version: ProcedureVersion, minh: Actor) -> None:
    publishing.draft_version(version.procedure, by=minh, at=NOW)
    with pytest.raises(PublishingRefused, match="đang có một bản thảo"):
        publishing.draft_version(version.procedure, by=minh, at=NOW)


def test_a_procedure_without_any_version_cannot_be_copied(minh: Actor) -> None:
    field = ServiceField.objects.create(code="G15-HT", name="Hộ tịch", slug="ho-tich")
    procedure = Procedure.objects.create(code="1.000001", field=field, level="commune", name="Mới")
    with pytest.raises(PublishingRefused, match="chưa có phiên bản"):
        publishing.draft_version(procedure, by=minh, at=NOW)


def test_what_is_published_cannot_be_edited(version: ProcedureVersion, minh: Actor) -> None:
    with pytest.raises(PublishingRefused, match="đã công bố không sửa được"):
        publishing.touch(version, by=minh, at=NOW)


def test_who_edits_does_not_review_or_publish(version: ProcedureVersion, son: Actor, minh: Actor) -> None:
    draft = publishing.draft_version(version.procedure, by=son, at=NOW)
    with pytest.raises(PublishingRefused, match="Người khác"):
        publishing.review(draft, by=son, at=NOW)
    with pytest.raises(PublishingRefused, match="vai trò"):
        publishing.review(draft, by=minh, at=NOW)
    ProcedureVersion.objects.filter(pk=draft.pk).update(state=State.REVIEWED)
    with pytest.raises(PublishingRefused, match="Người khác"):
        decided(draft, son)


def test_a_counter_officer_may_not_touch_the_catalogue(version: ProcedureVersion) -> None:
    binh = officer("binh", "receiver")
    with pytest.raises(PublishingRefused, match="vai trò"):
        publishing.draft_version(version.procedure, by=binh, at=NOW)


def test_a_reviewed_version_replaces_the_one_in_force(version: ProcedureVersion, minh: Actor, son: Actor) -> None:
    draft = publishing.draft_version(version.procedure, by=minh, at=NOW)
    ProcedureVersion.objects.filter(pk=draft.pk).update(name="Khai sinh mới", short_name="Khai sinh")
    with pytest.raises(PublishingRefused, match="thẩm định trước"):
        decided(draft, son)
    publishing.review(draft, by=son, at=NOW)
    published = decided(draft, son)
    version.refresh_from_db()
    assert (version.state, version.valid_to) == (State.RETIRED, TODAY - dt.timedelta(days=1))
    assert (published.state, published.valid_from, published.published_at) == (State.PUBLISHED, TODAY, NOW)
    assert published.decision
    assert published.decision.number == "99/QĐ-UBND"
    procedure = Procedure.objects.get()
    assert (procedure.name, procedure.short_name) == ("Khai sinh mới", "Khai sinh")
    assert list(ProcedureVersion.objects.in_force(TODAY)) == [published]


def test_editing_takes_the_review_back(version: ProcedureVersion, minh: Actor, son: Actor) -> None:
    draft = publishing.draft_version(version.procedure, by=minh, at=NOW)
    publishing.review(draft, by=son, at=NOW)
    publishing.touch(draft, by=minh, at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.reviewed_by_id) == (State.DRAFT, None)
    publishing.review(draft, by=son, at=NOW)
    with pytest.raises(PublishingRefused, match="Chỉ bản thảo"):
        publishing.review(draft, by=son, at=NOW)


def test_a_decision_that_takes_effect_later_waits_for_its_day(
    version: ProcedureVersion, minh: Actor, son: Actor
) -> None:
    draft = publishing.draft_version(version.procedure, by=minh, at=NOW)
    publishing.review(draft, by=son, at=NOW)
    effective = TODAY + dt.timedelta(days=7)
    assert decided(draft, son, effective_on=effective).state == State.REVIEWED
    assert publishing.publish_due(at=NOW) == 0
    assert publishing.publish_due(at=NOW + dt.timedelta(days=7)) == 1
    version.refresh_from_db()
    assert (version.state, version.valid_to) == (State.RETIRED, effective - dt.timedelta(days=1))
    assert publishing.publish_due(at=NOW + dt.timedelta(days=7)) == 0


@pytest.mark.parametrize(
    ("terms", "words"),
    [({"number": " "}, "số quyết định"), ({"effective_on": TODAY - dt.timedelta(days=1)}, "từ ngày ký trở đi")],
)
def test_a_decision_needs_a_number_and_takes_effect_when_signed_or_later(
    version: ProcedureVersion, minh: Actor, son: Actor, terms: dict[str, Any], words: str
) -> None:
    draft = publishing.draft_version(version.procedure, by=minh, at=NOW)
    publishing.review(draft, by=son, at=NOW)
    with pytest.raises(PublishingRefused, match=words):
        decided(draft, son, **terms)


@pytest.mark.parametrize("part", ["name", "steps", "channels", "audience", "competent", "legal_basis"])
def test_the_eight_parts_of_decree_63_block_publication(version: ProcedureVersion, part: str) -> None:
    assert publishing.defects(version) == ()
    setattr(version, part, "" if isinstance(getattr(version, part), str) else [])
    assert [defect.part for defect in publishing.defects(version)] == [part]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"time_amount": None}, "time"),
        ({"result_name": ""}, "result"),
        ({"legal_time_amount": 1}, "time"),
        ({"form": None}, "form"),
        ({"condition": {"op": "?"}}, "form"),
        ({"time_amount": 1}, "route"),
    ],
)
def test_a_case_lacks_nothing_its_dossiers_need(version: ProcedureVersion, changes: dict[str, Any], part: str) -> None:
    Case.objects.update(**changes)
    assert [defect.part for defect in publishing.defects(version)] == [f"chung: {part}"]


def test_papers_cases_and_a_signature_are_demanded(version: ProcedureVersion) -> None:
    RequiredDocument.objects.all().delete()
    RouteStage.objects.filter(kind="sign").update(kind="examine", agency_rule="named")
    reasons = {defect.reason for defect in publishing.defects(version)}
    assert reasons == {"Thiếu thành phần hồ sơ", "Quy trình chưa có bước ký kết quả", "Bước “ky” chưa ghi cơ quan"}
    Case.objects.all().delete()
    fresh = ProcedureVersion.objects.get(pk=version.pk)
    assert [defect.part for defect in publishing.defects(fresh)] == ["cases"]


def test_a_partial_service_requires_a_reason(version: ProcedureVersion) -> None:
    version.online_scope = "partial"
    assert [defect.part for defect in publishing.defects(version)] == ["partial_reason"]


def test_an_incomplete_draft_is_not_reviewed_and_its_defects_are_named(
    version: ProcedureVersion, minh: Actor, son: Actor
) -> None:
    draft = publishing.draft_version(version.procedure, by=minh, at=NOW)
    ProcedureVersion.objects.filter(pk=draft.pk).update(steps=[])
    with pytest.raises(PublishingRefused) as refused:
        publishing.review(draft, by=son, at=NOW)
    assert [defect.part for defect in refused.value.defects] == ["steps"]


def test_an_abolished_procedure_ends_today(version: ProcedureVersion, son: Actor) -> None:
    publishing.retire(version, by=son, at=NOW)
    assert not ProcedureVersion.objects.in_force(TODAY).exists()
    with pytest.raises(PublishingRefused, match="đang áp dụng"):
        publishing.retire(version, by=SYSTEM, at=NOW)


def test_a_whole_version_is_read_in_six_statements(version: ProcedureVersion, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(6):
        whole = list(ProcedureVersion.objects.whole())
        assert publishing.defects(whole[0]) == ()
