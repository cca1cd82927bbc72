"""Tại quầy, rule by rule: taken in by hand, by post, for agencies elsewhere, on the spot, and after an outage."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

from dossiers import counter, files, intake, reserving, supplements
from dossiers.applicants import Applicant
from dossiers.chain import is_whole
from dossiers.counter import AlreadyTaken, Handed
from dossiers.models import Dossier, Draft, HandedPaper, IssuedPaper, OutboxMessage, Party, ReservedCode
from dossiers.refusals import Incomplete, MoveRefused
from dossiers.states import Status
from procedures import eforms
from procedures.models import Agency, ProcedureAgency, ProcedureVersion
from tests.dossiers.conftest import picture
from tests.dossiers.counter_world import AT, DAY, LONG, OWNER, PAPERS, register, taken
from tests.world import ZONE, World


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


# Taken in ------------------------------------------------------------------------------------------------------


def test_the_counter_takes_in_and_hands_over_a_receipt_at_once(world: World) -> None:
    dossier = fresh(register(world, ticket="A012", identified_by="chip"))
    assert (dossier.status, dossier.code) == (Status.IN_PROGRESS, "000.21.05.H62-261109-0001")
    assert [event.verb for event in dossier.events.order_by("sequence")] == ["submit", "receive"]
    assert (dossier.channel, dossier.identified_by, dossier.ticket) == ("direct", "chip", "A012")
    assert dossier.submitted_at == dossier.accepted_at == AT
    assert dossier.due_at == dt.datetime(2026, 12, 11, 17, 0, tzinfo=ZONE)
    assert dossier.holder_role == "specialist"
    assert is_whole(dossier)
    assert IssuedPaper.objects.get().number == "01/TNHS"


def test_the_receipt_tells_what_was_handed_in_and_how_many(world: World) -> None:
    papers = (PAPERS[0], Handed("bang-tqgc", originals=1, certified=2, copies=3, held=1), Handed("anh", name="Ảnh 4x6"))
    register(world, handed=(*papers, Handed("so", copies=1, name="Sổ hộ khẩu")))
    said = IssuedPaper.objects.get().snapshot["documents"]
    assert [(line["name"], line["form"], line["count"]) for line in said] == [
        ("Đơn đề nghị", "Bản chính", 1), ("Bằng Tổ quốc ghi công", "Bản chính (giữ lại 1)", 1),
        ("Bằng Tổ quốc ghi công", "Bản sao chứng thực", 2), ("Bằng Tổ quốc ghi công", "Bản sao", 3),
        ("Sổ hộ khẩu", "Bản sao", 1),
    ]  # fmt: skip
    held = HandedPaper.objects.get(document_key="bang-tqgc")
    assert (held.held, held.taken_at, held.taken_by) == (1, AT, "Nguyễn Văn Bình")


def test_a_form_that_the_officer_filled_in_is_electronic_on_the_receipt(world: World) -> None:
    register(world, handed=(Handed("bang-tqgc", copies=1),))
    assert IssuedPaper.objects.get().snapshot["documents"][0] == {
        "name": "Đơn đề nghị", "form": "Bản điện tử", "count": 1}  # fmt: skip


def test_the_owner_who_has_an_account_sees_the_dossier_and_hears_of_it(world: World) -> None:
    dossier = register(world)
    assert Dossier.objects.visible_to(world.actor("an")).get() == dossier
    assert not Dossier.objects.visible_to(world.actor("vinh")).exists()
    assert dossier.parties.get(role="submitter").email == "an@example.vn"
    assert OutboxMessage.objects.filter(topic="received").exists()


def test_owner_submitter_proxy_and_collector_are_four_roles(world: World) -> None:
    dossier = register(world, submitter=LONG, authorisation="Giấy ủy quyền số 12 ngày 01/11/2026", return_mode="post",
                       collector={"name": "Bưu phẩm An", "address": "thôn Đồng Xuân", "phone": ""})  # fmt: skip
    people = {party.role: party for party in dossier.parties.all()}
    assert {role: party.name for role, party in people.items()} == {
        "owner": "Nguyễn Thị An", "submitter": "Lê Văn Long", "proxy": "Lê Văn Long", "collector": "Bưu phẩm An",
    }  # fmt: skip
    assert people["collector"].identity == ""
    assert people["collector"].phone == "0987000111"
    assert "Giấy ủy quyền số 12" in str(IssuedPaper.objects.get().snapshot["documents"])
    assert dossier.events.get(sequence=1).snapshot == {"authorisation": "Giấy ủy quyền số 12 ngày 01/11/2026"}


def test_who_only_brings_the_dossier_is_no_proxy(world: World) -> None:
    dossier = register(world, submitter=Applicant(name="Lê Văn Long", identity=""))
    assert not dossier.parties.filter(role="proxy").exists()
    assert dossier.parties.get(role="submitter").identity_index == ""


def test_an_organisation_applies_with_its_tax_code(world: World) -> None:
    company = Applicant(name="Công ty Xuân Lôi", identity="0100109106", is_organisation=True, email="ct@example.vn")
    dossier = register(world, owner=company)
    owner = dossier.parties.get(role="owner")
    assert (owner.is_organisation, owner.email, owner.phone_index) == (True, "ct@example.vn", "")
    assert counter.alike(world.climbing.procedure_id, company).get() == dossier


def test_without_a_number_nobody_is_alike(world: World) -> None:
    register(world, owner=Applicant(name="Vô danh", identity=""))
    assert not counter.alike(world.climbing.procedure_id, Applicant(name="Vô danh", identity="")).exists()


def test_a_second_open_dossier_is_worth_a_warning_not_a_refusal(world: World) -> None:
    first = register(world)
    assert counter.alike(world.climbing.procedure_id, OWNER).get() == first
    assert not counter.alike(world.birth.procedure_id, OWNER).exists()
    assert register(world).pk != first.pk


def test_answers_are_checked_as_the_law_of_the_form_has_it(world: World) -> None:
    with pytest.raises(eforms.AnswersRefused):
        register(world, answers={"martyr_name": "Nguyễn Văn Long"})


def test_a_case_without_a_form_keeps_no_answers(world: World) -> None:
    world.climbing.cases.update(form=None)
    assert register(world, answers={}).answers == {}


def test_a_missing_paper_is_named_and_nothing_is_taken_in(world: World) -> None:
    with pytest.raises(Incomplete, match="Bằng Tổ quốc ghi công"):
        register(world, handed=PAPERS[:1])
    assert not Dossier.objects.exists()


def test_component_outside_catalogue_cannot_be_demanded(world: World) -> None:
    dossier = counter.ask_for_more(
        taken(world, handed=()), by=world.actor("binh"), at=AT, missing={"bang-tqgc", "giay-la"}
    )
    assert [item["key"] for item in supplements.asked_for(dossier)] == ["bang-tqgc"]


# By post, from elsewhere -----------------------------------------------------------------------------------------


def test_postal_handover_minutes_time_is_submission_time(world: World) -> None:
    minutes = AT - dt.timedelta(hours=1)
    dossier = fresh(register(world, channel="post", handed_over_at=minutes))
    assert (dossier.channel, dossier.submitted_at, dossier.accepted_at) == ("post", minutes, AT)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"channel": "post"}, "biên bản giao nhận"),
        ({"channel": "post", "handed_over_at": AT + DAY}, "trước giờ tiếp nhận"),
        ({"channel": "online"}, "trực tiếp hay qua bưu chính"),
        ({"channel": "pigeon"}, "trực tiếp hay qua bưu chính"),
        ({"return_mode": "boat"}, "cách nhận kết quả"),
        ({"return_mode": "post"}, "địa chỉ nhận bưu điện"),
        ({"entered_at": AT + DAY}, "mã đã để dành"),
        ({"competent_id": 0}, "không có thẩm quyền"),
    ],
)
def test_what_does_not_agree_is_refused_and_nothing_is_kept(world: World, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(MoveRefused, match=said):
        register(world, **wrong)
    assert not Dossier.objects.exists()


@pytest.mark.parametrize("who", ["chi", "dung", "giang", "phuc", "thao", "an"])
def test_only_a_receiver_of_that_counter_takes_in(world: World, who: str) -> None:
    with pytest.raises(MoveRefused, match="không tiếp nhận hồ sơ ở cơ quan này"):
        register(world, who)


def test_an_agency_that_does_not_receive_the_procedure_may_not_take_it_in(world: World) -> None:
    with pytest.raises(MoveRefused, match="không tiếp nhận thủ tục này"):
        register(world, "phuc", agency=world.agencies["province"])


@pytest.mark.parametrize("state", ["draft", "reviewed", "retired"])
def test_a_procedure_that_is_not_in_force_is_not_taken_in(world: World, state: str) -> None:
    ProcedureVersion.objects.filter(pk=world.climbing.pk).update(state=state)
    with pytest.raises(MoveRefused, match="chưa có hiệu lực"):
        register(world)


def test_a_mobile_team_says_where_it_sat(world: World) -> None:
    dossier = register(world, mobile="Nhà văn hóa thôn Đồng Xuân")
    assert dossier.events.get(sequence=1).snapshot == {"mobile": "Nhà văn hóa thôn Đồng Xuân"}


def elsewhere(world: World, code: str) -> Agency:
    """Another commune that is competent for the climbing procedure."""
    base = world.agencies["commune"]
    agency = Agency.objects.create(code=code, scheme="qcvn102", name=f"UBND xã {code}", name_fold=code, symbol="UBND",
                                   level="commune", parent=base.parent, one_stop=True, place="X")  # fmt: skip
    ProcedureAgency.objects.create(procedure=world.climbing.procedure, agency=agency, competent=True)
    return agency


def test_non_territorial_acceptance_any_commune_same_province(world: World) -> None:
    dossier = register(world)
    assert dossier.receiving_agency == world.agencies["commune"]
    assert dossier.competent_agency == world.agencies["province"]
    assert dossier.code.startswith("000.21.05.H62-")


def test_of_several_competent_agencies_one_is_chosen(world: World) -> None:
    other = elsewhere(world, "000.22.05.H62")
    with pytest.raises(MoveRefused, match="Hãy chọn cơ quan giải quyết"):
        register(world)
    assert register(world, competent_id=other.pk).competent_agency == other
    ProcedureAgency.objects.filter(agency=world.agencies["commune"]).update(competent=True)
    assert register(world).competent_agency == world.agencies["commune"]
    ProcedureAgency.objects.filter(procedure=world.climbing.procedure).update(competent=False)
    assert register(world).competent_agency == world.agencies["commune"]


# Not whole, not right ----------------------------------------------------------------------------------------------


def test_what_is_missing_is_asked_for_in_one_letter_and_brought_to_the_counter(world: World) -> None:
    by = world.actor("binh")
    dossier = counter.ask_for_more(taken(world, handed=PAPERS[:1]), by=by, at=AT, missing=["bang-tqgc"])
    assert (dossier.status, dossier.code, dossier.accepted_at) == (Status.SUPPLEMENT_REQUESTED, None, None)
    letter = IssuedPaper.objects.get(kind="supplement").snapshot
    assert [(item["name"], item["reason"]) for item in letter["items"]] == [("Bằng Tổ quốc ghi công", "Thiếu")]
    with pytest.raises(Incomplete):
        counter.bring(dossier, by=by, at=AT + DAY, handed=())
    counter.bring(dossier, by=by, at=AT + DAY, handed=[Handed("bang-tqgc", copies=1), Handed("don", copies=1)])
    assert dossier.status == Status.SUBMITTED
    assert {row.document_key: (row.originals, row.copies) for row in dossier.handed.all()} == {
        "don": (1, 1), "bang-tqgc": (0, 1)}  # fmt: skip
    intake.receive(dossier, by=by, at=AT + DAY)
    assert dossier.status == Status.IN_PROGRESS


def test_a_stranger_brings_nothing(world: World) -> None:
    dossier = counter.ask_for_more(taken(world, handed=()), by=world.actor("binh"), at=AT, missing=["bang-tqgc"])
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        counter.bring(dossier, by=world.actor("phuc"), at=AT, handed=[Handed("bang-tqgc", copies=1)])
    assert not dossier.handed.exists()


def test_nothing_was_asked_for_before_a_letter(world: World) -> None:
    assert supplements.asked_for(register(world)) == []


def test_the_counter_refuses_in_writing(world: World) -> None:
    by = world.actor("binh")
    with pytest.raises(MoveRefused, match="lý do"):
        counter.turn_away(taken(world, handed=()), by=by, at=AT, reason=" ", legal_basis="x")
    assert not Dossier.objects.exists()
    dossier = counter.turn_away(taken(world, handed=()), by=by, at=AT, reason="Không thuộc diện", legal_basis="NĐ 131")
    assert (dossier.status, IssuedPaper.objects.get().kind) == (Status.NOT_RECEIVED, "refusal")


def test_pressing_twice_makes_one_dossier(world: World) -> None:
    by = world.actor("binh")
    draft = Draft.objects.create(user=world.users["binh"], procedure_version=world.climbing, created_at=AT,
                                 updated_at=AT, expires_at=AT + DAY)  # fmt: skip
    files.receive(picture(), document_key="bang-tqgc", at=AT, draft=draft)
    dossier = counter.register(taken(world, handed=()), by=by, at=AT, draft=draft)
    assert dossier.attachments.get().verdict == "ok"
    with pytest.raises(AlreadyTaken) as again:
        counter.register(taken(world), by=by, at=AT, draft=draft)
    assert again.value.dossier == dossier
    assert Dossier.objects.count() == 1


# After an outage ---------------------------------------------------------------------------------------------------


def reserve(world: World, count: int = 2) -> list[ReservedCode]:
    return reserving.reserve_codes(
        world.agencies["commune"], on=AT.date(), count=count, by=world.actor("binh"), at=AT - dt.timedelta(hours=1)
    )


def test_reserved_codes_come_from_the_series_itself(world: World) -> None:
    assert register(world).code == "000.21.05.H62-261109-0001"
    assert [code.code[-4:] for code in reserve(world)] == ["0002", "0003"]
    assert register(world).code == "000.21.05.H62-261109-0004"


def test_a_dossier_written_on_paper_is_entered_later_with_its_true_times(world: World) -> None:
    code = reserve(world)[0]
    dossier = fresh(register(world, reserved=code, entered_at=AT + DAY))
    assert (dossier.code, dossier.accepted_at, dossier.entered_at) == (code.code, AT, AT + DAY)
    assert dossier.due_at == dt.datetime(2026, 12, 11, 17, 0, tzinfo=ZONE), "counted from the true time"
    assert dossier.events.get(sequence=1).snapshot == {"reserved": code.code}
    with pytest.raises(MoveRefused, match="không dùng được"):
        register(world, reserved=code, entered_at=AT + DAY)
    assert Dossier.objects.count() == 1


def test_a_reserved_code_is_of_its_day_and_counter_and_no_later_than_its_entry(world: World) -> None:
    code = reserve(world)[0]
    with pytest.raises(MoveRefused, match="không phải của ngày này"):
        register(world, at=AT + DAY, reserved=code, entered_at=AT + 2 * DAY)
    with pytest.raises(MoveRefused, match="trước lúc nhập"):
        register(world, reserved=code, entered_at=AT - DAY)


def test_a_voided_code_is_never_used(world: World) -> None:
    code, other = reserve(world)
    by = world.actor("binh")
    with pytest.raises(MoveRefused, match="lý do"):
        reserving.void_code(code, by=by, at=AT, reason="")
    with pytest.raises(MoveRefused, match="không tiếp nhận"):
        reserving.void_code(code, by=world.actor("phuc"), at=AT, reason="Viết hỏng")
    assert reserving.void_code(code, by=by, at=AT, reason="Viết hỏng").void_reason == "Viết hỏng"
    with pytest.raises(MoveRefused, match="đã hủy"):
        reserving.void_code(code, by=by, at=AT, reason="Lần nữa")
    with pytest.raises(MoveRefused, match="đã hủy"):
        register(world, reserved=code, entered_at=AT + DAY)
    register(world, reserved=other, entered_at=AT + DAY)
    with pytest.raises(MoveRefused, match="đã dùng"):
        reserving.void_code(other, by=by, at=AT, reason="Muộn rồi")


@pytest.mark.parametrize(("count", "day", "said"), [(0, 0, "từ 1 đến"), (201, 0, "từ 1 đến"), (1, -1, "hôm nay")])
def test_what_cannot_be_reserved_is_refused(world: World, count: int, day: int, said: str) -> None:
    with pytest.raises(MoveRefused, match=said):
        reserving.reserve_codes(
            world.agencies["commune"], on=AT.date() + day * DAY, count=count, by=world.actor("binh"), at=AT
        )


@pytest.mark.django_db(transaction=True)
def test_reserving_and_receiving_at_once_leave_neither_gap_nor_double(world: World) -> None:
    failed: list[Exception] = []

    def work(number: int) -> None:
        try:
            for _ in range(3):
                reserve(world, 4) if number % 2 else register(world)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    codes = [*Dossier.objects.values_list("code", flat=True), *ReservedCode.objects.values_list("code", flat=True)]
    assert sorted(int(code[-4:]) for code in codes) == list(range(1, 31))
    assert Party.objects.filter(role="owner").count() == 6
