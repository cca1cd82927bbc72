"""What others made is listed with source, licence and hash; what is ours names no machine and no registry."""

import hashlib
import re
import tomllib
from pathlib import Path

from tests.architecture.tree import ROOT, files, said

BINARY = {
    ".woff", ".woff2", ".ttf", ".otf", ".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".whl", ".gz", ".zip", ".xz",
    ".pdf", ".p12", ".jar", ".so", ".exe", ".mo", ".docx", ".xlsx", ".odt", ".icc", ".sqlite3",
}  # fmt: skip
LISTS = [path for path in files() if path.name == "VENDOR.toml"]
# Spelled in pieces, so that this file does not name them.
REGISTRIES = re.compile(
    "|".join(
        [
            "py" r"pi\.org",
            "python" r"hosted\.org",
            "npm" r"js\.(?:org|com)",
            r"crates\." "io",
        ]
    )
)
MACHINES = re.compile(r"(?:^|[^\w.~-])/(?:" + "|".join(["work", "root", "home", "Users"]) + r")/[\w.]")


def listed() -> dict[Path, str]:
    """Every file that a VENDOR.toml lists, with its hash."""
    found = {}
    for path in LISTS:
        for entry in tomllib.loads((ROOT / path).read_text(encoding="utf-8")).get("file", []):
            found[path.parent / entry["path"]] = entry["sha256"]
    return found


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content[:8000]:
            found.append((path, content.decode("utf-8", "replace")))
    return found


def test_every_binary_is_written_down() -> None:
    binary = [p for p in files() if p.suffix.lower() in BINARY or b"\0" in (ROOT / p).read_bytes()[:8000]]
    binary = [p for p in binary if not (p.suffix == ".mo" and p.with_suffix(".po") in files())]  # compiled from ours
    unknown = [str(path) for path in binary if path not in listed()]
    assert not unknown, said(unknown, "List it in the VENDOR.toml of its folder (source, licence, sha256):")


def test_every_listed_file_is_there_and_the_same() -> None:
    wrong = [
        str(path)
        for path, digest in listed().items()
        if not (ROOT / path).is_file() or hashlib.sha256((ROOT / path).read_bytes()).hexdigest() != digest
    ]
    assert not wrong, said(wrong, "Not what its VENDOR.toml says:")


def test_every_listed_file_says_whence_and_under_which_licence() -> None:
    for path in LISTS:
        for entry in tomllib.loads((ROOT / path).read_text(encoding="utf-8")).get("file", []):
            assert {"path", "name", "version", "licence", "source", "sha256"} <= entry.keys(), (path, entry)
            assert not re.search(r"\bA?GPL", entry["licence"]), entry


def test_no_file_names_a_package_registry() -> None:
    found = [str(path) for path, text in texts() if REGISTRIES.search(text)]
    assert not found, said(found, "Where packages come from is the installer's setting:")


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [f"{path}: {match[0]}" for path, text in texts() if (match := MACHINES.search(text))]
    assert not found, said(found, "A path of one machine:")


def test_the_lock_files_hold_hashes_and_no_second_database_driver() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        pins = re.findall(r"^([a-z0-9-]+)==\S+(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert pins, path.name
        assert all(rest.rstrip().endswith("\\") for _, rest in pins), f"{path.name}: every pin carries hashes"
        assert not {"psycopg", "psycopg-binary"} & {name for name, _ in pins}, path.name
