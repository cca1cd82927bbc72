"""Print copies of a PDF: the same pages marked as printed anew, or two A5 pages side by side on A4. Not for keeping."""

import io
from collections.abc import Iterable

import pikepdf

from portal.floor.typesetting import typeset

A4_LANDSCAPE = (841.89, 595.276)
_MARK = """#import "base.typ": *
#set page(width: at("width") * 1pt, height: at("height") * 1pt, margin: (x: 13mm, top: 5mm, bottom: 0mm), fill: none)
#set text(font: "Tinos", lang: "vi", size: 9pt)
#emph(at("words"))"""


def marked(pdf: bytes, words: str) -> bytes:
    """Every page with these words at its upper left edge; what is seen of signatures stays."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.flatten_annotations("print")
        width, height = _size(document.pages[0])
        mark = typeset(_MARK, {"width": width, "height": height, "words": words}, pdf_a=False)
        with pikepdf.open(io.BytesIO(mark)) as drawn:
            for page in document.pages:
                page.add_overlay(drawn.pages[0], None)
            return _saved(document)


def two_up(pdf: bytes) -> bytes:
    """Each A5 page twice beside itself on one A4 sheet: one for the citizen, one to keep."""
    width, height = A4_LANDSCAPE
    with pikepdf.open(io.BytesIO(pdf)) as document, pikepdf.new() as sheets:
        document.flatten_annotations("print")
        for page in document.pages:
            sheets.add_blank_page(page_size=A4_LANDSCAPE)
            for left in (0.0, width / 2):
                sheets.pages[-1].add_overlay(page, pikepdf.Rectangle(left, 0, left + width / 2, height))
        return _saved(sheets)


def joined(pdfs: Iterable[bytes]) -> bytes:
    """All of them as one file, behind each other."""
    with pikepdf.new() as whole:
        for pdf in pdfs:
            with pikepdf.open(io.BytesIO(pdf)) as document:
                whole.pages.extend(document.pages)
        return _saved(whole)


def _size(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    return right - left, top - bottom


def _saved(document: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
