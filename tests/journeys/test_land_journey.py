"""A land dossier in Chromium: commune, land office and district, a supplement, the wait for the tax, an apology.

What goes wrong on any page is one list; the pictures are kept where MOTCUA_SCREENSHOTS says.
"""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.installation import Installation
from tests.journeys import reader, way
from tests.journeys.windows import CitizenWindow, Gallery, OfficerWindow

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.poppler]
FORM: tuple[way.Answers, ...] = (
    {"applicant_phone": "0912345678"},
    {"land_area": "215,5", "land_use": "residential", "plot_number": "112", "map_number": "27"},
    {"origin_kind": "inherited", "used_since": "1987", "dispute": "false", "promise": "true"},
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Office:
    """The officers' windows, each logged in once, when first needed."""

    def __init__(self, browser: Browser, installation: Installation, gallery: Gallery, reference: str) -> None:
        self.browser, self.installation, self.gallery, self.reference = browser, installation, gallery, reference
        self.windows: dict[str, OfficerWindow] = {}

    @property
    def code(self) -> str:
        return way.code_of(self.installation, self.reference)

    def __getitem__(self, name: str) -> OfficerWindow:
        if name not in self.windows:
            self.windows[name] = OfficerWindow(self.browser, self.installation, self.gallery)
            self.windows[name].log_in(name)
        return self.windows[name]

    def act(self, name: str, button: str, last: str, **given: str) -> None:
        """The dossier's button, what is to fill in, the button that does it; a picture of the act and of what came."""
        window = self[name]
        window.open(f"/can-bo/ho-so/{self.code}")
        window.go_on(name, button, last, **given)
        window.look(f"{name}-xong")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_plot_is_registered_over_three_levels(
    browser: Browser, installation: Installation, tmp_path: Path, width: int
) -> None:
    kept = os.environ.get("MOTCUA_SCREENSHOTS")
    folder = Path(kept) if kept else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    gallery = Gallery(folder, width)
    an = CitizenWindow(browser, installation, gallery)
    reference = file(an, tmp_path)
    office = Office(browser, installation, gallery, reference)
    at_the_commune(office, an, tmp_path)
    at_the_land_office(office, an)
    at_the_district(office, an)
    office.act("giang", "Trả tại quầy", "Đã trả kết quả", collector="Nguyễn Thị An", paper="Căn cước")
    an.open(f"/toi/ho-so/{office.code}")
    assert "Đã trả" in an.text
    an.look("an-da-tra")
    with an.page.expect_download() as download:
        an.page.get_by_role("link", name="Tải bản có chữ ký số").click()
    pdf = Path(download.value.path()).read_bytes()
    assert reader.verdicts(pdf, installation.addresses["TRUST_ROOTS"], tmp_path) == [*reader.VALID, *reader.VALID]
    assert gallery.faults == {}


def file(an: CitizenWindow, folder: Path) -> str:
    (folder / "giấy viết tay.jpg").write_bytes(way.photo())
    an.open("/nop/1.013978/bat-dau")
    an.log_in("Nguyễn Thị An")
    an.fill(agency=way.THREE_TIERS.commune)
    an.press("Bắt đầu điền")
    for answers in FORM:
        an.fill(**answers)
        an.look(f"buoc-{an.page.url.rpartition('/')[2]}")
        an.press("Tiếp tục")
    an.page.locator('[name="tep-nguon-goc-dat"]').set_input_files(folder / "giấy viết tay.jpg")
    an.press("Tiếp tục")
    an.fill(mode="desk", email="an@example.vn")
    an.press("Tiếp tục")
    an.page.locator('[name="agree"]').check()
    an.press("Gửi hồ sơ")
    an.press("Xem hồ sơ")
    return an.page.url.rpartition("/")[2]


def at_the_commune(office: Office, an: CitizenWindow, folder: Path) -> None:
    """The clerk receives; the specialist finds a paper unreadable, gets a better one, and passes it on."""
    office.act("binh", "Nhận hồ sơ", "Nhận hồ sơ")
    chi = office["chi"]
    chi.open(f"/can-bo/ho-so/{office.code}")
    chi.page.locator('main [name^="verdict-"][value="no"]').first.check(force=True)
    chi.page.locator('main [name^="note-"]').first.fill("Ảnh bị lóa, không đọc được chữ ký")
    chi.look("chi-nhan-xet")
    chi.press("Lưu nhận xét")
    office.act("chi", "Yêu cầu bổ sung 1 giấy tờ", "Gửi yêu cầu bổ sung")
    an.open(f"/toi/ho-so/{office.code}/bo-sung")
    an.look("an-bo-sung")
    (folder / "chụp lại.jpg").write_bytes(way.photo())
    an.page.locator('main [type="file"]').first.set_input_files(folder / "chụp lại.jpg")
    an.press("Gửi giấy tờ bổ sung")
    an.look("an-da-bo-sung")
    office.act("chi", "Chuyển:", "Chuyển bước", note="Đất sử dụng ổn định từ 1987")
    office.act("dung", "Chuyển:", "Chuyển bước", note="Xác nhận không tranh chấp")


def at_the_land_office(office: Office, an: CitizenWindow) -> None:
    """The clock stands still while the citizen pays the tax, and runs on afterwards."""
    office.act("tuan", "Tạm dừng tính thời hạn", "Tạm dừng", ground="thue")
    an.open(f"/toi/ho-so/{office.code}")
    assert "Chờ bạn nộp tiền" in an.text
    an.look("an-cho-nop-tien")
    office.act("tuan", "Tính tiếp thời hạn", "Tính tiếp", note="Đã nhận chứng từ nộp thuế")
    office.act("tuan", "Chuyển:", "Chuyển bước", note="Đủ điều kiện")


def at_the_district(office: Office, an: CitizenWindow) -> None:
    """The leader apologises for a later day, then the certificate is drafted, signed and sealed."""
    later = monday_in(12)
    day = {f"to_{part}": str(value) for part, value in enumerate((later.day, later.month, later.year))}
    office.act("oanh", "Xin lỗi và hẹn lại", "Ký phiếu xin lỗi và hẹn lại", **day, reason="Chờ đo đạc lại ranh giới")
    an.open(f"/toi/ho-so/{office.code}")
    assert f"{later:%d/%m}" in an.text
    an.look("an-hen-lai")
    office.act("hai", "Soạn kết quả", "Lưu và xem bản in", kind="approval")
    office.act("hai", "Trình ký", "Trình ký", note="Kính trình Chủ tịch")
    office.act("oanh", "Ký kết quả", "Ký số")
    office.act("dao", "Đóng dấu và phát hành", "Đóng dấu")


def monday_in(weeks: int) -> dt.date:
    """A Monday that many weeks ahead, past every promised date and no holiday by the plain week."""
    today = timezone.localdate()
    return today + dt.timedelta(days=7 * weeks - today.weekday())
