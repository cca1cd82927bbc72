"""A dossier becomes a scenario by its code, and gives none of its people away."""

import json
from typing import Any

import pytest
from django.test import Client

from dossiers.models import AccessLog, Dossier
from portal.models import User
from procedures.models import Position, Scenario
from tests.login import log_in
from tests.world import World

PAGE = "/quan-tri/thu-tuc/1.010803/ban/1/chay-thu/ghi"


@pytest.fixture
def minh(world: World) -> Client:
    user = User.objects.create(username="minh", full_name="Minh", kind=User.Kind.OFFICER)
    seat = {"role": "catalogue_editor", "title": "Biên tập", "holder_name": "Minh"}
    Position.objects.create(user=user, agency=world.agencies["province"], **seat)
    return log_in(Client(), user)


def test_the_editor_records_a_dossier_and_its_owner_can_see_so(minh: Client, received: Dossier) -> None:
    assert minh.get(PAGE).status_code == 200
    answer = minh.post(PAGE, {"code": str(received.code).lower(), "name": "Con liệt sĩ"})
    assert answer["Location"] == "/quan-tri/thu-tuc/1.010803/ban/1/chay-thu"
    kept = Scenario.objects.get()
    assert kept.filed_at == received.accepted_at
    assert "Long" not in json.dumps([kept.answers, kept.expected], ensure_ascii=False)
    assert "tình huống mẫu" in AccessLog.objects.get(dossier=received, actor_name="Minh").what


@pytest.mark.parametrize("code", ["", "khong-co", "x" * 500])
def test_a_code_that_is_not_of_this_procedure_is_told(minh: Client, received: Dossier, code: str) -> None:
    answer: Any = minh.post(PAGE, {"code": code})
    assert answer.status_code == 422
    assert "errsum" in answer.content.decode()
    assert not Scenario.objects.exists()


def test_dossiers_of_another_procedure_are_not_found_here(minh: Client, received: Dossier, world: World) -> None:
    other = PAGE.replace("1.010803", world.birth.procedure.code)
    assert minh.post(other, {"code": received.code}).status_code == 422


def test_who_keeps_no_catalogue_does_not_find_the_page(world: World) -> None:
    client = log_in(Client(), world.users["chi"])
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"code": "x"}).status_code == 404
