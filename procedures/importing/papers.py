"""Papers of the official structure: a flat list, in which headings and loose words say what belongs together."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

Said = Mapping[str, Any]
Remarks = list[tuple[str, str]]
PAPERS = r"(?:giấy tờ|tài liệu|văn bản|chứng từ|loại giấy tờ|loại tài liệu|hồ sơ|loại)"
ONE_OF = re.compile(rf"một trong (?:các|những|số)[^:.;]{{0,30}}{PAPERS}[^:.;]{{0,40}}$", re.IGNORECASE)
ONLY_WHEN = re.compile(r"\W*(?:\(?\w{1,4}[).]\s*)?(?:đối với )?trường hợp\b", re.IGNORECASE)
OR = re.compile(r"\W*hoặc\b", re.IGNORECASE)


def papers(rows: list[Said], remarks: Remarks) -> list[dict[str, Any]]:
    """Our rows. Papers are alternatives only where the source says so: a heading "one of the following", or "hoặc"."""
    found: list[dict[str, Any]] = []
    groups: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        heading = row.get("group") or ""
        name = row.get("name") or PurePath(row.get("attached_form") or "").stem
        if not name:
            remarks.append(("documents", _("Giấy tờ thứ %(number)s không có tên, chưa nhập") % {"number": number}))
            continue
        paper = _paper(number, row, name, remarks)
        if ONE_OF.search(heading):
            paper["group"] = groups.setdefault(heading, f"mot-trong-{len(groups) + 1}")
        elif OR.match(name):
            _join(paper, found, groups, remarks)
        found.append(paper)
    _drop_lone_groups(found)
    return found


def _paper(number: int, row: Said, name: str, remarks: Remarks) -> dict[str, Any]:
    heading = row.get("group") or ""
    if len(name) > 600:
        remarks.append(("documents", _("Tên giấy tờ thứ %(number)s dài quá 600 chữ, đã cắt") % {"number": number}))
    return {
        "key": f"giay-{number}",
        "name": name[:600].strip(),
        "hint": heading[:300].strip(),
        "group": "",
        # Under a heading "Trường hợp …" it is asked of some only; of whom, an editor will say.
        "required": not ONLY_WHEN.match(heading),
        "originals": row.get("original") or 0,
        "copies": row.get("copies") or 0,
        "form_name": row.get("attached_form") or "",
    }


def _join(paper: dict[str, Any], found: list[dict[str, Any]], groups: dict[str, str], remarks: Remarks) -> None:
    """An alternative to the paper before it, unless the words are the torn half of that paper's name."""
    whole = paper["name"].count("(") == paper["name"].count(")")
    if not whole or not found or found[-1]["hint"] != paper["hint"]:
        words = {"name": paper["name"][:60]}
        remarks.append(("documents", _("Tên giấy tờ bị cắt ở nguồn: “%(name)s”") % words))
        return
    before = found[-1]
    if not before["group"]:
        before["group"] = groups.setdefault(before["key"], f"mot-trong-{len(groups) + 1}")
    paper["group"] = before["group"]


def _drop_lone_groups(found: list[dict[str, Any]]) -> None:
    names = [one["group"] for one in found]
    for one in found:
        if one["group"] and names.count(one["group"]) == 1:
            one["group"] = ""
