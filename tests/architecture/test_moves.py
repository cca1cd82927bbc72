"""Every move of a dossier has a verb, a label and a test; one module writes its status; every notice has its words."""

import ast
import re

import pytest

from dossiers import (
    archiving,
    consulting,
    correcting,
    counter,
    digitising,
    dispatching,
    grouping,
    intake,
    noting,
    processing,
    redirecting,
    returning,
    serving,
    supplementing,
    suspending,
    verifying,
    withdrawing,
)
from dossiers.messaging import TOPICS
from dossiers.states import MOVES, CitizenState, Status
from tests.architecture.tree import APPS, ROOT, at, calls, files, parsed, python, said

TESTS = "".join(
    (ROOT / path).read_text(encoding="utf-8") for path in python("tests") if "architecture" not in path.parts
)
VERBS = (
    intake, supplementing, withdrawing, counter, serving, processing, suspending, consulting, verifying, redirecting,
    dispatching, noting, returning, correcting, archiving, digitising, grouping,
)  # fmt: skip
WRITERS = {"update", "create", "get_or_create", "update_or_create", "Dossier", "Change"}
LIFECYCLE = ("dossiers/lifecycle.py",)


@pytest.mark.parametrize("name", MOVES)
def test_every_move_has_a_verb_a_label_and_a_test(name: str) -> None:
    verbs = [module for module in VERBS if name in vars(module)]
    assert len(verbs) == 1, f"{name}: one verb of that name in the files of verbs"
    assert verbs[0].__dict__[name].__doc__, f"{name}: say what the verb does and raises"
    assert str(MOVES[name].label), f"{name}: a label for buttons and the trail"
    # What only the system does is seen by its event.
    assert re.search(rf'\.{name}\(|verb="{name}"', TESTS), f"{name}: no test calls it"


def made_by(function: ast.FunctionDef) -> set[str]:
    """The moves that a function makes, by their names."""
    made = set()
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            if call.func.id == "begin":
                made.add("submit")
            elif call.func.id in {"move", "_pass_on", "_end"}:
                made |= {word.value for word in call.args if isinstance(word, ast.Constant)}
    return made


def test_a_move_is_made_by_the_verb_of_its_name_alone() -> None:
    makers: dict[str, set[str]] = {}
    for path in python("dossiers"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                for name in made_by(node):
                    makers.setdefault(name, set()).add(node.name)
    # A dossier comes into the world when it is sent, or when the counter enters it.
    assert makers == {name: {name} for name in MOVES} | {"submit": {"submit", "enter"}}


def test_the_ten_statuses_carry_the_national_codes() -> None:
    assert [status.value for status in Status] == list(range(1, 11))
    assert all(str(status.label) for status in Status)
    assert all(str(state.label) for state in CitizenState)


def test_nobody_but_the_lifecycle_writes_a_status() -> None:
    found = []
    for path in python(*APPS):
        if str(path) in LIFECYCLE:
            continue
        for node in ast.walk(parsed(path)):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                found += [at(path, node) for to in targets if isinstance(to, ast.Attribute) and to.attr == "status"]
        for node, name in calls(path):
            keys = [word.arg for word in node.keywords] + [
                key.value
                for part in [*node.args, *(word.value for word in node.keywords)]
                if isinstance(part, ast.Dict)
                for key in part.keys
                if isinstance(key, ast.Constant)
            ]
            found += [at(path, node)] if name in WRITERS and "status" in keys else []
    assert not found, said(found, "Status, holder, stage and due dates are written by dossiers.lifecycle.move alone:")


@pytest.mark.parametrize(("whom", "topic"), [(whom, topic) for whom, topics in TOPICS.items() for topic in topics])
def test_every_notice_has_subject_text_and_page(whom: str, topic: str) -> None:
    folder = ROOT / "templates/messages" / whom
    for kind in ("subject", "txt", "html"):
        assert (folder / f"{topic}.{kind}").read_text(encoding="utf-8").strip(), f"{folder.name}/{topic}.{kind}"


def promised() -> set[tuple[str, str]]:
    """Every notice the code promises, as (to whom, topic)."""
    found = set()
    for path in python("dossiers"):
        for node, name in calls(path):
            words = {word.arg: word.value for word in node.keywords}
            if name in {"to_citizen", "to_holder", "to_consulted"} and len(node.args) > 1:
                found.add((name.removeprefix("to_"), ast.literal_eval(node.args[1])))
            elif name == "promise" and node.args and "notice." in str(getattr(node.args[0], "value", "")):
                found.add((str(node.args[0].value).removeprefix("notice."), ast.literal_eval(words["topic"])))
    from dossiers.consulting_reminders import RULES
    from dossiers.reminders import RULES as REMINDERS

    found.add(("citizen", "recalculated"))  # by the statement of dossiers.recomputing
    found |= {("citizen", name) for name, rule in REMINDERS.items() if rule.citizen}
    return found | {(whom, topic) for whom, topic, _when in RULES}


def test_every_notice_promised_is_written_and_every_one_written_is_promised() -> None:
    assert promised() == {(whom, topic) for whom, topics in TOPICS.items() for topic in topics}


def test_no_words_lie_about_for_notices_that_nobody_sends() -> None:
    there = {
        (path.parts[2], path.stem)
        for path in files()
        if path.parts[:2] == ("templates", "messages") and len(path.parts) == 4
    }
    assert there == {(whom, topic) for whom, topics in TOPICS.items() for topic in topics}
