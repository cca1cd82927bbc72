"""The citizen's pages in Chromium: whole at every width, accessible, and fileable with scripts off."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext

from dossiers import files, intake
from dossiers.models import Dossier, Draft, Result
from portal.environment import ROOT
from procedures.models import AdministrativeUnit, Form
from procedures.ruleset import Rules
from tests.authority import Authority
from tests.browser import chromium, faults
from tests.dossiers.conftest import ANSWERS, applicant_of, picture
from tests.dossiers.signing import certify, resolve
from tests.login import log_in
from tests.world import AN_ADDRESS, MONDAY, World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
POST = {"mode": "post", "name": "Nguyễn Thị An", "phone": "0912345678", "address": AN_ADDRESS, "email": "an@example.vn"}


def send(world: World, mode: str = "post") -> Dossier:
    """One of An's dossiers."""
    now, by = MONDAY, world.actor("an")
    draft = intake.start(world.climbing, by=by, at=now, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=now, answers=ANSWERS, delivery=POST | {"mode": mode})
    files.receive(picture("bang-to-quoc-ghi-cong.jpg"), document_key="bang-tqgc", at=now, draft=draft)
    return intake.submit(draft, by=by, at=now, applicant=applicant_of(world))


@pytest.fixture
def places(world: World, authority: Authority, climb: Callable[[Dossier, str], Dossier]) -> dict[str, str]:
    """Every page of a citizen in a state worth looking at: name → address."""
    now = MONDAY
    certify(world, authority)
    sent, wanting, climbing, resolved = (send(world, mode) for mode in ("desk", "post", "post", "online"))
    for dossier in (climbing, resolved):
        intake.receive(dossier, by=world.actor("binh"), at=now)
    intake.judge(
        wanting.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ, không đọc được số bằng"
    )
    intake.request_supplement(wanting, by=world.actor("binh"), at=now, note="Chụp lại nơi sáng hơn giúp xã nhé.")
    climb(climbing, "huyen-tham-dinh")
    resolved = resolve(world, resolved, climb, at=now + dt.timedelta(hours=5))
    draft = an_open_draft(world)
    return {
        "start": "/nop/1.001193/bat-dau", "step": f"/nop/{draft.pk}/applicant",
        "empty": f"/nop/{draft.pk}/child", "papers": f"/nop/{draft.pk}/giay-to",
        "delivery": f"/nop/{draft.pk}/nhan-ket-qua", "fees": f"/nop/{draft.pk}/le-phi",
        "check": f"/nop/{draft.pk}/kiem-tra",
        "done": f"/nop/{sent.draft.pk}/xong", "track": "/tra-cuu", "unknown": "/tra-cuu/KHONG-CO",
        "code": f"/tra-cuu/{climbing.code}", "tracked": f"/tra-cuu/{climbing.code}?k={climbing.tracking_key}",
        "mine": "/toi", "dossier": f"/toi/ho-so/{climbing.code}", "resolved": f"/toi/ho-so/{resolved.code}",
        "asked": f"/toi/ho-so/{wanting.reference}", "supplement": f"/toi/ho-so/{wanting.reference}/bo-sung",
        "readers": "/toi/ai-da-xem", "verify": "/kiem-tra/",
        "genuine": f"/kiem-tra/{Result.objects.get(dossier=resolved).verify_code}", "no-result": "/kiem-tra/khong-co",
    }  # fmt: skip


def an_open_draft(world: World) -> Draft:
    """A birth to register, on the real form, with the units it asks for."""
    province, district = None, None
    for level, code, name in (
        ("province", "26", "Tỉnh Vĩnh Phúc"),
        ("district", "246", "Huyện Lập Thạch"),
        ("commune", "08836", "Xã Xuân Lôi"),
    ):
        parent = {"province": None, "district": province, "commune": district}[level]
        unit = AdministrativeUnit.objects.create(
            unit_set="2024", code=code, level=level, name=name, parent=parent, sort_key=name
        )
        province, district = (unit, district) if level == "province" else (province, unit)
    form = json.loads((ROOT / "procedures/reference/forms/TK-KHAISINH.json").read_text(encoding="utf-8"))
    Form.objects.filter(code="TK-KHAISINH").update(schema=form["schema"])
    case = world.birth.cases.get()
    case.required_documents.create(key="giay-chung-sinh", name="Giấy chứng sinh", hint="Do nơi sinh cấp", order=1)
    case.required_documents.create(
        key="ket-hon", name="Giấy chứng nhận kết hôn", source="Cơ sở dữ liệu hộ tịch điện tử", order=2
    )
    now, by = timezone.now(), world.actor("an")
    draft = intake.start(world.birth, by=by, at=now, agency=world.agencies["commune"], rules=Rules())
    intake.save_draft(draft, at=now, answers={"relation": "Mẹ"}, delivery=POST)
    files.receive(picture("chung-sinh.jpg"), document_key="giay-chung-sinh", at=now, draft=draft)
    return draft


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Asked for after any signing: Playwright keeps this thread's event loop."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def window(browser: Browser, live_server: Any, world: World, settings: Any) -> Callable[..., Any]:
    """A window in which An is logged in."""
    settings.BASE_URL = live_server.url
    session = log_in(Client(), world.users["an"]).cookies["sessionid"].value

    def open_at(width: int, **more: Any) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="vi-VN", base_url=live_server.url, **more
        )
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return context

    return open_at


def test_pages_are_whole_and_accessible(places: dict[str, str], window: Any, tmp_path: Path) -> None:
    found = {}
    for width in (320, 390, 1280):
        with window(width) as context:
            page = context.new_page()
            for name, path in places.items():
                answer = page.goto(path)
                assert answer.status == (404 if name in ("unknown", "no-result") else 200), name
                page.evaluate("document.fonts.ready")
                page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
                if faulty := faults(page):
                    found[name, width] = faulty
            for name in ("empty", "check"):
                page.goto(places[name])
                page.click("form[method=post]:not([action]) button.btn:not(.quiet):not(.sec)")
                page.screenshot(path=tmp_path / f"{name}-error-{width}.png", full_page=True)
                if faulty := faults(page):
                    found[name + " with errors", width] = faulty
    assert found == {}


def test_a_dossier_is_filed_with_scripts_off(world: World, window: Any) -> None:
    with window(390, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/nop/1.010803/bat-dau")
        page.click("text=Bắt đầu điền")
        page.fill("[name=martyr_name]", "Nguyễn Văn Long")
        page.fill("[name=relation]", "con")
        page.click("text=Tiếp tục")
        paper = {"name": "bằng.jpg", "mimeType": "image/jpeg", "buffer": picture().read()}
        page.set_input_files("[name=tep-bang-tqgc]", paper)
        page.click("button:text-is('Tiếp tục')")
        page.check("[name=mode][value=desk]")
        page.click("text=Tiếp tục")
        page.click("text=Gửi hồ sơ")
        assert page.title().startswith("Lỗi: ")
        page.check("[name=agree]")
        page.click("text=Gửi hồ sơ")
        assert page.is_visible("text=Đã gửi hồ sơ")
        code = page.inner_text(".codebig")
        page.click("text=Mở trang theo dõi không cần đăng nhập")
        assert page.inner_text("h1") == "Đang chờ một cửa trả lời"
        assert code in page.url
    assert Dossier.objects.count() == 1
