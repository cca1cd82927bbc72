"""The desks of single roles: signing basket, register, returning desk, parcels; and results signed over the page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from dossiers import processing, returning
from dossiers.models import Dossier, Result, Shipment
from dossiers.officer_forms import DraftForm
from dossiers.states import Status
from procedures.models import Case
from tests.authority import Authority
from tests.dossiers.officers import Desk, text
from tests.journeys.test_verbs_end_to_end import certified
from tests.world import MONDAY, World

__all__ = ["certified"]
Climb = Callable[[Dossier, str], Dossier]


@pytest.fixture
def proposed(world: World, received: Dossier, climb: Climb) -> Dossier:
    climb(received, "so-ky")
    return Dossier.objects.get()


def test_the_basket_is_the_leaders_of_that_agency_alone(world: World, proposed: Dossier) -> None:
    assert proposed.code in text(Desk(world, "lan").get("ky"))
    for name in ("dung", "oanh", "khanh", "quyen"):
        assert proposed.code not in text(Desk(world, name).get("ky"))


def test_the_register_holds_the_numbers_of_the_clerks_own_agency(world: World, proposed: Dossier) -> None:
    processing.decide(proposed, by=world.actor("lan"), at=timezone.now())
    number = Result.objects.get().number
    assert number in text(Desk(world, "quyen").get("van-thu/so-van-ban-di"))
    assert number not in text(Desk(world, "em").get("van-thu/so-van-ban-di"))


@pytest.mark.django_db(transaction=True)
def test_signing_and_sealing_happen_while_the_officer_waits(
    world: World, proposed: Dossier, certified: None, authority: Authority
) -> None:
    lan, quyen = Desk(world, "lan"), Desk(world, "quyen")
    signed = lan.act(proposed, "ky")
    number = Result.objects.get().number
    assert f"Đã ký kết quả số {number}" in text(lan.client.get(signed["Location"]))
    assert proposed.code in text(quyen.get("van-thu"))
    sealed = quyen.act(proposed, "dong-dau")
    assert "Đã đóng dấu và phát hành" in text(quyen.client.get(sealed["Location"]))
    assert Dossier.objects.get().status == Status.RESOLVED
    page = text(quyen.open(proposed, muc="ket-qua"))
    assert "Mở kết quả đã ký" in page
    whole = quyen.get(f"ho-so/{proposed.code}/ket-qua").content
    assert whole.count(b"/ByteRange") == 2
    assert proposed.code in text(Desk(world, "giang").get("tra-ket-qua"))


@pytest.mark.django_db(transaction=True)
def test_a_signature_that_waits_for_the_time_stamp_says_so(
    world: World, proposed: Dossier, certified: None, authority: Authority, settings: Any
) -> None:
    settings.TSA_URL = "http://127.0.0.1:9"
    desk = Desk(world, "lan")
    desk.act(proposed, "ky")
    page = text(desk.open(proposed))
    assert "Đang ký" in page
    assert "chưa trả lời" in page
    assert 'hx-trigger="every 4s"' in page
    assert "ky-lai" not in page


def test_parcels_are_those_of_the_own_counter(world: World, received: Dossier) -> None:
    Dossier.objects.update(status=Status.RESOLVED, holder_role="returner", resolved_at=MONDAY)
    returning.post(Dossier.objects.get(), by=world.actor("giang"), at=MONDAY)
    Shipment.objects.update(item_code="EH123456789VN", state="invited_1")
    page = text(Desk(world, "giang").get("buu-gui"))
    assert "EH123456789VN" in page
    assert "Đã mời nhận lần 1" in page
    assert "EH123456789VN" not in text(Desk(world, "phuc").get("buu-gui"))


def test_the_returning_desk_takes_scans_names_and_nonsense(world: World, received: Dossier) -> None:
    Dossier.objects.update(status=Status.RESOLVED, holder_role="returner", resolved_at=MONDAY)
    desk, code = Desk(world, "giang"), received.code
    scan = desk.get("tra-ket-qua", q=f"https://motcua.example/tra-cuu/{code}?k=x")
    assert scan["Location"] == f"/can-bo/ho-so/{code}/tra"
    assert code in text(desk.get("tra-ket-qua", q="nguyen thi an"))
    nothing = text(desk.get("tra-ket-qua", q="<script>"))
    assert "Không có kết quả nào chờ trả với mã" in nothing
    assert "<script>" not in nothing
    assert desk.client.get("/can-bo/tra-ket-qua?q=%00").status_code == 400


def test_the_draft_asks_for_what_the_templates_ask_for() -> None:
    case = Case(
        result_template='#written("remarks") #written("amount", default: money(1)) #written("remarks")',
        refusal_template='#written("reason") #written("guidance")',
    )
    form = DraftForm(
        {"version": "1", "kind": "approval", "text-remarks": "Đúng", "text-guidance": "x"}, case=case, drafted=None
    )
    assert form.is_valid()
    assert form.texts() == {"remarks": "Đúng"}
    hints = {name: str(field.help_text) for name, field in form.fields.items() if name.startswith("text-")}
    assert hints == {
        "text-remarks": "", "text-amount": "Để trống thì in theo tờ khai hoặc mức quy định.",
        "text-reason": "Chỉ dùng khi từ chối.", "text-guidance": "Chỉ dùng khi từ chối.",
    }  # fmt: skip
