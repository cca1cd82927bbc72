"""Filing over HTTP, as a browser without JavaScript does it."""

import re
from typing import Any

from django.test import Client
from django.utils import translation

from dossiers.models import Attachment, Dossier, Draft, Party
from portal.models import User
from procedures.models import Agency, Form, ProcedureAgency
from tests.dossiers.conftest import picture
from tests.dossiers.filing import MARTYR, POST_HOME, answer, begin, fill, revision, text
from tests.login import log_in
from tests.world import AN_ADDRESS, World


def test_a_dossier_is_filed_page_by_page_without_javascript(an: Client) -> None:
    assert "Bằng Tổ quốc ghi công" in text(an.get("/nop/1.010803/bat-dau"))
    first = begin(an)
    assert "Bước 1 trên 4" in text(an.get(first))
    papers = answer(an, first, MARTYR)["Location"]
    assert papers.endswith("/giay-to")
    received = an.post(papers, {"tep-bang-tqgc": picture("bằng khen.jpg"), "_gui": "1"}, follow=True)
    attachment = Attachment.objects.get()
    assert "bằng khen.jpg" in text(received)
    assert attachment.sha256[:12] in text(received)
    delivery = an.post(papers)["Location"]
    check = answer(an, delivery, POST_HOME)["Location"]
    page = text(an.get(check))
    for words in ("Nguyễn Văn Long", "bằng khen.jpg", "0912345678", AN_ADDRESS, "Miễn phí"):
        assert words in page
    done = an.post(check, {"agree": "on"})["Location"]
    dossier = Dossier.objects.get()
    page = text(an.get(done))
    assert dossier.reference in page
    assert "Tiếp theo sẽ thế nào" in page
    assert '<svg role="img"' in page
    assert dossier.tracking_key in page
    assert (dossier.answers, dossier.return_mode) == (MARTYR, "post")


def test_the_button_pressed_twice_sends_once(an: Client) -> None:
    check = fill(an)
    places = {an.post(check, {"agree": "on"})["Location"] for _ in range(2)}
    assert Dossier.objects.count() == 1
    assert len(places) == 1
    assert an.get(check)["Location"] == places.pop()


def test_the_fee_is_told_line_by_line_and_skipped_where_there_is_none(an: Client) -> None:
    first = begin(an, "1.001193")
    page = text(an.get(first.replace("tre", "le-phi")))
    assert "Lệ phí khai sinh" in page
    assert "8.000 đồng" in page
    papers = answer(an, first, {"child_name": "Nguyễn Gia Hân"})["Location"]
    delivery = an.post(papers)["Location"]
    assert answer(an, delivery, POST_HOME)["Location"].endswith("/le-phi")


def test_a_field_is_answered_as_in_the_dossier_before_where_the_form_says_so(an: Client) -> None:
    form = Form.objects.get(code="TK-KHAISINH")
    form.schema["pages"][0]["fields"][0]["prefill"] = "earlier.same_field"
    form.save()
    first = begin(an, "1.001193")
    assert "Nguyễn Gia Hân" not in text(an.get(first))
    delivery = an.post(answer(an, first, {"child_name": "Nguyễn Gia Hân"})["Location"])["Location"]
    an.post(answer(an, delivery, POST_HOME)["Location"].replace("le-phi", "kiem-tra"), {"agree": "on"})
    assert Dossier.objects.count() == 1
    assert 'value="Nguyễn Gia Hân"' in text(an.get(begin(an, "1.001193")))


def test_starting_again_goes_on_with_the_same_draft(an: Client) -> None:
    assert begin(an) == begin(an)
    assert "bản nháp" in text(an.get("/nop/1.010803/bat-dau"))
    assert Draft.objects.count() == 1


def test_where_to_file_is_asked_only_when_several_agencies_receive(world: World, an: Client) -> None:
    assert "Bạn nộp ở đâu" not in text(an.get("/nop/1.010803/bat-dau"))
    other = Agency.objects.create(
        code="000.22.05.H62", scheme="qcvn102", name="Ủy ban nhân dân xã Tử Du", name_fold="uy ban nhan dan xa tu du",
        level="commune", place="Tử Du", one_stop=True,
    )  # fmt: skip
    ProcedureAgency.objects.create(procedure=world.climbing.procedure, agency=other)
    page = text(an.get("/nop/1.010803/bat-dau"))
    here = world.agencies["commune"].pk
    assert re.search(rf'value="{here}"[^>]*checked', page), "An lives in Xuân Lôi"
    refused = an.post("/nop/1.010803/bat-dau", {"agency": "999999"})
    assert refused.status_code == 422
    assert "Nơi này không nhận thủ tục này" in text(refused)
    an.post("/nop/1.010803/bat-dau", {"agency": other.pk})
    assert Draft.objects.get().receiving_agency == other
    an.post("/nop/1.010803/bat-dau", {"agency": here})
    assert Draft.objects.get().receiving_agency_id == here


def test_what_is_not_online_leads_to_its_page(world: World, an: Client) -> None:
    world.birth.online_scope = "info"
    world.birth.save()
    assert an.get("/nop/1.001193/bat-dau")["Location"] == "/thu-tuc/1.001193"
    assert an.get("/nop/9.999999/bat-dau").status_code == 404


def test_wrong_answers_are_named_and_nothing_typed_is_lost(an: Client) -> None:
    page = answer(an, begin(an), {"martyr_name": "Nguyễn Văn 9", "relation": ""})
    assert page.status_code == 422
    words = text(page)
    assert "Lỗi: " in words
    assert "Có 2 chỗ cần sửa" in words
    assert "Nguyễn Văn 9" in words
    assert Draft.objects.get().answers == {}


def test_leaving_keeps_what_is_right_of_a_page_half_done(an: Client) -> None:
    first = begin(an)
    left = an.post(
        first, {"_ban": revision(an.get(first)), "_thoat": "1", "martyr_name": "Nguyễn Văn Long"}, follow=True
    )
    assert "Đã lưu nháp" in text(left)
    assert "Trợ cấp thờ cúng liệt sĩ" in text(left)
    assert Draft.objects.get().answers == {"martyr_name": "Nguyễn Văn Long"}
    assert "Nguyễn Văn Long" in text(an.get(first))
    answer(an, first, {"_thoat": "1", "martyr_name": "", "relation": "con"})
    assert Draft.objects.get().answers == {"relation": "con"}, "what was emptied is gone"


def test_two_windows_see_both_versions_and_choose(an: Client) -> None:
    first = begin(an)
    old = revision(an.get(first))
    answer(an, first, MARTYR)
    clash = an.post(first, {"_ban": old, "martyr_name": "Nguyễn Văn Bảo", "relation": "cháu"})
    assert clash.status_code == 409
    words = text(clash)
    assert "Có hai bản khác nhau" in words
    assert "Nguyễn Văn Long" in words
    assert "Nguyễn Văn Bảo" in words
    assert Draft.objects.get().answers == MARTYR
    kept = an.post(first, {"_ban": revision(clash), "martyr_name": "Nguyễn Văn Bảo", "relation": "cháu"})
    assert kept.status_code == 302
    assert Draft.objects.get().answers["martyr_name"] == "Nguyễn Văn Bảo"


def test_two_windows_may_disagree_about_the_way_back_too(an: Client) -> None:
    papers = answer(an, begin(an), MARTYR)["Location"]
    delivery = an.post(papers, {"tep-bang-tqgc": picture()})["Location"]
    old = revision(an.get(delivery))
    answer(an, delivery, POST_HOME)
    clash = an.post(delivery, {"_ban": old, **POST_HOME, "mode": "desk"})
    assert clash.status_code == 409
    assert AN_ADDRESS in text(clash)
    assert Draft.objects.get().delivery["mode"] == "post"


def test_the_same_page_sent_twice_is_no_disagreement(an: Client) -> None:
    first = begin(an)
    old = {"_ban": revision(an.get(first))}
    assert {an.post(first, old | MARTYR).status_code for _ in range(2)} == {302}
    delivery = an.post(first.replace("liet-si", "giay-to"), {"tep-bang-tqgc": picture()})["Location"]
    old = {"_ban": revision(an.get(delivery))}
    assert {an.post(delivery, old | POST_HOME).status_code for _ in range(2)} == {302}


def test_a_page_without_its_revision_is_a_clash_not_an_overwrite(an: Client) -> None:
    assert an.post(begin(an), MARTYR).status_code == 409
    assert Draft.objects.get().answers == {}


def test_mending_from_the_check_page_returns_there(an: Client) -> None:
    check = fill(an)
    links = re.findall(r'href="(/nop/[^"]+\?sua=1)"', text(an.get(check)))
    assert len(links) == 3
    changed = answer(an, links[0], MARTYR | {"relation": "cháu"})
    assert changed["Location"] == check
    assert "cháu" in text(an.get(check))


def test_nothing_is_sent_while_something_is_missing(an: Client) -> None:
    first = begin(an)
    check = first.replace("liet-si", "kiem-tra")
    page = an.post(check, {"agree": "on"})
    assert page.status_code == 422
    words = text(page)
    assert "Liệt sĩ: Nhập họ và tên liệt sĩ" in words
    assert "Còn thiếu: Bằng Tổ quốc ghi công" in words
    assert "Còn thiếu: cách nhận kết quả" in words
    assert not Dossier.objects.exists()


def test_nothing_is_sent_without_the_declaration(an: Client) -> None:
    page = an.post(fill(an), {})
    assert page.status_code == 422
    assert "Đánh dấu vào lời cam đoan" in text(page)
    assert not Dossier.objects.exists()


def test_a_procedure_that_changed_meanwhile_is_started_again_with_the_answers(world: World, an: Client) -> None:
    check = fill(an)
    version = world.climbing
    version.state = "retired"
    version.save()
    assert "Thủ tục đã thay đổi" in text(an.post(check, {"agree": "on"}))
    forms = list(Form.objects.filter(code="NCC-18"))
    version.pk, version._state.adding, version.number, version.state = None, True, 2, "published"
    version.save()
    version.cases.create(form=forms[0], time_amount=24)
    again = begin(an)
    assert again != check.replace("kiem-tra", "liet-si")
    assert "Nguyễn Văn Long" in text(an.get(again))


def test_known_facts_are_shown_with_their_source_and_cannot_be_forged(world: World, an: Client) -> None:
    form = Form.objects.get(code="TK-KHAISINH")
    form.schema["pages"][0]["fields"].insert(
        0,
        {"key": "who", "type": "person_name", "label": "Người khai", "required": True, "prefill": "profile.full_name"},
    )
    form.save()
    first = begin(an, "1.001193")
    page = text(an.get(first))
    assert "Nguyễn Thị An" in page
    assert "Lấy từ Tài khoản định danh điện tử" in page
    answer(an, first, {"child_name": "Nguyễn Gia Hân", "who": "Trần Văn Giả"})
    assert Draft.objects.get().answers["who"] == "Nguyễn Thị An"


def test_the_result_by_post_needs_a_whole_address(an: Client) -> None:
    papers = answer(an, begin(an), MARTYR)["Location"]
    delivery = an.post(papers, {"tep-bang-tqgc": picture()})["Location"]
    for wrong, words in (
        ({"address": "Xuân Lôi"}, "Địa chỉ còn thiếu"),
        ({"address": ""}, "Nhập địa chỉ nhận bưu phẩm"),
        ({"name": ""}, "Nhập họ và tên người nhận"),
        ({"phone": "12"}, "Nhập số điện thoại đủ 10 chữ số"),
        ({"mode": "dove"}, "Chọn một cách nhận trong danh sách"),
        ({"mode": ""}, "Chọn cách nhận kết quả"),
        ({"email": "an@"}, "Nhập địa chỉ thư điện tử"),
    ):
        page = answer(an, delivery, POST_HOME | wrong)
        assert page.status_code == 422, wrong
        assert words in text(page)
    assert answer(an, delivery, {"mode": "desk", "phone": "0912345678"})["Location"].endswith("/kiem-tra")


def test_the_people_of_the_dossier_are_who_logged_in_and_who_collects(an: Client) -> None:
    an.post(fill(an), {"agree": "on"})
    people = {party.role: (party.name, party.identity, party.phone) for party in Party.objects.all()}
    assert people["owner"] == ("Nguyễn Thị An", "026190001234", "0912345678")
    assert people["collector"] == ("Nguyễn Thị An", "", "0912345678")


def test_a_step_costs_few_statements(an: Client, django_assert_max_num_queries: Any) -> None:
    first = begin(an)
    an.get(first)
    with django_assert_max_num_queries(12):
        an.get(first)
    check = first.replace("liet-si", "kiem-tra")
    with django_assert_max_num_queries(12):
        an.get(check)


def test_an_organisation_files_under_its_tax_code_and_finds_the_dossier_again(world: World, client: Client) -> None:
    user = User.objects.create(
        username="hoptac", kind=User.Kind.ORGANISATION, full_name="Hợp tác xã Nông nghiệp Xuân Lôi",
        tax_code="2500123455",
        representative="Lê Văn Hợp", personal_id="026075006789", phone="0912345678",
    )  # fmt: skip
    log_in(client, user)
    client.post(fill(client), {"agree": "on"})
    owner = Party.objects.get(role="owner")
    assert (owner.name, owner.identity, owner.is_organisation) == (user.full_name, "2500123455", True)
    assert Dossier.objects.get().reference in text(client.get("/toi"))


def test_citizens_pages_speak_english_to_those_who_ask(an: Client) -> None:
    check = fill(an)
    with translation.override("vi"):  # the request leaves its language to this thread
        an.post("/hien-thi", {"language": "en", "next": check})
        page = text(an.get(check))
    for words in ("I declare that what I have stated", "Send the dossier", "Step 4 of 4"):
        assert words in page
