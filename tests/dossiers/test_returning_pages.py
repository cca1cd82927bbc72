"""The returning desk and the parcels, as their officers use them: found by code, waiting for days, posted together."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dossiers import correcting, returning
from dossiers.models import AccessLog, Attachment, Dossier, DossierEvent, HandedPaper, Party, Payment, Shipment
from dossiers.states import Status
from portal.floor.typesetting import TypesettingError
from tests.dossiers.conftest import picture
from tests.dossiers.officers import Desk, copies, text
from tests.dossiers.results import LATER, issued
from tests.dossiers.test_bulk_pages import confirm, look
from tests.world import AN_ADDRESS, MONDAY, World

LABELS, LIST = {"viec": "nhan"}, {"viec": "ban-giao"}
PRINT = "/can-bo/buu-gui/in"


def ready(dossier: Dossier, *, days: int = 0, **fields: Any) -> Dossier:
    """As if it had been sealed so many days ago."""
    Dossier.objects.filter(pk=dossier.pk).update(**{
        "status": Status.RESOLVED, "holder_role": "returner", "stage_kind": "", "stage_name": "",
        "resolved_at": timezone.now() - dt.timedelta(days=days), **fields,
    })  # fmt: skip
    return Dossier.objects.get(pk=dossier.pk)


@pytest.fixture
def several(world: World, received: Dossier) -> Callable[..., list[Dossier]]:
    """Results that have waited for so many days each, to be posted to An unless said otherwise."""

    def make(*days: int, **fields: Any) -> list[Dossier]:
        Dossier.objects.filter(pk=received.pk).update(code=None)
        made = [received, *copies(received, len(days) - 1)]
        collector = received.parties.get(role="collector")
        for number, one in enumerate(made, 1):
            Dossier.objects.filter(pk=one.pk).update(code=f"{(received.code or '')[:-1]}{number}")
        for one in made[1:]:
            Party.objects.create(dossier=one, role="collector", name=collector.name, phone=collector.phone,
                                 address=collector.address)  # fmt: skip
        return [ready(one, days=waited, **fields) for one, waited in zip(made, days, strict=True)]

    return make


def said(pdf: bytes) -> str:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return " ".join(" ".join(pages).split())


def booked(dossier: Dossier, world: World, item: str = "RB123456789VN") -> Shipment:
    shipment = returning.post(dossier, by=world.actor("giang"), at=timezone.now())
    Shipment.objects.filter(pk=shipment.pk).update(item_code=item, state="booked")
    shipment.refresh_from_db()
    return shipment


# The desk -----------------------------------------------------------------------------------------------------


def test_uncollected_results_stand_by_days_waiting_with_their_shelf(world: World, several: Any) -> None:
    young, old, older = several(2, 12, 40, return_mode="desk")
    Dossier.objects.filter(pk=older.pk).update(shelf="Tủ 2, ngăn 4")
    page = text(Desk(world, "giang").get("tra-ket-qua", xem="chua-nhan"))
    assert young.code not in page
    assert page.index(older.code) < page.index(old.code), "who has waited longest stands first"
    for words in ("40 ngày", "12 ngày", "Tủ 2, ngăn 4", "Từ 3 ngày (2)", "Từ 10 ngày (2)", "Từ 30 ngày (1)"):
        assert words in page
    late = text(Desk(world, "giang").get("tra-ket-qua", xem="chua-nhan", ngay="30"))
    assert older.code in late
    assert old.code not in late


def test_results_stand_under_the_way_in_which_they_are_wanted(world: World, several: Any) -> None:
    ways = dict(zip(("desk", "post", "online"), several(0, 0, 0), strict=True))
    for mode, dossier in ways.items():
        Dossier.objects.filter(pk=dossier.pk).update(return_mode=mode)
    desk = Desk(world, "giang")
    for key, mode in (("quay", "desk"), ("buu-dien", "post"), ("dien-tu", "online")):
        page = text(desk.get("tra-ket-qua", xem=key))
        assert [one.code in page for one in ways.values()] == [one == mode for one in ways]
    assert all(one.code in text(desk.get("tra-ket-qua", xem="?", ngay="x")) for one in ways.values())


def test_the_list_says_what_hinders_the_return(world: World, several: Any) -> None:
    [dossier] = several(0)
    Payment.objects.filter(dossier=dossier).update(amount=8000)
    HandedPaper.objects.create(
        dossier=dossier, document_key="so-do", name="Sổ đỏ", originals=1, held=1, taken_at=MONDAY, taken_by="Bình"
    )
    assert "Còn phí, giữ bản chính" in text(Desk(world, "giang").get("tra-ket-qua"))


def test_nothing_waiting_says_so_and_others_see_nothing(world: World, several: Any) -> None:
    [dossier] = several(5)
    assert "Không có ai hẹn nhận tại quầy" in text(Desk(world, "giang").get("tra-ket-qua", xem="quay"))
    for name in ("binh", "phuc"):
        assert dossier.code not in text(Desk(world, name).get("tra-ket-qua"))


def test_a_scan_leads_to_handing_out_and_a_name_to_the_list(world: World, several: Any) -> None:
    [dossier] = several(0)
    desk = Desk(world, "giang")
    scanned = desk.client.post("/can-bo/tra-ket-qua", {"q": f"https://motcua.example/tra-cuu/{dossier.code}?k=x"})
    assert desk.client.get(scanned["Location"])["Location"] == f"/can-bo/ho-so/{dossier.code}/tra"
    named = desk.client.post("/can-bo/tra-ket-qua", {"q": "nguyễn thị an"})
    assert "Nguy" not in named["Location"], "who is looked for stands in no address"
    assert dossier.code in text(desk.client.get(named["Location"]))


def test_several_are_laid_on_one_shelf(world: World, several: Any) -> None:
    first, second = several(12, 12, return_mode="desk")
    desk = Desk(world, "giang")
    before = look(desk, "cat", first, second)
    assert "Ghi nơi cất của 2 kết quả" in text(before)
    assert confirm(desk, before, place=" ").status_code == 422
    after = text(confirm(desk, before, place="Tủ 3"))
    assert "Về bàn trả kết quả" in after
    assert set(Dossier.objects.values_list("shelf", flat=True)) == {"Tủ 3"}
    assert "Đang ghi: Tủ 3" in text(look(desk, "cat", first))


# Parcels ------------------------------------------------------------------------------------------------------


def test_those_who_want_the_post_are_posted_together_and_the_others_skipped_with_the_reason(
    world: World, several: Any
) -> None:
    good, at_desk, owing, nowhere = several(0, 0, 0, 0)
    Dossier.objects.filter(pk=at_desk.pk).update(return_mode="desk")
    Payment.objects.create(dossier=owing, amount=8000, lines=[])
    Party.objects.filter(dossier=nowhere, role="collector").update(address="")
    HandedPaper.objects.create(
        dossier=good, document_key="so-do", name="Sổ đỏ", originals=1, held=1, taken_at=MONDAY, taken_by="Bình"
    )
    desk = Desk(world, "giang")
    before = look(desk, "gui", good, at_desk, owing, nowhere)
    for words in ("Gửi 1 kết quả qua bưu điện", "Gửi cho Nguyễn Thị An, kèm 1 bản chính", "không chọn nhận qua bưu",
                  "chưa nộp", "không có địa chỉ"):  # fmt: skip
        assert words in text(before)
    assert not Shipment.objects.exists(), "a look posts nothing"
    after = text(confirm(desk, before))
    assert "Đã ghi gửi bưu điện." in after
    shipment = Shipment.objects.get()
    assert f'name="chon" value="{shipment.pk}"' in after
    assert "In nhãn địa chỉ" in after
    assert "Kết quả đang ở bưu điện." in text(look(desk, "gui", good))


def test_labels_and_list_name_sender_receiver_and_number(world: World, several: Any) -> None:
    first, second = several(0, 0)
    HandedPaper.objects.create(
        dossier=second, document_key="so-do", name="Sổ đỏ", originals=1, held=1, taken_at=MONDAY, taken_by="Bình"
    )
    parcels = [booked(first, world), booked(second, world, "RB2VN")]
    desk, chosen = Desk(world, "giang"), {"chon": [str(one.pk) for one in parcels]}
    labels, listed = (desk.client.post(PRINT, kind | chosen) for kind in (LABELS, LIST))
    for words in ("Nguyễn Thị An", AN_ADDRESS, "0912345678", "RB123456789VN", "RB2VN", first.code, "Xuân Lôi"):
        assert words.replace(" ", "") in said(labels.content).replace(" ", "")
    for words in ("BẢNG KÊ BÀN GIAO BƯU PHẨM", "Tổng số: 2 bưu phẩm", "Sổ đỏ", "RB2VN", "Vũ Thị Giang"):
        assert words in said(listed.content)
    read = AccessLog.objects.filter(dossier=first).values_list("what", flat=True)
    assert {"nhãn bưu gửi", "bảng kê bàn giao bưu phẩm"} <= set(read)


def test_nobody_prints_the_addresses_of_another_counter_or_of_parcels_that_ended(world: World, several: Any) -> None:
    [dossier] = several(0)
    parcel = booked(dossier, world)
    chosen = {"chon": [str(parcel.pk), "x"]}
    for name in ("phuc", "binh", "dung"):
        assert Desk(world, name).client.post(PRINT, LABELS | chosen)["Location"] == "/can-bo/buu-gui"
    Shipment.objects.update(ended_at=timezone.now())
    desk = Desk(world, "giang")
    assert "Chọn bưu gửi đang chuyển trước" in text(desk.client.post(PRINT, LABELS | chosen, follow=True))
    assert desk.client.post(PRINT, {"viec": "xoa"} | chosen).status_code == 404
    assert desk.client.get(PRINT)["Location"] == "/can-bo/buu-gui"


def test_a_list_that_cannot_be_typeset_is_told(world: World, several: Any, monkeypatch: Any) -> None:
    [dossier] = several(0)
    parcel = booked(dossier, world)

    def broken(*args: Any) -> bytes:
        raise TypesettingError("no such font")

    monkeypatch.setattr("dossiers.postal.typeset", broken)
    answer = Desk(world, "giang").client.post(PRINT, LABELS | {"chon": str(parcel.pk)}, follow=True)
    assert "Chưa in được" in text(answer)


def test_a_ninth_label_begins_another_sheet(world: World, several: Any) -> None:
    from dossiers import postal

    [dossier] = several(0)
    parcel = Shipment.objects.select_related("dossier__receiving_agency").get(pk=booked(dossier, world).pk)
    assert [len(pypdfium2.PdfDocument(postal.labels([parcel] * count))) for count in (8, 9)] == [1, 2]


def test_the_parcels_page_offers_both_prints(world: World, several: Any) -> None:
    [dossier] = several(0)
    parcel = booked(dossier, world)
    page = text(Desk(world, "giang").get("buu-gui"))
    for words in (f'value="{parcel.pk}"', "In nhãn địa chỉ", "In bảng kê bàn giao", "RB123456789VN"):
        assert words in page
    assert DossierEvent.objects.filter(dossier=dossier, verb="post").count() == 1


# Who collects, and what was wrong ------------------------------------------------------------------------------


def test_the_proof_of_a_proxy_is_kept_with_the_hand_out(world: World, several: Any) -> None:
    [dossier] = several(0, return_mode="desk")
    desk, given = (
        Desk(world, "giang"),
        {"capacity": "proxy", "collector": "Lê Văn Ba", "paper": "Căn cước 026190009999"},
    )
    empty = desk.act(dossier, "tra", **given, authorisation="Số 3", shown=SimpleUploadedFile("a.pdf", b""))
    assert "Tệp rỗng" in text(empty)
    wrong = desk.act(dossier, "tra", **given, authorisation="Số 3", signed=SimpleUploadedFile("a.png", b"GIF89a"))
    assert wrong.status_code == 422
    assert not Attachment.objects.filter(dossier=dossier, document_key="ky-nhan").exists(), "nothing half done is kept"
    files = {"shown": picture("uy-quyen.jpg"), "signed": picture("ky.jpg")}
    assert desk.act(dossier, "tra", **given, authorisation="Số 3, ngày 01/11/2026", **files).status_code == 302
    snapshot = Dossier.objects.get(pk=dossier.pk).events.get(verb="hand_out").snapshot
    assert snapshot
    for name, key in (("shown", "giay-uy-quyen-nhan"), ("signed", "ky-nhan")):
        kept = Attachment.objects.get(pk=snapshot[name])
        assert (kept.dossier_id, kept.document_key, kept.origin) == (dossier.pk, key, "internal")
    assert (snapshot["collector"], snapshot["paper"]) == ("Lê Văn Ba", "Căn cước 026190009999")


def test_a_corrected_dossier_and_its_correction_lead_to_each_other(
    world: World, received: Dossier, climb: Callable[[Dossier, str], Dossier]
) -> None:
    old = issued(world, received, climb)
    assert "thu hồi, được làm lại" not in text(Desk(world, "lan").open(old))
    new = correcting.correct_result(old, by=world.actor("lan"), at=LATER, reason="Ghi sai tên liệt sĩ")
    desk = Desk(world, "lan")
    assert f'href="/can-bo/ho-so/{new.code}"' in text(desk.open(old))
    assert f'href="/can-bo/ho-so/{old.code}"' in text(desk.open(new))
    assert "làm lại kết quả sai" in text(desk.open(new))
    year = timezone.localtime(LATER).year
    assert "Đã thu hồi" in text(Desk(world, "quyen").get("van-thu/so-van-ban-di", year=year))
