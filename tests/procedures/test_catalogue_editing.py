"""Procedures from nothing, their cases, what two people edit at once, decisions for many, agencies, and the past."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.floor.actor import SYSTEM
from portal.models import User
from procedures import drafting, importing, publishing, worktime
from procedures.levels import legacy_level
from procedures.models import (
    AdminChange,
    Agency,
    Case,
    Position,
    Procedure,
    ProcedureVersion,
    PublicationDecision,
    RequiredDocument,
)
from procedures.publishing import PublishingRefused
from tests.login import log_in

pytestmark = pytest.mark.django_db
REFERENCE = Path(importing.__file__).parents[1] / "reference"
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
LIST, ONE, EDIT = "/quan-tri/thu-tuc", "/quan-tri/thu-tuc/1.001193", "/quan-tri/thu-tuc/1.001193/ban/2/sua"
NEW = {
    "code": "9.000123.000.00.00.H62", "national": "no", "name": "Thủ tục xác nhận", "short_name": "Xác nhận",
    "level": "commune", "field": "", "field_code": "G99-XN", "field_name": "Xác nhận", "like": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    importing.import_rules(*sorted((REFERENCE / "rules").glob("*.json")))
    records = [json.loads((REFERENCE / "catalogue" / f"{code}.json").read_text("utf-8"))
               for code in ("1.001193", "1.000894")]  # fmt: skip
    importing.import_catalogue(json.dumps(records).encode(), by=SYSTEM, at=NOW)


def officer(username: str, role: str) -> Client:
    agency, _new = Agency.objects.get_or_create(
        code="000.00.00.H62", defaults={"scheme": "qcvn102", "name": "UBND tỉnh", "level": "province"}
    )
    user = User.objects.create(username=username, full_name=username, kind=User.Kind.OFFICER)
    Position.objects.create(user=user, agency=agency, role=role, title=role, holder_name=username)
    return log_in(Client(), user)


@pytest.fixture
def minh() -> Client:
    return officer("minh", "catalogue_editor")


@pytest.fixture
def son() -> Client:
    return officer("son", "catalogue_reviewer")


@pytest.fixture
def version(minh: Client) -> ProcedureVersion:
    """A draft of minh's."""
    assert minh.post(f"{ONE}/ban-thao").status_code == 302
    return ProcedureVersion.objects.get(procedure__code="1.001193", number=2)


def text(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


def test_a_procedure_starts_from_nothing(minh: Client) -> None:
    assert minh.post(f"{LIST}/moi", NEW).status_code == 302
    procedure = Procedure.objects.get(code="9.000123")
    assert (procedure.code_suffix, procedure.field.code, procedure.national) == ("000.00.00.H62", "G99-XN", False)
    version = procedure.versions.get()
    assert (version.state, version.name, version.cases.count()) == ("draft", "Thủ tục xác nhận", 1)
    assert "Thiếu trình tự thực hiện" in text(minh, f"{LIST}/9.000123")
    assert "Xác nhận" in text(minh, f"{LIST}?q=xac nhan")
    assert AdminChange.objects.filter(kind="procedure.started", actor_name="minh").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "1.00119"}, "Mã thủ tục có dạng"),
        ({"code": "1.001193"}, "đã có thủ tục"),
        ({"code": "9.000123.H62"}, "Mã thủ tục có dạng"),
        ({"short_name": "9\x07"}, "ký tự không dùng được"),
        ({"field_code": "HT"}, "Mã lĩnh vực gồm"),
        ({"field_code": ""}, "Chọn lĩnh vực ở trên"),
        ({"field_name": "Hộ tịch"}, "Đã có lĩnh vực tên này"),
        ({"national": ""}, "Chọn nguồn"),
        ({"level": "moon"}, "moon"),
        ({"like": "7.777777"}, "Không có thủ tục mã"),
        ({"name": "x" * 1201}, "1200"),
    ],
)
def test_a_procedure_that_cannot_be_is_refused_and_what_was_typed_stays(
    minh: Client, wrong: dict[str, str], words: str
) -> None:
    response = minh.post(f"{LIST}/moi", NEW | wrong)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Thủ tục xác nhận" in response.content.decode() or "name" in wrong
    assert not Procedure.objects.filter(code="9.000123").exists()


def test_a_procedure_may_start_like_another(minh: Client) -> None:
    minh.post(f"{LIST}/moi", NEW | {"like": "1.001193"})
    copied, source = (ProcedureVersion.objects.get(procedure__code=code) for code in ("9.000123", "1.001193"))
    assert copied.name == "Thủ tục xác nhận"
    papers = [version.cases.get().required_documents.count() for version in (copied, source)]
    assert papers[0] == papers[1] > 0


def test_the_name_of_a_national_procedure_is_not_edited_here(minh: Client, version: ProcedureVersion) -> None:
    assert 'name="name"' not in text(minh, f"{EDIT}/noi-dung")
    data = {"name": "Khác", "short_name": "Khai sinh", "dossier_sets": "1", "online_scope": "full"}
    assert minh.post(f"{EDIT}/noi-dung", data).status_code == 302
    version.refresh_from_db()
    assert (version.name, version.short_name) == ("Thủ tục đăng ký khai sinh", "Khai sinh")


def test_cases_are_added_ordered_and_removed(minh: Client, version: ProcedureVersion) -> None:
    base = f"{ONE}/ban/2/truong-hop"
    minh.post(base, {"name": "Khai sinh lưu động", "like": "chung"})
    added = version.cases.get(key="khai-sinh-luu-dong")
    assert added.required_documents.count() == version.cases.get(key="chung").required_documents.count()
    assert minh.post(base, {"name": "khai sinh lưu động"}).status_code == 409
    minh.post(f"{base}/{added.key}", {"viec": "len"})
    assert [case.key for case in version.cases.order_by("order")] == [added.key, "chung"]
    minh.post(f"{base}/{added.key}", {"viec": "bo"})
    assert [case.key for case in version.cases.all()] == ["chung"]
    response = minh.post(f"{base}/chung", {"viec": "bo"})
    assert response.status_code == 409
    assert "ít nhất một trường hợp" in response.content.decode()
    assert minh.post(f"{base}/khong-co", {"viec": "bo"}).status_code == 404


def test_who_saves_an_outdated_page_is_told_who_was_first_and_loses_nothing(
    minh: Client, son: Client, version: ProcedureVersion
) -> None:
    seen = minh.get(f"{EDIT}/can-cu").context["seen"]
    assert son.post(f"{EDIT}/can-cu", {"seen": seen, "legal_basis": "Luật A"}).status_code == 302
    response = minh.post(f"{EDIT}/can-cu", {"seen": seen, "legal_basis": "Luật B"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "son đã lưu phần này lúc" in page
    assert "Luật A" in page
    assert "Luật B" in page
    version.refresh_from_db()
    assert (version.legal_basis, version.edited_by.username) == (["Luật A"], "son")  # type: ignore[union-attr]
    again = {"seen": response.context["seen"], "legal_basis": "Luật A\nLuật B"}
    assert minh.post(f"{EDIT}/can-cu", again).status_code == 302
    version.refresh_from_db()
    assert version.legal_basis == ["Luật A", "Luật B"]


def test_every_change_is_written_down_in_words(minh: Client, version: ProcedureVersion) -> None:
    minh.post(f"{EDIT}/can-cu", {"legal_basis": "Luật mới"})
    [change] = AdminChange.objects.filter(kind="version.edited")
    assert change.procedure == version.procedure
    assert list(change.changes) == ["Thông tin: Căn cứ pháp lý"]
    assert change.changes["Thông tin: Căn cứ pháp lý"][1] == "Luật mới"
    page = text(minh, f"{ONE}/lich-su?ban=2&voi=1")
    assert "Phiên bản 2 khác phiên bản 1 ở đâu" in page
    assert "Luật mới" in page
    assert minh.get(f"{ONE}/lich-su?ban=2&voi=7").status_code == 404


def test_a_blank_form_must_be_what_it_says_it_is(minh: Client, version: ProcedureVersion) -> None:
    path, case = f"{EDIT}/thanh-phan/chung", version.cases.get()
    rows = case.required_documents.count()
    base = {"dong-TOTAL_FORMS": "1", "dong-INITIAL_FORMS": "0", "dong-0-order": "1", "dong-0-name": "Mẫu",
            "dong-0-originals": "1", "dong-0-copies": "0"}  # fmt: skip
    for name, content in (("mau.pdf", b"MZ"), ("mau.exe", b"%PDF-1.4"), ("mau.docx", b"PK\x03\x04")):
        response = minh.post(path, base | {"dong-0-blank_form": SimpleUploadedFile(name, content)})
        assert response.status_code == 422, name
    assert case.required_documents.count() == rows
    photo = SimpleUploadedFile("mau.png", b"")
    assert minh.post(path, base | {"dong-0-blank_form": photo}).status_code == 422


@pytest.mark.parametrize(
    ("part", "wrong", "words"),
    [
        ("phi", {"amount": "5", "reduction_percent": "50"}, "không ghi số tiền"),
        ("phi", {"reduction_percent": "101"}, "nhiều nhất 100"),
        ("phi", {"per": "khong_co"}, "khong_co"),
        ("phi", {"valid_from_0": "31", "valid_from_1": "2", "valid_from_2": "2026"}, "không có trong lịch"),
        ("thanh-phan", {"originals": "0", "copies": "0"}, "số bản chính hoặc số bản sao"),
        ("thanh-phan", {"condition-0-field": "child_name"}, "Viết giá trị so sánh"),
    ],
)
def test_a_wrong_row_is_refused_with_the_reason(
    minh: Client, version: ProcedureVersion, part: str, wrong: dict[str, str], words: str
) -> None:
    row = {"kind": "charge", "name": "Dòng mới", "amount": "0", "reduction_percent": "0", "order": "9",
           "originals": "1", "copies": "0"} | wrong  # fmt: skip
    data = {"dong-TOTAL_FORMS": "1", "dong-INITIAL_FORMS": "0"} | {f"dong-0-{key}": row[key] for key in row}
    response = minh.post(f"{EDIT}/{part}/chung", data)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Dòng mới" in response.content.decode()


def test_one_decision_publishes_many_and_says_what_could_not_be(minh: Client, son: Client) -> None:
    codes = ("1.001193", "1.000894")
    for code in codes:
        minh.post(f"{LIST}/{code}/ban-thao")
        assert son.post(f"{LIST}/{code}/ban/2/tham-dinh").status_code == 302
    drafts = list(ProcedureVersion.objects.filter(number=2).order_by("procedure__code"))
    ProcedureVersion.objects.filter(pk=drafts[0].pk).update(steps=[])
    days = {"signed_on_0": "1", "signed_on_1": "11", "signed_on_2": "2026"}
    days |= {"effective_on_0": "2", "effective_on_1": "11", "effective_on_2": "2026"}
    page = son.post(
        "/quan-tri/quyet-dinh/moi", days | {"number": "9/QĐ", "chon": [one.pk for one in drafts]}, follow=True
    ).content.decode()
    assert "Thiếu trình tự thực hiện" in page
    assert "ít hơn 5 ngày" in page
    assert [ProcedureVersion.objects.get(pk=one.pk).state for one in drafts] == ["reviewed", "published"]
    decision = PublicationDecision.objects.get(number="9/QĐ")
    ProcedureVersion.objects.filter(pk=drafts[0].pk).update(steps=["Nộp"])
    assert son.post(f"/quan-tri/quyet-dinh/{decision.pk}", {"chon": [drafts[0].pk, "x"]}).status_code == 302
    assert ProcedureVersion.objects.get(pk=drafts[0].pk).decision == decision
    assert "9/QĐ" in text(minh, "/quan-tri/quyet-dinh?q=9/Q")
    assert minh.get("/quan-tri/quyet-dinh/moi").status_code == 404
    assert minh.post(f"/quan-tri/quyet-dinh/{decision.pk}", {}).status_code == 409


def test_a_decision_keeps_its_dates(son: Client) -> None:
    publishing.decided("9/QĐ", signed_on=NOW.date(), effective_on=NOW.date())
    with pytest.raises(PublishingRefused, match="Ghi đúng ngày đó"):
        publishing.decided("9/QĐ", signed_on=NOW.date(), effective_on=NOW.date() + dt.timedelta(1))


def test_a_procedure_is_given_to_every_agency_of_a_level_and_taken_away(minh: Client) -> None:
    procedure = Procedure.objects.get(code="1.001193")
    procedure.agencies.all().delete()
    for number in range(3):
        Agency.objects.create(code=f"000.2{number}.05.H62", scheme="qcvn102", name=f"Xã {number}", level="commune",
                              one_stop=number < 2)  # fmt: skip
    minh.post(f"{ONE}/giao-co-quan", {"who": "commune", "does": ["receives", "competent"], "decision": "5/QĐ"})
    assert procedure.agencies.filter(receives=True, competent=True, decision="5/QĐ").count() == 2
    assert "2 cơ quan tiếp nhận, 2 cơ quan có thẩm quyền" in text(minh, f"{ONE}/co-quan")
    minh.post(f"{ONE}/giao-co-quan", {"who": "000.20.05.H62", "does": []})
    assert procedure.agencies.count() == 1
    minh.post(f"{ONE}/giao-co-quan", {"who": "nobody"})
    assert AdminChange.objects.filter(kind="procedure.agencies").count() == 2


def test_where_a_procedure_stands_is_changed_and_found_at_once(minh: Client) -> None:
    procedure = Procedure.objects.get(code="1.001193")
    data = {"field": procedure.field_id, "level": "district", "keywords": "em bé ra đời"}
    assert minh.post(f"{ONE}/xep-danh-muc", data).status_code == 302
    assert "Đăng ký khai sinh" in text(minh, f"{LIST}?cap=district&q=em be ra doi")
    assert "em bé ra đời" in text(minh, f"{ONE}/lich-su")


def test_the_levels_people_know_are_computed_and_filtered(minh: Client) -> None:
    version = ProcedureVersion.objects.get(procedure__code="1.001193")
    for scope, form, level in (("full", True, 4), ("partial", True, 3), ("partial", False, 2), ("info", True, 2),
                               ("none", False, 1)):  # fmt: skip
        ProcedureVersion.objects.update(online_scope="none")
        ProcedureVersion.objects.filter(pk=version.pk).update(online_scope=scope)
        if not form:
            Case.objects.filter(version=version).update(form=None)
        fresh = drafting.whole(version.pk)
        assert legacy_level(fresh) == level
        assert "1.001193" in text(minh, f"{LIST}?muc-do={level}")
        assert "1.001193" not in text(minh, f"{LIST}?muc-do={level % 4 + 1}")


def test_a_draft_is_seen_as_the_citizen_will_see_it(minh: Client, version: ProcedureVersion) -> None:
    RequiredDocument.objects.filter(case__version=version, key="chung-sinh").update(name="Giấy chứng sinh mới")
    RequiredDocument.objects.filter(case__version=version).exclude(key="chung-sinh").update(hint="xyz")
    page = text(minh, f"{ONE}/xem-thu")
    assert "Xem thử phiên bản 2" in page
    assert "xyz" in page
    assert Client().get(f"{ONE}/xem-thu").status_code == 302
    assert "xyz" not in text(Client(), "/thu-tuc/1.001193")


def test_an_old_version_may_be_the_model_of_a_draft(minh: Client, son: Client) -> None:
    ProcedureVersion.objects.filter(procedure__code="1.001193").update(short_name="Tên cũ")
    assert minh.post(f"{ONE}/ban-thao", {"tu": "1"}).status_code == 302
    assert ProcedureVersion.objects.get(procedure__code="1.001193", number=2).short_name == "Tên cũ"
    assert minh.post(f"{LIST}/1.000894/ban-thao", {"tu": "9"}).status_code == 404


@pytest.mark.parametrize(
    "path", [f"{LIST}/moi", "/quan-tri/quyet-dinh", "/quan-tri/quyet-dinh/moi", f"{ONE}/xep-danh-muc", f"{ONE}/xem-thu"]
)
def test_to_other_officers_these_pages_do_not_exist(path: str) -> None:
    assert officer("binh", "receiver").get(path).status_code == 404
