"""English for citizens: the compiled file is in step with the source, and no placeholder got lost."""

import ast
import gettext
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "locale/en/LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]")


def entries() -> list[dict[str, str]]:
    """Each entry of the source file: msgid, msgid_plural, msgstr, msgstr[0], msgstr[1]."""
    found = []
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if opening := re.match(r'(msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")$', line):
                key = opening[1]
                parts[key] = ast.literal_eval(opening[2])
            elif line.startswith('"') and key:
                parts[key] += ast.literal_eval(line)
        if parts.get("msgid"):
            found.append(parts)
    return found


def test_the_compiled_file_says_what_the_source_says() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    translated = [entry for entry in entries() if entry.get("msgstr") or entry.get("msgstr[0]")]
    assert len(translated) > 300
    for entry in translated:
        if "msgid_plural" in entry:
            assert compiled.ngettext(entry["msgid"], entry["msgid_plural"], 2) == entry["msgstr[1]"]
        else:
            assert compiled.gettext(entry["msgid"]) == entry["msgstr"]


def test_translations_keep_every_placeholder() -> None:
    for entry in entries():
        for key, text in entry.items():
            if key.startswith("msgstr") and text:
                assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(entry["msgid"])), entry["msgid"]
