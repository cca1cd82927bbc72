"""The search page and the list of suggestions: what they say, what they keep, what they cost."""

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, expect

from procedures.models import Agency, MissedQuery, ProcedureAgency, ProcedureVersion
from tests.browser import chromium, faults
from tests.procedures import findable

pytestmark = pytest.mark.django_db
TYPED = "/tim/goi-y"


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    cache.clear()
    findable.put_in_force(findable.shipped())


def text(client: Client, path: str, **given: str) -> str:
    answer = client.get(path, given)
    assert answer.status_code == 200
    return answer.content.decode()


def codes(page: str) -> list[str]:
    return re.findall(r'class="row" href="/thu-tuc/([\d.]+)"', page)


def test_results_show_both_names_with_the_words_marked(client: Client) -> None:
    page = text(client, "/tim", q="khai sinh")
    assert codes(page)[0] == "1.001193"
    assert "<mark>khai</mark> <mark>sinh</mark>" in page
    assert "Thủ tục đăng" in page
    assert "Làm hết trên mạng" in page or "Đến một cửa" in page


def test_a_code_in_any_dress_opens_its_procedure(client: Client) -> None:
    for query in ("1.001193", "1001193", "1.001193.000.00.00.H62"):
        assert client.get("/tim", {"q": query})["Location"] == "/thu-tuc/1.001193"


def test_filters_keep_the_query_and_can_be_taken_off(client: Client) -> None:
    page = text(client, "/tim", q="khai sinh", cap="district")
    assert codes(page) == ["2.000528"]
    assert '<input type="hidden" name="q" value="khai sinh">' in page
    assert 'href="/tim?q=khai+sinh"' in page
    field = ProcedureVersion.objects.get(procedure__code="1.001193").procedure.field
    page = text(client, "/tim", q="khai sinh", **{"linh-vuc": field.slug})
    assert "1.001193" in codes(page)
    assert f'<option value="{field.slug}" selected>' in page


def test_fields_life_events_and_agencies_stand_above_procedures(client: Client) -> None:
    agency = Agency.objects.create(
        code="000.00.12.H62", name="Sở Tư pháp", name_fold="so tu phap", level="province", scheme="qcvn102"
    )
    procedure = ProcedureVersion.objects.get(procedure__code="3.000333").procedure
    ProcedureAgency.objects.create(procedure=procedure, agency=agency)
    assert 'href="/viec/sinh-con"' in text(client, "/tim", q="sinh con")
    assert re.search(r'href="/thu-tuc/linh-vuc/[\w-]+"><span><b>Hộ tịch</b>', text(client, "/tim", q="ho tich"))
    assert 'href="/thu-tuc/co-quan/000.00.12.H62"' in text(client, "/tim", q="sở tư pháp")


def test_slips_are_named(client: Client) -> None:
    page = text(client, "/tim", q="khai sihn")
    assert "Không thấy “khai sihn”" in page
    assert '<b lang="vi">“khai sinh”</b>' in page
    assert codes(page)[0] == "1.001193"


def test_who_finds_nothing_is_helped(client: Client) -> None:
    page = text(client, "/tim", q="qwrt hộ zxcv")
    assert codes(page) == []
    assert 'href="/tim?q=h%E1%BB%99"' in page  # the one word that leads somewhere
    assert 'href="/viec/sinh-con"' in page
    assert "tel:" in page


def test_what_filters_hide_is_not_called_missing(client: Client) -> None:
    page = text(client, "/tim", q="karaoke", cap="commune")
    assert "Bỏ điều kiện lọc" in page
    assert not MissedQuery.objects.exists()


def test_vain_searches_are_counted_without_persons(client: Client) -> None:
    client.get("/tim", {"q": "qwrt zxcv"})
    client.get("/tim", {"q": "qwrt zxcv"})
    client.head("/tim", {"q": "qwrt zxcv"})
    client.get("/tim", {"q": "qwrt 026190001234"})
    client.get("/tim", {"q": "khai sinh"})
    assert list(MissedQuery.objects.values_list("words", "times")) == [("qwrt zxcv", 2)]


@pytest.mark.parametrize(
    "query", ["", "\x01", "\x00", "😀", "%", "a" * 10_000, "<script>", "ke\u0302\u0301t ho\u0302n"]
)
def test_no_text_breaks_the_pages(client: Client, query: str) -> None:
    assert client.get("/tim", {"q": query}).status_code in {200, 400}
    answer = client.get(TYPED, {"q": query})
    assert answer.status_code in {200, 400}
    assert "<script>" not in answer.content.decode()


def test_suggestions_follow_each_letter_and_may_be_kept_a_while(client: Client) -> None:
    answer = client.get(TYPED, {"q": "dang ky k"})
    page = answer.content.decode()
    assert page.index("/thu-tuc/1.001193") < page.index("/thu-tuc/1.000894")
    assert page.count("<li") <= 8
    assert "max-age=300" in answer["Cache-Control"]
    assert not answer.cookies
    assert client.get(TYPED, {"q": "k"}).content.strip() == b""
    assert client.post(TYPED).status_code == 405


def test_suggestions_are_limited_like_other_public_reads(client: Client, settings: Any) -> None:
    settings.THROTTLES = settings.THROTTLES | {"suggest": "2/m"}
    assert [client.get(TYPED, {"q": "kh"}).status_code for _ in range(3)] == [200, 200, 429]


def test_the_pages_ask_little_and_weigh_little(
    client: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client.get("/tim", {"q": "khai sinh"})
    with django_assert_max_num_queries(8):
        page = client.get("/tim", {"q": "khai sinh"})
    assert len(gzip.compress(page.content, 9)) <= 10 * 1024
    with django_assert_max_num_queries(8):  # six of them count the visitor's questions
        client.get(TYPED, {"q": "khai si"})
    script = (settings.ROOT / "static/js/suggest.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= 2 * 1024


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_a_keyboard_chooses_among_suggestions(browser: Browser, live_server: Any, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN") as window:
        page = window.new_page()
        page.goto(str(live_server.url))
        box = page.get_by_role("combobox", name="Tìm thủ tục")
        box.fill("dang ky k")
        page.get_by_role("option").first.wait_for()
        assert box.get_attribute("aria-expanded") == "true"
        assert faults(page) == []
        box.press("ArrowDown")
        box.press("ArrowDown")
        chosen = page.get_by_role("option", selected=True)
        assert chosen.get_attribute("id") == box.get_attribute("aria-activedescendant")
        assert "Đăng ký kết hôn" in chosen.inner_text()
        box.press("Escape")
        expect(page.get_by_role("option")).to_have_count(0)
        expect(box).to_have_value("dang ky k")
        box.press("ArrowDown")
        page.get_by_role("option").first.wait_for()
        box.press("ArrowDown")
        with page.expect_navigation():
            box.press("Enter")
        assert page.url.endswith("/thu-tuc/1.001193")
