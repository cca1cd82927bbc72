"""Ủy quyền ký: art. 13 of NĐ 30/2020/NĐ-CP, and what a delegate may do with it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from dossiers import access, delegating, processing
from dossiers.models import Dossier, Result, SigningDelegation
from dossiers.refusals import MoveRefused
from dossiers.seating import places_of
from portal.floor.actor import Actor
from procedures.models import Agency, Position
from tests.world import MONDAY, World

DAY = MONDAY.date()
LATER = MONDAY + dt.timedelta(days=3)
Climb = Callable[[Dossier, str], Dossier]


def acting(world: World, name: str, on: dt.date = DAY) -> Actor:
    """The officer as the edge builds one, with what was delegated."""
    user = world.users[name]
    seats, lent = places_of(user.pk, on)
    return Actor("officer", user.pk, user.full_name, seats, delegations=lent)


def deputy(world: World) -> Position:
    """Khanh leads, too: the deputy of Lan's department."""
    Position.objects.filter(pk=world.positions["khanh"].pk).update(role="leader", title="Phó Giám đốc")
    world.positions["khanh"].refresh_from_db()
    return world.positions["khanh"]


def give(world: World, taker: Position, capacity: str, **more: Any) -> SigningDelegation:
    terms = {"starts_on": DAY, "at": MONDAY, "by": world.actor("lan")} | more
    return delegating.give(world.positions["lan"], taker=taker, capacity=capacity, **terms)


@pytest.fixture
def proposed(received: Dossier, climb: Climb, world: World) -> Dossier:
    """At Lan's desk, given to Lan alone."""
    climb(received, "so-ky")
    processing.assign(received, by=world.actor("lan"), at=MONDAY, to=world.positions["lan"])
    return Dossier.objects.get(pk=received.pk)


def test_a_deputy_signs_for_the_head_and_the_paper_says_kt(world: World, proposed: Dossier) -> None:
    taker = deputy(world)
    assert not access.may(proposed, "decide", acting(world, "khanh")), "what is Lan's is not the deputy's"
    give(world, taker, "KT.")
    by = acting(world, "khanh")
    assert proposed in Dossier.objects.to_sign_by(by)
    result = processing.decide(proposed, by=by, at=LATER)
    assert result.snapshot["signer"] == {"capacity": "KT. GIÁM ĐỐC", "title": "Phó Giám đốc", "name": "Đặng Quốc Khánh"}
    event = proposed.events.get(verb="decide")
    assert event.capacity == "Phó Giám đốc (KT. GIÁM ĐỐC Phan Thị Lan)"
    assert event.snapshot is not None
    assert event.snapshot["for"] == "Phan Thị Lan"


def test_who_signs_for_another_sees_and_does_nothing_else_there(world: World, proposed: Dossier) -> None:
    oanh = world.positions["oanh"]
    Agency.objects.filter(pk=world.agencies["district"].pk).update(parent=world.agencies["province"])
    before = acting(world, "oanh")
    row = give(world, oanh, "TL.", ground="Quy chế làm việc số 12/QC-SLĐTBXH ngày 02/01/2026")
    by = acting(world, "oanh")
    assert not before.delegations
    assert set(access.moves_open_to(proposed, before)) == set(access.moves_open_to(proposed, by)) - access.LENT
    result = processing.decide(proposed, by=by, at=LATER)
    assert result.snapshot["signer"]["capacity"] == "TL. GIÁM ĐỐC"
    assert row.pk == by.delegations[0].key


def test_authority_in_writing_needs_a_paper_an_end_and_a_scope(world: World, proposed: Dossier) -> None:
    taker, ends = deputy(world), DAY + dt.timedelta(days=9)
    scope = {"procedures": [world.climbing.procedure_id]}
    paper = {"ground": "Văn bản số 05/UQ-SLĐTBXH ngày 09/11/2026"}
    for terms, said in (({"ends_on": ends} | scope, "số, ngày"), (paper | scope, "thời hạn"),
                        ({"ends_on": ends} | paper, "giới hạn nội dung"),
                        ({"ends_on": DAY - dt.timedelta(days=1)} | paper | scope, "sau ngày bắt đầu")):  # fmt: skip
        with pytest.raises(MoveRefused, match=said):
            give(world, taker, "TUQ.", **terms)
    give(world, taker, "TUQ.", ends_on=ends, **paper, **scope)
    assert access.may(proposed, "decide", acting(world, "khanh"))
    assert not acting(world, "khanh", ends + dt.timedelta(days=1)).delegations, "the time limit ends it"


def test_nobody_passes_on_what_was_delegated(world: World, proposed: Dossier) -> None:
    taker = deputy(world)
    give(world, taker, "KT.")
    with pytest.raises(MoveRefused, match="không ủy quyền lại"):
        delegating.give(world.positions["lan"], taker=world.positions["oanh"], capacity="KT.", starts_on=DAY,
                        at=MONDAY, by=acting(world, "khanh"))  # fmt: skip


def test_only_colleagues_and_units_below_are_asked(world: World) -> None:
    with pytest.raises(MoveRefused, match="cơ quan mình"):
        give(world, world.positions["dung"], "KT.")
    with pytest.raises(MoveRefused, match="cấp phó"):
        give(world, world.positions["khanh"], "KT.")
    with pytest.raises(MoveRefused, match="quy chế"):
        give(world, world.positions["khanh"], "TL.")


def test_scope_and_withdrawal_end_the_authority(world: World, proposed: Dossier) -> None:
    taker = deputy(world)
    elsewhere = give(world, taker, "KT.", procedures=[world.birth.procedure_id])
    assert not access.may(proposed, "decide", acting(world, "khanh"))
    assert proposed not in Dossier.objects.to_sign_by(acting(world, "khanh"))
    one = give(world, taker, "KT.", dossier=proposed)
    assert access.may(proposed, "decide", acting(world, "khanh"))
    with pytest.raises(MoveRefused, match="thu hồi"):
        delegating.withdraw(one, by=acting(world, "khanh"), at=LATER)
    delegating.withdraw(one, by=world.actor("lan"), at=LATER)
    delegating.withdraw(elsewhere, by=world.actor("lan"), at=LATER)
    assert not acting(world, "khanh").delegations
    with pytest.raises(MoveRefused):
        processing.decide(proposed, by=acting(world, "khanh"), at=LATER)
    assert not Result.objects.exclude(decided_at=None).exists()


def test_a_delegation_holds_from_its_first_to_its_last_day(world: World) -> None:
    given = give(world, deputy(world), "KT.", starts_on=DAY + dt.timedelta(days=1), ends_on=DAY + dt.timedelta(days=3))
    days = (DAY + dt.timedelta(days=number) for number in range(5))
    held = [delegating.held_by(world.users["khanh"].pk, day).filter(pk=given.pk).exists() for day in days]
    assert held == [False, True, True, True, False]


def test_a_giver_who_left_gives_nothing_any_more(world: World, proposed: Dossier) -> None:
    give(world, deputy(world), "KT.")
    Position.objects.filter(pk=world.positions["lan"].pk).update(valid_to=DAY - dt.timedelta(days=1))
    assert not acting(world, "khanh").delegations


def test_an_own_seat_comes_before_what_was_delegated(world: World, proposed: Dossier) -> None:
    give(world, deputy(world), "KT.")
    Dossier.objects.filter(pk=proposed.pk).update(assignee=None)
    proposed.refresh_from_db()
    by = acting(world, "khanh")
    assert access.signs_for(proposed, by) is None
    assert processing.decide(proposed, by=by, at=LATER).snapshot["signer"]["capacity"] == ""
