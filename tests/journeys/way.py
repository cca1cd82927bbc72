"""The way of one dossier through the demo province, by pages: what is filed, who does what, which letters go out."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import pypdfium2
import requests
from PIL import Image, ImageDraw

from tests.installation import Installation
from tests.journeys.actors import Citizen, Officer
from tests.portal.waiting import soon

PROCEDURE = "1.010803"
Answers = dict[str, str]
Acts = tuple[tuple[str, str, Answers], ...]  # who, the act's part of the address, what is written in
FORM: tuple[Answers, ...] = (
    {
        "martyr_name": "Nguyễn Văn Tám", "relation": "Cháu", "martyr_hometown": "Xã Xuân Lôi, huyện Lập Thạch",
        "martyr_died_on_0": "27", "martyr_died_on_1": "7", "martyr_died_on_2": "1968",
    },
    {"certificate_number": "VP-1968/0727", "decision_number": "512/QĐ-TTg"},
    {"_them": "relatives"},
    {
        "relatives-0-name": "Nguyễn Văn Chín", "relatives-0-relation": "Em ruột", "already_received": "false",
        "receive_by": "cash", "promise": "true",
    },
)  # fmt: skip
DELIVERY = {"mode": "post", "name": "Nguyễn Thị An", "phone": "0912345678", "email": "an@example.vn"}
AT_THE_COMMUNE: Acts = (
    ("binh", "nhan", {}),
    ("chi", "chuyen", {"note": "Đủ giấy tờ theo quy định"}),
    ("dung", "chuyen", {"note": "Đồng ý chuyển lên"}),
)
AT_THE_DISTRICT: Acts = (
    ("hai", "chuyen", {"note": "Đã đối chiếu danh sách"}),
    ("oanh", "chuyen", {"note": "Đồng ý chuyển Sở"}),
)
AT_THE_DEPARTMENT: Acts = (
    ("khanh", "soan", {"kind": "approval"}),
    ("khanh", "trinh", {"note": "Kính trình Giám đốc"}),
    ("lan", "ky", {}),
    ("quyen", "dong-dau", {}),
)
TO_THE_POST: Acts = (("giang", "gui", {}),)


@dataclass(frozen=True)
class Province:
    """Where An files, what she adds to what is known of her, who then acts, which way her dossier is said to go."""

    commune: str
    address: str
    applicant: tuple[Answers, ...]  # page by page; lists that depend on others are asked for anew
    acts: Acts
    climb: tuple[str, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """How the subjects begin."""
        return (
            "Đã gửi hồ sơ {reference}",
            "Đã nhận hồ sơ {code}, hẹn trả",
            *(f"Hồ sơ {{code}} đã chuyển đến {agency}" for agency in self.climb),
            "Hồ sơ {code} đã có kết quả",
            "Kết quả hồ sơ {code} đã gửi bưu điện",
            "Hồ sơ {code} đã trả kết quả",
        )


THREE_TIERS = Province(
    commune="Ủy ban nhân dân xã Xuân Lôi",
    address="Thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc",
    applicant=({"applicant_phone": "0912345678"},),
    acts=AT_THE_COMMUNE + AT_THE_DISTRICT + AT_THE_DEPARTMENT + TO_THE_POST,
    climb=("Ủy ban nhân dân huyện Lập Thạch", "Sở Lao động – Thương binh và Xã hội"),
)
TWO_TIERS = Province(
    commune="Ủy ban nhân dân xã Tiên Lữ",
    address="Thôn Đồng Xuân, xã Tiên Lữ, tỉnh Phú Thọ",
    applicant=(
        {"applicant_address_province": "Tỉnh Phú Thọ", "_cap-nhat": "1"},
        {
            "applicant_address_commune": "Xã Tiên Lữ", "applicant_address_detail": "Thôn Đồng Xuân",
            "applicant_phone": "0912345678",
        },
    ),
    acts=AT_THE_COMMUNE + AT_THE_DEPARTMENT + TO_THE_POST,
    climb=("Sở Nội vụ",),
)  # fmt: skip
ACTS = THREE_TIERS.acts


def photo() -> bytes:
    """A certificate, photographed."""
    picture = Image.new("RGB", (900, 640), "#f6efd8")
    ImageDraw.Draw(picture).rectangle((20, 20, 880, 620), outline="#9a1c1c", width=8)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def scan() -> bytes:
    """A page, scanned to PDF."""
    document, file = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(595, 842)
    document.save(file)
    return file.getvalue()


@dataclass(frozen=True)
class Filed:
    """What the citizen holds after sending: our own number, and every address that is hers alone."""

    reference: str
    addresses: tuple[str, ...]


def file(citizen: Citizen, where: Province = THREE_TIERS) -> Filed:
    """Fill in all pages, send a photograph and a scan, choose the post, look it over, send."""
    seen = []
    citizen.start(PROCEDURE, agency=where.commune)
    for answers in (*where.applicant, *FORM):
        seen.append(citizen.page.url)
        citizen.onward("_ban", **answers)
    assert citizen.step() == "giay-to", citizen.page.url
    seen.append(citizen.page.url)
    citizen.onward(
        "tep-bang-to-quoc-ghi-cong",
        {
            "tep-bang-to-quoc-ghi-cong": ("bằng tổ quốc ghi công.jpg", photo(), "image/jpeg"),
            "tep-uy-quyen-than-nhan": ("ủy quyền.pdf", scan(), "application/pdf"),
        },
    )
    citizen.onward("mode", **DELIVERY, address=where.address)
    assert citizen.step() == "kiem-tra", citizen.page.url
    for said in ("Nguyễn Văn Tám", "Nguyễn Văn Chín", "bằng tổ quốc ghi công.jpg", "ủy quyền.pdf", where.address):
        assert said in citizen.page.text, said
    done = citizen.onward("agree", agree="on")
    assert citizen.step() == "xong", done.text[:3000]
    own = done.link("Xem hồ sơ")
    return Filed(own.rpartition("/")[2], (*seen, done.url, own))


def code_of(installation: Installation, reference: str) -> str:
    """What the dossier is called: our number when filed, the code once received."""
    [(code,)] = installation.rows(
        "SELECT coalesce(code, reference) FROM dossiers_dossier WHERE reference = %s", reference
    )
    return str(code)


def deliver(installation: Installation, code: str) -> None:
    """The carrier takes the parcel all the way."""
    carrier = installation.page_of("carrier")
    [item] = shipments(installation, code)
    for state in ("accepted", "in_transit", "delivered"):
        requests.post(f"{carrier}/control/{item}/{state}", timeout=10).raise_for_status()


def shipments(installation: Installation, code: str) -> list[str]:
    statement = """SELECT item_code FROM dossiers_shipment s JOIN dossiers_dossier d ON d.id = s.dossier_id
                   WHERE d.code = %s ORDER BY attempt"""
    return [str(item) for (item,) in installation.rows(statement, code)]


@dataclass(frozen=True)
class Letter:
    subject: str
    message_id: str


def letters(installation: Installation, filed: Filed, code: str, to: str = "an@example.vn") -> list[Letter]:
    """What reached the inbox about this dossier, oldest first."""
    found = requests.get(f"{installation.page_of('smtp')}/api/messages", {"to": to}, timeout=10).json()
    ours = [one for one in reversed(found) if code in one["subject"] or filed.reference in one["subject"]]
    return [Letter(one["subject"], one["message_id"]) for one in ours]


def expected(filed: Filed, code: str, where: Province = THREE_TIERS) -> list[str]:
    return [subject.format(reference=filed.reference, code=code) for subject in where.letters]


def eventually(question: Callable[[], bool], seconds: float, what: str) -> None:
    assert soon(question, seconds), f"not within {seconds:.0f} s: {what}"


class Staff:
    """The officers, each logged in once, when first needed."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.present: dict[str, Officer] = {}

    def __getitem__(self, name: str) -> Officer:
        if name not in self.present:
            self.present[name] = Officer(self.installation, name)
        return self.present[name]

    def do(self, filed: Filed, acts: Acts = ACTS) -> str:
        """Each act by its officer; gives the dossier's code."""
        for name, act, given in acts:
            self[name].act(code_of(self.installation, filed.reference), act, **given)
        return code_of(self.installation, filed.reference)
