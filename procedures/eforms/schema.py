"""The schema itself: walking it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from procedures import conditions

Spec = Mapping[str, Any]

TYPES = {  # in the order in which the builder offers them
    "text": _("Chữ, một dòng"),
    "long_text": _("Chữ, nhiều dòng"),
    "number": _("Số"),
    "money": _("Số tiền"),
    "date": _("Ngày"),
    "yes_no": _("Có hoặc Không"),
    "choice": _("Chọn một"),
    "multi_choice": _("Chọn nhiều"),
    "linked_choice": _("Chọn theo câu trả lời trước"),
    "person": _("Một người"),
    "person_name": _("Họ và tên"),
    "personal_id": _("Số định danh cá nhân"),
    "address": _("Địa chỉ"),
    "phone": _("Số điện thoại"),
    "email": _("Thư điện tử"),
    "organisation": _("Tên tổ chức"),
    "tax_code": _("Mã số thuế"),
    "file": _("Tệp kèm theo"),
    "group": _("Nhóm lặp lại"),
    "computed": _("Ô tự tính"),
    "explanation": _("Lời hướng dẫn"),
}
# Where an answer may come from, by the name that `prefill` gives it. Who the person is comes from the identity account,
# which has it of the population register (NĐ 69/2024); how to reach the person is the person's own word.
SOURCES = {
    "profile.person": _("Cơ sở dữ liệu dân cư: người nộp (họ tên, ngày sinh, giới tính, số định danh)"),
    "profile.full_name": _("Cơ sở dữ liệu dân cư: họ và tên"),
    "profile.personal_id": _("Cơ sở dữ liệu dân cư: số định danh cá nhân"),
    "profile.birth_on": _("Cơ sở dữ liệu dân cư: ngày sinh"),
    "profile.sex": _("Cơ sở dữ liệu dân cư: giới tính"),
    "profile.address": _("Cơ sở dữ liệu dân cư: nơi thường trú"),
    "profile.tax_code": _("Tài khoản tổ chức: mã số thuế"),
    "profile.phone": _("Tài khoản: số điện thoại"),
    "profile.email": _("Tài khoản: thư điện tử"),
    "earlier.same_field": _("Hồ sơ trước của người nộp: ô cùng mã"),
}
SILENT = frozenset({"explanation", "file"})  # no answer: words, and a paper asked for with the others
CHOOSING = frozenset({"choice", "linked_choice"})  # what a linked choice may depend on


class SchemaMistake(ValueError):
    """The schema is not in the format of `procedures.eforms`; the message names page and field."""


def pages(schema: Mapping[str, Any]) -> list[Spec]:
    """The pages in order."""
    return list(schema.get("pages", ()))


def page(schema: Mapping[str, Any], key: str) -> Spec:
    """Raises KeyError when the schema has no such page."""
    return next((page for page in pages(schema) if page["key"] == key), None) or _no_page(key)


def fields(schema: Mapping[str, Any]) -> Iterator[Spec]:
    """All fields of all pages in order; fields inside groups not included."""
    for one in pages(schema):
        yield from one.get("fields", ())


def papers(schema: Mapping[str, Any]) -> list[Spec]:
    """The fields that ask for a file: each is a paper of the dossier, handed in with the others."""
    return [spec for spec in fields(schema) if spec["type"] == "file"]


def visible_pages(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Spec]:
    """The pages that have something to fill in for these answers.

    A page counts as soon as one of its fields may appear while it is being filled in.
    """
    return [one for one in pages(schema) if _may_show(one.get("fields", ()), answers)]


def _may_show(specs: Sequence[Spec], answers: Mapping[str, Any]) -> bool:
    own = {spec["key"] for spec in specs}
    return any(
        conditions.holds(spec.get("condition"), answers) or own.intersection(conditions.fields(spec.get("condition")))
        for spec in specs
        if spec["type"] not in SILENT
    )


def _no_page(key: str) -> Spec:
    raise KeyError(key)


def linked_options(spec: Spec, chosen: Any) -> list[Mapping[str, Any]]:
    """The options of a linked choice once its parent is answered with `chosen`."""
    return [option for option in spec.get("options", ()) if chosen in option.get("for", ())]
