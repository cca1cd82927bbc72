"""A new province can file a group of procedures at once, from what is shipped."""

import pytest
from django.utils import timezone

from dossiers import grouping
from procedures import groups
from tests.procedures.reference import ROOT
from tests.procedures.test_reference_import import load


@pytest.mark.django_db
def test_a_seeded_province_offers_a_group_that_can_be_filed_on_the_network() -> None:
    load("vinh-phuc")
    assert not groups.load(ROOT / "groups.json").refused
    today = timezone.localdate()
    offered = {group.code: grouping.parts(group, on=today) for group in groups.in_force(today)}
    assert [part.member.procedure.code for part in offered["2.000986"]] == ["1.001193", "1.004222"]
    assert grouping.agencies(offered["2.000986"], on=today), "some counter receives all of it"
    assert all(part.version.cases.exclude(form=None).exists() for part in offered["2.000986"])
