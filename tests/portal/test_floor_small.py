"""Masks, QR codes, problems."""

import xml.etree.ElementTree as ET

import pytest

from portal.floor.masking import mask_email, mask_id, mask_name, mask_phone
from portal.floor.problems import Problem
from portal.floor.qr import svg


@pytest.mark.parametrize(
    ("masked", "shown"),
    [
        (mask_id("026090001234"), "026•••••1234"),
        (mask_id("1234567"), "•••••••"),
        (mask_phone("0912345678"), "091••••678"),
        (mask_email("an@example.vn"), "a•@example.vn"),
        (mask_email("a@example.vn"), "•@example.vn"),
        (mask_email("not an address"), "••••••••••••••"),
        (mask_name("Nguyễn Thị An"), "Nguyễn T•• A•"),
        (mask_name("An"), "An"),
        (mask_name("Y Ŏ"), "Y •"),
        (mask_id(""), ""),
        (mask_name(""), ""),
        (mask_email(""), ""),
    ],
)
def test_masks_show_enough_to_recognise_ones_own(masked: str, shown: str) -> None:
    assert masked == shown


def test_a_qr_code_is_plain_svg_without_style_or_script() -> None:
    drawing = svg("https://motcua.example.vn/kiem-tra/Đ?x=1&y=2", title="Mã <tra> cứu")
    root = ET.fromstring(drawing)
    assert root.tag.endswith("svg")
    assert root.get("viewBox")
    assert "style" not in drawing
    assert "script" not in drawing
    assert root[0].text == "Mã <tra> cứu"
    assert svg("x") != svg("y")


def test_a_problem_says_what_rfc_9457_asks_for() -> None:
    problem = Problem(409, "Hồ sơ đã thay đổi", "Chị Chi vừa chuyển hồ sơ.", extra={"version": 4, "status": 1})
    assert problem.as_dict("/api/v1/dossiers/1") == {
        "type": "about:blank",
        "title": "Hồ sơ đã thay đổi",
        "status": 409,
        "detail": "Chị Chi vừa chuyển hồ sơ.",
        "instance": "/api/v1/dossiers/1",
        "version": 4,
    }
    assert str(Problem(404, "Không tìm thấy")) == "Không tìm thấy"
    assert "detail" not in Problem(404, "Không tìm thấy").as_dict()
