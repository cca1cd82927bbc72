"""What is written about the house is true of the house."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from dossiers.states import MOVES, CitizenState, Status
from procedures.models import Role
from tests.architecture.tree import APPS, ROOT, files, said

GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
DECISIONS = sorted(path for path in files() if path.parts[:2] == ("docs", "decisions"))
HOW_TOS = sorted(path for path in files() if path.parts[:2] == ("docs", "how-to"))
PAGES = [path for path in files() if path.suffix == ".md" and path.parts[0] in {"docs", "README.md", "CONTRIBUTING.md"}]
NAMED = {
    name
    for line in GLOSSARY.splitlines()
    if line.startswith("| `")
    for name in re.findall(r"`([\w.]+)`", line.split("|")[1])
}


def modules() -> set[str]:
    """The modules and packages directly in the four apps, as `dossiers/intake.py` and `dossiers/ports/`."""
    found = set()
    for path in files():
        if path.parts[0] in APPS and path.suffix == ".py" and path.name != "__init__.py":
            found.add(str(path) if len(path.parts) == 2 else f"{path.parts[0]}/{path.parts[1]}/")
    return {name for name in found if name.split("/")[1] not in {"migrations", "apps.py", "management"}}


def test_the_glossary_knows_every_noun() -> None:
    models = {model.__name__ for label in APPS for model in apps.get_app_config(label).get_models()}
    words = {f"Status.{status.name}" for status in Status} | {f"CitizenState.{state.name}" for state in CitizenState}
    missing = sorted((models | words | {f"Role.{role.name}" for role in Role} | set(MOVES)) - NAMED)
    assert not missing, said(missing, "Bind each to its Vietnamese term in docs/glossary.md:")


def test_the_glossary_has_no_word_twice_and_none_that_is_gone() -> None:
    rows = [
        name
        for line in GLOSSARY.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([\w.]+)`", line.split("|")[1])
    ]
    assert len(rows) == len(set(rows)), sorted({name for name in rows if rows.count(name) > 1})
    code = "".join(
        (ROOT / path).read_text(encoding="utf-8") for path in files() if path.suffix == ".py" and path.parts[0] in APPS
    )
    gone = [name for name in rows if not re.search(rf"\b{re.escape(name.rpartition('.')[2])}\b", code)]
    assert not gone, said(gone, "Nothing is called so any more:")


def test_the_architecture_page_lists_the_modules_that_are_there() -> None:
    told = set(re.findall(r"`((?:portal|dossiers|procedures|signatures)/(?:\w+\.py|\w+/))`", ARCHITECTURE))
    assert not modules() - told, said(sorted(modules() - told), "Add to docs/architecture.md, “Where to find what”:")
    assert not told - modules(), said(sorted(told - modules()), "Gone; take off docs/architecture.md:")


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    targets = [
        to.partition("#")[0]
        for to in re.findall(r"\]\(([^)\s]+)\)", text)
        if "://" not in to and not to.startswith("#")
    ]
    broken = [to for to in targets if not (ROOT / path.parent / to).exists()]
    assert not broken, said(broken, f"{path} links to nothing:")


@pytest.mark.parametrize("path", [path for path in PAGES if path.name != "write-a-result-template.md"], ids=str)
def test_files_that_pages_name_are_there(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:portal|dossiers|procedures|signatures|templates|static|tests|docs|deploy|requirements|bench)/[\w./-]+)`",
        text,
    )
    gone = [name for name in named if "NAME" not in name and not (ROOT / name).exists()]
    assert not gone, said(gone, f"{path} names what is not there:")


@pytest.mark.parametrize("name", ["README.md", "docs/how-to/publish-a-procedure.md"])
def test_buttons_that_pages_name_are_called_so(name: str) -> None:
    kinds, folders = {".html", ".py", ".json", ".typ"}, {*APPS, "templates", "tests"}
    places = [path for path in files() if path.suffix in kinds and path.parts[0] in folders]
    said_somewhere = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in places)
    text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
    bold = {words.removesuffix(": …") for words in re.findall(r"\*\*([^*]+)\*\*", text) if not words.endswith(".")}
    gone = sorted(words for words in bold if words not in said_somewhere)
    assert bold
    assert not gone, said(gone, f"{name} names what no page says:")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_says_context_decision_and_consequences(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    assert text.count("\n") <= 40, f"{path}: at most 40 lines"
    assert all(f"## {part}" in text for part in ("Context", "Decision", "Consequences")), path


def test_decisions_are_numbered_without_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", HOW_TOS, ids=lambda path: path.stem)
def test_a_how_to_begins_with_its_name(path: Path) -> None:
    first = (ROOT / path).read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# "), f"{path}: a title in the imperative"
