"""Seats with dates, transfer, leave and who stands in; hostile input; the list."""

import threading
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from dossiers import access, messaging, outbox, processing
from dossiers.models import Dossier
from dossiers.refusals import MoveRefused
from dossiers.seating import places_of
from dossiers.states import Status
from portal.floor.actor import Actor, Seat
from portal.people import leave, seats
from portal.people.office import PeopleRefused
from portal.people.seats import Posting
from procedures.models import AdminChange, Department, Position, Substitution
from tests.portal import operators
from tests.portal.operators import PEOPLE, client, day, parts
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: Any) -> World:
    return operators.build()


def nam(world: World) -> Actor:
    return world.actor("nam")


def seats_of(user_id: Any, on: Any) -> tuple[Seat, ...]:
    return places_of(user_id, on)[0]


def away(world: World, name: str, substitute: str, first: int = 0, last: int = 3) -> Substitution:
    return leave.give(
        world.positions[name], world.users[substitute], day(first), day(last), reason="Nghỉ phép", by=nam(world),
        at=timezone.now(),
    )  # fmt: skip


def test_a_transfer_ends_the_old_seat_and_begins_the_new_one(world: World) -> None:
    chi, old = world.users["chi"], world.positions["chi"]
    department = Department.objects.create(agency=world.agencies["other"], code="tu-phap", name="Tư pháp")
    terms = {"agency": str(world.agencies["other"].pk), "role": "specialist", "title": "Công chức Hộ tịch",
             "department": str(department.pk)} | parts("valid_from", day(7))  # fmt: skip
    answer = client(world, "nam").post(f"{PEOPLE}/{chi.pk}/vi-tri/{old.pk}/chuyen", terms)
    assert answer.status_code == 302, answer.content.decode()
    old.refresh_from_db()
    new = Position.objects.get(user=chi, agency=world.agencies["other"])
    assert (old.valid_to, new.valid_from, new.department) == (day(6), day(7), department)
    assert [seat.agency_id for seat in seats_of(chi.pk, day(6))] == [old.agency_id]
    assert [seat.agency_id for seat in seats_of(chi.pk, day(7))] == [new.agency_id]
    assert list(AdminChange.objects.order_by("pk").values_list("kind", flat=True)) == [
        "seat.ended", "seat.transferred",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_transfers_at_once_one_is_refused() -> None:
    world = operators.build()
    seat, by, outcomes = world.positions["chi"], nam(world), []
    gate = threading.Barrier(2)

    def move(place: str) -> None:
        try:
            gate.wait()
            posting = Posting(world.agencies[place], "specialist", "Công chức", day(1))
            seats.transfer(seat, posting, by=by, at=timezone.now())
            outcomes.append("moved")
        except PeopleRefused as refused:
            outcomes.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=(place,)) for place in ("other", "district")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[1] == "moved"
    assert "đã kết thúc" in sorted(outcomes)[0]
    assert Position.objects.filter(user=world.users["chi"], valid_to=None).count() == 1


def test_the_same_seat_is_not_held_twice_and_may_be_held_again_later(world: World) -> None:
    seat = world.positions["chi"]
    again = Posting(seat.agency, "specialist", "Công chức", day(0))
    with pytest.raises(PeopleRefused, match="đang giữ"):
        seats.post(world.users["chi"], again, by=nam(world), at=timezone.now())
    seats.end(seat, last_day=day(-1), by=nam(world), at=timezone.now())
    assert seats.post(world.users["chi"], again, by=nam(world), at=timezone.now()).pk != seat.pk
    assert Position.objects.filter(user=world.users["chi"]).count() == 2


def test_a_seat_does_not_end_twice_or_before_it_begins(world: World) -> None:
    seat = world.positions["chi"]
    seats.end(seat, last_day=day(0), by=nam(world), at=timezone.now())
    with pytest.raises(PeopleRefused, match="đã kết thúc"):
        seats.end(seat, last_day=day(5), by=nam(world), at=timezone.now())
    Position.objects.filter(pk=seat.pk).update(valid_from=day(2), valid_to=None)
    with pytest.raises(PeopleRefused, match="bắt đầu"):
        seats.end(seat, last_day=day(1), by=nam(world), at=timezone.now())


def test_the_substitute_works_from_the_seat_during_the_leave_only(world: World) -> None:
    away(world, "chi", "dung", 1, 3)
    lent = [seats_of(world.users["dung"].pk, day(n)) for n in (0, 1, 3, 4)]
    assert [len(found) for found in lent] == [1, 2, 2, 1]
    own, standing_in = lent[1]
    assert (own.role, standing_in.role) == ("leader", "specialist")
    assert standing_in.stands_in_for == "Trần Thị Chi"
    assert "thay Trần Thị Chi" in standing_in.title
    assert len(seats_of(world.users["chi"].pk, day(2))) == 1  # the holder keeps the seat


def test_a_seat_that_ended_is_lent_no_longer(world: World) -> None:
    away(world, "chi", "dung", 0, 5)
    seats.end(world.positions["chi"], last_day=day(-1), by=nam(world), at=timezone.now())
    assert len(seats_of(world.users["dung"].pk, day(0))) == 1


def test_a_substitute_never_has_the_holders_capacity_to_sign(world: World) -> None:
    away(world, "dung", "chi")
    seat = next(seat for seat in seats_of(world.users["chi"].pk, day(0)) if seat.role == "leader")
    assert seat.signing_capacity == ""
    stranger = Actor(kind="officer", user_id=world.users["chi"].pk, name="Chi", seats=(seat,))
    here = {"agency_id": seat.agency_id, "roles": ("leader",)}
    assert stranger.seat_for(**here) == seat
    assert stranger.seat_for(**here, own=True) is None


@pytest.fixture
def to_sign(world: World) -> Dossier:
    """A birth registration that waits for the chairman's signature."""
    agency = world.agencies["commune"]
    return Dossier.objects.create(
        reference="G-000001", tracking_key="k", procedure_version=world.birth, case=world.birth.cases.get(),
        title="Khai sinh", applicant_name="Nguyễn Thị An", channel="direct", return_mode="direct",
        rule_profile=world.rules, status=Status.IN_PROGRESS, stage_kind="sign", receiving_agency=agency,
        competent_agency=agency, holder_agency=agency, holder_role="leader", submitted_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "substitute", "said"),
    [
        (0, 3, "chi", "chính mình"),
        (2, 1, "dung", "Ngày cuối"),
        (0, 3, "tu", "cùng cơ quan"),
        (0, 3, "minh", "cùng cơ quan"),
    ],
)
def test_leave_that_cannot_be_is_refused(world: World, first: int, last: int, substitute: str, said: str) -> None:
    with pytest.raises(PeopleRefused, match=said):
        away(world, "chi", substitute, first, last)
    assert not Substitution.objects.exists()


def test_two_leaves_do_not_overlap_and_a_substitute_is_there(world: World) -> None:
    away(world, "chi", "dung", 0, 5)
    with pytest.raises(PeopleRefused, match="đã có người làm thay"):
        away(world, "chi", "binh", 5, 8)
    with pytest.raises(PeopleRefused, match="cũng nghỉ"):
        away(world, "binh", "chi", 3, 4)
    with pytest.raises(PeopleRefused, match="đang nhận làm thay"):
        away(world, "dung", "binh", 2, 2)
    away(world, "chi", "binh", 6, 8)


def test_an_operator_does_not_lend_a_seat_to_himself(world: World) -> None:
    operators.officer(world, "top2", "top", "leader")
    with pytest.raises(PeopleRefused, match="tự nhận"):
        away(world, "top2", "nam")
    assert len(seats_of(world.users["nam"].pk, day(0))) == 1


def test_a_locked_colleague_does_not_stand_in(world: World) -> None:
    world.users["dung"].is_active = False
    world.users["dung"].save()
    with pytest.raises(PeopleRefused, match="cùng cơ quan"):
        away(world, "chi", "dung")


def test_officers_write_down_their_own_leave_and_cancel_it(world: World) -> None:
    chi = client(world, "chi")
    terms = {"seat": str(world.positions["chi"].pk), "substitute": str(world.users["binh"].pk), "reason": ""}
    terms |= parts("starts_on", day(0)) | parts("ends_on", day(2))
    assert "Ghi ngày nghỉ" in chi.get("/tai-khoan/").content.decode()
    assert chi.post("/tai-khoan/nghi", terms | {"seat": str(world.positions["dung"].pk)}).status_code == 422
    answer = chi.post("/tai-khoan/nghi", terms)
    assert answer.status_code == 302, answer.content.decode()
    assert "Nguyễn Văn Bình làm thay" in chi.get("/tai-khoan/").content.decode()
    binh = client(world, "binh").get("/tai-khoan/").content.decode()
    assert "thay Trần Thị Chi" in binh
    kept = Substitution.objects.get()
    assert client(world, "binh").post(f"/tai-khoan/nghi/{kept.pk}/huy").status_code == 404
    assert chi.get(f"/tai-khoan/nghi/{kept.pk}/huy").status_code == 200
    assert chi.post(f"/tai-khoan/nghi/{kept.pk}/huy").status_code == 302
    assert not Substitution.objects.exists()
    assert chi.post(f"/tai-khoan/nghi/{kept.pk}/huy").status_code == 404


def test_the_days_that_passed_of_a_cancelled_leave_stay(world: World) -> None:
    kept = away(world, "chi", "dung", 0, 5)
    Substitution.objects.update(starts_on=day(-3))
    leave.cancel(kept, on=day(0), by=nam(world), at=timezone.now())
    kept.refresh_from_db()
    assert (kept.starts_on, kept.ends_on) == (day(-3), day(-1))
    with pytest.raises(PeopleRefused, match="đã kết thúc"):
        leave.cancel(kept, on=day(0), by=nam(world), at=timezone.now())


def test_far_reaching_seats_are_lent_by_the_province_alone(world: World) -> None:
    """Otherwise leave would be a way to hand on rights nobody gave."""
    minh = client(world, "minh")
    assert minh.get("/tai-khoan/nghi").status_code == 409
    operators.officer(world, "top2", "top", "specialist")
    terms = {"seat": str(world.positions["minh"].pk), "substitute": str(world.users["top2"].pk)}
    terms |= parts("starts_on", day(0)) | parts("ends_on", day(2))
    assert client(world, "nam").post(f"{PEOPLE}/{world.users['minh'].pk}/nghi", terms).status_code == 302
    assert client(world, "top2").get("/quan-tri/thu-tuc").status_code == 200


def test_citizens_have_no_leave(world: World) -> None:
    assert client(world, "an").get("/tai-khoan/nghi").status_code == 404
    assert "Ghi ngày nghỉ" not in client(world, "an").get("/tai-khoan/").content.decode()


def test_the_list_is_searched_without_diacritics_and_filtered(world: World) -> None:
    visitor = client(world, "nam")
    found = visitor.get(PEOPLE, {"q": "tran chi"}).content.decode()
    assert "Trần Thị Chi" in found
    assert "Nguyễn Văn Bình" not in found
    world.users["binh"].is_active = False
    world.users["binh"].save()
    away(world, "chi", "dung")
    shown = {
        state: visitor.get(PEOPLE, {"tinh-trang": state}).content.decode()
        for state in ("da-khoa", "dang-nghi", "chua-hai-lop", "chua-vao", "khong-vi-tri")
    }
    assert "Nguyễn Văn Bình" in shown["da-khoa"]
    assert "Trần Thị Chi" in shown["dang-nghi"]
    assert "Trần Thị Chi" in shown["chua-hai-lop"]
    assert "Không có ai" in shown["chua-vao"]
    assert "Không có ai" in shown["khong-vi-tri"]
    leaders = visitor.get(PEOPLE, {"vai-tro": "leader", "co-quan": "000.21.05.H62"}).content.decode()
    assert "Lê Tiến Dũng" in leaders
    assert "Bùi Thị Oanh" not in leaders
    assert visitor.get(PEOPLE, {"trang": "999999", "vai-tro": "x", "co-quan": "đ"}).status_code == 200


HOSTILE = ["'; DROP TABLE portal_user; --", "<script>alert(1)</script>", "a" * 100_000, "\u202egnud", "Nguyễn", "\x07"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_refused_or_shown_as_text(world: World, text: str) -> None:
    visitor = client(world, "nam")
    terms = {"full_name": text, "username": text, "email": text, "agency": text, "role": text, "title": text,
             "department": text, "valid_from_0": text, "valid_from_1": text, "valid_from_2": text}  # fmt: skip
    answer = visitor.post(f"{PEOPLE}/moi", terms)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode()
    chi = f"{PEOPLE}/{world.users['chi'].pk}"
    for path in ("/vi-tri", "/nghi", "/cai-lai", f"/vi-tri/{world.positions['chi'].pk}/chuyen", "/sua"):
        assert visitor.post(chi + path, terms | {"substitute": text, "seat": text, "what": text}).status_code == 422
    assert visitor.get(PEOPLE, {"q": text[:500], "co-quan": text[:500], "trang": text[:500]}).status_code == 200
    assert Position.objects.filter(user=world.users["chi"]).count() == 1


def test_names_are_kept_in_one_form_and_a_taken_name_is_refused(world: World) -> None:
    visitor = client(world, "nam")
    terms = {"full_name": "Nguye\u0302\u0303n Thi\u0323 E\u0302\u0301ch", "email": "e@x.vn", "role": "specialist",
             "agency": str(world.agencies["commune"].pk), "title": "Công chức"}  # fmt: skip
    terms |= parts("valid_from", day(0))
    taken = visitor.post(f"{PEOPLE}/moi", terms | {"username": "chi"})
    assert taken.status_code == 422
    assert "đã có người dùng" in taken.content.decode()
    assert visitor.post(f"{PEOPLE}/moi", terms | {"username": "ech.nt"}).status_code == 302
    assert Position.objects.get(user__username="ech.nt").holder_name == "Nguyễn Thị Ếch"


def test_a_corrected_name_goes_to_the_seats_still_held(world: World) -> None:
    chi = world.users["chi"]
    answer = client(world, "nam").post(f"{PEOPLE}/{chi.pk}/sua", {"full_name": "Trần Thị Chí", "email": "moi@x.vn"})
    assert answer.status_code == 302
    chi.refresh_from_db()
    assert (chi.email, Position.objects.get(user=chi).holder_name) == ("moi@x.vn", "Trần Thị Chí")
    kept = AdminChange.objects.get(kind="person.changed")
    assert "moi@x.vn" not in str(kept.changes)
    assert kept.changes["Họ và tên"] == ["Trần Thị Chi", "Trần Thị Chí"]


def test_ending_a_seat_says_what_work_is_left(world: World, to_sign: Dossier) -> None:
    seat = world.positions["dung"]
    Dossier.objects.update(assignee=seat)
    page = client(world, "nam").get(f"{PEOPLE}/{world.users['dung'].pk}/vi-tri/{seat.pk}/ket-thuc").content.decode()
    assert "Đang giữ 1 hồ sơ" in page


def test_a_substitute_is_refused_the_signature(world: World, to_sign: Dossier) -> None:
    away(world, "dung", "chi")
    substitute = Actor(kind="officer", user_id=world.users["chi"].pk, seats=seats_of(world.users["chi"].pk, day(0)))
    leader = Actor(kind="officer", user_id=world.users["dung"].pk, seats=seats_of(world.users["dung"].pk, day(0)))
    assert access.may(to_sign, "decide", leader)
    assert not access.may(to_sign, "decide", substitute)
    to_sign.stage_kind = "approve"
    assert access.may(to_sign, "forward", substitute)  # the holder's other work goes on
    with pytest.raises(MoveRefused):
        processing.decide(to_sign, by=substitute, at=timezone.now())


def test_who_stands_in_gets_the_mail_of_the_desk(world: World, to_sign: Dossier) -> None:
    away(world, "dung", "chi")
    promise = outbox.promise("notice.holder", key="k", at=timezone.now(), dossier_id=to_sign.pk, topic="signing_failed")
    messaging.tell_holder(promise)
    assert sorted(message.to[0] for message in mail.outbox) == ["chi@xuanloi.example", "dung@xuanloi.example"]
