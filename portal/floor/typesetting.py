"""Papers as PDF/A-2a and PDF/UA-1, typeset by Typst with the bundled typefaces alone.

A source sees its data as values, never as markup: `#import "base.typ": *` gives it `data`. Imports are looked up in
`templates/papers`; nothing outside that folder can be read, no package is fetched, and no text can be made into code.
"""

import functools
import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.core.serializers.json import DjangoJSONEncoder
from fontTools.ttLib import TTFont

from portal.floor import qr
from portal.floor.vietnamese import nfc

ROOT = Path(__file__).resolve().parent.parent.parent
PAPERS = ROOT / "templates" / "papers"
FONTS = ROOT / "static" / "fonts" / "papers"
# What would turn data into code, or reach for a package of strangers.
_FORBIDDEN = re.compile(r'\beval\b|"\s*@')
_UNKNOWN = "□"


class TypesettingError(Exception):
    """The source cannot be typeset; the message says where and why, for the author of the template."""


def paper(name: str) -> str:
    """The source of one of the papers in `templates/papers`."""
    return (PAPERS / f"{name}.typ").read_text(encoding="utf-8")


def typeset(source: str, data: Mapping[str, object], *, pdf_a: bool = True) -> bytes:
    """The PDF of a Typst source over its data. Without `pdf_a` an ordinary PDF, for previews.

    Every top-level `…_url` of the data is at hand as a QR code. Characters that the typefaces lack print as □.
    Raises TypesettingError.
    """
    return _compile(source, data, format="pdf", pdf_standards=["a-2a", "ua-1"] if pdf_a else [])[0]


def pictures(source: str, data: Mapping[str, object], *, ppi: int = 110) -> list[bytes]:
    """The pages as PNG, to look at a template while writing it. Raises TypesettingError."""
    return _compile(source, data, format="png", ppi=ppi)


def _compile(source: str, data: Mapping[str, object], **options: Any) -> list[bytes]:
    if found := _FORBIDDEN.search(source):
        raise TypesettingError(f"{found.group()} is not allowed in a paper")
    codes = {name: qr.svg(str(value)) for name, value in data.items() if name.endswith("_url") and value}
    inputs = {"data": json.dumps(_printable(data), cls=DjangoJSONEncoder), "codes": json.dumps(codes)}
    try:
        pages: Any = typst.compile(source.encode(), root=PAPERS, font_paths=_fonts(), sys_inputs=inputs, **options)
    except typst.TypstError as error:
        raise TypesettingError(error.diagnostic or error.message) from error
    return pages if isinstance(pages, list) else [pages]


def _printable(value: object) -> object:
    """The same data with text the typefaces can show: PDF/A refuses a letter that has no shape."""
    if isinstance(value, str):
        return "".join(_shown(char) for char in nfc(value))
    if isinstance(value, Mapping):
        return {str(key): _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


def _shown(char: str) -> str:
    if char in _letters() or char in "\n\t":
        return char
    return "" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Mn"} else _UNKNOWN


@functools.cache
def _letters() -> frozenset[str]:
    covered = set.intersection(*(set(TTFont(path).getBestCmap()) for path in FONTS.glob("*.ttf")))
    return frozenset(char for char in map(chr, covered) if unicodedata.category(char) not in {"Co", "Cc", "Cf"})


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
