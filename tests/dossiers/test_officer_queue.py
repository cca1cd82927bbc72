"""The queue: whose dossiers, in which order, at what cost."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossiers import intake, processing
from dossiers.models import Dossier
from dossiers.views.officer import shelves
from procedures.calendars import calendar_for
from tests.dossiers.officers import Desk, text
from tests.world import MONDAY, World

# Copies of one dossier and its owner, spread over two desks and five weeks.
_COPIES = """
WITH copied AS (
  INSERT INTO dossiers_dossier ({columns}) SELECT {values} FROM dossiers_dossier d, generate_series(1, %(count)s) n
  WHERE d.id = %(original)s RETURNING id)
INSERT INTO dossiers_party (id, dossier_id, role, is_organisation, name, identity, identity_index, phone, phone_index,
  email, address, birth_on)
SELECT gen_random_uuid(), id, 'owner', false, 'Người thứ', NULL, '', NULL, '', NULL, NULL, NULL FROM copied
"""


def multiply(dossier: Dossier, count: int) -> None:
    """Many dossiers like this one, by SQL; three in four are long closed."""
    own = {
        "id": "gen_random_uuid()", "reference": "'N261109-' || lpad(n::text, 8, '0')", "code": "NULL",
        "next_due_at": "d.next_due_at + n %% 300 * interval '3 hours'",
        "status": "CASE WHEN n %% 4 = 0 THEN d.status ELSE 10 END",
    }  # fmt: skip
    columns = [field.column for field in Dossier._meta.concrete_fields]
    values = ", ".join(own.get(column, f"d.{column}") for column in columns)
    sql = _COPIES.replace("NULL, '', NULL, '', NULL, NULL, NULL FROM", "'', '', '', '', '', '', '' FROM")
    with connection.cursor() as cursor:
        cursor.execute(sql.format(columns=", ".join(columns), values=values), {"count": count, "original": dossier.pk})
        cursor.execute("ANALYZE dossiers_dossier, dossiers_party")


def codes(response: Any) -> list[str]:
    return re.findall(r'<span class="code">([^<]+)</span>', text(response))


@pytest.mark.parametrize("name", ["chi", "dung", "em", "giang", "hai", "lan", "phuc", "thao"])
def test_a_new_dossier_lies_on_the_receivers_desk_alone(world: World, submitted: Dossier, name: str) -> None:
    assert codes(Desk(world, "binh").get("hang-viec")) == [submitted.reference]
    assert codes(Desk(world, name).get("hang-viec")) == []


def test_a_dossier_given_to_one_officer_leaves_the_queue_of_the_others(world: World, received: Dossier) -> None:
    processing.assign(received, by=world.actor("chi"), at=MONDAY, to=world.positions["chi"])
    desk = Desk(world, "chi")
    assert codes(desk.get("hang-viec", xem="giao-toi")) == [received.code]
    assert "Giao cho tôi" in text(desk.get("hang-viec"))


def test_views_hold_what_their_names_say(world: World, submitted: Dossier) -> None:
    desk, now = Desk(world, "binh"), timezone.now()
    Dossier.objects.update(next_due_at=now - dt.timedelta(hours=1), next_soon_at=now - dt.timedelta(hours=9))
    assert codes(desk.get("hang-viec", xem="qua-han")) == [submitted.reference]
    assert codes(desk.get("hang-viec", xem="sap-den-han")) == []
    Dossier.objects.update(next_due_at=now + dt.timedelta(hours=1))
    assert codes(desk.get("hang-viec", xem="qua-han")) == []
    assert codes(desk.get("hang-viec", xem="sap-den-han")) == [submitted.reference]


def test_a_dossier_waiting_for_the_citizen_is_no_work_to_do(world: World, submitted: Dossier) -> None:
    intake.judge(submitted.attachments.get(), by=world.actor("binh"), verdict="unclear", note="Mờ")
    intake.request_supplement(submitted, by=world.actor("binh"), at=MONDAY)
    desk = Desk(world, "binh")
    assert codes(desk.get("hang-viec")) == []
    waiting = desk.get("hang-viec", xem="cho-bo-sung")
    assert codes(waiting) == [submitted.reference]
    assert "Chờ người dân bổ sung" in text(waiting)


def test_numbers_of_people_are_masked(world: World, submitted: Dossier) -> None:
    page = text(Desk(world, "binh").get("hang-viec"))
    assert "026•••••1234" in page
    assert "026190001234" not in page


def test_the_cashier_sees_who_has_to_pay(world: World, received: Dossier) -> None:
    desk = Desk(world, "thao")
    assert codes(desk.get("hang-viec")) == []
    received.payment.amount = 8000
    received.payment.save()
    assert codes(desk.get("hang-viec")) == [received.code]


def test_the_filter_keeps_one_procedure(world: World, submitted: Dossier) -> None:
    desk = Desk(world, "binh")
    assert codes(desk.get("hang-viec", **{"thu-tuc": submitted.title})) == [submitted.reference]
    assert codes(desk.get("hang-viec", **{"thu-tuc": "Đăng ký khai sinh"})) == []


@pytest.mark.parametrize("asked", ["nguyen thi an", "Nguyễn Thị An", "tho cung", "THỜ CÚNG an"])
def test_search_knows_no_diacritics(world: World, submitted: Dossier, asked: str) -> None:
    assert codes(Desk(world, "binh").get("tim", q=asked)) == [submitted.reference]
    assert codes(Desk(world, "phuc").get("tim", q=asked)) == [], "another counter's dossier"


def test_search_by_number_card_code_and_scanned_receipt(world: World, received: Dossier) -> None:
    desk = Desk(world, "binh")
    assert codes(desk.get("tim", q="026190001234")) == [received.code]
    assert codes(desk.get("tim", q="026190001234|123456789|Nguyễn Thị An|12031990|Nữ|Xuân Lôi|01012021")) == [
        received.code
    ]
    assert codes(desk.get("tim", q=received.code[:20].lower())) == [received.code]
    for exact in (received.code, received.reference, f"https://motcua.example/tra-cuu/{received.code}?k=abc"):
        assert desk.get("tim", q=exact)["Location"] == f"/can-bo/ho-so/{received.code}"


@pytest.mark.parametrize(
    "odd", ["", "x", "x.1", "99999999999999999.0", "9999999999999999." + "f" * 32, "-1." + "0" * 32, "a" * 5000]
)
def test_an_odd_page_key_shows_a_page(world: World, submitted: Dossier, odd: str) -> None:
    assert Desk(world, "binh").get("hang-viec", sau=odd).status_code == 200


def test_pages_follow_each_other_without_gap_or_repetition(world: World, submitted: Dossier) -> None:
    multiply(submitted, 480)
    desk, seen, address = Desk(world, "binh"), [], "hang-viec?xem=can-lam"
    while address:
        page = desk.client.get(f"/can-bo/{address}")
        seen += codes(page)
        following = re.search(r'rel="next" href="/can-bo/([^"]+)"', text(page))
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 121
    due = dict(Dossier.objects.values_list("reference", "next_due_at"))
    assert [due[one] for one in seen] == sorted(due[one] for one in seen)


def test_a_page_of_the_queue_costs_six_statements(world: World, submitted: Dossier) -> None:
    multiply(submitted, 400)
    desk = Desk(world, "binh")
    desk.get("hang-viec")  # writes the session, warms the calendar
    with CaptureQueriesContext(connection) as queries:
        page = desk.get("hang-viec")
    assert len(codes(page)) == 50
    assert len(queries) <= 6, [query["sql"][:200] for query in queries]


def test_the_queue_is_read_from_its_index(world: World, submitted: Dossier) -> None:
    multiply(submitted, 5000)
    actor, now = world.actor("binh"), timezone.now()
    calendar_for(None)
    for shelf in shelves.of(actor):
        with CaptureQueriesContext(connection) as queries:
            shelves.page(shelf, actor, now=now, narrowed={}, after=None, limit=51)
        said = explained(queries[0]["sql"])
        assert "Seq Scan on dossiers_dossier" not in said, (shelf.key, said)
        # Where a view is expected to be nearly empty the planner may take another index of the open ones.
        assert "queue_by_deadline" in said or shelf.key != shelves.TO_DO, (shelf.key, said)
    with CaptureQueriesContext(connection) as queries:
        counts = shelves.counted(actor, now=now)
    assert "Seq Scan on dossiers_dossier" not in explained(queries[0]["sql"])
    assert shelves.in_words(counts["can-lam"]) == "1.000+"


def explained(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_a_scanned_address_that_is_none_is_searched_as_text(world: World, received: Dossier) -> None:
    assert Desk(world, "binh").get("tim", q="http://[x/tra-cuu/a").status_code == 200
