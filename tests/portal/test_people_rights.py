"""Every page of people and organisation, for every role and for operators of other agencies: nothing, or their own."""

from typing import Any

import pytest
from django.urls import get_resolver

from procedures.models import AdminChange, CalendarDay, Position, Role, Substitution
from tests.architecture.test_routes import walk
from tests.portal import operators
from tests.portal.operators import CALENDAR, PEOPLE, client, day, parts
from tests.world import World

pytestmark = pytest.mark.django_db
GROUNDS = ("/quan-tri/nguoi-dung", "/quan-tri/co-quan", "/quan-tri/dia-ban", "/quan-tri/lich-lam-viec")


@pytest.fixture
def world(db: Any) -> World:
    return operators.build()


def addresses(world: World, name: str = "tu") -> list[str]:
    """Every page of these grounds, filled with what belongs to that officer of the commune Tử Du."""
    seat = world.positions[name]
    leave, _made = Substitution.objects.get_or_create(
        position=seat, substitute=world.users["chi"], starts_on=day(5), ends_on=day(6)
    )
    holiday, _made = CalendarDay.objects.get_or_create(on=day(9), kind="local_off", agency=seat.agency, name="Hội làng")
    found = []
    for _name, path in walk(get_resolver().url_patterns):
        if path.startswith(GROUNDS):
            path = path.replace("00000000-0000-0000-0000-000000000007", str(seat.user_id))
            path = path.replace("/vi-tri/1", f"/vi-tri/{seat.pk}").replace("/nghi/1/", f"/nghi/{leave.pk}/")
            path = path.replace("/co-quan/khong-co", f"/co-quan/{seat.agency.code}")
            path = path.replace("/ngay/1", f"/ngay/{holiday.pk}")
            found.append(path.replace("/lich-lam-viec/1", "/lich-lam-viec/2026"))
    return found


def snapshot() -> tuple[Any, ...]:
    return (
        list(Position.objects.order_by("pk").values_list()), list(Substitution.objects.values_list()),
        list(CalendarDay.objects.values_list()), AdminChange.objects.count(),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["an", "binh", "chi", "dung", "em", "giang", "thao", "minh"])
def test_to_everybody_but_operators_these_pages_do_not_exist(world: World, name: str) -> None:
    visitor, paths = client(world, name), addresses(world)
    assert len(paths) >= 25
    before = snapshot()
    answers = {path: {visitor.get(path).status_code, visitor.post(path).status_code} for path in paths}
    assert {path: codes for path, codes in answers.items() if codes - {404, 405}} == {}
    assert snapshot() == before


def test_an_operator_of_another_commune_finds_nothing_there(world: World) -> None:
    xa = client(world, "xa")
    theirs = [path for path in addresses(world) if str(world.users["tu"].pk) in path or "000.22.05.H62" in path]
    theirs.append(f"{CALENDAR}/ngay/{CalendarDay.objects.get().pk}")
    theirs.append(f"{CALENDAR}/2026?co-quan=000.22.05.H62")
    assert len(theirs) >= 18
    before = snapshot()
    answers = {path: {xa.get(path).status_code, xa.post(path, {"reason": "x"}).status_code} for path in theirs}
    assert {path: codes for path, codes in answers.items() if codes - {404, 405}} == {}
    assert snapshot() == before
    assert "Cán bộ tu" not in xa.get(PEOPLE).content.decode()
    assert "Tử Du" not in xa.get("/quan-tri/co-quan").content.decode()


def test_what_only_the_province_may_do_does_not_exist_below(world: World) -> None:
    huong, nam = client(world, "huong"), client(world, "nam")
    for path in ("co-quan/moi", "co-quan/giao-thu-tuc", "lich-lam-viec/nhap", "lich-lam-viec/gio"):
        assert huong.get(f"/quan-tri/{path}").status_code == 404
        assert nam.get(f"/quan-tri/{path}").status_code == 200
    national = CalendarDay.objects.create(on=day(20), kind="holiday", name="Tết")
    assert huong.post(f"/quan-tri/lich-lam-viec/ngay/{national.pk}/bo").status_code == 404
    assert CalendarDay.objects.filter(pk=national.pk).exists()


def test_the_operator_of_a_district_reaches_its_communes(world: World) -> None:
    page = client(world, "huong").get(PEOPLE).content.decode()
    assert "Cán bộ tu" in page
    assert "Nguyễn Văn Bình" in page
    assert "Phan Thị Lan" not in page  # of a department of the province


def posting(world: World, place: str, role: str) -> dict[str, str]:
    return {"agency": str(world.agencies[place].pk), "role": role, "title": "Công chức"} | parts("valid_from", day(0))


@pytest.mark.parametrize("role", Role.values)
def test_who_may_grant_which_role(world: World, role: str) -> None:
    """Below the province no far-reaching role; catalogue roles only at an agency of the province."""
    chi = f"{PEOPLE}/{world.users['chi'].pk}/vi-tri"
    held = role == "specialist"
    far = role in ("operator", "catalogue_editor", "catalogue_reviewer")
    below = client(world, "huong").post(chi, posting(world, "commune", role)).status_code
    assert below == (422 if far or held else 302)
    Position.objects.filter(user=world.users["chi"]).exclude(role="specialist").delete()
    nam = client(world, "nam")
    in_commune = nam.post(chi, posting(world, "commune", role)).status_code
    assert in_commune == (422 if held or (far and role != "operator") else 302)
    assert nam.post(chi, posting(world, "top", role)).status_code == 302


def test_nobody_changes_rights_of_ones_own(world: World) -> None:
    nam, me, seat = client(world, "nam"), world.users["nam"].pk, world.positions["nam"].pk
    for path in ("sua", "cai-lai", "khoa", "mo-khoa", "vi-tri", f"vi-tri/{seat}/ket-thuc", f"vi-tri/{seat}/chuyen"):
        assert nam.get(f"{PEOPLE}/{me}/{path}").status_code == 404
        assert nam.post(f"{PEOPLE}/{me}/{path}", {"reason": "x"}).status_code == 404
    page = nam.get(f"{PEOPLE}/{me}").content.decode()
    assert "Đây là tài khoản của bạn" in page
    assert "Cài lại đăng nhập" not in page


def test_who_also_works_elsewhere_is_not_locked_from_here(world: World) -> None:
    """Chi has a seat in the department too: the commune's operator ends the own seat, never the account."""
    chi = world.users["chi"]
    there = world.agencies["province"]
    foreign = Position.objects.create(user=chi, agency=there, role="specialist", title="x", holder_name="Chi")
    xa = client(world, "xa")
    for act in ("khoa", "cai-lai", "sua"):
        assert xa.post(f"{PEOPLE}/{chi.pk}/{act}", {"reason": "x", "what": "both"}).status_code == 404
    assert xa.post(f"{PEOPLE}/{chi.pk}/vi-tri/{foreign.pk}/ket-thuc", parts("last_day", day(0))).status_code == 404
    own = world.positions["chi"]
    assert xa.post(f"{PEOPLE}/{chi.pk}/vi-tri/{own.pk}/ket-thuc", parts("last_day", day(0))).status_code == 302


def test_a_seat_is_not_given_to_an_agency_out_of_reach(world: World) -> None:
    chi, seat = world.users["chi"], world.positions["chi"]
    xa = client(world, "xa")
    foreign = posting(world, "other", "specialist")
    assert xa.post(f"{PEOPLE}/{chi.pk}/vi-tri/{seat.pk}/chuyen", foreign).status_code == 422
    person = {"full_name": "A", "username": "abc", "email": "a@b.vn"}
    assert xa.post(f"{PEOPLE}/moi", foreign | person).status_code == 422
    seat.refresh_from_db()
    assert seat.valid_to is None


def test_another_operator_is_not_reset_from_below(world: World) -> None:
    """A far-reaching seat in one's own agency is out of one's hands."""
    operators.officer(world, "xa2", "commune", "operator")
    user, seat = world.users["xa2"], world.positions["xa2"]
    for name in ("xa", "huong"):
        visitor = client(world, name)
        assert visitor.post(f"{PEOPLE}/{user.pk}/khoa", {"reason": "x"}).status_code == 404
        ending = f"{PEOPLE}/{user.pk}/vi-tri/{seat.pk}/ket-thuc"
        assert visitor.post(ending, parts("last_day", day(0))).status_code == 404
    assert client(world, "nam").post(f"{PEOPLE}/{user.pk}/khoa", {"reason": "x"}).status_code == 302
