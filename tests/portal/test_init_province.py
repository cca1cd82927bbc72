"""A real province starts from one workbook: its people invited, its catalogue in drafts, nothing of the demo."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from portal.models import User
from procedures.models import Agency, Department, Position, ProcedureVersion, ProvinceProfile
from tests.login import log_in

pytestmark = pytest.mark.django_db
OPERATOR = ("--operator", "van.hanh", "--operator-name", "Nông Thị Vân", "--operator-email", "van@caobang.example")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "cao-bang.xlsx"
    call_command("init_province", "--template", str(path), stdout=io.StringIO())
    return path


def begin(*more: str, code: str = "H14") -> str:
    out = io.StringIO()
    call_command("init_province", "--code", code, *OPERATOR, *more, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def spoilt(path: Path, sheet: str, cells: dict[str, Any]) -> str:
    book = load_workbook(path)
    for place, value in cells.items():
        book[sheet][place].value = value
    book.save(path)
    return str(path)


def test_a_province_starts_from_its_workbook(workbook: Path, settings: Any) -> None:
    said = begin("--file", str(workbook))
    profile = ProvinceProfile.objects.get()
    assert (profile.identifier, profile.name, profile.tiers) == ("H14", "Tỉnh Cao Bằng", ["province", "commune"])
    assert (Agency.objects.count(), Department.objects.count()) == (2, 1)
    assert set(User.objects.values_list("username", flat=True)) == {"an.nguyen", "van.hanh"}  # nobody of the demo
    seat = Position.objects.get(user__username="an.nguyen")
    assert (seat.agency.code, seat.role, str(seat.department)) == ("H14.02", "receiver", "Phòng Hành chính")
    versions = ProcedureVersion.objects.all()
    assert versions.exists()
    assert set(versions.values_list("state", flat=True)) == {"draft"}
    assert "/loi-moi/" in said


def test_nobody_enters_before_being_invited(workbook: Path, client: Client) -> None:
    said = begin("--file", str(workbook))
    for password in ("demo-motcua", "!", ""):
        answer = client.post("/can-bo/dang-nhap", {"username": "an.nguyen", "password": password})
        assert answer.status_code == 200
        assert "_auth_user_id" not in client.session
    link = "/loi-moi/" + said.split("/loi-moi/")[1].strip()
    password = "mot mat khau du dai 2026"
    entered = client.post(link, {"password": password, "again": password})
    assert entered["Location"].endswith("/hai-lop")


def test_the_catalogue_is_there_for_its_editors(workbook: Path) -> None:
    begin("--file", spoilt(workbook, "Công chức", {"F2": "Biên tập danh mục"}))
    editor = log_in(Client(), User.objects.get(username="an.nguyen"))
    page = editor.get("/quan-tri/thu-tuc").content.decode()
    assert "Bản thảo" in page
    assert "Đăng ký" in page


def test_a_province_of_three_tiers_starts_without_a_file() -> None:
    begin("--unit-set", "2024", code="H62")
    assert ProvinceProfile.objects.get().tiers == ["province", "district", "commune"]
    assert Agency.objects.get().name == "Ủy ban nhân dân tỉnh Vĩnh Phúc"


def test_a_second_province_is_refused() -> None:
    begin()
    with pytest.raises(CommandError, match="đã phục vụ Tỉnh Cao Bằng"):
        begin(code="H01")


@pytest.mark.parametrize(
    ("code", "words"), [("H99", "Không có tỉnh"), ("h14", "Không có tỉnh"), ("H62", "đã nhập vào tỉnh mã H44")]
)
def test_a_province_that_is_none_is_refused(code: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        begin(code=code)
    assert not ProvinceProfile.objects.exists()


@pytest.mark.parametrize(
    ("sheet", "cells", "place"),
    [
        ("Cơ quan", {"C3": "Cấp trời"}, "Trang Cơ quan, dòng 3, C"),
        ("Cơ quan", {"D3": "H99"}, "Trang Cơ quan, dòng 3, D"),
        ("Cơ quan", {"D2": "H14.02"}, "Trang Cơ quan, dòng 2, D"),
        ("Cơ quan", {"A3": "H14"}, "Trang Cơ quan, dòng 2, A"),
        ("Cơ quan", {"E3": "99999"}, "Trang Cơ quan, dòng 3, E"),
        ("Cơ quan", {"N3": "to"}, "Trang Cơ quan, dòng 3, N"),
        ("Cơ quan", {"B3": "=1+1"}, "Trang Cơ quan, dòng 3, B"),
        ("Phòng ban", {"A2": "H99"}, "Trang Phòng ban, dòng 2, A"),
        ("Công chức", {"A2": "An Nguyễn"}, "Trang Công chức, dòng 2, A"),
        ("Công chức", {"C2": "không có"}, "Trang Công chức, dòng 2, C"),
        ("Công chức", {"E2": "phong-la"}, "Trang Công chức, dòng 2, E"),
        ("Công chức", {"I2": "31/02/2026"}, "Trang Công chức, dòng 2, I"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_done(
    workbook: Path, sheet: str, cells: dict[str, Any], place: str
) -> None:
    with pytest.raises(CommandError, match=place.replace("(", r"\(")):
        begin("--file", spoilt(workbook, sheet, cells))
    assert not ProvinceProfile.objects.exists()
    assert not Agency.objects.exists()
    assert not User.objects.exists()


def test_what_is_missing_on_the_command_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--operator-name"):
        call_command("init_province", "--code", "H14", "--operator", "a")
    with pytest.raises(CommandError, match="No such file"):
        begin("--file", str(tmp_path / "none.xlsx"))
