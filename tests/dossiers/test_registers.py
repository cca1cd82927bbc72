"""Sổ theo dõi: every dossier of the agency and year once, as paper and as table, for those who keep it alone."""

import datetime as dt
import io
from importlib import import_module
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from openpyxl import load_workbook

from dossiers import counter, paper_facts, papers, registers, reserving, serving
from dossiers.models import AccessLog, Dossier, IssuedPaper
from procedures.ruleset import Rules
from tests.dossiers.counter_world import DAY, birth, instant, taken
from tests.dossiers.officers import Desk, text
from tests.world import MONDAY, World


def test_a_year_turns_at_midnight_in_vietnam(world: World, received: Dossier) -> None:
    commune = world.agencies["commune"]
    assert [row["code"] for row in registers.rows(commune, 2026)] == [received.code]
    Dossier.objects.update(accepted_at=dt.datetime(2026, 12, 31, 17, 0, tzinfo=dt.UTC))
    assert not list(registers.rows(commune, 2026))
    assert len(list(registers.rows(commune, 2027))) == 1
    assert not list(registers.rows(world.agencies["district"], 2027))


def test_the_line_of_the_receipt_is_the_line_of_the_register_whatever_is_entered_later(world: World) -> None:
    """Taken in during an outage at nine, entered in the evening: it stands behind, and nothing before it moves."""
    commune, by = world.agencies["commune"], world.actor("binh")
    [code] = reserving.reserve_codes(commune, on=MONDAY.date(), count=1, by=by, at=MONDAY - DAY)
    instant(world)
    noon, evening = MONDAY + dt.timedelta(hours=3), MONDAY + dt.timedelta(hours=9)
    at_noon = counter.register(taken(world), by=by, at=noon)
    no_receipt = serving.serve(birth(world), serving.AtOnce(), by=by, at=noon)
    in_outage = counter.register(taken(world, reserved=code, entered_at=evening), by=by, at=MONDAY)
    assert [(row["line"], row["code"]) for row in registers.rows(commune, 2026)] == [
        (1, at_noon.code), (2, no_receipt.code), (3, in_outage.code)
    ]  # fmt: skip
    for dossier, line in ((at_noon, "01"), (in_outage, "03")):
        receipt = dossier.papers.get()
        assert (receipt.number, receipt.snapshot["register"]) == (f"{line}/TNHS", {"book": "01", "line": line})
    assert serving.give_receipt(no_receipt, by=by, at=evening).number == "02/TNHS"


def test_lines_given_after_the_fact_are_those_of_the_receipts_and_the_others_follow(world: World) -> None:
    """What an installation accepted before lines were kept."""
    commune, by = world.agencies["commune"], world.actor("binh")
    instant(world)
    no_receipt = serving.serve(birth(world), serving.AtOnce(), by=by, at=MONDAY)
    with_receipt = counter.register(taken(world), by=by, at=MONDAY + dt.timedelta(hours=1))
    Dossier.objects.update(register_line=None)
    IssuedPaper.objects.filter(dossier=with_receipt).update(number="01/TNHS")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_series SET last = 1 WHERE kind = 'receipt'")
        import_module("dossiers.migrations.0011_number_the_register").number(None, cursor)
    assert dict(Dossier.objects.values_list("pk", "register_line")) == {with_receipt.pk: 1, no_receipt.pk: 2}
    assert counter.register(taken(world), by=by, at=MONDAY + DAY).register_line == 3
    assert [row["line"] for row in registers.rows(commune, 2026)] == [1, 2, 3]


def test_a_volume_is_a_paper_on_a4_across(world: World, received: Dossier) -> None:
    rules = Rules(form_numbers={"register": "Mẫu 07"})
    paper = registers.keep(world.agencies["commune"], 2026, 1, by=world.actor("binh"), at=MONDAY, rules=rules)
    assert (paper.number, paper.agency, paper.dossier) == ("01/STD", world.agencies["commune"], None)
    document = pypdfium2.PdfDocument(papers.read(paper))
    assert tuple(round(side * 25.4 / 72) for side in document[0].get_size()) == (297, 210)
    said = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    for words in ("Mẫu 07", "Nguyễn Thị An", "Năm 2026, quyển số 01", "Tiếp nhận: 1."):
        assert words in said


def test_a_large_year_fills_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [registers.volumes(count) for count in (0, 1, 1000, 1001)] == [1, 1, 1, 2]
    assert [paper_facts.volume_of(line) for line in (1, 1000, 1001)] == [1, 1, 2]


def test_the_page_makes_a_volume_and_tables_and_writes_every_look_down(world: World, received: Dossier) -> None:
    desk, commune = Desk(world, "binh"), world.agencies["commune"]
    given: dict[str, Any] = {"agency": str(commune.pk), "year": "2026"}
    assert "Lập quyển 1" in text(desk.get("so-theo-doi", **given))
    assert desk.client.post("/can-bo/so-theo-doi", given | {"quyen": "1"}).status_code == 302
    paper = IssuedPaper.objects.get(kind="register")
    assert desk.get(f"so-theo-doi/{paper.pk}").content.startswith(b"%PDF")
    assert received.code in text(desk.get("so-theo-doi", dang="csv", **given))
    sheet = load_workbook(io.BytesIO(desk.get("so-theo-doi", dang="xlsx", **given).content)).active
    assert sheet is not None
    assert [cell.value for cell in list(sheet.rows)[1]][:2] == [1, received.code]
    assert AccessLog.objects.filter(dossier=received, what="sổ theo dõi hồ sơ năm 2026").count() == 3


@pytest.mark.parametrize("odd", [{"year": "x"}, {"year": "1"}, {"agency": "0"}])
def test_odd_questions_are_asked_again(world: World, received: Dossier, odd: dict[str, str]) -> None:
    given = {"agency": str(world.agencies["commune"].pk), "year": "2026"}
    assert Desk(world, "binh").get("so-theo-doi", **(given | odd)).status_code == 422


def test_only_those_who_keep_it_see_it(world: World, received: Dossier) -> None:
    commune = str(world.agencies["commune"].pk)
    rules = Rules()
    paper = registers.keep(world.agencies["commune"], 2026, 1, by=world.actor("binh"), at=MONDAY, rules=rules)
    for name in ("chi", "giang", "thao"):
        assert Desk(world, name).get("so-theo-doi", agency=commune, year="2026").status_code == 404
    assert Desk(world, "lan").get("so-theo-doi", agency=commune, year="2026").status_code == 422
    assert Desk(world, "lan").get(f"so-theo-doi/{paper.pk}").status_code == 404
    assert (
        Desk(world, "binh")
        .client.post("/can-bo/so-theo-doi", {"agency": commune, "year": "2026", "quyen": "9"})
        .status_code
        == 404
    )


def test_no_cell_becomes_a_formula(world: World, received: Dossier) -> None:
    Dossier.objects.update(applicant_name="=1+1")
    given = {"agency": str(world.agencies["commune"].pk), "year": "2026", "dang": "csv"}
    assert "'=1+1" in text(Desk(world, "binh").get("so-theo-doi", **given))
