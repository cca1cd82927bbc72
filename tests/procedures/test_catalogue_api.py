"""The public catalogue over the programming interface."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.floor.actor import SYSTEM
from procedures import importing, worktime

pytestmark = pytest.mark.django_db
REFERENCE = Path(importing.__file__).parents[1] / "reference"
BASE = "/api/v1/procedures/"


@pytest.fixture(autouse=True)
def _catalogue() -> None:
    importing.import_rules(*sorted((REFERENCE / "rules").glob("*.json")))
    codes = ("1.001193", "1.000894", "2.000635")
    rows = [json.loads((REFERENCE / "catalogue" / f"{code}.json").read_text("utf-8")) for code in codes]
    at = dt.datetime(2026, 11, 23, 9, tzinfo=worktime.ZONE)
    importing.import_catalogue(json.dumps(rows).encode(), by=SYSTEM, at=at)


def codes(client: Client, **asked: str) -> list[str]:
    return [one["code"] for one in client.get(BASE, asked).json()["results"]]


def test_the_catalogue_is_read_page_by_page_in_alphabetical_order(client: Client) -> None:
    whole = codes(client)
    assert set(whole) == {"1.001193", "1.000894", "2.000635"}
    url, walked = f"{BASE}?limit=1", []
    while url:
        page = client.get(url).json()
        walked += [one["code"] for one in page["results"]]
        url = page["next"]
    assert walked == whole


def test_words_levels_and_scopes_narrow_it(client: Client) -> None:
    assert codes(client, q="khai sinh")[0] == "1.001193"
    assert codes(client, level="province") == []
    assert codes(client, scope="full") == codes(client, scope="4")
    assert "1.000894" in codes(client, field="ho-tich")
    assert codes(client, life_event="khong-co") == []


@pytest.mark.parametrize(
    "asked", [{"limit": "0"}, {"limit": "x"}, {"level": "moon"}, {"scope": "9"}, {"after": "???"}, {"after": "YWJj"}]
)
def test_what_cannot_be_asked_is_answered_with_problem_details(client: Client, asked: dict[str, str]) -> None:
    response = client.get(BASE, asked)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_one_procedure_has_everything_an_applicant_needs(client: Client) -> None:
    body = client.get(f"{BASE}1.001193/").json()
    case = body["cases"][0]
    assert (body["level"], body["online_scope"], case["time_unit"], case["cutoff"]) == (
        "commune",
        "full",
        "same_day",
        "15:00:00",
    )
    assert {"to-khai", "giay-chung-sinh"} <= {one["key"] for one in case["documents"]}
    assert case["form"]["schema"]["properties"]["child_birth_on"]["format"] == "date"
    assert "template" not in json.dumps(body)
    assert client.get(f"{BASE}9.999999/").status_code == 404


def test_the_catalogue_costs_few_statements(client: Client) -> None:
    for url, most in [(BASE, 1), (f"{BASE}?q=khai sinh", 2), (f"{BASE}1.001193/", 9)]:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        assert len([one for one in asked if '"procedures_procedure' in one["sql"] or "_case" in one["sql"]]) <= most


def test_the_deadline_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    importing.import_calendar(REFERENCE / "calendar.csv")
    terms = ["--amount", "3", "--unit", "working_day"]
    call_command("deadline", "--from", "2026-11-19T15:30", *terms, "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["due"] == "2026-11-25T17:00:00+07:00"
    assert {"on": "2026-11-24", "kind": "off", "minutes": 0, "name": "Ngày Văn hóa Việt Nam"} in answer["lines"]
    call_command("deadline", "--from", "2026-11-19T15:30", *terms, "--next-day-after", "15:00")
    assert capsys.readouterr().out.splitlines()[-1] == "26/11/2026 17:00"
    for wrong in (["--from", "x", *terms], ["--from", "2026-11-19", *terms, "--agency", "none"]):
        with pytest.raises(CommandError):
            call_command("deadline", *wrong)


def test_import_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one.json"
    given = json.loads((REFERENCE / "catalogue" / "1.000894.json").read_text("utf-8")) | {"steps": []}
    file.write_text(json.dumps([given, {"code": "x"}]))
    call_command("import_catalogue", str(file), "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["loaded"], said["drafted"], said["refused"][0]["row"]) == (1, 1, "x")
    call_command("import_catalogue", str(file))
    assert "unchanged 1" in capsys.readouterr().out
    call_command("import_calendar", str(REFERENCE / "calendar.csv"))
    assert "loaded 60" in capsys.readouterr().out
    units = tmp_path / "units.csv"
    units.write_text("code,level,name,parent\n26,province,Tỉnh Vĩnh Phúc,\n")
    call_command("import_units", str(units), "--unit-set", "2024")
    assert "loaded 1" in capsys.readouterr().out
    call_command("import_agencies", str(REFERENCE / "agencies-vinh-phuc.json"))
    assert "refused" in capsys.readouterr().out
    for command in ("import_catalogue", "import_calendar", "import_agencies"):
        with pytest.raises(CommandError):
            call_command(command, str(tmp_path / "absent"))
