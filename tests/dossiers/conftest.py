import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from dossiers import files, intake, processing
from dossiers.applicants import Applicant
from dossiers.models import Dossier, Draft
from procedures import calendars
from procedures.ruleset import Rules
from tests import world as worlds
from tests.login import log_in
from tests.world import MONDAY, World


@pytest.fixture
def world(db: Any, settings: Any, tmp_path: Any) -> World:
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path / "media")}}
    }
    calendars.forget()
    return worlds.build()


def picture(name: str = "bang.jpg") -> SimpleUploadedFile:
    """A small real JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def applicant_of(world: World, name: str = "an") -> Applicant:
    return Applicant.of(world.users[name])


ANSWERS = {"martyr_name": "Nguyễn Văn Long", "relation": "con"}


@pytest.fixture
def draft(world: World) -> Draft:
    """An's complete draft for the climbing procedure, result by post."""
    by = world.actor("an")
    draft = intake.start(world.climbing, by=by, at=MONDAY, agency=world.agencies["commune"], rules=Rules())
    delivery = {"mode": "post", "name": "Nguyễn Thị An", "phone": "0912345678", "address": worlds.AN_ADDRESS}
    intake.save_draft(draft, at=MONDAY, answers=ANSWERS, delivery=delivery)
    files.receive(picture(), document_key="bang-tqgc", at=MONDAY, draft=draft)
    return draft


@pytest.fixture
def submitted(world: World, draft: Draft) -> Dossier:
    return intake.submit(draft, by=world.actor("an"), at=MONDAY, applicant=applicant_of(world))


@pytest.fixture
def received(world: World, submitted: Dossier) -> Dossier:
    return intake.receive(submitted, by=world.actor("binh"), at=MONDAY)


@pytest.fixture
def climb(world: World) -> Callable[[Dossier, str], Dossier]:
    """Take an accepted dossier up its route to the named stage."""

    def up(dossier: Dossier, stage: str) -> Dossier:
        at = MONDAY
        for name in ("chi", "dung", "hai", "oanh"):
            if dossier.stages.get(closed_at=None).route_key == stage:
                return dossier
            at += dt.timedelta(hours=1)
            processing.forward(dossier, by=world.actor(name), at=at, note=f"Đủ điều kiện ({name})")
        if stage != "so-tham-dinh":
            processing.draft_result(dossier, by=world.actor("khanh"), at=at, kind="approval", text={})
            processing.propose(dossier, by=world.actor("khanh"), at=at)
        return dossier

    return up


@pytest.fixture
def an(world: World, client: Client) -> Client:
    """An's browser, logged in."""
    return log_in(client, world.users["an"])


@pytest.fixture
def vinh(world: World) -> Client:
    """The browser of a stranger, logged in too."""
    return log_in(Client(), world.users["vinh"])
