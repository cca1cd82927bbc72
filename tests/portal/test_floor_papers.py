"""Every paper of the one-stop shop as a PDF: its size, its text, and data that stay data."""

import json
import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from portal.floor import typesetting
from portal.floor.typesetting import PAPERS, TypesettingError, paper, pictures, typeset
from tests.portal.paper_samples import BOOKS, NOTICES, PARCELS, PARTS, RESULT, sample

A5, A4, A4_LANDSCAPE = (148, 210), (210, 297), (297, 210)
HOW_TO = Path(typesetting.ROOT / "docs/how-to/write-a-result-template.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```typst\n(.*?)```", HOW_TO, re.S)[1]  # type: ignore[index]


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, its lines joined: where a line ends is the typesetter's business."""
    document = pdfium.PdfDocument(pdf)
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def size_of(pdf: bytes) -> tuple[int, int]:
    """Width and height of the first page in millimetres."""
    width, height = pdfium.PdfDocument(pdf)[0].get_size()
    return round(width * 25.4 / 72), round(height * 25.4 / 72)


@pytest.mark.parametrize(
    ("kind", "size", "words"),
    [
        (
            "receipt",
            A5,
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ|17 giờ 00, ngày 07/12/2026|tổng số: 24.000 đồng|Mẫu 01",
        ),
        ("supplement", A5, "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ|Thiếu chữ ký của bà Nguyễn Thị Bưởi|20/11/2026"),
        ("refusal", A5, "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ|Liệt sĩ đã có người hưởng trợ cấp|khiếu nại"),
        ("apology", A5, "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ|17 giờ 00, ngày 14/12/2026|CHỦ TỊCH|Lưu: VT."),
        ("stop_notice", A5, "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ|Người nộp đề nghị rút hồ sơ.|Lê Tiến Dũng"),
        (
            "control_slip",
            A5,
            "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ|Nhận: 07:45, 11/11/2026|Đúng hạn|Hoàng Văn Hải",
        ),
        ("consultation", A4, "V/v lấy ý kiến về hồ sơ|Kính gửi: Chi nhánh Văn phòng|Thửa đất số 12|10/11/2026"),
        ("minutes", A4, "BIÊN BẢN KIỂM TRA THỰC TẾ|08 giờ 30, ngày 10/11/2026|trưởng thôn|Trần Thị Chi"),
        ("register", A4_LANDSCAPE, "SỔ THEO DÕI HỒ SƠ|Năm 2026, quyển số 01|Tiếp nhận: 15.|NGƯỜI GIỮ SỔ"),
    ],
)
def test_each_paper_has_the_size_of_the_law_and_its_words(kind: str, size: tuple[int, int], words: str) -> None:
    pdf = typeset(paper(kind), sample(kind))
    text = text_of(pdf)
    for word in [
        *words.split("|"),
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Nguyễn Thị An",
    ]:
        assert word in text
    assert size_of(pdf) == size


def test_every_paper_of_the_folder_is_a_layout_or_has_a_sample() -> None:
    sampled = {*PARTS, *NOTICES, *PARCELS, *BOOKS}
    assert {path.stem for path in PAPERS.glob("*.typ")} == {"base", "decision", "form", *sampled}


@pytest.mark.parametrize("kind", [kind for kind in PARTS if kind != "register"])
def test_a_usual_slip_fits_on_one_page(kind: str) -> None:
    assert len(pages_of(typeset(paper(kind), sample(kind)))) == 1


def test_a_long_register_repeats_its_head_and_numbers_its_pages() -> None:
    pages = pages_of(typeset(paper("register"), sample("register")))
    assert len(pages) > 1
    assert all("Mã hồ sơ" in page for page in pages[:-1])
    assert re.match(r"\s*2\b", pages[1])


HOSTILE = [
    '#panic("x")',
    "*bold*",
    "$x$",
    "#{import sys} \\ ] } ) @ref <label> // end /* end",
    "“Nguyễn” 'Văn' \"Bình\" `code`",
    '#eval(read("receipt.typ"))',
    "= Heading",
    "- item",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", PARTS)
def test_typed_text_is_printed_as_it_was_typed(kind: str, name: str) -> None:
    data = sample(kind)
    data["applicant"]["name"] = name
    for row in data.get("rows", []):
        row["applicant"] = name
    assert name.replace(" ", "") in text_of(typeset(paper(kind), data)).replace(" ", "")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", PARCELS | BOOKS)
def test_typed_text_in_books_and_beside_parcels_is_printed_as_it_was_typed(kind: str, name: str) -> None:
    data = json.loads(json.dumps((PARCELS | BOOKS)[kind]).replace("Nguy\\u1ec5n Th\\u1ecb An", json.dumps(name)[1:-1]))
    text = text_of(typeset(paper(kind), data))
    assert name.replace(" ", "") in text.replace(" ", "")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", NOTICES)
def test_typed_text_on_a_notice_is_printed_as_it_was_typed(kind: str, name: str) -> None:
    pdf = typeset(paper(kind), NOTICES[kind] | {"title": name})
    assert name.replace(" ", "") in text_of(pdf).replace(" ", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_typed_text_in_a_result_is_printed_as_it_was_typed(name: str) -> None:
    pdf = typeset(EXAMPLE, RESULT | {"answers": {"martyr_name": name, "from_year": name}})
    assert text_of(pdf).replace(" ", "").count(name.replace(" ", "")) == 2


@pytest.mark.parametrize("kind", PARTS)
def test_a_name_of_three_hundred_letters_stays_on_the_paper(kind: str) -> None:
    name = "Nguyễn Phước Ưởng " * 16 + "CUỐI"
    data = sample(kind)
    data["applicant"]["name"] = data["signer"]["name"] = data["officer"]["name"] = name
    document = pdfium.PdfDocument(typeset(paper(kind), data))
    width = document[0].get_width()
    for page in document:
        text = page.get_textpage()
        assert all(0 < text.get_charbox(index)[2] < width - 20 for index in range(text.count_chars()))


def test_letters_of_the_minority_languages_are_printed_and_unknown_ones_leave_a_mark() -> None:
    data = sample("receipt")
    data["applicant"]["name"] = "Y Ƀhăm Ŏ Ŭi Kƀăn Niê ʼEa 😀漢\u200b\u0007"
    text = text_of(typeset(paper("receipt"), data))
    assert "Y Ƀhăm Ŏ Ŭi Kƀăn Niê ʼEa □□" in text


def test_decomposed_letters_are_composed() -> None:
    data = sample("receipt")
    data["applicant"]["name"] = "Nguye\u0302\u0303n U\u031b\u0309ng"
    assert "Nguyễn Ửng" in text_of(typeset(paper("receipt"), data))


def test_the_pdf_is_archival_accessible_vietnamese_and_titled() -> None:
    pdf = typeset(paper("receipt"), sample("receipt"))
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert re.search(rb"/Lang\s*\(vi", pdf)
    title = pdfium.PdfDocument(pdf).get_metadata_dict()["Title"]
    assert title == "Giấy tiếp nhận hồ sơ và hẹn trả kết quả 000.21.05.H62-261103-0001"


def test_only_the_bundled_typefaces_are_embedded() -> None:
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z-]+)", typeset(paper("receipt"), sample("receipt"))))
    assert fonts
    assert all(font.startswith(b"Tinos") for font in fonts)


def test_the_example_of_the_guide_is_a_decision_on_a4() -> None:
    pdf = typeset(EXAMPLE, RESULT)
    text = text_of(pdf)
    assert size_of(pdf) == A4
    for words in [
        "Số: 123/QĐ-UBND",
        "Lập Thạch, ngày 03 tháng 11 năm 2026",
        "Về việc trợ cấp thờ cúng liệt sĩ",
        "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN LẬP THẠCH",
        "của Chính phủ.",
        "Điều 1. Trợ cấp thờ cúng liệt sĩ Nguyễn Văn Long cho:",
        "Điều 3.",
        "- Như Điều 3; - Lưu: VT.",
        "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH",
        "Bùi Thị Oanh",
        "000.21.05.H62-261103-0001",
    ]:
        assert words in text


def test_the_guide_lists_the_data_that_templates_get() -> None:
    block = re.search(r"```json\n(.*?)```", HOW_TO, re.S)[1]  # type: ignore[index]
    listed = set(re.findall(r'"(\w+)":', block))
    assert set(RESULT) | {key for value in RESULT.values() if isinstance(value, dict) for key in value} - {
        "reason"
    } <= (listed | set(RESULT["answers"]))


def test_a_deputy_signs_for_the_head_who_decides() -> None:
    signer = {"capacity": "KT. GIÁM ĐỐC", "title": "Phó Giám đốc", "name": "Phan Thị Lan"}
    agency = {"name": "Sở Tư pháp", "parent_name": "Ủy ban nhân dân tỉnh Vĩnh Phúc", "place": "Vĩnh Yên"}
    text = text_of(typeset(EXAMPLE, RESULT | {"signer": signer, "agency": agency}))
    assert "GIÁM ĐỐC SỞ TƯ PHÁP" in text
    assert "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC" in text
    assert "ỦY BAN NHÂN DÂN TỈNH VĨNH PHÚC SỞ TƯ PHÁP" in text


def test_a_letter_names_its_subject_and_its_reader() -> None:
    source = """#import "decision.typ": *
#show: letter.with(subject: "từ chối giải quyết", to: (data.applicant.name,), receivers: ("Như trên",))
Lý do: #written("reason")."""
    text = text_of(typeset(source, RESULT))
    assert "V/v từ chối giải quyết" in text
    assert "Kính gửi: Nguyễn Thị An." in text
    assert "Lý do: Đã có người hưởng trợ cấp thờ cúng." in text


def test_a_certificate_lists_the_rows_of_a_group_and_leaves_room_for_what_is_unknown() -> None:
    source = """#import "decision.typ": *
#show: official.with(kind: "GIẤY XÁC NHẬN", number: none)
#for child in answer-list("children") [- #child.name
]
#filled("Dân tộc", answer("ethnicity"))"""
    text = text_of(typeset(source, RESULT))
    assert "GIẤY XÁC NHẬN" in text
    assert "- Nguyễn Văn Một - Nguyễn Thị Hai" in text
    assert "Dân tộc: ......" in text
    assert "Số:" not in text


def test_a_draft_leaves_room_for_number_and_date() -> None:
    text = text_of(typeset(EXAMPLE, RESULT | {"number": "", "date": ""}))
    assert re.search(r"Số:\s*/", text)
    assert re.search(r"Lập Thạch, ngày\s+tháng\s+năm", text)


@pytest.mark.parametrize(
    "source",
    [
        '#import "decision.typ": *\n#panic("a mistake")',
        "#unknown-name",
        "No title",
        '#eval("1")',
        "#let run = std.eval",
        '#import "@preview/tablex:0.0.1": *',
        '#read("/etc/hostname")',
        '#read("../../manage.py")',
        "#while true {}",
    ],
)
def test_a_source_that_is_wrong_or_reaches_out_is_refused(source: str) -> None:
    with pytest.raises(TypesettingError):
        typeset(source, RESULT)


def test_the_refusal_says_where_the_mistake_is() -> None:
    with pytest.raises(TypesettingError, match=r"unknown variable: nothing"):
        typeset("Line\n#nothing", RESULT)


def test_pages_can_be_looked_at() -> None:
    assert all(page.startswith(b"\x89PNG") for page in pictures(paper("receipt"), sample("receipt")))
