"""The builder in the browser: list, pages, fields, revisions, preview; everybody else finds nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from portal.actors import SECOND_FACTOR
from portal.models import User
from procedures import eforms, form_revisions, linting
from procedures.eforms.schema import TYPES
from procedures.forms import CaseForm
from procedures.models import (
    AdminChange,
    Agency,
    Case,
    Form,
    Position,
    Procedure,
    ProcedureVersion,
    RequiredDocument,
    ServiceField,
)

pytestmark = pytest.mark.django_db
LIST, ONE = "/quan-tri/bieu-mau", "/quan-tri/bieu-mau/TK-THU"
SCHEMA: dict[str, Any] = {
    "pages": [
        {
            "key": "nguoi-nop",
            "title": "Người nộp",
            "fields": [
                {"key": "ho_ten", "type": "person_name", "label": "Họ và tên", "required": True},
                {"key": "co_con", "type": "yes_no", "label": "Có con nhỏ"},
            ],
        },
        {"key": "con", "title": "Con", "fields": [{"key": "so_con", "type": "number", "label": "Số con"}]},
    ]
}


def officer(username: str, role: str) -> Client:
    agency, _new = Agency.objects.get_or_create(
        code="000.00.00.H62", defaults={"scheme": "qcvn102", "name": "UBND tỉnh", "level": "province"}
    )
    user = User.objects.create(username=username, full_name=username, kind=User.Kind.OFFICER)
    Position.objects.create(user=user, agency=agency, role=role, title=role, holder_name=username)
    client = Client()
    client.force_login(user, backend="portal.identity.backends.OfficerBackend")
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client


@pytest.fixture
def minh() -> Client:
    return officer("minh", "catalogue_editor")


@pytest.fixture
def form() -> Form:
    return Form.objects.create(code="TK-THU", name="Tờ khai thử", schema=SCHEMA)


def version(form: Form, state: str) -> ProcedureVersion:
    """A version of a procedure of its own in which one case asks with the form."""
    number = Procedure.objects.count() + 1
    field, _new = ServiceField.objects.get_or_create(code="A01-B", defaults={"name": "Hộ tịch", "slug": "ho-tich"})
    procedure = Procedure.objects.create(code=f"1.00000{number}", field=field, level="commune", name="Thủ tục")
    made = ProcedureVersion.objects.create(procedure=procedure, state=state, name="Thủ tục")
    Case.objects.create(version=made, form=form)
    return made


def seen(code: str = "TK-THU") -> str:
    newest = form_revisions.newest(code)
    assert newest is not None
    return form_revisions.stamp(newest)


def post(client: Client, path: str, **typed: Any) -> Any:
    return client.post(f"{ONE}/{path}", {"_ban": seen()} | typed)


def keys(revision: int) -> list[str]:
    schema = Form.objects.get(code="TK-THU", revision=revision).schema
    return [spec["key"] for spec in eforms.fields(schema)]


@pytest.mark.parametrize(
    "path",
    [LIST, f"{LIST}/moi", f"{ONE}/1", f"{ONE}/1/trang", f"{ONE}/1/o/ho_ten", f"{ONE}/1/xem-thu", f"{ONE}/1/so-sanh"],
)
def test_to_everybody_else_the_builder_does_not_exist(form: Form, path: str) -> None:
    assert officer("binh", "receiver").get(path).status_code == 404
    assert Client().get(path).status_code in {302, 404}


def test_what_does_not_exist_is_not_found(minh: Client, form: Form) -> None:
    for path in (
        "9",
        "1/trang/khong",
        "1/o/khong",
        "1/o/ho_ten.khong",
        "1/them-o/con?loai=khong",
        "1/them-o/x?loai=text",
    ):
        assert minh.get(f"{ONE}/{path}").status_code == 404, path
    assert post(minh, "1/sap-xep", viec="nhay o ho_ten").status_code == 404
    assert post(minh, "1/xem-thu", _loai="khong").status_code == 404


def test_a_form_is_found_copied_and_named(minh: Client, form: Form) -> None:
    assert "Tờ khai thử" in minh.get(LIST, {"q": "to khai thu"}).content.decode()
    assert "Không có tờ khai nào" in minh.get(LIST, {"q": "khai sinh"}).content.decode()
    taken = minh.post(f"{LIST}/moi?tu=TK-THU", {"name": "Bản sao", "code": "tk-thu"})
    assert (taken.status_code, "đã có tờ khai dùng" in taken.content.decode()) == (422, True)
    assert minh.post(f"{LIST}/moi?tu=TK-THU", {"name": "Bản sao", "code": "tk-moi"}).status_code == 302
    assert Form.objects.get(code="TK-MOI").schema == SCHEMA
    assert post(minh, "1/ten", title="Tờ khai mới").status_code == 302
    assert form_revisions.newest("TK-THU").name == "Tờ khai mới"  # type: ignore[union-attr]


def test_pages_and_fields_are_added_changed_moved_and_taken_out(minh: Client, form: Form) -> None:
    assert post(minh, "1/trang", title="Bản sao", intro="Bạn cần mấy bản?").status_code == 302
    answer = post(minh, "1/them-o/ban-sao?loai=number", **{"o-label": "Số bản sao", "o-max": "20"})
    assert answer["Location"] == f"{ONE}/1#trang-ban-sao"
    formula = {"o-label": "Lệ phí", "o-formula": "so_ban_sao × 8000"}
    assert post(minh, "1/them-o/ban-sao?loai=computed", **formula).status_code == 302
    assert keys(1) == ["ho_ten", "co_con", "so_con", "so_ban_sao", "le_phi"]
    condition = {"o-condition-0-field": "co_con", "o-condition-0-op": "eq", "o-condition-0-value": "Có"}
    assert post(minh, "1/o/so_con", **{"o-label": "Mấy con", "o-required": "on"}, **condition).status_code == 302
    assert post(minh, "1/sap-xep", viec="len o so_con").status_code == 302
    assert post(minh, "1/sap-xep", viec="len trang ban-sao").status_code == 302
    assert post(minh, "1/trang/con", _bo="1").status_code == 302
    assert post(minh, "1/o/co_con", _bo="1").status_code == 302
    stored = Form.objects.get(code="TK-THU").schema
    assert [page["key"] for page in stored["pages"]] == ["nguoi-nop", "ban-sao"]
    assert stored["pages"][0]["fields"][1] == {
        "key": "so_con", "type": "number", "label": "Mấy con", "required": True,
        "condition": {"field": "co_con", "op": "eq", "value": True},
    }  # fmt: skip
    page = minh.get(f"{ONE}/1").content.decode()
    assert "Còn 1 chỗ phải sửa" in page
    assert "ô đó không đứng trước" in page
    assert AdminChange.objects.filter(kind="form.changed", subject_key="TK-THU").count() == 8


def test_every_type_of_field_can_be_added_and_opened(minh: Client, form: Form) -> None:
    asked = {"o-label": "Ô mới", "o-text": "Lời dẫn", "o-options": "Nam = male\nNữ", "o-formula": "so_con + 1"}
    for kind in [one for one in TYPES if one != "linked_choice"]:
        address = f"1/them-o/con?loai={kind}"
        assert minh.get(f"{ONE}/{address}").status_code == 200
        assert post(minh, address, **asked).status_code == 302, kind
    linked = minh.get(f"{ONE}/1/them-o/con?loai=linked_choice").content.decode()
    assert "Lựa chọn khi trả lời “Nam”" in linked
    spec = next(one for one in eforms.fields(Form.objects.get(code="TK-THU").schema) if one["type"] == "choice")
    told = {"o-label": "Lý do", "o-parent": spec["key"]}
    told |= {"o-options_0": "Nghĩa vụ = nv", "o-options_1": "Nghĩa vụ = nv\nThai sản"}
    assert post(minh, "1/them-o/con?loai=linked_choice", **told).status_code == 302
    stored = next(one for one in eforms.fields(Form.objects.get(code="TK-THU").schema) if one["key"] == "ly_do")
    assert stored["options"][0] == {"value": "nv", "label": "Nghĩa vụ", "for": ["male", "nu"]}
    group = next(one["key"] for one in eforms.fields(Form.objects.get(code="TK-THU").schema) if one["type"] == "group")
    assert post(minh, f"1/them-o/con?loai=text&nhom={group}", **asked).status_code == 302
    assert minh.get(f"{ONE}/1/o/{group}.o_moi").status_code == 200
    assert minh.get(f"{ONE}/1").status_code == 200
    assert eforms.mistakes(Form.objects.get(code="TK-THU").schema) == []
    assert minh.get(f"{ONE}/1/ban-in").content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("address", "typed", "words"),
    [
        ("con?loai=text", {"o-label": ""}, "Nhập nhãn"),
        ("con?loai=text", {"o-label": "A\x00"}, "ký tự"),
        ("con?loai=text", {"o-label": "A", "o-key": "Ô"}, "chữ thường không dấu"),
        ("con?loai=text", {"o-label": "A", "o-key": "ho_ten"}, "đã dùng trong tờ khai"),
        ("con?loai=text", {"o-label": "A", "o-pattern": "999999", "o-max": "3"}, "dài hơn số ký tự"),
        ("con?loai=choice", {"o-label": "A", "o-options": "X = 1\nY = 1"}, "Dòng 2: mã 1 đã dùng"),
        ("con?loai=choice", {"o-label": "A", "o-options": "\n".join(map(str, range(600)))}, "Nhiều nhất 500"),
        ("con?loai=number", {"o-label": "A", "o-min": "9", "o-max": "3"}, "lớn hơn số lớn nhất"),
        ("con?loai=number", {"o-label": "A", "o-min": "nhiều"}, "Nhập bằng số"),
        ("con?loai=date", {"o-label": "A", "o-min": "hôm qua"}, "Viết ngày như"),
        ("con?loai=date", {"o-label": "A", "o-min": "hôm nay", "o-max": "01/01/2020"}, "sau ngày muộn nhất"),
        ("con?loai=computed", {"o-label": "A", "o-formula": "so_con +"}, "Không đọc được công thức"),
        ("con?loai=computed", {"o-label": "A", "o-formula": "x + 1"}, "không đứng trước"),
        ("nguoi-nop?loai=linked_choice", {"o-label": "A"}, "Thêm một ô “Chọn một”"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_typed_is_lost(
    minh: Client, form: Form, address: str, typed: dict[str, str], words: str
) -> None:
    answer = post(minh, f"1/them-o/{address}", **typed)
    if "\x00" not in typed["o-label"]:
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert Form.objects.get(code="TK-THU").schema == SCHEMA


@pytest.mark.parametrize("state", ["published", "retired", "reviewed"])
def test_a_settled_revision_stays_and_its_drafts_follow_the_next(minh: Client, form: Form, state: str) -> None:
    settled, draft = version(form, state), version(form, "draft")
    assert "sẽ tạo bản 2" in minh.get(f"{ONE}/1").content.decode()
    assert post(minh, "1/o/so_con", **{"o-label": "Mấy con"})["Location"] == f"{ONE}/2#o-so_con"
    assert Form.objects.get(code="TK-THU", revision=1).schema == SCHEMA
    assert settled.cases.get().form.revision == 1  # type: ignore[union-attr]
    assert draft.cases.get().form.revision == 2  # type: ignore[union-attr]
    draft.refresh_from_db()
    assert draft.edited_by.username == "minh"  # type: ignore[union-attr]
    assert "chỉ để xem" in minh.get(f"{ONE}/1").content.decode()
    page = minh.get(f"{ONE}/2/so-sanh").content.decode()
    assert "Ô “Mấy con”: nhãn từ “Số con” thành “Mấy con”" in page
    assert post(minh, "2/o/so_con", **{"o-label": "Bao nhiêu con"})["Location"] == f"{ONE}/2#o-so_con"


def test_a_key_of_a_settled_revision_never_means_another_type(minh: Client, form: Form) -> None:
    version(form, "published")
    assert post(minh, "1/o/so_con", _bo="1").status_code == 302
    again = post(minh, "2/them-o/nguoi-nop?loai=text", **{"o-label": "Số con", "o-key": "so_con"})
    assert "loại ô khác" in again.content.decode()
    assert post(minh, "2/them-o/nguoi-nop?loai=text", **{"o-label": "Số con"}).status_code == 302
    assert keys(2) == ["ho_ten", "co_con", "so_con2"]


def test_who_saves_on_an_outdated_page_is_told_and_loses_nothing(minh: Client, form: Form) -> None:
    before = seen()
    assert post(minh, "1/o/ho_ten", **{"o-label": "Tên"}).status_code == 302
    late = minh.post(f"{ONE}/1/o/so_con", {"_ban": before, "o-label": "Mấy con", "o-help": "Dưới 18 tuổi"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Người khác vừa sửa" in page
    assert 'value="Dưới 18 tuổi"' in page
    assert f'name="_ban" value="{seen()}"' in page
    late = minh.post(f"{ONE}/1/sap-xep", {"_ban": before, "viec": "len o so_con"}, follow=True)
    assert "Người khác vừa sửa" in late.content.decode()
    assert keys(1) == ["ho_ten", "co_con", "so_con"]


def test_what_was_typed_in_a_field_taken_out_meanwhile_is_offered_as_a_new_one(minh: Client, form: Form) -> None:
    typed = {"_ban": seen(), "_loai": "number", "_trang": "con", "_o": "so_con", "_nhom": "", "o-label": "Mấy con"}
    assert post(minh, "1/o/so_con", _bo="1").status_code == 302
    late = minh.post(f"{ONE}/1/o/so_con", typed)
    assert (late.status_code, 'value="Mấy con"' in late.content.decode()) == (409, True)
    again = post(minh, "1/them-o/con?loai=number&nhom=", **{"o-label": "Mấy con"})
    assert again.status_code == 302
    assert keys(1) == ["ho_ten", "co_con", "may_con"]


def test_the_preview_walks_through_the_form_and_keeps_nothing(minh: Client, form: Form) -> None:
    first = minh.get(f"{ONE}/1/xem-thu")
    assert first["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in first["Content-Security-Policy"]
    assert minh.post(f"{ONE}/1/xem-thu?trang=nguoi-nop", {"ho_ten": ""}).status_code == 422
    second = minh.post(f"{ONE}/1/xem-thu?trang=nguoi-nop", {"ho_ten": "Nguyễn Văn An", "co_con": "true"})
    assert "Số con" in second.content.decode()
    carried = json.dumps({"ho_ten": "Nguyễn Văn An", "co_con": True})
    last = minh.post(f"{ONE}/1/xem-thu?trang=con", {"so_con": "2", "_truoc": carried}).content.decode()
    assert "Cán bộ sẽ đọc" in last
    assert "Nguyễn Văn An" in last
    for odd in ("[1]", "{", "[" * 9000, "x" * 300_000):
        assert minh.post(f"{ONE}/1/xem-thu?trang=con", {"so_con": "2", "_truoc": odd}).status_code == 200


def test_the_field_being_edited_is_shown_as_typed(minh: Client, form: Form) -> None:
    typed = {"_loai": "text", "_trang": "con", "_o": "", "_nhom": "", "o-label": "Nghề nghiệp"}
    assert "Nghề nghiệp" in minh.post(f"{ONE}/1/xem-thu", typed).content.decode()
    assert "Nhập nhãn" in minh.post(f"{ONE}/1/xem-thu", typed | {"o-label": ""}).content.decode()
    assert Form.objects.get(code="TK-THU").schema == SCHEMA


def test_a_form_under_construction_is_shown_as_far_as_it_goes(minh: Client, form: Form) -> None:
    broken = {"pages": [*SCHEMA["pages"], {"key": "rong", "title": "Trống", "fields": []}]}
    Form.objects.update(schema=broken)
    assert "Họ và tên" in minh.get(f"{ONE}/1/xem-thu").content.decode()
    assert "Trang chưa có ô nào" in minh.get(f"{ONE}/1").content.decode()
    assert minh.get(f"{ONE}/1/ban-in").status_code == 409
    Form.objects.update(schema={"pages": []})
    assert "chưa có ô nào" in minh.get(f"{ONE}/1/xem-thu").content.decode()


def test_a_file_asked_for_in_the_form_is_a_paper_of_the_drafts(minh: Client, form: Form) -> None:
    draft = version(form, "draft")
    told = {"o-label": "Ảnh chân dung", "o-help": "Nền trắng", "o-required": "on"}
    assert post(minh, "1/them-o/con?loai=file", **told).status_code == 302
    paper = RequiredDocument.objects.get(case__version=draft)
    assert (paper.key, paper.name, paper.hint, paper.required) == ("anh_chan_dung", "Ảnh chân dung", "Nền trắng", True)
    assert post(minh, "1/o/anh_chan_dung", _bo="1").status_code == 302
    assert not RequiredDocument.objects.filter(case__version=draft).exists()


def test_forms_we_ship_can_be_opened(minh: Client) -> None:
    for path in sorted((Path(form_revisions.__file__).parent / "reference" / "forms").glob("*.json"))[:4]:
        row = json.loads(path.read_text("utf-8"))
        Form.objects.create(code=row["code"], name=row["name"], schema=row["schema"])
        assert minh.get(f"{LIST}/{row['code']}/1").status_code == 200


def test_a_case_that_takes_the_form_takes_its_papers(form: Form) -> None:
    photo = {"key": "anh", "type": "file", "label": "Ảnh chân dung"}
    page = {"key": "anh", "title": "Ảnh", "fields": [photo]}
    asking = Form.objects.create(code="TK-ANH", name="Tờ khai có ảnh", schema={"pages": [*SCHEMA["pages"], page]})
    draft = version(asking, "draft")
    case = draft.cases.get()
    assert any("Ảnh chân dung" in one.reason for one in linting.defects(draft))
    filled = {name: value for name, value in CaseForm(instance=case).initial.items() if value not in (None, [])}
    taken = CaseForm(filled | {"name": "Chung"}, instance=case)
    assert taken.is_valid(), taken.errors
    taken.save()
    assert [paper.key for paper in case.required_documents.all()] == ["anh"]
    again = ProcedureVersion.objects.whole().get(pk=draft.pk)
    assert not any("Ảnh chân dung" in one.reason for one in linting.defects(again))
