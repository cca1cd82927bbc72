"""The citizen's pages in Chromium: whole at every width, accessible, and fileable with scripts off."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect

from dossiers import consulting, files, grouping, intake, supplementing, verifying
from dossiers.models import Dossier, Draft, GroupFiling, Result
from portal.environment import ROOT
from procedures.models import AdministrativeUnit, Form
from procedures.ruleset import Rules
from tests.authority import Authority
from tests.browser import chromium, faults
from tests.browser import picture as look_at
from tests.dossiers.conftest import ANSWERS, applicant_of, picture
from tests.dossiers.groups import begun, complete, draft_of, group_of
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
    supplementing.judge(
        wanting.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Ảnh mờ, không đọc được số bằng"
    )
    lacking = wanting.case.required_documents.create(
        key="xac-nhan", name="Giấy xác nhận của thân nhân", required=False, copies=1
    )
    note = "Chụp lại nơi sáng hơn giúp xã nhé."
    supplementing.request_supplement(wanting, by=world.actor("binh"), at=now, note=note, missing=[lacking])
    climb(climbing, "huyen-tham-dinh")
    resolved = resolve(world, resolved, climb, at=now + dt.timedelta(hours=5))
    result = Result.objects.get(dossier=resolved)
    annex = {"title": "Danh sách kèm theo quyết định", "signed_document_id": result.signed_document_id}
    result.enclosures.create(place=1, file="annex.pdf", sha256="0" * 64, **annex)
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
        "genuine": f"/kiem-tra/{result.verify_code}", "no-result": "/kiem-tra/khong-co",
    }  # fmt: skip


@pytest.fixture
def group_places(world: World) -> dict[str, str]:
    """A group under way and one that was sent; a dossier with a visit to come and an agency asked."""
    now = MONDAY
    verifying.arrange_verification(
        received_beside(world), by=world.actor("chi"), at=now, starts_at=now + dt.timedelta(days=364, hours=1),
        place="Thôn Đồng Xuân, thửa 12", purpose="Đo ranh giới, hỏi hàng xóm", participants="Công chức địa chính",
    )  # fmt: skip
    filing, sent_group = groups_of(world)
    visited = Dossier.objects.filter(verifications__isnull=False).get()
    return {
        "group-start": "/nop-nhom/2.000986/bat-dau", "group-tasks": f"/nop-nhom/{filing.pk}",
        "group-step": f"/nop/{filing.drafts.get(procedure_version__procedure__code='1.009999').pk}/the",
        "group-delivery": f"/nop-nhom/{filing.pk}/nhan-ket-qua", "group-check": f"/nop-nhom/{filing.pk}/kiem-tra",
        "group-done": f"/nop-nhom/{sent_group.pk}/xong", "group": f"/toi/nhom/{sent_group.reference}",
        "group-code": f"/tra-cuu/{sent_group.reference}",
        "group-tracked": f"/tra-cuu/{sent_group.reference}?k={sent_group.tracking_key}",
        "group-page": "/nhom-thu-tuc/2.000986", "visited": f"/toi/ho-so/{visited.code}",
    }  # fmt: skip


def received_beside(world: World) -> Dossier:
    """A dossier at its first desk, another agency asked."""
    dossier = intake.receive(send(world), by=world.actor("binh"), at=MONDAY)
    consulting.consult(
        dossier, by=world.actor("chi"), at=MONDAY, agency=world.agencies["district"], question="Có tranh chấp không?",
        days=3,
    )  # fmt: skip
    return dossier


def groups_of(world: World) -> tuple[GroupFiling, GroupFiling]:
    """A group under way with a paper that serves several, and one that was sent and is being answered."""
    group = group_of(world)
    sent = begun(world, group, at=MONDAY)
    complete(sent, at=MONDAY)
    first = grouping.submit_group(sent, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))[0]
    intake.receive(first, by=world.actor("binh"), at=MONDAY + dt.timedelta(hours=2))
    filing = begun(world, group, at=timezone.now())
    complete(filing, at=timezone.now())
    files.receive(
        picture("giay-chung-sinh.jpg"), document_key="giay-1", at=timezone.now(), draft=draft_of(filing, "1.001193")
    )
    grouping.settle(filing, at=timezone.now())
    return filing, sent


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
    assert looked_at(places, window, tmp_path, wrong=("empty", "check")) == {}


def test_pages_of_a_group_are_whole_and_accessible(group_places: dict[str, str], window: Any, tmp_path: Path) -> None:
    assert looked_at(group_places, window, tmp_path, wrong=("group-check",)) == {}


def looked_at(places: dict[str, str], window: Any, pictures: Path, *, wrong: tuple[str, ...]) -> dict[Any, Any]:
    """The faults of every page at every width, of those in `wrong` also with their mistakes told."""
    found = {}
    for width in (320, 390, 1280):
        with window(width) as context:
            page = context.new_page()
            for name, path in places.items():
                answer = page.goto(path)
                assert answer.status == (404 if name in ("unknown", "no-result") else 200), name
                page.evaluate("document.fonts.ready")
                look_at(page, pictures / f"{name}-{width}.png")
                if faulty := faults(page, rules=width != 320):
                    found[name, width] = faulty
            for name in wrong:
                page.goto(places[name])
                page.click("form[method=post]:not([action]) button.btn:not(.quiet):not(.sec)")
                look_at(page, pictures / f"{name}-error-{width}.png")
                if faulty := faults(page, rules=width != 320):
                    found[name + " with errors", width] = faulty
    return found


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
        expect(page).to_have_title(re.compile("^Lỗi: "))
        page.check("[name=agree]")
        page.click("text=Gửi hồ sơ")
        expect(page.locator("text=Đã gửi hồ sơ")).to_be_visible()
        code = page.inner_text(".codebig")
        page.click("text=Mở trang theo dõi không cần đăng nhập")
        expect(page.locator("h1")).to_have_text("Đang chờ một cửa trả lời")
        assert code in page.url
    assert Dossier.objects.count() == 1
