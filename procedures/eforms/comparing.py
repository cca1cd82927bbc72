"""Two definitions of one form, their difference in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from procedures.condition_words import in_words
from procedures.eforms import edges, formulas
from procedures.eforms.schema import SOURCES, TYPES, Spec, pages

NAMES = {
    "type": "loại ô",
    "label": "nhãn",
    "help": "hướng dẫn",
    "required": "bắt buộc",
    "options": "các lựa chọn",
    "default": "giá trị điền sẵn",
    "condition": "điều kiện hiện ô",
    "prefill": "nguồn điền sẵn",
    "min": "mức nhỏ nhất",
    "max": "mức lớn nhất",
    "decimals": "số chữ số sau dấu phẩy",
    "pattern": "mẫu ký tự",
    "pattern_message": "lời báo khi sai mẫu",
    "formula": "công thức",
    "text": "nội dung",
    "index": "dùng để tìm hồ sơ",
    "statistic": "dùng để thống kê",
    "entry_label": "tên mỗi mục",
    "parent": "ô quyết định lựa chọn",
    "optional": "phần không bắt buộc",
    "unit_set": "danh mục địa bàn",
}


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What `new` asks otherwise than `old`, a sentence for each change, in the order of the new form."""
    return [*_pages(old, new), *_fields(_placed(old), _placed(new))]


def _pages(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = ({one["key"]: one for one in pages(schema)} for schema in (old, new))
    for key, one in after.items():
        names = {"name": one["title"], "before": before.get(key, {}).get("title", "")}
        if key not in before:
            yield _("Thêm trang “%(name)s”") % names
        elif names["before"] != names["name"]:
            yield _("Đổi tên trang “%(before)s” thành “%(name)s”") % names
        if key in before and before[key].get("intro", "") != one.get("intro", ""):
            yield _("Trang “%(name)s”: đổi lời dẫn") % names
    for key in before.keys() - after.keys():
        yield _("Bỏ trang “%(name)s”") % {"name": before[key]["title"]}
    if moved([*before], [*after]):
        yield _("Đổi thứ tự các trang")


class _Placed(NamedTuple):
    """A field and where it stands: the key of its page or group, and what people call that."""

    place: str
    where: str
    spec: Spec


def _placed(schema: Mapping[str, Any]) -> dict[str, _Placed]:
    """By key, "group.inner" inside a group."""
    found: dict[str, _Placed] = {}
    for one in pages(schema):
        for spec in one.get("fields", ()):
            found[spec["key"]] = _Placed(f"page {one['key']}", one["title"], spec)
            for sub in spec.get("fields", ()):
                found[f"{spec['key']}.{sub['key']}"] = _Placed(spec["key"], name_of(spec), sub)
    return found


def _fields(before: Mapping[str, _Placed], after: Mapping[str, _Placed]) -> Iterator[str]:
    for key, (place, where, spec) in after.items():
        words = {"name": name_of(spec), "where": where, "kind": str(TYPES.get(spec["type"], spec["type"]))}
        if key not in before:
            yield _("Thêm ô “%(name)s” (%(kind)s) vào “%(where)s”") % words
            continue
        if before[key].place != place:
            yield _("Chuyển ô “%(name)s” sang “%(where)s”") % words
        yield from _settings(before[key].spec, spec)
    for key in [key for key in before if key not in after]:
        yield _("Bỏ ô “%(name)s” khỏi “%(where)s”") % {"name": name_of(before[key].spec), "where": before[key].where}
    for place, where in dict.fromkeys((one.place, one.where) for one in after.values()):
        orders = [[key for key, one in side.items() if one.place == place] for side in (before, after)]
        if moved(*orders):
            yield _("Đổi thứ tự các ô trong “%(where)s”") % {"where": where}


def _settings(known: Spec, spec: Spec) -> Iterator[str]:
    for name, words in NAMES.items():
        left, right = known.get(name), spec.get(name)
        if left == right or (not left and not right):
            continue
        told = {"field": name_of(spec), "what": _(words), "before": _said(name, left), "after": _said(name, right)}
        if name == "options":
            yield from _options(name_of(spec), left or (), right or ())
        elif told["before"] and told["after"]:
            yield _("Ô “%(field)s”: %(what)s từ “%(before)s” thành “%(after)s”") % told
        elif right in (None, "", False, [], {}):
            yield _("Ô “%(field)s”: bỏ %(what)s") % told
        elif told["after"]:
            yield _("Ô “%(field)s”: thêm %(what)s “%(after)s”") % told
        else:
            yield (_("Ô “%(field)s”: thêm %(what)s") if not left else _("Ô “%(field)s”: đổi %(what)s")) % told


def _options(field: str, left: Sequence[Spec], right: Sequence[Spec]) -> Iterator[str]:
    before, after = ({one["value"]: one for one in side} for side in (left, right))
    for value, one in after.items():
        words = {"field": field, "name": one["label"]}
        if value not in before:
            yield _("Ô “%(field)s”: thêm lựa chọn “%(name)s”") % words
        elif before[value] != one:
            yield _("Ô “%(field)s”: sửa lựa chọn “%(name)s”") % words
    for value in [value for value in before if value not in after]:
        yield _("Ô “%(field)s”: bỏ lựa chọn “%(name)s”") % {"field": field, "name": before[value]["label"]}
    if moved([*before], [*after]):
        yield _("Ô “%(field)s”: đổi thứ tự các lựa chọn") % {"field": field}


def moved(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether what stands in both stands in another order."""
    return [one for one in before if one in after] != [one for one in after if one in before]


def name_of(spec: Spec) -> str:
    """How people call a field."""
    return str(spec.get("label") or spec.get("text") or spec["key"])[:80]


def _said(name: str, value: Any) -> str:
    """A setting in words; what has no short words is empty."""
    if name == "condition" and value:
        return in_words(value)
    if name == "formula" and value:
        return formulas.written(value)
    if name in ("min", "max") and isinstance(value, str):
        return edges.said(value)
    if name == "prefill" and value:
        return str(SOURCES.get(value, value))
    return "" if isinstance(value, bool | dict | list) or value is None else str(value)
