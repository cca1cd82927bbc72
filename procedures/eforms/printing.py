"""The completed form as a paper."""

from collections.abc import Mapping
from typing import Any

from portal.floor.typesetting import paper, typeset
from procedures.eforms.reading import display
from procedures.eforms.schema import fields

UNITS = {"2024": "Địa chỉ theo ba cấp hành chính.", "2025": "Địa chỉ theo hai cấp hành chính."}


def form_pdf(
    schema: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    title: str,
    code: str,
    sample: bool = False,
    unit_set: str = "2024",
) -> bytes:
    """PDF/A of the form with these checked answers, A4, every visible field with its answer.

    `sample` prints MẪU at the top right of every page (TT 01/2018/TT-VPCP art. 5); `unit_set` tells in which tiers the
    addresses are written. Raises TypesettingError.
    """
    sections = [
        {"title": name, "lines": [{"label": label, "text": text} for label, text in lines]}
        for name, lines in display(schema, answers)
    ]
    located = any(spec["type"] == "address" and spec["key"] in answers for spec in fields(schema))
    note = UNITS.get(unit_set, "") if located else ""
    data = {"title": title, "code": code, "sample": sample, "sections": sections, "note": note}
    return typeset(paper("form"), data)
