"""An administrator makes a procedure from nothing, another person publishes it, and a citizen files it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.installation import Installation
from tests.journeys import way
from tests.journeys.windows import CitizenWindow, Gallery, OfficerWindow

pytestmark = [pytest.mark.slow, pytest.mark.browser]
CODE = "9.000123"
ONE = f"/quan-tri/thu-tuc/{CODE}"
DRAFT = f"{ONE}/ban/1"
FORM = "/quan-tri/bieu-mau/TK-HOTRO/1"
# Page of the form, type of the field, its settings.
FIELDS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("Người đề nghị", "person_name", {"o-label": "Họ và tên", "o-required": "on"}),
    ("Người đề nghị", "phone", {"o-label": "Số điện thoại"}),
    ("Người đề nghị", "email", {"o-label": "Thư điện tử"}),
    ("Người đề nghị", "date", {"o-label": "Ngày sinh"}),
    ("Người đề nghị", "yes_no", {"o-label": "Thuộc hộ nghèo", "o-required": "on", "o-key": "poor"}),
    (
        "Nội dung",
        "text",
        {
            "o-label": "Số giấy chứng nhận hộ nghèo",
            "o-required": "on",
            "o-key": "poor_number",
            "o-condition-0-field": "Thuộc hộ nghèo",
            "o-condition-0-value": "Có",
        },
    ),
    ("Nội dung", "number", {"o-label": "Số bản cần cấp", "o-required": "on", "o-key": "copies"}),
    ("Nội dung", "choice", {"o-label": "Nhận để làm gì", "o-options": "Đi học\nĐi làm", "o-key": "purpose"}),
    ("Nội dung", "long_text", {"o-label": "Lý do đề nghị"}),
    ("Nội dung", "money", {"o-label": "Thu nhập mỗi tháng"}),
)
TEXTS = {
    "steps": "Nộp hồ sơ trên mạng hoặc tại xã\nXã, huyện thẩm tra\nSở ký giấy xác nhận",
    "audience": "Công dân Việt Nam",
    "competent": "Sở Lao động – Thương binh và Xã hội",
    "return_ways": "online",
    "online_scope": "full",
}
STAGES: tuple[dict[str, str], ...] = (
    {"name": "Xã thẩm tra", "kind": "Thẩm định", "level": "Cấp xã", "role": "Chuyên viên", "hours": "16",
     "agency_rule": "Cơ quan tiếp nhận"},
    {"name": "Huyện duyệt", "kind": "Lãnh đạo duyệt, chuyển tiếp", "level": "Cấp huyện", "role": "Lãnh đạo",
     "hours": "8", "agency_rule": "Cơ quan cấp trên trực tiếp của bước trước"},
    {"name": "Sở ký", "kind": "Ký kết quả", "level": "Cấp tỉnh", "role": "Lãnh đạo", "hours": "12",
     "agency_rule": "Cơ quan ghi đích danh", "agency": "Sở Lao động – Thương binh và Xã hội"},
    {"name": "Sở đóng dấu", "kind": "Vào sổ, đóng dấu", "level": "Cấp tỉnh", "role": "Văn thư", "hours": "4",
     "agency_rule": "Cùng cơ quan với bước trước"},
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept = os.environ.get("MOTCUA_SCREENSHOTS")
    made = Path(kept) if kept else tmp_path / "pictures"
    made.mkdir(parents=True, exist_ok=True)
    return made


def test_a_procedure_from_nothing_to_the_first_dossier(
    browser: Browser, installation: Installation, folder: Path, tmp_path: Path
) -> None:
    gallery = Gallery(folder, 1280)
    minh, son = (OfficerWindow(browser, installation, gallery) for _name in range(2))
    minh.log_in("minh")
    start(minh)
    build_form(minh)
    write_parts(minh)
    add_stage(minh, STAGES[0] | {"hours": "60"})
    son.log_in("son")
    refused(minh, son)
    correct(minh)
    publish(son)
    an = CitizenWindow(browser, installation, gallery)
    read(an)
    file(an, tmp_path)
    assert gallery.faults == {}


def start(minh: OfficerWindow) -> None:
    minh.open("/quan-tri/thu-tuc")
    minh.page.get_by_role("link", name="Thủ tục mới", exact=True).click()
    minh.fill(code="9.12")
    minh.press("Tạo bản thảo")
    assert "Mã thủ tục có dạng 1.001193" in minh.text
    minh.fill(code=CODE, national="no", name="Thủ tục xác nhận hoàn cảnh khó khăn", level="commune")
    minh.fill(short_name="Xác nhận hoàn cảnh khó khăn", field="Hộ tịch")
    minh.look("thu-tuc-moi")
    minh.press("Tạo bản thảo")
    assert "Thiếu trình tự thực hiện" in minh.text


def build_form(minh: OfficerWindow) -> None:
    """Ten fields on two pages, one of them only for the poor."""
    minh.open(f"{ONE}/bieu-mau")
    minh.press("Dựng tờ khai mới Trường hợp chung")
    minh.fill(name="Tờ khai đề nghị xác nhận", code="TK-HOTRO")
    minh.press("Tạo tờ khai")
    for title in ("Người đề nghị", "Nội dung"):
        minh.press("Thêm trang")
        minh.fill(title=title)
        minh.press("Lưu")
    for page, kind, settings in FIELDS:
        minh.open(FORM)
        section = minh.page.locator("main section", has=minh.page.get_by_role("heading", name=page)).last
        section.locator('select[name="loai"]').last.select_option(kind)
        section.get_by_role("button", name="Thêm ô").last.click()
        minh.fill(**settings)
        minh.press("Lưu ô")
    minh.look("to-khai")


def write_parts(minh: OfficerWindow) -> None:
    """Texts, case, two papers, a fee with its exemption, and who receives."""
    minh.open(f"{DRAFT}/sua/noi-dung")
    minh.page.locator('[name="channels"][value="direct"]').check()
    minh.page.locator('[name="channels"][value="online"]').check()
    minh.fill(**TEXTS)
    minh.press("Lưu bản thảo")
    minh.open(f"{DRAFT}/sua/can-cu")
    minh.fill(legal_basis="Nghị định 131/2021/NĐ-CP")
    minh.press("Lưu bản thảo")
    minh.open(f"{DRAFT}/sua/truong-hop/chung")
    minh.page.locator('main [name="form"]').select_option(label="TK-HOTRO Tờ khai đề nghị xác nhận")
    minh.fill(time_amount="5", legal_time_amount="3", result_name="Giấy xác nhận", result_symbol="GXN")
    minh.press("Lưu bản thảo")
    assert "Thời hạn cam kết dài hơn thời hạn theo luật" in minh.text
    minh.fill(legal_time_amount="7")
    minh.press("Lưu bản thảo")
    poor = {"condition-0-field": "Thuộc hộ nghèo", "condition-0-value": "Có"}
    add_row(minh, "thanh-phan", 0, name="Giấy xác nhận của tổ dân phố", key="xac-nhan")
    add_row(minh, "thanh-phan", 1, name="Giấy chứng nhận hộ nghèo", key="ho-ngheo", **poor)
    basis = "Nghị quyết 12/2026/NQ-HĐND"
    add_row(minh, "phi", 0, name="Lệ phí cấp giấy", amount="15000", per="Mỗi Số bản cần cấp", legal_basis=basis)
    add_row(minh, "phi", 1, name="Lệ phí cấp giấy", reduction_percent="100", legal_basis=basis, **poor)
    minh.open(f"{ONE}/co-quan")
    minh.fill(who="Mọi xã, phường, thị trấn", does="receives")
    minh.press("Giao")


def add_row(minh: OfficerWindow, part: str, row: int, **given: str) -> None:
    minh.open(f"{DRAFT}/sua/{part}/chung")
    minh.fill(**{f"dong-{row}-{name}": value for name, value in given.items()})
    minh.press("Lưu bản thảo")


def add_stage(minh: OfficerWindow, given: dict[str, str]) -> None:
    minh.open(f"{DRAFT}/quy-trinh/chung/them")
    minh.fill(**given)
    minh.press("Lưu bước")


def refused(minh: OfficerWindow, son: OfficerWindow) -> None:
    """A route that is too long and ends without a signature is named, to the editor and to the reviewer."""
    minh.open(ONE)
    for words in ("Quy trình chưa có bước ký kết quả", "60 giờ"):
        assert words in minh.text
    assert "Thẩm định đạt" not in minh.text
    minh.look("linter")
    son.open(ONE)
    son.press("Thẩm định đạt")
    assert "Phiên bản còn thiếu" in son.text
    assert "Quy trình chưa có bước ký kết quả" in son.text
    son.look("chua-dat")


def correct(minh: OfficerWindow) -> None:
    minh.open(f"{DRAFT}/quy-trinh/chung/buoc/xa-tham-tra")
    minh.fill(hours=STAGES[0]["hours"])
    minh.press("Lưu bước")
    for stage in STAGES[1:]:
        add_stage(minh, stage)
    minh.look("quy-trinh")
    minh.open(ONE)
    assert "chỗ phải sửa" not in minh.text
    minh.open(f"{ONE}/xem-thu")
    assert "15.000 đồng" in minh.text
    minh.look("xem-thu")


def publish(son: OfficerWindow) -> None:
    son.open(ONE)
    son.press("Thẩm định đạt")
    son.press("Công bố theo quyết định")
    today = {"0": "1", "1": "11", "2": "2026"}
    son.fill(number="77/QĐ-UBND", **{f"{name}_{part}": value for name in ("signed_on", "effective_on")
                                     for part, value in today.items()})  # fmt: skip
    son.press("Công bố")
    assert "Đang áp dụng" in son.text
    son.open(f"{ONE}/lich-su")
    assert "Phiên bản thủ tục: thẩm định" in son.text


def read(an: CitizenWindow) -> None:
    an.open(f"/thu-tuc/{CODE}")
    for words in ("Giấy xác nhận của tổ dân phố", "Giấy chứng nhận hộ nghèo", "15.000 đồng"):
        assert words in an.text
    an.look("nguoi-dan-doc")


def file(an: CitizenWindow, folder: Path) -> None:
    """A poor applicant pays nothing and brings the paper of the poor."""
    (folder / "xac nhan.jpg").write_bytes(way.photo())
    an.page.locator('main a[href*="/bat-dau"]').locator("visible=true").first.click()
    an.log_in("Nguyễn Thị An")
    an.fill(agency=way.THREE_TIERS.commune)
    an.press("Bắt đầu điền")
    an.fill(ho_va_ten="Nguyễn Thị An", poor="true")
    an.press("Tiếp tục")
    an.fill(poor_number="HN-12", copies="2")
    an.look("khai-2")
    an.press("Tiếp tục")
    for key in ("xac-nhan", "ho-ngheo"):
        an.page.locator(f'[name="tep-{key}"]').set_input_files(folder / "xac nhan.jpg")
    an.press("Tiếp tục")
    an.fill(mode="online", phone="0912345678", email="an@example.vn")
    an.press("Tiếp tục")
    for words in ("2 × 15.000 đồng = 30.000 đồng", "− 30.000 đồng", "Miễn phí"):
        assert words in an.text
    an.look("le-phi")
    an.press("Tiếp tục")
    an.page.locator('[name="agree"]').check()
    an.press("Gửi hồ sơ")
    assert "Đã gửi" in an.text
    an.look("da-gui")
