"""A group of three procedures as the tests file it: a birth, a grant that waits for it, an optional card."""

import datetime as dt

from dossiers import files, grouping, intake
from dossiers.models import Draft, GroupFiling
from procedures.models import (
    Agency,
    Case,
    FeeRule,
    Form,
    GroupMember,
    ProcedureAgency,
    ProcedureGroup,
    RequiredDocument,
)
from procedures.ruleset import Rules
from tests import world as worlds
from tests.dossiers.conftest import picture
from tests.world import AN_ADDRESS, MONDAY, World

HOME = {
    "mode": "post", "name": "Nguyễn Thị An", "phone": "0912345678", "email": "an@example.vn", "address": AN_ADDRESS,
}  # fmt: skip
CHILD = {"child_name": "Nguyễn Gia Hân"}
GRANT = {"martyr_name": "Nguyễn Văn Long", "relation": "con"}


def group_of(world: World) -> ProcedureGroup:
    """Birth, then the grant after it, then an optional card after the grant; the commune receives all of them."""
    card = worlds.procedure("1.009999", "Cấp thẻ bảo hiểm y tế", "Thẻ bảo hiểm y tế", "commune")
    form = Form.objects.create(code="TK-BHYT", name="Tờ khai bảo hiểm y tế", schema={"pages": [
        {"key": "the", "title": "Thẻ", "fields": [
            {"key": "child_name", "type": "person_name", "label": "Họ và tên trẻ", "required": True},
            {"key": "relation", "type": "number", "label": "Thứ tự con"}]}]})  # fmt: skip
    case = Case.objects.create(version=card, form=form, time_amount=2, time_unit="working_day", result_symbol="BHYT")
    FeeRule.objects.create(case=case, name="Phí in thẻ", amount=5000)
    worlds.route(case, (("cap-the", "examine", "commune", "receiving", "specialist", 8),))
    for version in (world.birth, world.climbing, card):
        case = version.cases.get()
        RequiredDocument.objects.create(case=case, key="giay-1", name="Giấy chứng sinh", order=8, required=False)
    commune = world.agencies["commune"]
    ProcedureAgency.objects.create(procedure=card.procedure, agency=commune, competent=True)
    group = ProcedureGroup.objects.create(
        code="2.000986", name="Khai sinh, trợ cấp và thẻ bảo hiểm y tế", valid_from=dt.date(2026, 1, 1)
    )
    birth = GroupMember.objects.create(group=group, procedure=world.birth.procedure, order=0)
    grant = GroupMember.objects.create(group=group, procedure=world.climbing.procedure, order=1, after=birth)
    GroupMember.objects.create(group=group, procedure=card.procedure, order=2, optional=True, after=grant)
    return group


def begun(
    world: World, group: ProcedureGroup, *, card: bool = True, at: dt.datetime = MONDAY, agency: Agency | None = None
) -> GroupFiling:
    """An's filing of the group, nothing answered yet."""
    members = {one.pk for one in group.members.all() if card or not one.optional}
    return grouping.start_group(
        group, by=world.actor("an"), at=at, agency=agency or world.agencies["commune"], members=members, rules=Rules()
    )


def draft_of(filing: GroupFiling, code: str) -> Draft:
    return Draft.objects.get(filing=filing, procedure_version__procedure__code=code)


def complete(filing: GroupFiling, *, at: dt.datetime = MONDAY) -> None:
    """Everything answered and given, as the pages do it."""
    for code, answers in (("1.001193", CHILD), ("1.010803", GRANT)):
        draft = draft_of(filing, code)
        before = dict(draft.answers)
        intake.save_draft(draft, at=at, answers=answers)
        grouping.settle(filing, at=at, changed=draft, before=before)
    files.receive(picture(), document_key="bang-tqgc", at=at, draft=draft_of(filing, "1.010803"))
    grouping.settle(filing, at=at)
    save_delivery(filing, HOME, at=at)


def save_delivery(filing: GroupFiling, delivery: dict[str, str], *, at: dt.datetime = MONDAY) -> None:
    """As the page of the delivery does it."""
    first = grouping.drafts_of(filing)[0]
    grouping.save_delivery(filing, at=at, delivery=delivery, revision=first.revision)
