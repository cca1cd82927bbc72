"""A file is read in one sitting, a function on one screen. (Templates: test_templates.py.)"""

import ast

from tests.architecture.tree import APPS, ROOT, at, files, parsed, python, said

FILE, SELDOM, FUNCTION = 400, 250, 50


def lines(path: object) -> int:
    return len((ROOT / str(path)).read_text(encoding="utf-8").splitlines())


def test_no_source_file_is_longer_than_400_lines() -> None:
    sources = [*python(), *(path for path in files() if path.suffix in {".js", ".typ"})]
    long = [f"{path}: {lines(path)} lines" for path in sources if lines(path) > FILE]
    assert not long, said(long, f"Split by matter, at most {FILE} lines a file:")


def test_nineteen_product_files_in_twenty_have_at_most_250_lines() -> None:
    """docs/decisions/0009."""
    sizes = {path: lines(path) for path in python(*APPS)}
    found = [f"{path}: {size} lines" for path, size in sizes.items() if size > SELDOM]
    assert len(found) * 20 <= len(sizes), said(found, "Too many files hold more than one matter:")


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{at(path, node)} {node.name}: {length} lines"
        for path in python()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION
    ]
    assert not long, said(long, f"Name the parts, at most {FUNCTION} lines a function:")
