"""A new version changes what is filed from now on; dossiers on their way keep papers, fees and route of theirs."""

import datetime as dt
from decimal import Decimal

from dossiers import intake, processing
from dossiers.models import Dossier, Draft
from portal.floor.actor import SYSTEM
from procedures import publishing
from procedures.models import FeeRule, RouteStage
from procedures.ruleset import Rules
from tests.world import MONDAY, World

LATER = MONDAY + dt.timedelta(hours=1)


def test_a_dossier_on_its_way_keeps_its_version(world: World, submitted: Dossier) -> None:
    old = submitted.procedure_version
    new = publishing.draft_version(old.procedure, by=SYSTEM, at=MONDAY)
    FeeRule.objects.create(case=new.cases.get(), name="Lệ phí mới", amount=50_000)
    RouteStage.objects.filter(route__case__version=new).exclude(key__in=["xa-tham-dinh", "so-ky"]).delete()
    publishing.put_in_force(new, at=MONDAY)

    received = intake.receive(submitted, by=world.actor("binh"), at=LATER)
    assert received.procedure_version == old
    assert received.payment.amount == 0
    forwarded = processing.forward(received, by=world.actor("chi"), at=LATER, note="Đủ giấy tờ")
    assert forwarded.stage_name == "Bước xa-duyet"

    by, agency = world.actor("vinh"), world.agencies["commune"]
    fresh: Draft = intake.start(new, by=by, at=LATER, agency=agency, rules=Rules())
    assert fresh.procedure_version.cases.get().fees.get().amount == Decimal(50_000)
