"""What the tests of the shape read: the files of the project, and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = {".git", ".venv", ".motcua", ".env", "__pycache__", ".mypy_cache", ".ruff_cache", ".import_linter_cache"}
APPS = ("portal", "dossiers", "procedures", "signatures")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the root."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):  # an archive, or a machine without git
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not MADE & set(path.parts)]
    return tuple(sorted(path for name in set(names) if name and (ROOT / (path := Path(name))).is_file()))


def python(*folders: str) -> Iterator[Path]:
    """Python files below those folders (all, if none is named), migrations apart."""
    for path in files():
        if path.suffix == ".py" and "migrations" not in path.parts and (not folders or path.parts[0] in folders):
            yield path


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call in a file, with the last word of what is called."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            yield node, getattr(node.func, "attr", getattr(node.func, "id", ""))


def at(path: Path, node: ast.AST) -> str:
    return f"{path}:{getattr(node, 'lineno', 0)}"


def said(faults: list[str], remedy: str) -> str:
    """What a failing test prints: the remedy, then each place."""
    return "\n".join([remedy, *faults])
