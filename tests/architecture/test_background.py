"""Beat knows its tasks, and a task is no more than a call."""

import ast
import importlib

import pytest

from portal.celery import BEAT, app
from tests.architecture.tree import APPS, at, parsed, python, said

app.autodiscover_tasks(force=True)
OURS = sorted(name for name in app.tasks if name.partition(".")[0] in APPS)


def functions() -> dict[str, tuple[str, ast.FunctionDef]]:
    """Every function marked as a task: its dotted name, where it stands, itself."""
    return {
        f"{'.'.join(path.with_suffix('').parts)}.{node.name}": (at(path, node), node)
        for path in python(*APPS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
        if any("shared_task" in ast.unparse(mark) or ".task" in ast.unparse(mark) for mark in node.decorator_list)
    }


@pytest.mark.parametrize("entry", BEAT)
def test_every_beat_entry_names_a_task_that_needs_no_argument(entry: str) -> None:
    name = BEAT[entry]["task"]
    assert name in app.tasks, f"{name} is no task"
    module, _, function = str(name).rpartition(".")
    task = getattr(importlib.import_module(module), function)
    task.__header__(*BEAT[entry].get("args", ()))  # raises TypeError when the arguments do not fit


def test_tasks_live_where_celery_looks_for_them() -> None:
    assert sorted(functions()) == OURS


@pytest.mark.parametrize("name", sorted(functions()))
def test_a_task_is_at_most_five_lines(name: str) -> None:
    where, node = functions()[name]
    body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
    length = sum((part.end_lineno or 0) - part.lineno + 1 for part in body)
    assert length <= 5, said([where], "A task calls one verb; the matter is a module's:")
