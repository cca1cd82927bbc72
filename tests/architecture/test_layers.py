"""Four apps, imports one way, one fixed top level."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from importlinter.cli import lint_imports

from tests.architecture.tree import APPS, ROOT, at, calls, files, parsed, python, said

TOP_LEVEL = {
    "manage.py", "motcua", "portal", "procedures", "dossiers", "signatures", "templates", "static", "tests",
    "docker-compose.yml", "pyproject.toml", "README.md", "Dockerfile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
    "publiccode.yaml", "requirements", "docs", "deploy", "bench", "locale",
}  # fmt: skip
HEIGHT = {"signatures": 0, "procedures": 0, "dossiers": 1, "portal": 2}
OWNED = [model for model in apps.get_models() if model._meta.app_label in APPS]


def test_imports_keep_every_contract(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    broken = lint_imports(no_cache=True)
    assert not broken, said([capsys.readouterr().out], "Contracts are in pyproject.toml, [tool.importlinter]:")


def test_the_top_level_is_fixed() -> None:
    more = {path.parts[0] for path in files()} - TOP_LEVEL
    unknown = sorted(name for name in more if not name.startswith("."))
    assert not unknown, said(unknown, "The top level is fixed (docs/architecture.md); no fifth package:")


def test_files_are_named_for_their_matter() -> None:
    nameless = {"utils", "util", "helpers", "helper", "services", "constants", "managers", "common", "misc"}
    found = [str(path) for path in python() if nameless & {path.stem, *path.parts[:-1]}]
    assert not found, said(found, "Name the file for its matter:")


def test_psycopg_3_is_not_installed() -> None:
    assert importlib.util.find_spec("psycopg") is None, "Django would prefer it to psycopg2; see CONTRIBUTING.md"


def test_the_clock_is_read_at_the_edge_and_knows_its_zone() -> None:
    naive = [
        at(path, node)
        for path in python(*APPS)
        for node, name in calls(path)
        if (name in {"utcnow", "today"} and isinstance(node.func, ast.Attribute) and "date" in ast.unparse(node.func))
        or (
            name == "now" and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).endswith("datetime")
        )
    ]
    assert not naive, said(naive, "Take `at`, or django.utils.timezone.now() in a view, command or task:")


def test_nothing_happens_behind_a_save() -> None:
    hidden = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
    found = [
        at(path, node)
        for path in python(*APPS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.signals"
        if hidden & {alias.name for alias in node.names}
    ]
    assert not found, said(found, "Say what happens in the verb:")


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_what_points_down_leaves_no_name_there(model: type[models.Model]) -> None:
    here = HEIGHT[model._meta.app_label]
    loud = [
        f"{model._meta.label}.{field.name}"
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.model is model
        if (to := field.related_model._meta.app_label) != model._meta.app_label
        if (HEIGHT.get(to, -1) < here or to == "portal") and field.remote_field.related_name != "+"
    ]
    own = [name for name in loud if not inherited(name)]
    assert not own, said(own, 'A foreign key out of the app says related_name="+":')


def inherited(name: str) -> bool:
    """Groups and permissions come with Django's own user."""
    return name in {"portal.User.groups", "portal.User.user_permissions"}


def test_the_account_is_alone_in_the_first_migration_of_portal() -> None:
    text = (ROOT / "portal/migrations/0001_user.py").read_text(encoding="utf-8")
    assert re.findall(r"CreateModel\(\s*name=\"?'?(\w+)", text) == ["User"]
    assert set(re.findall(r"to=[\"']([a-z_.]+)", text)) <= {"auth.group", "auth.permission"}


def test_pages_of_a_lower_app_load_no_tags_of_a_higher_one() -> None:
    libraries = sorted(path for path in files() if "templatetags" in path.parts)
    assert not libraries, said(
        [str(path) for path in libraries], "Tags live in portal/floor/ui.py, under all four apps:"
    )
    above = {"procedures": ("dossiers", "portal", "identity"), "dossiers": ("portal", "identity")}
    climbing = [
        f"{path}: {name}"
        for path in files()
        if path.parts[0] == "templates" and path.suffix == ".html" and path.parts[1] in above
        for name in re.findall(r"{% (?:include|extends) \"([\w/.-]+)\"", (ROOT / path).read_text(encoding="utf-8"))
        if Path(name).parts[0] in above[path.parts[1]] and len(Path(name).parts) > 1
    ]
    assert not climbing, said(climbing, "Shared parts live in templates/ui:")
