"""Nộp cả nhóm over HTTP, as a browser without JavaScript does it; and the one page that follows all of it."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from dossiers import intake, supplementing
from dossiers.models import AccessLog, Attachment, Dossier, Draft, GroupFiling, OutboxMessage
from dossiers.states import Status
from procedures.models import ProcedureAgency, ProcedureGroup, ProcedureVersion
from tests.dossiers.conftest import picture
from tests.dossiers.filing import POST_HOME, revision, text
from tests.dossiers.groups import begun, complete, draft_of, group_of
from tests.dossiers.officers import Desk
from tests.login import log_in
from tests.world import World

START = "/nop-nhom/2.000986/bat-dau"


@pytest.fixture
def group(world: World) -> ProcedureGroup:
    return group_of(world)


def begin(an: Client, *, card: bool = True) -> str:
    """Start; the address of the list of tasks."""
    members = re.findall(r'name="members" value="(\d+)"', text(an.get(START)))
    return str(an.post(START, {"members": members if card else []})["Location"])


def tasks(page: str) -> dict[str, str]:
    """By title of the task: where it leads."""
    return {title: url for url, title in re.findall(r'<a href="(/nop[^"]+)">([^<]+)</a>', page)}


def answer(an: Client, url: str, data: dict[str, Any]) -> Any:
    return an.post(url, {"_ban": revision(an.get(url)), **data})


@pytest.fixture
def filing(world: World, group: ProcedureGroup) -> GroupFiling:
    """Everything answered, nothing sent."""
    filing = begun(world, group, at=timezone.now())
    complete(filing, at=timezone.now())
    return filing


@pytest.fixture
def sent(an: Client, filing: GroupFiling) -> list[Dossier]:
    assert an.post(f"/nop-nhom/{filing.pk}/kiem-tra", {"agree": "on"}).status_code == 302
    return list(Dossier.objects.order_by("pk"))


def test_the_whole_group_is_filed_page_by_page_without_javascript(an: Client, group: ProcedureGroup) -> None:
    page = text(an.get(START))
    for words in ("Giấy chứng sinh", "Cho: Đăng ký khai sinh, Trợ cấp thờ cúng liệt sĩ", "Bạn được chọn làm hay không"):
        assert words in page
    home = begin(an)
    page = text(an.get(home))
    assert page.count("Chưa làm</span>") == 4
    assert "Chưa làm được" in page
    todo = tasks(page)
    papers = answer(an, todo["Đăng ký khai sinh"], {"child_name": "Nguyễn Gia Hân"})["Location"]
    assert papers.endswith("/giay-to")
    assert an.post(papers, {"tep-giay-1": picture("sinh.jpg")})["Location"] == home
    page = text(an.get(home))
    assert page.count("Xong") == 2, "the card asks for nothing else"
    card = text(an.get(todo["Thẻ bảo hiểm y tế"]))
    assert 'value="Nguyễn Gia Hân"' in card
    assert "Điền sẵn theo việc khác trong nhóm: Họ và tên trẻ (Đăng ký khai sinh)" in card
    papers = answer(an, todo["Trợ cấp thờ cúng liệt sĩ"], {"martyr_name": "Nguyễn Văn Long", "relation": "con"})
    page = text(an.get(papers["Location"]))
    assert "Đã gửi một lần ở “Đăng ký khai sinh”" in page
    assert page.count("formaction") == 0, "what was given elsewhere is taken back there"
    assert an.post(papers["Location"], {"tep-bang-tqgc": picture()})["Location"] == home
    delivery = todo["Liên lạc và nhận kết quả"]
    check = answer(an, delivery, POST_HOME)["Location"]
    page = text(an.get(check))
    for words in ("1. Đăng ký khai sinh", "3. Thẻ bảo hiểm y tế", "Nguyễn Văn Long", "sinh.jpg", "13.000 đồng"):
        assert words in page
    assert page.count("0912345678") == 1, "one way back for all"
    done = an.post(check, {"agree": "on"})["Location"]
    page = text(an.get(done))
    sent = GroupFiling.objects.get()
    assert sent.reference in page
    assert "Chờ kết quả “Đăng ký khai sinh”, rồi tự đến lượt" in page
    assert f"/tra-cuu/{sent.reference}?k={sent.tracking_key}" in page
    assert Dossier.objects.filter(filing=sent).count() == 3
    assert OutboxMessage.objects.filter(kind="notice.citizen").count() == 1


def test_the_button_pressed_twice_sends_once(an: Client, filing: GroupFiling, sent: list[Dossier]) -> None:
    assert an.post(f"/nop-nhom/{filing.pk}/kiem-tra", {"agree": "on"})["Location"] == f"/nop-nhom/{filing.pk}/xong"
    assert Dossier.objects.count() == 3


def test_what_is_missing_is_named_with_its_procedure_and_nothing_is_sent(an: Client, filing: GroupFiling) -> None:
    Attachment.objects.filter(document_key="bang-tqgc").delete()
    check = f"/nop-nhom/{filing.pk}/kiem-tra"
    page = an.post(check, {"agree": "on"})
    assert page.status_code == 422
    assert "Trợ cấp thờ cúng liệt sĩ: Còn thiếu: Bằng Tổ quốc ghi công" in text(page)
    assert 'href="#1-giay-to"' in text(page)
    assert 'id="1-giay-to"' in text(page)
    assert an.post(check).status_code == 422, "the word of honour is wanted too"
    assert not Dossier.objects.exists()


def test_the_way_back_is_wanted(an: Client, world: World, group: ProcedureGroup) -> None:
    home = begin(an, card=False)
    page = an.post(f"{home}/kiem-tra", {"agree": "on"})
    assert "Chọn cách nhận kết quả" in text(page)
    assert an.post(f"{home}/nhan-ket-qua", {"mode": "post", "_ban": "1"}).status_code == 422
    assert an.post(f"{home}/nhan-ket-qua", {"mode": "desk", "_ban": "1", "_thoat": "1"})["Location"] == "/toi"
    stale = an.post(f"{home}/nhan-ket-qua", {**POST_HOME, "_ban": "1"})
    assert stale.status_code == 422
    assert "cửa sổ khác" in text(stale)
    assert {one.delivery["mode"] for one in Draft.objects.all()} == {"desk"}


def test_an_optional_member_may_stay_away_and_come_later(an: Client, group: ProcedureGroup) -> None:
    home = begin(an, card=False)
    assert "Thẻ bảo hiểm y tế" not in text(an.get(home))
    assert "checked" not in text(an.get(START)), "as chosen before"
    assert begin(an) == home
    assert "Thẻ bảo hiểm y tế" in text(an.get(home))
    assert an.post(START, {"members": ["999999"]}).status_code == 422


def test_an_agency_that_does_not_receive_all_chosen_is_told_and_nothing_begins(
    an: Client, world: World, group: ProcedureGroup
) -> None:
    members = re.findall(r'name="members" value="(\d+)"', text(an.get(START)))
    ProcedureAgency.objects.filter(procedure__code="1.009999").delete()
    page = an.post(START, {"members": members})
    assert page.status_code == 422
    assert "không nhận đủ các thủ tục" in text(page)
    assert not Draft.objects.exists()


def test_a_group_that_is_not_filed_online_leads_back_to_its_page(an: Client, group: ProcedureGroup) -> None:
    assert f'href="{START}"' in text(an.get("/nhom-thu-tuc/2.000986"))
    ProcedureVersion.objects.filter(procedure__code="1.001193").update(online_scope="info")
    answer = an.get(START, follow=True)
    assert answer.redirect_chain == [("/nhom-thu-tuc/2.000986", 302)]
    assert "Bạn nộp từng thủ tục ở đây" in text(answer)
    assert f'href="{START}"' not in text(answer)
    assert an.get("/nop-nhom/9.999999/bat-dau").status_code == 404


def test_a_member_is_never_sent_alone(an: Client, filing: GroupFiling) -> None:
    draft = draft_of(filing, "1.001193")
    for page in ("nhan-ket-qua", "le-phi", "kiem-tra"):
        url = f"/nop/{draft.pk}/{page}"
        answers = {an.get(url)["Location"], an.post(url, {"agree": "on"})["Location"]}
        assert answers == {f"/nop-nhom/{filing.pk}/nhan-ket-qua"}
    assert an.get(f"/api/v1/drafts/{draft.pk}/").status_code == 404
    assert an.post(f"/api/v1/drafts/{draft.pk}/submit/").status_code == 404
    begun_alone = an.post("/nop/1.001193/bat-dau")["Location"]
    assert str(draft.pk) not in begun_alone
    assert not Dossier.objects.exists()


def test_an_answer_changed_from_the_check_page_leads_back_to_it(an: Client, filing: GroupFiling) -> None:
    url = f"/nop/{draft_of(filing, '1.001193').pk}/tre?sua=1"
    assert answer(an, url, {"child_name": "Gia Bảo"})["Location"] == f"/nop-nhom/{filing.pk}/kiem-tra"
    assert "Gia Bảo" in text(an.get(f"/nop/{draft_of(filing, '1.009999').pk}/the"))


def test_a_paper_taken_back_is_gone_for_every_member(an: Client, filing: GroupFiling) -> None:
    draft = draft_of(filing, "1.001193")
    an.post(f"/nop/{draft.pk}/giay-to", {"tep-giay-1": picture("sinh.jpg"), "_gui": "1"})
    paper = draft.attachments.get()
    other = Attachment.objects.filter(reuse_of=paper).first()
    assert other
    assert an.post(f"/nop/{other.draft_id}/giay-to/{other.pk}/xoa").status_code == 404
    assert an.get(f"/nop/{other.draft_id}/giay-to/{other.pk}").content == paper.read()
    an.post(f"/nop/{draft.pk}/giay-to/{paper.pk}/xoa")
    assert not Attachment.objects.filter(document_key="giay-1").exists()


def test_mine_shows_a_group_as_one_line_before_and_after_it_is_sent(an: Client, filing: GroupFiling) -> None:
    page = text(an.get("/toi"))
    assert page.count("Khai sinh, trợ cấp và thẻ bảo hiểm y tế") == 1
    assert f'href="/nop-nhom/{filing.pk}"' in page
    assert "Trợ cấp thờ cúng" not in page
    an.post(f"/nop-nhom/{filing.pk}/kiem-tra", {"agree": "on"})
    page = text(an.get("/toi"))
    assert page.count("Khai sinh, trợ cấp và thẻ bảo hiểm y tế") == 1
    assert f'href="/toi/nhom/{filing.reference}"' in page
    assert "Xong 0 trên 3 việc" in page


def test_one_page_tells_where_each_dossier_is_and_what_is_to_do(
    world: World, an: Client, filing: GroupFiling, sent: list[Dossier], django_assert_max_num_queries: Any
) -> None:
    birth, grant, _card = sent
    binh, at = world.actor("binh"), timezone.now()
    for paper in birth.attachments.all():
        supplementing.judge(paper, by=binh, verdict="ok")
    intake.receive(birth, by=binh, at=at)
    url = f"/toi/nhom/{filing.reference}"
    page = text(an.get(url))
    for words in (
        "Xong 0 trên 3 việc", "Bạn chưa phải làm gì", str(birth.code), grant.reference,
        "Chờ kết quả “Đăng ký khai sinh”", "Đăng ký khai sinh: Một cửa đã nhận hồ sơ",
        "Trợ cấp thờ cúng liệt sĩ: Bạn đã gửi hồ sơ",
        "Nguyễn Văn Bình, Công chức Tư pháp", f'href="/toi/ho-so/{birth.code}"',
    ):  # fmt: skip
        assert words in page, words
    Dossier.objects.filter(pk=birth.pk).update(status=Status.SUPPLEMENT_REQUESTED)
    page = text(an.get(url))
    assert page.index("Việc bạn cần làm") < page.index("Các hồ sơ trong nhóm")
    assert "Việc của bạn: gửi giấy tờ bổ sung" in page
    assert "Việc của bạn: gửi giấy tờ bổ sung" in text(an.get("/toi"))
    assert AccessLog.objects.filter(dossier=birth, what="Mở hồ sơ").count() == 2
    with django_assert_max_num_queries(12):
        an.get(url)
    Dossier.objects.update(status=Status.RETURNED, closed_at=at)
    assert "Cả nhóm đã xong" in text(an.get(url))


def test_the_waiting_dossier_says_so_on_its_own_page(an: Client, sent: list[Dossier]) -> None:
    page = text(an.get(f"/toi/ho-so/{sent[1].reference}"))
    assert "Chờ kết quả “Đăng ký khai sinh”" in page
    assert "Chưa đến lượt" in page
    assert f'href="/toi/nhom/{sent[1].filing.reference}"' in page  # type: ignore[union-attr]


def test_the_reference_alone_tells_how_far_and_the_key_also_where(
    client: Client, filing: GroupFiling, sent: list[Dossier]
) -> None:
    visitor = Client()
    page = text(visitor.get(f"/tra-cuu/{filing.reference.lower()}"))
    assert "Xong 0 trên 3 việc" in page
    for hidden in ("Đăng ký khai sinh", sent[0].reference, "Nguyễn", "Xuân Lôi</span>"):
        assert hidden not in page
    page = text(visitor.get(f"/tra-cuu/{filing.reference}?k={filing.tracking_key}"))
    for words in ("Đăng ký khai sinh", sent[1].reference, "Chờ kết quả", "Ủy ban nhân dân xã Xuân Lôi"):
        assert words in page
    assert "Nguyễn Thị An" not in page
    assert visitor.get(f"/tra-cuu?ma={filing.reference}")["Location"] == f"/tra-cuu/{filing.reference}"


def test_a_filing_not_sent_cannot_be_tracked(client: Client, filing: GroupFiling) -> None:
    assert Client().get(f"/tra-cuu/{filing.reference}?k={filing.tracking_key}").status_code == 404


def test_strangers_find_nothing_at_any_address_of_a_group(
    world: World, client: Client, vinh: Client, filing: GroupFiling
) -> None:
    unsent = [f"/nop-nhom/{filing.pk}{page}" for page in ("", "/nhan-ket-qua", "/kiem-tra", "/xong")]
    for address in [*unsent, f"/nop-nhom/{uuid.uuid4()}", f"/toi/nhom/{filing.reference}"]:
        assert {vinh.get(address).status_code, vinh.post(address, {"agree": "on"}).status_code} <= {404, 405}, address
        assert client.get(address)["Location"] == f"/dang-nhap?next={address}"
    chi = log_in(Client(), world.users["chi"])
    assert {chi.get(address).status_code for address in [*unsent, START]} == {403}
    log_in(an := Client(), world.users["an"])
    an.post(f"/nop-nhom/{filing.pk}/kiem-tra", {"agree": "on"})
    assert Dossier.objects.count() == 3
    assert vinh.get(f"/toi/nhom/{filing.reference}").status_code == 404
    assert vinh.get(f"/nop-nhom/{filing.pk}/xong").status_code == 404
    assert filing.reference not in text(vinh.get("/toi"))
    assert an.get(f"/nop-nhom/{filing.pk}")["Location"].endswith("/xong")
    draft = draft_of(filing, "1.001193")
    assert an.get(f"/nop/{draft.pk}/tre", follow=True).redirect_chain[-1][0].endswith(f"/nop-nhom/{filing.pk}/xong")


def test_an_expired_filing_does_not_exist(an: Client, filing: GroupFiling) -> None:
    Draft.objects.update(expires_at=timezone.now())
    assert an.get(f"/nop-nhom/{filing.pk}").status_code == 404
    assert begin(an) != f"/nop-nhom/{filing.pk}"


def test_lists_and_pages_cost_few_statements(
    an: Client, filing: GroupFiling, django_assert_max_num_queries: Any
) -> None:
    for address in (f"/nop-nhom/{filing.pk}", f"/nop-nhom/{filing.pk}/kiem-tra", "/toi"):
        an.get(address)
        with django_assert_max_num_queries(24 if "nhom" in address else 12):
            an.get(address)


def test_the_receiver_reads_what_a_dossier_waits_for_and_is_not_offered_to_receive_it(
    world: World, sent: list[Dossier]
) -> None:
    binh = Desk(world, "binh")
    page = text(binh.open(sent[1]))
    assert "Chờ kết quả “Đăng ký khai sinh”. Có rồi thì hồ sơ tự đến lượt" in page
    assert f"Nộp cùng nhóm với: Đăng ký khai sinh ({sent[0].reference}, đã gửi, chờ một cửa)" in page
    assert f'/can-bo/ho-so/{sent[1].reference}/nhan"' not in page
    assert f"/can-bo/ho-so/{sent[1].reference}/tu-choi" in page
    assert f'/can-bo/ho-so/{sent[0].reference}/nhan"' in text(binh.open(sent[0]))
    assert binh.act(sent[1], "nhan").status_code in (302, 409, 422)
    assert Dossier.objects.get(pk=sent[1].pk).status == Status.SUBMITTED


def test_the_pages_of_a_group_speak_english_to_those_who_ask(an: Client, filing: GroupFiling) -> None:
    home = f"/nop-nhom/{filing.pk}"
    with translation.override("vi"):  # the request leaves its language to this thread
        an.post("/hien-thi", {"language": "en", "next": home})
        tasks_, check = text(an.get(home)), text(an.get(f"{home}/kiem-tra"))
        an.post(f"{home}/kiem-tra", {"agree": "on"})
        followed = text(an.get(f"/toi/nhom/{filing.reference}"))
    assert "Filed at" in tasks_
    assert "Send the whole group" in check
    assert "0 of 3 done" in followed
    assert "Nothing for you to do" in followed or "The dossiers of the group" in followed
