"""The main job in Chromium, with every actor, as people see it; what goes wrong on any page is one list."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.installation import Installation
from tests.journeys import reader, way
from tests.journeys.way import Filed, eventually
from tests.journeys.windows import CitizenWindow, Gallery, OfficerWindow

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.poppler]
# Who, the button on the dossier, the button of the act, what is filled in.
ACTS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("binh", "Nhận hồ sơ", "Nhận hồ sơ", {}),
    ("chi", "Chuyển:", "Chuyển bước", {"note": "Đủ giấy tờ theo quy định"}),
    ("dung", "Chuyển:", "Chuyển bước", {"note": "Đồng ý chuyển huyện"}),
    ("hai", "Chuyển:", "Chuyển bước", {"note": "Đã đối chiếu danh sách"}),
    ("oanh", "Chuyển:", "Chuyển bước", {}),
    ("khanh", "Soạn kết quả", "Lưu và xem bản in", {"kind": "approval"}),
    ("khanh", "Trình ký", "Trình ký", {"note": "Kính trình Giám đốc"}),
    ("lan", "Ký kết quả", "Ký số", {}),
    ("quyen", "Đóng dấu và phát hành", "Đóng dấu", {}),
    ("giang", "Gửi bưu điện", "Giao cho bưu điện", {}),
)


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


@pytest.mark.parametrize("width", [1280, 390])
def test_from_the_search_to_the_delivered_parcel(
    browser: Browser, installation: Installation, folder: Path, tmp_path: Path, width: int
) -> None:
    gallery = Gallery(folder, width)
    an = CitizenWindow(browser, installation, gallery)
    filed = file(an, tmp_path)
    code = officers_work(browser, installation, gallery, filed)
    parcel_is_delivered(browser, installation, gallery, code)
    an.open(f"/toi/ho-so/{code}")
    eventually(lambda: bool(an.page.reload()) and "Đã trả" in an.text, 150, "the parcel is delivered")
    an.look("an-da-tra")
    letters_are_read(browser, installation, gallery, filed, code)
    with an.page.expect_download() as download:
        an.page.get_by_role("link", name="Tải bản có chữ ký số").click()
    pdf = Path(download.value.path()).read_bytes()
    assert reader.verdicts(pdf, installation.addresses["TRUST_ROOTS"], tmp_path) == [*reader.VALID, *reader.VALID]
    result_is_checked(an, pdf)
    assert gallery.faults == {}


def file(an: CitizenWindow, folder: Path) -> Filed:
    """From the front page, searching without diacritics, to the confirmation."""
    (folder / "bằng tổ quốc ghi công.jpg").write_bytes(way.photo())
    (folder / "ủy quyền.pdf").write_bytes(way.scan())
    an.open("/")
    an.look("trang-chu")
    an.page.locator("#q").fill("tho cung liet si")
    an.press("Tìm")
    an.look("tim")
    an.page.locator("main").get_by_role("link", name="Trợ cấp thờ cúng liệt sĩ").first.click()
    an.look("thu-tuc")
    an.page.locator('main a[href*="/bat-dau"]').locator("visible=true").first.click()
    an.log_in("Nguyễn Thị An")
    an.look("bat-dau")
    an.fill(agency=way.THREE_TIERS.commune)
    an.press("Bắt đầu điền")
    for answers in (*way.THREE_TIERS.applicant, *way.FORM):
        typed = {name: value for name, value in answers.items() if name != "_them"}
        an.fill(**typed)
        an.look(f"buoc-{an.page.url.rpartition('/')[2]}")
        an.press("Tiếp tục") if typed else an.page.locator('main [name="_them"]').click()
    an.page.locator('[name="tep-bang-to-quoc-ghi-cong"]').set_input_files(folder / "bằng tổ quốc ghi công.jpg")
    an.page.locator('[name="tep-uy-quyen-than-nhan"]').set_input_files(folder / "ủy quyền.pdf")
    an.press("Tải lên rồi ở lại trang này")
    an.look("giay-to")
    an.press("Tiếp tục")
    an.fill(**way.DELIVERY, address=way.THREE_TIERS.address)
    an.look("nhan-ket-qua")
    an.press("Tiếp tục")
    an.look("kiem-tra")
    an.page.locator('[name="agree"]').check()
    an.press("Gửi hồ sơ")
    an.look("xong")
    done = an.page.url
    an.press("Xem hồ sơ")
    an.look("an-ho-so")
    return Filed(an.page.url.rpartition("/")[2], (done, an.page.url))


def officers_work(browser: Browser, installation: Installation, gallery: Gallery, filed: Filed) -> str:
    windows: dict[str, OfficerWindow] = {}
    for name, button, last, given in ACTS:
        code = way.code_of(installation, filed.reference)
        if name not in windows:
            windows[name] = OfficerWindow(browser, installation, gallery)
            windows[name].log_in(name, look=name == "binh")
        windows[name].act(name, code, button, last, **given)
        windows[name].look(f"{name}-xong")
    return way.code_of(installation, filed.reference)


def parcel_is_delivered(browser: Browser, installation: Installation, gallery: Gallery, code: str) -> None:
    [item] = way.shipments(installation, code)
    post = CitizenWindow(browser, installation, gallery)
    post.open(installation.page_of("carrier"))
    post.look("buu-dien", ours=False)
    post.press(item)
    for state in ("Chấp nhận gửi", "Đang vận chuyển", "Phát thành công"):
        post.press(state)
    post.look("buu-gui", ours=False)


def letters_are_read(browser: Browser, installation: Installation, gallery: Gallery, filed: Filed, code: str) -> None:
    wanted = way.expected(filed, code)
    eventually(lambda: len(way.letters(installation, filed, code)) == len(wanted), 90, "the last letter")
    inbox = CitizenWindow(browser, installation, gallery)
    for number, start in enumerate(wanted):
        inbox.open(f"{installation.page_of('smtp')}/?to=an@example.vn")
        if not number:
            inbox.look("hop-thu", ours=False)
        inbox.page.get_by_role("link", name=start).first.click()
        letter = inbox.page.frame_locator("iframe").locator("body")
        assert "Nguyễn Thị An" in letter.inner_text()
        if number in (1, len(wanted) - 1):
            inbox.look(f"thu-{number}", ours=False)


def result_is_checked(an: CitizenWindow, pdf: bytes) -> None:
    an.open("/kiem-tra/")
    an.page.locator('main [type="file"]').set_input_files(
        {"name": "ket-qua.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    an.press("Kiểm tra")
    assert "Chữ ký hợp lệ" in an.text
    an.look("chu-ky")
