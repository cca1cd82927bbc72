"""Tables say what the models say."""

import re

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import translation

from tests.architecture.tree import APPS, files, said

MIGRATIONS = [
    path for path in files() if "migrations" in path.parts and path.suffix == ".py" and path.stem != "__init__"
]


def test_no_migration_is_pending() -> None:
    loader = MigrationLoader(None)
    asks = NonInteractiveMigrationQuestioner(specified_apps=set(APPS))
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps), asks)
    with translation.override(None):  # as makemigrations does
        changes = detector.changes(graph=loader.graph)
    wanted = [f"{label}: {step.describe()}" for label in APPS for m in changes.get(label, []) for step in m.operations]
    assert not wanted, said(wanted, "./motcua manage makemigrations -n what_changes:")


def test_migrations_say_what_changes() -> None:
    named = re.compile(r"\d{4}_(?!auto_|alter_|custom)[a-z][a-z0-9_]{3,60}")
    bad = [str(path) for path in MIGRATIONS if not named.fullmatch(path.stem)]
    assert not bad, said(bad, "Name it (makemigrations -n what_changes):")


def test_migrations_form_one_line_per_app() -> None:
    assert not MigrationLoader(None).detect_conflicts()
    numbers = [(path.parts[0], path.stem[:4]) for path in MIGRATIONS]
    assert len(numbers) == len(set(numbers)), "two migrations of one app carry the same number"
