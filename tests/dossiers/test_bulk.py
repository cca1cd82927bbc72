"""One act on many dossiers: what is skipped is said before, what went wrong with one stops no other."""

import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers import bulk, intake, routing, suspending, withdrawing
from dossiers.chain import is_whole
from dossiers.models import Dossier, Payment, Shipment
from dossiers.states import Status
from procedures.models import RouteStage
from tests.dossiers.officers import copies
from tests.world import MONDAY, World

Climb = Callable[[Dossier, str], Dossier]


def all_of(world: World, name: str) -> list[Dossier]:
    return bulk.chosen(Dossier.objects.values_list("pk", flat=True), by=world.actor(name))


def whys(act: str, world: World, name: str) -> dict[str, str]:
    """Of what is skipped: why."""
    items = bulk.preview(act, all_of(world, name), by=world.actor(name), at=MONDAY)
    return {str(item.dossier): item.why for item in items if not item.ok}


def press(act: str, seen: dict[Any, int], world: World, name: str, **given: Any) -> list[tuple[bool, str]]:
    outcomes = bulk.perform(act, seen, by=world.actor(name), at=MONDAY, **given)
    return [(outcome.done, outcome.text) for outcome in outcomes]


def seen(dossiers: list[Dossier]) -> dict[Any, int]:
    return {one.pk: one.version for one in dossiers}


def resolved(*dossiers: Dossier) -> None:
    for one in dossiers:
        Dossier.objects.filter(pk=one.pk).update(status=Status.RESOLVED, holder_role="returner", stage_kind="")


# Receiving --------------------------------------------------------------------------------------------------------


def test_many_are_received_each_with_a_code_of_its_own(world: World, submitted: Dossier) -> None:
    several = [submitted, *copies(submitted, 3)]
    items = bulk.preview("receive", all_of(world, "binh"), by=world.actor("binh"), at=MONDAY)
    assert all(item.ok and item.will.startswith("Hẹn trả") for item in items)
    assert Dossier.objects.filter(accepted_at=None).count() == 4, "a look changes nothing"
    done = press("receive", seen(several), world, "binh")
    assert [text for ok, text in done if not ok] == []
    codes = list(Dossier.objects.values_list("code", flat=True))
    assert len(set(codes)) == 4
    assert None not in codes
    assert all(is_whole(one) for one in Dossier.objects.all())


def test_what_cannot_be_received_is_said_before(world: World, submitted: Dossier) -> None:
    wanting, waiting, gone, nowhere = copies(submitted, 4)
    wanting.attachments.create(document_key="x", name="x.jpg", size=1, received_at=MONDAY, verdict="unclear",
                               sha256="0" * 64, content_type="image/jpeg", file="x")  # fmt: skip
    Dossier.objects.filter(pk=waiting.pk).update(waiting_for="kết quả khai sinh")
    intake.refuse(gone, by=world.actor("binh"), at=MONDAY, reason="Không đúng đối tượng")
    Dossier.objects.filter(pk=nowhere.pk).update(case=world.birth.cases.get(), procedure_version=world.birth)
    RouteStage.objects.filter(route__case__version=world.birth).delete()
    assert whys("receive", world, "binh") == {
        str(wanting): "Có giấy tờ chưa đạt.",
        str(waiting): "Đang chờ: kết quả khai sinh.",
        str(gone): "Đang ở trạng thái “Không được tiếp nhận”.",
        str(nowhere): "Thủ tục này chưa có quy trình điện tử.",
    }


@pytest.mark.parametrize("name", ["dung", "thao"])
def test_those_who_may_look_may_not_receive(world: World, submitted: Dossier, name: str) -> None:
    assert whys("receive", world, name) == {str(submitted): "Không ở bàn của bạn."}
    assert press("receive", seen([submitted]), world, name) == [(False, "Không ở bàn của bạn.")]


def test_strangers_dossiers_are_not_even_told_of(world: World, submitted: Dossier) -> None:
    assert all_of(world, "phuc") == []
    assert press("receive", seen([submitted]), world, "phuc") == []
    assert Dossier.objects.get().status == Status.SUBMITTED


def test_pressed_twice_nothing_happens_twice(world: World, submitted: Dossier) -> None:
    versions = seen([submitted, *copies(submitted, 1)])
    press("receive", versions, world, "binh")
    before = set(Dossier.objects.values_list("code", "version"))
    assert press("receive", versions, world, "binh") == [(True, "Bạn đã làm việc này ở lần bấm trước.")] * 2
    assert set(Dossier.objects.values_list("code", "version")) == before


def test_a_lost_race_is_one_line_and_stops_nobody(world: World, submitted: Dossier) -> None:
    [other] = copies(submitted, 1)
    versions = seen([submitted, other])
    withdrawing.request_withdrawal(other, by=world.actor("an"), at=MONDAY, reason="Nộp nhầm")
    told = dict(zip(all_of(world, "binh"), press("receive", versions, world, "binh"), strict=True))
    assert told[submitted][0]
    done, text = told[other]
    assert not done
    assert "Nguyễn Thị An đã làm bước “Xin rút hồ sơ”" in text


def test_whoever_is_faster_while_it_runs_is_one_line_too(
    world: World, submitted: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the act somebody else presses a button: the guard of the move itself says so."""
    [other] = copies(submitted, 1)
    versions = seen([submitted, other])
    look = bulk.preview

    def look_then_lose(*args: Any, **kwargs: Any) -> Any:
        found = look(*args, **kwargs)
        Dossier.objects.filter(pk=submitted.pk).update(version=9)
        return found

    monkeypatch.setattr(bulk, "preview", look_then_lose)
    told = press("receive", versions, world, "binh")
    assert sorted(done for done, _text in told) == [False, True]


# Assigning --------------------------------------------------------------------------------------------------------


def test_the_leader_gives_many_to_one_officer_of_their_desk(world: World, received: Dossier) -> None:
    mine = [intake.receive(one, by=world.actor("binh"), at=MONDAY) for one in copies_of_submitted(world, received, 2)]
    assert whys("assign", world, "dung") == {}
    chi = world.positions["chi"]
    done = press("assign", seen([received, *mine]), world, "dung", to=chi)
    assert done == [(True, "Đã giao cho Trần Thị Chi.")] * 3
    assert set(Dossier.objects.values_list("assignee", flat=True)) == {chi.pk}


def copies_of_submitted(world: World, received: Dossier, number: int) -> list[Dossier]:
    """New dossiers beside an accepted one."""
    Dossier.objects.filter(pk=received.pk).update(
        status=Status.SUBMITTED, code=None, accepted_at=None, holder_role="receiver"
    )
    fresh = copies(Dossier.objects.get(pk=received.pk), number)
    Dossier.objects.filter(pk=received.pk).update(
        status=received.status, code=received.code, accepted_at=received.accepted_at, holder_role=received.holder_role
    )
    return fresh


def test_dossiers_of_another_desk_are_left_out_of_an_assignment(world: World, received: Dossier) -> None:
    [first, _second] = copies_of_submitted(world, received, 2)
    assert first.holder_role == "receiver"
    assert whys("assign", world, "dung") == {str(received): "Ở bàn khác với 2 hồ sơ kia."}
    assert whys("assign", world, "thao") == dict.fromkeys(whys("assign", world, "thao"), "Không ở bàn của bạn.")


# Forwarding -------------------------------------------------------------------------------------------------------


def test_only_one_step_of_one_version_goes_on_together(world: World, received: Dossier) -> None:
    chi = world.actor("chi")
    same = [intake.receive(one, by=world.actor("binh"), at=MONDAY) for one in copies_of_submitted(world, received, 3)]
    birth, paused = same[0], same[1]
    Dossier.objects.filter(pk=birth.pk).update(procedure_version=world.birth, case=world.birth.cases.get())
    suspending.pause(paused, by=chi, at=MONDAY, ground="giam-dinh")
    items = bulk.preview("forward", all_of(world, "chi"), by=chi, at=MONDAY)
    assert {str(item.dossier): item.why for item in items if item.why} == {
        birth.code: "Khác thủ tục hoặc khác bước với 3 hồ sơ kia.",
        paused.code: "Đồng hồ đang dừng: Chờ kết luận giám định.",
    }
    assert {item.will for item in items if item.ok} == {"Đến bước “Bước xa-duyet”, Ủy ban nhân dân xã Xuân Lôi"}
    told = press("forward", seen(all_of(world, "chi")), world, "chi", note="Đủ điều kiện")
    assert sorted(told)[-2:] == [(True, "Đã chuyển đến bước “Bước xa-duyet”.")] * 2
    assert Dossier.objects.filter(holder_role="leader").count() == 2


def test_a_result_to_be_signed_is_not_forwarded_nor_the_last_step(
    world: World, received: Dossier, climb: Climb
) -> None:
    climb(received, "so-tham-dinh")
    assert whys("forward", world, "khanh") == {received.code: "Bước tiếp theo là ký: soạn kết quả rồi trình ký."}
    RouteStage.objects.filter(key__in=["so-ky", "so-dong-dau"]).delete()
    routing._cases.cache_clear()
    assert whys("forward", world, "khanh") == {received.code: "Đây là bước cuối của quy trình."}


def test_a_refusal_of_the_verb_itself_is_told(world: World, received: Dossier) -> None:
    """The look foresees much, the verb has the last word."""
    resolved(received)
    told = press("hand_out", seen([received]), world, "giang", collector=" ", paper="")
    assert told == [(False, "Hãy ghi người nhận và giấy tờ đã xem.")]


# Handing out ------------------------------------------------------------------------------------------------------


def test_one_person_collects_many_results(world: World, received: Dossier) -> None:
    more = [intake.receive(one, by=world.actor("binh"), at=MONDAY) for one in copies_of_submitted(world, received, 4)]
    resolved(received, *more)
    owing, posted, kept = more[0], more[1], more[2]
    kept.handed.create(name="Giấy khai sinh", originals=1, held=1, taken_at=MONDAY)
    owing.payment.amount = 8000
    owing.payment.save()
    Dossier.objects.filter(pk=posted.pk).update(in_post=True)
    assert whys("hand_out", world, "giang") == {
        owing.code: "Còn phí, lệ phí chưa nộp.", posted.code: "Kết quả đang ở bưu điện.",
        kept.code: "Còn giữ bản chính: trả từng hồ sơ.",
    }  # fmt: skip
    told = press("hand_out", seen(all_of(world, "giang")), world, "giang", collector="Lê Văn Ba", paper="Căn cước")
    assert sorted(told)[-2:] == [(True, "Đã trả cho Lê Văn Ba.")] * 2
    assert Dossier.objects.filter(status=Status.RETURNED).count() == 2


# Receipts ---------------------------------------------------------------------------------------------------------


def test_parcels_go_to_those_who_asked_for_the_post_and_said_where_to(world: World, received: Dossier) -> None:
    plain, at_desk, owing, nowhere, nobody, under_way = several = [received, *copies_of_submitted(world, received, 5)]
    resolved(*several)
    collector = received.parties.get(role="collector")
    for one in (at_desk, owing, nowhere, under_way):
        address = "" if one == nowhere else collector.address
        one.parties.create(role="collector", name=collector.name, phone=collector.phone, address=address)
    Dossier.objects.filter(pk=at_desk.pk).update(return_mode="desk")
    Dossier.objects.filter(pk=under_way.pk).update(in_post=True)
    Payment.objects.update_or_create(dossier=owing, defaults={"amount": 8000})
    said = whys("post", world, "giang")
    expected = {at_desk: "không chọn nhận qua bưu điện", owing: "chưa nộp", nowhere: "không có địa chỉ",
                nobody: "không có địa chỉ", under_way: "đang ở bưu điện"}  # fmt: skip
    assert set(said) == {str(fresh) for fresh in Dossier.objects.filter(pk__in=[one.pk for one in expected])}
    assert all(words in said[str(Dossier.objects.get(pk=one.pk))] for one, words in expected.items())
    [will] = [item.will for item in bulk.preview("post", all_of(world, "giang"), by=world.actor("giang"), at=MONDAY)
              if item.ok]  # fmt: skip
    assert will == "Gửi cho Nguyễn Thị An"
    plain.handed.create(document_key="so-do", name="Sổ đỏ", originals=1, held=1, taken_at=MONDAY, taken_by="Bình")
    wills = [item.will for item in bulk.preview("post", all_of(world, "giang"), by=world.actor("giang"), at=MONDAY)]
    assert "Gửi cho Nguyễn Thị An, kèm 1 bản chính" in wills
    done = press("post", seen(all_of(world, "giang")), world, "giang")
    assert [text for ok, text in done if ok] == ["Đã ghi gửi bưu điện."]
    assert Shipment.objects.get().dossier == plain


def test_many_are_laid_on_one_shelf_but_not_what_is_in_the_post(world: World, received: Dossier) -> None:
    [other] = copies_of_submitted(world, received, 1)
    resolved(received, other)
    Dossier.objects.filter(pk=other.pk).update(in_post=True)
    assert list(whys("shelve", world, "giang").values()) == ["Kết quả đang ở bưu điện."]
    done = press("shelve", seen([Dossier.objects.get(pk=received.pk)]), world, "giang", place="Tủ 2")
    assert done == [(True, "Đã ghi nơi cất: Tủ 2.")]
    items = bulk.preview("shelve", all_of(world, "giang"), by=world.actor("giang"), at=MONDAY)
    assert "Đang ghi: Tủ 2" in [item.will for item in items]


def test_receipts_are_printed_as_one(world: World, received: Dossier) -> None:
    [other] = [
        intake.receive(one, by=world.actor("binh"), at=MONDAY) for one in copies_of_submitted(world, received, 1)
    ]
    [without] = copies_of_submitted(world, received, 1)
    receipts = bulk.receipts_of([other, without, received])
    assert [paper.dossier_id for paper in receipts] == [other.pk, received.pk]
    with pypdfium2.PdfDocument(io.BytesIO(bulk.one_pdf(receipts))) as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert str(other.code) in text
    assert str(received.code) in text


# What it costs ----------------------------------------------------------------------------------------------------


def test_fifty_are_foreseen_in_few_statements_and_done_in_few_each(world: World, received: Dossier) -> None:
    copies_of_submitted(world, received, 50)
    Dossier.objects.filter(pk=received.pk).update(status=Status.STOPPED)
    versions = dict(Dossier.objects.exclude(pk=received.pk).values_list("pk", "version"))
    binh = world.actor("binh")
    with CaptureQueriesContext(connection) as queries:
        items = bulk.preview("receive", bulk.chosen(versions, by=binh), by=binh, at=MONDAY)
    assert sum(item.ok for item in items) == 50
    assert len(queries) <= 4, [query["sql"][:150] for query in queries]
    seat = world.positions["binh"]
    with CaptureQueriesContext(connection) as queries:
        outcomes = bulk.perform("assign", versions, by=binh, at=MONDAY, to=seat)
    assert all(outcome.done for outcome in outcomes)
    asked = [query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 50 * 4 + 4, len(asked)


def test_more_than_two_hundred_at_once_are_not_taken(world: World, submitted: Dossier) -> None:
    with CaptureQueriesContext(connection) as queries:
        bulk.chosen([submitted.pk] * 500, by=world.actor("binh"))
    assert queries[0]["sql"].count(str(submitted.pk)) <= bulk.LIMIT
