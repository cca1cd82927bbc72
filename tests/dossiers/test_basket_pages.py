"""The leader's basket, the reading view, signing many and delegating, as pages."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from django.utils import timezone

from dossiers import delegating, outbox, processing
from dossiers.models import AccessLog, Dossier, Result, SigningBatch, SigningDelegation
from signatures.models import SigningRequest
from tests.dossiers.baskets import fill, read_all
from tests.dossiers.officers import Desk, text
from tests.dossiers.signing import certify
from tests.dossiers.test_delegating import deputy
from tests.dossiers.test_query_ceilings import at_most
from tests.world import World

Climb = Callable[[Dossier, str], Dossier]


@pytest.fixture
def proposed(received: Dossier, climb: Climb) -> Dossier:
    climb(received, "so-ky")
    return Dossier.objects.get(pk=received.pk)


def tick(desk: Desk, dossiers: list[Dossier]) -> Any:
    return desk.client.post("/can-bo/ky/lo", {"chon": [str(one.pk) for one in dossiers]})


def confirm(desk: Desk, page: Any) -> Any:
    chosen = re.findall(r'name="chon" value="([^"]+)"', text(page))
    return desk.client.post("/can-bo/ky/lo", {"chon": chosen, "lam": "1"}, follow=True)


def test_the_basket_of_fifty_takes_at_most_8_statements(world: World, proposed: Dossier) -> None:
    fill(proposed, 50)
    desk = Desk(world, "lan")
    desk.get("ky")
    with at_most(8):
        page = text(desk.get("ky"))
    assert page.count('name="chon"') == 50
    assert "Ký lần đầu" in page


def test_strangers_find_no_basket_no_reading_and_no_batch(world: World, proposed: Dossier) -> None:
    read_all(world, [proposed])
    confirm(Desk(world, "lan"), tick(Desk(world, "lan"), [proposed]))
    batch = SigningBatch.objects.get()
    for name in ("binh", "khanh", "quyen"):
        assert Desk(world, name).get("ky").status_code == 404
        assert Desk(world, name).get("ky/uy-quyen").status_code == 404
    for name in ("binh", "dung", "oanh"):
        assert Desk(world, name).get(f"ky/lo/{batch.pk}").status_code == 404
    assert Desk(world, "giang").get(f"ky/{proposed.code}").status_code == 404
    assert Desk(world, "dung").get(f"ky/{proposed.code}").status_code == 302, "it waits for another leader"


def test_opening_it_makes_it_read_and_the_owner_sees_who_looked(world: World, proposed: Dossier) -> None:
    desk = Desk(world, "lan")
    assert "Chưa đọc" in text(desk.get("ky"))
    page = text(desk.get(f"ky/{proposed.code}"))
    assert "Người nộp" in page
    assert "ket-qua/trang/1" in page
    assert "Bạn chưa ký kết quả nào của thủ tục này." in page
    assert "Đã đọc" in text(desk.get("ky"))
    assert AccessLog.objects.filter(dossier=proposed, actor_name="Phan Thị Lan", what="kết quả").exists()


def test_signing_leads_to_the_next_one(world: World, proposed: Dossier) -> None:
    first, second = fill(proposed, 2)
    desk = Desk(world, "lan")
    answer = desk.client.post(f"/can-bo/ky/{first.code}", {"viec": "ky", "version": first.version})
    assert answer["Location"] == f"/can-bo/ky/{second.code}"
    assert Result.objects.get(dossier=first).number
    assert "Bạn chưa ký kết quả nào" not in text(desk.get(f"ky/{second.code}")), "it is no longer the first of its kind"
    stale = desk.client.post(f"/can-bo/ky/{second.code}", {"viec": "ky", "version": 0})
    assert stale.status_code == 409


def test_sending_back_asks_for_the_reason(world: World, proposed: Dossier) -> None:
    desk, address = Desk(world, "lan"), f"/can-bo/ky/{proposed.code}"
    assert "Điều cần làm lại" in text(desk.get(f"ky/{proposed.code}", tra="1"))
    asked = desk.client.post(address, {"viec": "lam-lai", "version": proposed.version, "reason": ""})
    assert asked.status_code == 422
    assert "Ghi điều cần làm lại" in text(asked)
    answer = desk.client.post(address, {"viec": "lam-lai", "version": proposed.version, "reason": "Sai mức tiền"})
    assert answer["Location"] == "/can-bo/ky"
    proposed.refresh_from_db()
    assert proposed.stage_kind == "examine"


def test_what_cannot_be_signed_is_said_in_the_form(world: World, proposed: Dossier) -> None:
    Dossier.objects.filter(pk=proposed.pk).update(waiting_for="Kết luận giám định")
    desk = Desk(world, "lan")
    answer = desk.client.post(f"/can-bo/ky/{proposed.code}", {"viec": "ky", "version": proposed.version})
    assert answer.status_code == 422
    assert "Đồng hồ đang dừng" in text(answer)


def test_risks_are_marked(world: World, proposed: Dossier) -> None:
    now = timezone.now()
    proposed.attachments.update(verdict="unclear")
    Result.objects.filter(dossier=proposed).update(kind="refusal", uploaded=True, file="x.pdf")
    Dossier.objects.filter(pk=proposed.pk).update(extension_count=1, next_due_at=now - dt.timedelta(days=1))
    page = text(Desk(world, "lan").get("ky"))
    for mark in ("Quá hạn", "Giấy tờ chưa đạt", "Từ chối", "Tệp tải lên", "Đã hẹn lại", "Ký lần đầu"):
        assert mark in page, mark


def test_fifty_are_signed_together_and_each_tells_its_outcome(world: World, proposed: Dossier, authority: Any) -> None:
    certify(world, authority)
    dossiers = fill(proposed, 4)
    read_all(world, dossiers[:3])
    desk = Desk(world, "lan")
    before = tick(desk, dossiers)
    assert "Ký 3 văn bản" in text(before)
    assert "Mở đọc rồi ký" in text(before)
    assert not Result.objects.exclude(decided_at=None).exists(), "a look changes nothing"
    page = confirm(desk, before)
    batch = SigningBatch.objects.get()
    assert page.redirect_chain[-1][0] == f"/can-bo/ky/lo/{batch.pk}"
    assert "Đang ký" in text(page)
    outbox.sweep()
    assert Result.objects.exclude(signed_document_id=None).count() == 3
    assert SigningRequest.objects.filter(batch=batch.pk).count() == 3, "whoever holds the key is asked once"
    assert text(desk.get(f"ky/lo/{batch.pk}")).count('<span class="tag green">Đã ký') == 3


def test_a_failure_says_what_to_do_and_is_signed_anew(world: World, proposed: Dossier) -> None:
    read_all(world, [proposed])
    desk = Desk(world, "lan")
    confirm(desk, tick(desk, [proposed]))
    batch, result = SigningBatch.objects.get(), Result.objects.get(dossier=proposed)
    processing.signing_failed(result, reason="Chứng thư số đã bị thu hồi.", at=timezone.now())
    page = text(desk.get(f"ky/lo/{batch.pk}"))
    assert "Chứng thư số đã bị thu hồi. Sửa điều vướng mắc rồi bấm Ký lại." in page
    desk.client.post(f"/can-bo/ky/lo/{batch.pk}", {"viec": "ky-lai"})
    result.refresh_from_db()
    assert result.signing_attempt == 2
    desk.client.post(f"/can-bo/ky/lo/{batch.pk}", {"viec": "tiep"})


def test_nothing_ticked_or_too_much_is_said(world: World, proposed: Dossier) -> None:
    desk = Desk(world, "lan")
    page = desk.client.post("/can-bo/ky/lo", {"chon": ["không phải"]}, follow=True)
    assert "Chọn văn bản trước" in text(page)
    keys = [f"00000000-0000-0000-0000-{number:012d}" for number in range(101)]
    page = desk.client.post("/can-bo/ky/lo", {"chon": keys}, follow=True)
    assert "tối đa 100" in text(page)
    unread = desk.client.post("/can-bo/ky/lo", {"chon": [f"{proposed.pk}.{proposed.version}"], "lam": "1"})
    assert "Không văn bản nào ký được" in text(unread)


def parts(name: str, day: dt.date) -> dict[str, str]:
    return {f"{name}_0": str(day.day), f"{name}_1": str(day.month), f"{name}_2": str(day.year)}


def test_a_leader_delegates_and_withdraws(world: World, proposed: Dossier) -> None:
    taker, desk, today = deputy(world), Desk(world, "lan"), timezone.localdate()
    terms = {"giver": world.positions["lan"].pk, "taker": taker.pk, "capacity": "TUQ."} | parts("starts_on", today)
    refused = desk.client.post("/can-bo/ky/uy-quyen", terms)
    assert refused.status_code == 422
    assert "phải có văn bản ủy quyền" in text(refused)
    assert desk.client.post("/can-bo/ky/uy-quyen", terms | {"capacity": "KT."}).status_code == 302
    row = SigningDelegation.objects.get()
    assert "Bạn ký KT. GIÁM ĐỐC thay Phan Thị Lan." in text(Desk(world, "khanh").get("ky"))
    desk.client.post(f"/can-bo/ky/uy-quyen/{row.pk}/thu-hoi")
    assert "Đã thu hồi" in text(desk.get("ky/uy-quyen"))
    assert "KT. GIÁM ĐỐC" not in text(Desk(world, "khanh").get("ky"))


def shown(desk: Desk, dossier: Dossier) -> str:
    """The words of the result as this officer reads it."""
    with pypdfium2.PdfDocument(desk.get(f"ho-so/{dossier.code}/ket-qua").content) as pdf:
        return str(pdf[0].get_textpage().get_text_bounded())


def test_one_dossier_is_handed_to_somebody_below(world: World, proposed: Dossier) -> None:
    desk, khanh, today = Desk(world, "lan"), world.positions["khanh"], timezone.localdate()
    assert f"/can-bo/ky/{proposed.code}/uy-quyen" in text(desk.get(f"ky/{proposed.code}"))
    terms = {"giver": world.positions["lan"].pk, "taker": khanh.pk, "capacity": "TUQ.",
             "ground": "Văn bản số 05/UQ ngày 09/11/2026"}  # fmt: skip
    terms |= parts("starts_on", today) | parts("ends_on", today + dt.timedelta(days=3))
    answer = desk.client.post(f"/can-bo/ky/{proposed.code}/uy-quyen", terms)
    assert answer.status_code == 302, text(answer)
    delegate = Desk(world, "khanh")
    assert "TUQ. GIÁM ĐỐC" in shown(delegate, proposed)
    assert "TUQ." not in shown(desk, proposed), "each signer reads the paper as signed by that very hand"
    assert "Chờ tôi ký" in text(delegate.get("hang-viec")), "who signs for somebody finds the basket"
    page = delegate.client.post(f"/can-bo/ky/{proposed.code}", {"viec": "ky", "version": proposed.version})
    assert page.status_code == 302
    assert Result.objects.get(dossier=proposed).snapshot["signer"]["capacity"] == "TUQ. GIÁM ĐỐC"
    assert Desk(world, "oanh").get(f"ky/{proposed.code}/uy-quyen").status_code == 404
    assert delegating.own_seats(world.actor("khanh")) == []
