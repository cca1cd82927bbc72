"""What keeps a schema from being filled in, in words for the person who builds the form."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from procedures import conditions
from procedures.eforms import formulas, masks
from procedures.eforms.edges import edge
from procedures.eforms.kinds import EARLIEST
from procedures.eforms.schema import CHOOSING, SILENT, TYPES, SchemaMistake, Spec

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
PAGE_KEY = re.compile(r"[a-z0-9_-]{1,40}")
IN_GROUPS = frozenset(TYPES) - {"group", "computed", "file"}
MOST_ENTRIES = 50
# What a field of several boxes posts besides its own key; another field may not be called so.
BOXES = {
    "date": ("_0", "_1", "_2"),
    "address": ("_province", "_district", "_commune", "_detail", "_listed"),
    "person": ("_name", "_birth_on_0", "_birth_on_1", "_birth_on_2", "_sex", "_personal_id"),
}


class Mistake(NamedTuple):
    """`page` and `field` are keys ("group.inner" inside a group), empty when the whole form is meant."""

    page: str
    field: str
    text: str


def check(schema: Any) -> None:
    """Raises SchemaMistake with the first mistake unless the schema can be rendered, checked and displayed."""
    if found := mistakes(schema):
        first = found[0]
        where = ".".join(part for part in (first.page, first.field) if part)
        raise SchemaMistake(f"{where}: {first.text}" if where else first.text)


def mistakes(schema: Any) -> list[Mistake]:
    """Every mistake in the order of the form; none means that it can be filled in."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get("pages"), list):
        return [Mistake("", "", _("Tờ khai không có danh sách trang"))]
    if not schema["pages"]:
        return [Mistake("", "", _("Tờ khai chưa có trang nào. Thêm một trang"))]
    found: list[Mistake] = []
    before: dict[str, Spec] = {}
    page_keys: set[str] = set()
    for one in schema["pages"]:
        key = str(one.get("key", "")) if isinstance(one, Mapping) else ""
        found += (Mistake(key, "", text) for text in _page(one, key, page_keys))
        page_keys.add(key)
        for spec in _list(one, "fields"):
            found += (Mistake(key, where, text) for where, text in _field(spec, before, ""))
            _remember(spec, before)
    return found


def _list(owner: Any, name: str) -> list[Any]:
    value = owner.get(name) if isinstance(owner, Mapping) else None
    return value if isinstance(value, list) else []


def _remember(spec: Any, before: dict[str, Spec]) -> None:
    if isinstance(spec, Mapping):
        before[str(spec.get("key", ""))] = spec


def _page(one: Any, key: str, taken: set[str]) -> Iterator[str]:
    if not PAGE_KEY.fullmatch(key) or key in taken:
        yield _("Trang phải có mã riêng (a–z, 0–9, gạch nối)")
    elif not one.get("title"):
        yield _("Trang chưa có tên")
    elif not _list(one, "fields"):
        yield _("Trang chưa có ô nào")


def _field(spec: Any, before: Mapping[str, Spec], group: str) -> Iterator[tuple[str, str]]:
    """(where, what) for one field; `before`: the fields it may ask about."""
    if not isinstance(spec, Mapping):
        yield group, _("Ô không đúng cấu trúc")
        return
    key, kind = str(spec.get("key", "")), spec.get("type")
    where = f"{group}.{key}" if group else key
    if kind not in (IN_GROUPS if group else TYPES):
        yield where, _("Loại ô %(kind)s không dùng được ở đây") % {"kind": str(kind)[:40]}
        return
    for text in (*_key(key, before, spec), *_settings(spec), *_references(spec, before)):
        yield where, text
    if kind == "group":
        inner: dict[str, Spec] = {}
        for sub in _list(spec, "fields"):
            yield from _field(sub, inner, key)
            _remember(sub, inner)


def _key(key: str, before: Mapping[str, Spec], spec: Spec) -> Iterator[str]:
    if not KEY.fullmatch(key) or key in before or key == "csrfmiddlewaretoken":
        yield _("Ô phải có mã riêng (a–z, 0–9, gạch dưới)")
    for other in clashes(key, spec["type"], before):
        yield _("Mã ô trùng với một phần của ô %(other)s. Đặt mã khác") % {"other": other}
    if spec["type"] == "explanation":
        if not spec.get("text") and not spec.get("label"):
            yield _("Lời hướng dẫn còn trống")
    elif not isinstance(spec.get("label"), str) or not spec["label"].strip():
        yield _("Ô chưa có nhãn")


def clashes(key: str, kind: str, others: Mapping[str, Spec]) -> list[str]:
    """The fields whose boxes would be posted under the same names."""
    own = {key + box for box in BOXES.get(kind, ())}
    theirs = ((other, {other + box for box in BOXES.get(str(one.get("type")), ())}) for other, one in others.items())
    return [other for other, boxes in theirs if other in own or key in boxes or own & boxes]


def _settings(spec: Spec) -> Iterator[str]:
    try:
        yield from SETTINGS.get(spec["type"], _text)(spec)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        yield _("Thiết lập của ô không đọc được")


def _text(spec: Spec) -> Iterator[str]:
    if "max" in spec and int(spec["max"]) < 1:
        yield _("Số ký tự nhiều nhất phải từ 1 trở lên")
    if "pattern" in spec:
        try:
            re.compile(spec["pattern"])
        except re.error:
            yield _("Mẫu ký tự không đọc được")
        if len(masks.mask_of(spec["pattern"]) or "") > int(spec.get("max") or 300):
            yield _("Mẫu ký tự dài hơn số ký tự nhiều nhất")


def _number(spec: Spec) -> Iterator[str]:
    low, high = Decimal(str(spec.get("min", 0))), Decimal(str(spec.get("max", 10**15)))
    decimals = int(spec.get("decimals", 0))
    if not 0 <= decimals <= 6:
        yield _("Số chữ số sau dấu phẩy phải từ 0 đến 6")
    elif low > high.quantize(Decimal(1).scaleb(-decimals), ROUND_FLOOR):
        yield _("Số nhỏ nhất lớn hơn số lớn nhất")


def _date(spec: Spec) -> Iterator[str]:
    someday = dt.date(2026, 1, 15)
    earliest, latest = (edge(spec.get(name), someday) for name in ("min", "max"))
    if latest and (earliest or EARLIEST) > latest:
        yield _("Ngày sớm nhất sau ngày muộn nhất")


def _options(spec: Spec) -> Iterator[str]:
    options = _list(spec, "options")
    if not options:
        yield _("Ô chưa có lựa chọn nào")
    values = [option["value"] for option in options]
    if not all(isinstance(value, str) and value for value in values) or len(set(values)) < len(values):
        yield _("Mỗi lựa chọn phải có một mã riêng")
    if not all(isinstance(option["label"], str) and option["label"].strip() for option in options):
        yield _("Có lựa chọn chưa có nhãn")


def _linked(spec: Spec) -> Iterator[str]:
    yield from _options(spec)
    if not all(_list(option, "for") for option in _list(spec, "options")):
        yield _("Mỗi lựa chọn phải thuộc một câu trả lời của ô trước")


def _group(spec: Spec) -> Iterator[str]:
    if all(sub.get("type") in SILENT for sub in _list(spec, "fields")):
        yield _("Nhóm chưa có ô nào")
    if not 0 <= int(spec.get("min", 0)) <= int(spec.get("max", MOST_ENTRIES)) <= MOST_ENTRIES:
        yield _("Số mục phải từ 0 đến %(most)s, ít nhất không quá nhiều nhất") % {"most": MOST_ENTRIES}


def _person(spec: Spec) -> Iterator[str]:
    if not set(spec.get("optional", ())) <= {"birth_on", "sex", "personal_id"}:
        yield _("Thiết lập của ô không đọc được")


def _nothing(spec: Spec) -> Iterator[str]:
    return iter(())


SETTINGS: dict[str, Callable[[Spec], Iterator[str]]] = {
    "number": _number,
    "money": _number,
    "date": _date,
    "choice": _options,
    "multi_choice": _options,
    "linked_choice": _linked,
    "group": _group,
    "person": _person,
    **dict.fromkeys(("yes_no", "address", "file", "computed", "explanation"), _nothing),
}


def _references(spec: Spec, before: Mapping[str, Spec]) -> Iterator[str]:
    """What the field asks about must stand before it."""
    asked: set[str] = set()
    try:
        conditions.check(spec.get("condition"))
        asked |= {key.split(".")[0] for key in conditions.fields(spec.get("condition"))}
    except (AttributeError, TypeError, ValueError):
        yield _("Điều kiện hiện ô không đọc được")
    if spec["type"] == "computed":
        try:
            asked |= set(formulas.fields(spec.get("formula")))
        except ValueError:
            yield _("Công thức không đọc được")
    if missing := sorted(asked - {key for key, one in before.items() if one.get("type") not in SILENT}):
        yield _("Hỏi đến ô %(keys)s, nhưng ô đó không đứng trước") % {"keys": ", ".join(missing)}
    if spec["type"] == "linked_choice":
        yield from _parent(spec, before)


def _parent(spec: Spec, before: Mapping[str, Spec]) -> Iterator[str]:
    parent = before.get(str(spec.get("parent", "")))
    if parent is None or parent.get("type") not in CHOOSING:
        yield _("Chọn một ô “Chọn một” đứng trước để phụ thuộc vào")
        return
    values = {option.get("value") for option in _list(parent, "options")}
    used = {value for option in _list(spec, "options") for value in _list(option, "for")}
    if strange := sorted(str(value) for value in used - values):
        yield _("Ô trước không có lựa chọn %(values)s") % {"values": ", ".join(strange)}
