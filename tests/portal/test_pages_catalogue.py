"""Lists, agencies, procedures that ended, and the questions that shorten what to bring."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from portal.floor.actor import Actor, Seat
from procedures import calendars, publishing
from procedures.models import (
    Agency,
    Case,
    FeeRule,
    PublicationDecision,
    RequiredDocument,
    WorkSession,
)
from tests import world as worlds

pytestmark = pytest.mark.django_db
PAGE = "/thu-tuc/1.001193"


@pytest.fixture
def world(db: None) -> worlds.World:
    calendars.forget()
    return worlds.build()


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r"<b lang=\"vi\">(.*?)</b>", page)


def test_a_letter_shows_its_own_names_and_keeps_the_other_filters(client: Client, world: worlds.World) -> None:
    for number, name in enumerate(["An táng", "Ăn uống", "Ấn chỉ", "Dạy học", "Đi lại"]):
        worlds.procedure(f"2.00000{number}", name, name, "commune")
    assert names(text(client, "/thu-tuc?chu=A")) == ["An táng"]
    assert names(text(client, "/thu-tuc?chu=Ă")) == ["Ăn uống"]
    assert names(text(client, "/thu-tuc?chu=D")) == ["Dạy học"]
    page = text(client, "/thu-tuc?chu=đ&cap=commune")
    assert names(page) == ["Đăng ký khai sinh", "Đi lại"]
    assert "?cap=commune&amp;chu=A" in page
    assert '<input type="hidden" name="chu" value="Đ">' in page


def test_two_procedures_of_one_name_both_show_across_a_page_break(
    client: Client, world: worlds.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.views.listing.PAGE", 1)
    for number in range(3):
        worlds.procedure(f"2.00000{number}", "An táng", "An táng", "commune")
    page, seen = text(client, "/thu-tuc?chu=A"), 1
    while following := re.search(r'rel="next" href="([^"]+)"', page):
        page, seen = text(client, "/thu-tuc" + following[1].replace("&amp;", "&")), seen + 1
    assert seen == 3


@pytest.mark.parametrize("query", ["sau=x", "sau=~", "sau=a~99999999999999999999", "chu=AB", "cap=x", "muc=9"])
def test_nonsense_in_the_address_is_no_filter(client: Client, world: worlds.World, query: str) -> None:
    assert "1.001193" in text(client, f"/thu-tuc?{query}")


def test_the_fields_count_what_the_filters_leave(client: Client, world: worlds.World) -> None:
    worlds.procedure("2.000001", "Thủ tục cấp tỉnh", "Việc của tỉnh", "province")
    assert "Lĩnh vực commune (2)" in text(client, "/thu-tuc")
    page = text(client, "/thu-tuc?cap=province")
    assert "Lĩnh vực commune" not in page
    assert "Lĩnh vực province (1)" in page


def test_the_code_with_an_agencys_suffix_leads_to_the_procedure(client: Client, world: worlds.World) -> None:
    assert client.get(f"{PAGE}.000.00.00.H62")["Location"] == PAGE


def test_an_agency_says_where_it_is_when_it_is_open_and_what_it_does(client: Client, world: worlds.World) -> None:
    agency = world.agencies["commune"]
    for weekday in (0, 1, 2, 3):
        WorkSession.objects.create(weekday=weekday, opens=dt.time(7, 30), closes=dt.time(11, 30))
    WorkSession.objects.create(weekday=5, opens=dt.time(8), closes=dt.time(11))
    calendars.forget()
    page = text(client, f"/thu-tuc/co-quan/{agency.code}")
    assert "Thôn Trung Tâm" in page
    assert "0211 3000 000" in page
    assert "Thứ Hai – thứ Năm: 7:30–11:30; thứ Bảy: 8:00–11:00" in page
    assert names(page) == ["Đăng ký khai sinh", "Trợ cấp thờ cúng liệt sĩ"]
    assert names(text(client, f"/thu-tuc/co-quan/{agency.code}?xem=giai-quyet")) == ["Đăng ký khai sinh"]


def test_an_agency_that_ended_names_its_successor(client: Client, world: worlds.World) -> None:
    Agency.objects.filter(code="000.21.05.H62").update(
        valid_to=dt.date(2025, 6, 30), successor=world.agencies["district"]
    )
    page = text(client, "/thu-tuc/co-quan/000.21.05.H62")
    assert "kết thúc hoạt động ngày 30/06/2025" in page
    assert "Ủy ban nhân dân huyện Lập Thạch" in page


def test_agencies_are_found_by_name_and_by_what_they_receive(client: Client, world: worlds.World) -> None:
    page = text(client, "/thu-tuc/co-quan?q=xuan+loi")
    assert "xã Xuân Lôi" in page
    assert "Lập Thạch" not in page
    page = text(client, "/thu-tuc/co-quan?thu-tuc=1.001193")
    assert "Nơi nhận hồ sơ" in page
    assert "Sở Lao động" not in page
    assert client.get("/thu-tuc/co-quan?q=%00").status_code == 400
    assert client.get("/thu-tuc/co-quan/khong-co").status_code == 404


def test_an_abolished_procedure_says_since_when_and_cannot_be_started(client: Client, world: worlds.World) -> None:
    version = world.birth
    type(version).objects.filter(pk=version.pk).update(state="retired", valid_to=dt.date(2026, 10, 31))
    page = text(client, PAGE)
    assert "thôi áp dụng từ ngày 31/10/2026" in page
    assert "/nop/" not in page
    assert PAGE not in text(client, "/thu-tuc")
    for path in ("in", "in.pdf", "ap-phich", "ho-so-mau"):
        assert client.get(f"{PAGE}/{path}").status_code == 404


def test_the_decision_stands_with_its_dates(client: Client, world: worlds.World) -> None:
    decision = PublicationDecision.objects.create(
        number="12/QĐ-UBND", signed_on=dt.date(2026, 1, 5), effective_on=dt.date(2026, 1, 15)
    )
    type(world.birth).objects.filter(pk=world.birth.pk).update(decision=decision)
    assert "Quyết định công bố số 12/QĐ-UBND, ký ngày 05/01/2026, có hiệu lực từ 15/01/2026" in text(client, PAGE)


def test_why_a_service_is_partial_stands_with_its_kind_and_basis(client: Client, world: worlds.World) -> None:
    type(world.birth).objects.filter(pk=world.birth.pk).update(
        online_scope="partial", partial_kind="presence", partial_reason="Phải ký vào sổ", partial_basis="Luật Hộ tịch",
        no_post_reason="Bản chính không gửi được", return_ways=["counter", "online"],
    )  # fmt: skip
    page = text(client, PAGE)
    assert "Người nộp phải có mặt. Phải ký vào sổ" in page
    assert "Căn cứ: Luật Hộ tịch" in page
    assert "Bản chính không gửi được" in page
    assert "Tại bộ phận một cửa nơi bạn nộp." in page
    assert "Qua bưu điện, đến tận nhà" not in page
    assert "một phần (mức độ 3)" in page


def test_fees_stand_by_channel_with_reductions_and_their_basis(client: Client, world: worlds.World) -> None:
    case = world.birth.cases.get()
    common = {"case": case, "kind": "charge", "name": "Lệ phí khai sinh"}
    FeeRule.objects.create(**common, reduction_percent=50, channel="online", legal_basis="Nghị quyết 05/2024/NQ-HĐND")
    FeeRule.objects.create(**common, amount=999, valid_to=timezone.localdate() - dt.timedelta(days=1))
    page = text(client, PAGE)
    assert "Giảm 50%" in page
    assert "Nộp trên mạng. Nghị quyết 05/2024/NQ-HĐND" in page
    assert "Từ 4.000 đồng" in page
    assert "999" not in page


def test_an_exemption_online_is_not_called_free_for_everybody(client: Client, world: worlds.World) -> None:
    FeeRule.objects.create(
        case=world.birth.cases.get(), kind="charge", name="Lệ phí khai sinh", reduction_percent=100, channel="online"
    )
    assert "Miễn phí hoặc đến 8.000 đồng, tùy cách nộp" in text(client, PAGE)


def test_cases_stand_apart_and_a_question_chooses_among_them(client: Client, world: worlds.World) -> None:
    birth = world.birth.cases.get()
    late = Case.objects.create(
        version=world.birth, key="qua-han", name="Khai sinh quá hạn", order=1, time_amount=3, form=birth.form
    )
    RequiredDocument.objects.create(case=birth, key="chung-sinh", name="Giấy chứng sinh")
    RequiredDocument.objects.create(case=late, key="cam-doan", name="Giấy cam đoan")
    FeeRule.objects.create(case=late, name="Lệ phí quá hạn", amount=16_000)
    page = text(client, PAGE)
    assert "Bạn thuộc trường hợp nào?" in page
    assert "Giấy chứng sinh" in page and "Giấy cam đoan" in page  # noqa: PT018
    assert "16.000 đồng" in page
    page = text(client, f"{PAGE}?truong-hop=qua-han")
    shown = page.partition('id="chuan-bi"')[2].partition("Mọi việc diễn ra")[0]
    assert "Giấy cam đoan" in shown
    assert "Giấy chứng sinh" not in shown


def test_an_answer_takes_papers_off_the_list_that_are_not_needed(client: Client, world: worlds.World) -> None:
    case = world.birth.cases.get()
    fields = case.form.schema["pages"][0]["fields"]  # type: ignore[union-attr]
    fields.append({"key": "abroad", "type": "yes_no", "label": "Sinh ở nước ngoài"})
    case.form.save()  # type: ignore[union-attr]
    only = {"field": "abroad", "op": "eq", "value": True}
    RequiredDocument.objects.create(case=case, key="hop-phap", name="Giấy hợp pháp hóa lãnh sự", condition=only)
    page = text(client, PAGE)
    assert "Chỉ khi “Sinh ở nước ngoài” là Có" in page
    assert "hợp pháp hóa" not in text(client, f"{PAGE}?o-abroad=khong")
    page = text(client, f"{PAGE}?o-abroad=co")
    assert "hợp pháp hóa" in page
    assert "Chỉ khi" not in page
    assert "hợp pháp hóa" in text(client, f"{PAGE}?o-abroad=x&truong-hop=x")


def test_a_blank_form_is_fetched_by_everybody_while_the_version_is_in_force(
    client: Client, world: worlds.World
) -> None:
    case = world.birth.cases.get()
    stored = default_storage.save("blank-forms/to-khai.docx", ContentFile(b"PK word"))
    paper = RequiredDocument.objects.create(case=case, key="to-khai", name="Tờ khai", blank_form=stored)
    url = f"{PAGE}/mau-don/{paper.pk}"
    assert "Tải mẫu để trống (DOCX)" in text(client, PAGE)
    answer = client.get(url)
    assert answer.content == b"PK word"
    assert answer["Content-Disposition"] == 'attachment; filename="1.001193-to-khai.docx"'
    assert client.get(f"/thu-tuc/1.010803/mau-don/{paper.pk}").status_code == 404
    type(world.birth).objects.filter(pk=world.birth.pk).update(state="draft")
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(("path", "most"), [(PAGE, 6), ("/thu-tuc", 4), ("/thu-tuc?chu=Đ&cap=commune", 4)])
def test_pages_of_the_catalogue_ask_the_database_little(
    client: Client, world: worlds.World, django_assert_max_num_queries: Callable[..., object], path: str, most: int
) -> None:
    with django_assert_max_num_queries(most):  # type: ignore[attr-defined]
        client.get(path)


def test_the_sitemap_lists_what_is_in_force(client: Client, world: worlds.World) -> None:
    page = text(client, "/sitemap.xml")
    assert "<loc>http://testserver/thu-tuc/1.001193</loc><lastmod>2026-01-01</lastmod>" in page
    assert "<loc>http://testserver/thu-tuc/linh-vuc/linh-vuc-commune</loc>" in page


def test_an_abolished_procedure_says_by_what_and_what_to_do_instead(client: Client, world: worlds.World) -> None:
    reviewer = Actor(kind="officer", seats=(Seat(1, 1, "catalogue_reviewer", "Chuyên viên"),))
    publishing.retire(
        world.birth, by=reviewer, at=timezone.now(), number="9/QĐ-UBND", successor=world.climbing.procedure
    )
    page = text(client, PAGE)
    assert "Bãi bỏ theo Quyết định số 9/QĐ-UBND." in page
    assert 'href="/thu-tuc/1.010803"' in page
    copied = publishing.draft_version(world.birth.procedure, by=reviewer, at=timezone.now())
    assert (copied.ended_by, copied.replaced_by) == (None, None)
