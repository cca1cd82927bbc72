"""Pages anybody may read: what stands on them, how heavy they are, how many questions they ask the database."""

import gzip
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from procedures.models import FeeRule, LifeEvent, OnlineScope, Procedure, RequiredDocument
from tests import world as worlds

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/", "/tim?q=khai+sinh", "/tim", "/viec/sinh-con", "/thu-tuc", "/thu-tuc/linh-vuc/linh-vuc-commune",
    "/thu-tuc/1.001193", "/thu-tuc/1.010803", "/tro-giup", "/kha-nang-tiep-can", "/du-lieu-ca-nhan", "/trang-thai",
]  # fmt: skip


@pytest.fixture
def world(db: None) -> worlds.World:
    world = worlds.build()
    event = LifeEvent.objects.create(slug="sinh-con", name="Sinh con", summary="Khai sinh", icon="baby")
    world.birth.procedure.life_events.add(event)
    Procedure.objects.update(popularity=10)
    return world


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_every_public_page_has_one_heading_and_a_title_of_its_own(client: Client, world: worlds.World) -> None:
    titles = []
    for path in PUBLIC:
        page = text(client, path)
        assert page.count("<h1") == 1, path
        assert '<html lang="vi"' in page
        titles.append(page.partition("<title>")[2].partition("</title>")[0])
    assert len(set(titles)) == len(PUBLIC)


def test_the_home_page_leads_to_life_events_and_what_many_people_do(client: Client, world: worlds.World) -> None:
    page = text(client, "/")
    assert 'href="/viec/sinh-con"' in page
    assert 'href="/thu-tuc/1.001193"' in page
    assert "Trong ngày làm việc" in page
    assert "8.000 đồng" in page
    assert "Làm hết trên mạng" in page


def test_the_home_page_invents_no_figures(client: Client, world: worlds.World) -> None:
    words = re.sub(r"<[^>]*>", " ", text(client, "/"))
    assert "%" not in words


def test_pages_work_before_any_data_is_loaded(client: Client) -> None:
    for path in ("/", "/thu-tuc", "/tim?q=khai+sinh", "/tro-giup"):
        assert text(client, path)


@pytest.mark.parametrize("query", ["khai sinh", "khai+sinh", "KHAI SINH", "dang ky khai sinh", "Đăng ký khai sinh"])
def test_search_finds_words_with_or_without_diacritics(client: Client, world: worlds.World, query: str) -> None:
    page = text(client, f"/tim?q={query}")
    assert 'href="/thu-tuc/1.001193"' in page
    assert 'href="/thu-tuc/1.010803"' not in page
    assert "<mark>" in page


def test_a_procedure_code_typed_into_search_opens_the_procedure(client: Client, world: worlds.World) -> None:
    assert client.get("/tim?q=1.001193")["Location"] == "/thu-tuc/1.001193"


def test_search_without_result_tells_what_to_try(client: Client, world: worlds.World) -> None:
    page = text(client, "/tim?q=tàu+vũ+trụ")
    assert "Chưa tìm thấy" in page
    assert 'href="tel:19000000"' in page


@pytest.mark.parametrize(
    ("wanted", "found"), [("4", True), ("toan-trinh", True), ("full", True), ("3", False), ("mot-phan", False)]
)
def test_old_and_new_words_for_the_online_level_filter_alike(
    client: Client, world: worlds.World, wanted: str, found: bool
) -> None:
    for path in ("/thu-tuc?", "/tim?q=khai+sinh&"):
        assert ('href="/thu-tuc/1.001193"' in text(client, f"{path}muc={wanted}")) is found


def test_the_catalogue_filters_by_level_of_government(client: Client, world: worlds.World) -> None:
    worlds.procedure("2.000001", "Thủ tục cấp tỉnh", "Việc của tỉnh", "province")
    page = text(client, "/thu-tuc?cap=province")
    assert "2.000001" in page
    assert "1.001193" not in page


def test_the_catalogue_is_in_vietnamese_order_and_continues_where_it_stopped(
    client: Client, world: worlds.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.views.listing.PAGE", 3)
    for number, name in enumerate(["Ăn uống", "An táng", "Ấn chỉ", "Đi lại", "Dạy học"]):
        worlds.procedure(f"2.00000{number}", name, name, "commune")
    page, seen = text(client, "/thu-tuc"), []
    while True:
        seen += re.findall(r"<b lang=\"vi\">(.*?)</b>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        page = text(client, "/thu-tuc" + following[1].replace("&amp;", "&"))
    assert seen == [
        "An táng",
        "Ăn uống",
        "Ấn chỉ",
        "Dạy học",
        "Đăng ký khai sinh",
        "Đi lại",
        "Trợ cấp thờ cúng liệt sĩ",
    ]


BLOCKS = [
    "Tên, mã và lĩnh vực", "Thủ tục đăng ký khai sinh", "Các bước theo quy định", "Cách nộp hồ sơ", "Bạn cần chuẩn bị",
    "Số lượng: 1 bộ hồ sơ", "Thời hạn giải quyết", "Ai được làm", "Công dân", "Cơ quan thực hiện", "Kết quả",
    "Mẫu đơn, tờ khai", "Phí, lệ phí và trường hợp được miễn", "8.000 đồng", "Yêu cầu, điều kiện", "Cách nhận kết quả",
    "Căn cứ pháp lý và quyết định công bố", "áp dụng từ 01/01/2026",
]  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS)
def test_the_procedure_page_shows_every_block_the_law_asks_for(client: Client, world: worlds.World, block: str) -> None:
    assert block in text(client, "/thu-tuc/1.001193")


def test_papers_held_by_a_register_need_not_be_brought(client: Client, world: worlds.World) -> None:
    case = world.birth.cases.get()
    RequiredDocument.objects.create(case=case, key="cu-tru", name="Thông tin cư trú", source="CSDL dân cư")
    RequiredDocument.objects.create(case=case, key="chung-sinh", order=1, name="Giấy chứng sinh", group="sinh")
    RequiredDocument.objects.create(case=case, key="cam-doan", order=2, name="Giấy cam đoan", group="sinh")
    page = text(client, "/thu-tuc/1.001193")
    assert "Lấy từ CSDL dân cư khi bạn đồng ý." in page
    assert "Không phải nộp" in page
    assert re.search(r"<i>hoặc</i> <b>Giấy cam đoan</b>", page)
    assert page.index("Giấy chứng sinh") < page.index("Thông tin cư trú")


def test_full_online_service_is_named_in_old_and_new_words_and_can_be_started(
    client: Client, world: worlds.World
) -> None:
    page = text(client, "/thu-tuc/1.001193")
    assert "toàn trình (mức độ 4)" in page
    assert 'href="/nop/1.001193/bat-dau"' in page


def test_a_procedure_for_the_counter_offers_no_online_start(client: Client, world: worlds.World) -> None:
    version = world.birth
    type(version).objects.filter(pk=version.pk).update(online_scope=OnlineScope.NONE)
    page = text(client, "/thu-tuc/1.001193")
    assert "/nop/" not in page
    assert "Nộp tại một cửa" in page


def test_a_fee_that_depends_on_the_case_is_not_called_free(client: Client, world: worlds.World) -> None:
    FeeRule.objects.all().delete()
    late = {"field": "late", "op": "eq", "value": True}
    FeeRule.objects.create(case=world.birth.cases.get(), name="Lệ phí quá hạn", amount=5000, condition=late)
    assert "Tùy trường hợp, đến 5.000 đồng" in text(client, "/thu-tuc/1.001193")


def test_fees_nobody_has_written_down_are_not_called_free(client: Client, world: worlds.World) -> None:
    FeeRule.objects.all().delete()
    assert "Miễn phí" in text(client, "/thu-tuc/1.001193")
    world.birth.cases.update(form=None)
    page = text(client, "/thu-tuc/1.001193")
    assert "Miễn phí" not in page
    assert "Theo mức quy định" in page


def test_unpublished_and_unknown_procedures_are_not_found(client: Client, world: worlds.World) -> None:
    version = world.birth
    type(version).objects.filter(pk=version.pk).update(state="draft")
    for path in ("/thu-tuc/1.001193", "/thu-tuc/9.999999", "/viec/khong-co", "/thu-tuc/linh-vuc/khong-co"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/tim?q=khai+sinh", "/thu-tuc/1.001193"])
def test_pages_stay_light_on_the_wire(client: Client, world: worlds.World, path: str) -> None:
    assert len(gzip.compress(client.get(path).content, 9)) <= 10 * 1024


@pytest.mark.parametrize("path", PUBLIC)
def test_pages_ask_the_database_little(
    client: Client, world: worlds.World, path: str, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client.get(path)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        client.get(path)


def test_more_procedures_do_not_mean_more_questions(
    client: Client, world: worlds.World, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(10):
        worlds.procedure(f"2.00000{number}", f"Thủ tục {number}", f"Việc {number}", "commune")
    with django_assert_num_queries(4):  # type: ignore[attr-defined]
        client.get("/thu-tuc")


@pytest.mark.parametrize(
    ("name", "value", "mark"), [("size", "3", 'data-size="3"'), ("contrast", "1", 'data-contrast="high"')]
)
def test_display_choices_are_kept_without_javascript(client: Client, name: str, value: str, mark: str) -> None:
    answer = client.post("/hien-thi", {name: value, "next": "/tro-giup"})
    assert answer["Location"] == "/tro-giup"
    assert mark in text(client, "/tro-giup")


def test_display_ignores_values_it_does_not_know_and_foreign_places(client: Client) -> None:
    answer = client.post("/hien-thi", {"size": '"><script>', "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert not answer.cookies
    assert "data-size" not in text(client, "/tro-giup")


def test_the_language_switch_turns_citizens_pages_english(client: Client, world: worlds.World) -> None:
    client.post("/hien-thi", {"language": "en", "next": "/"})
    page = text(client, "/")
    assert '<html lang="en"' in page
    assert "What do you need to do?" in page
    translation.activate("vi")


def test_procedure_texts_stay_in_vietnamese_among_english_words(client: Client, world: worlds.World) -> None:
    client.post("/hien-thi", {"language": "en", "next": "/"})
    page = text(client, "/thu-tuc/1.001193")
    assert "What you need to prepare" in page
    assert '<h1 lang="vi">' in page
    translation.activate("vi")
