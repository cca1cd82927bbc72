"""Electronic forms are changed here: in place while only drafts use them, else as a new revision.

Whatever was reviewed, published or retired keeps its revision, and with it every dossier that runs on it.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from procedures import eforms, history, publishing
from procedures.models import Case, Form, ProcedureVersion, RequiredDocument

CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{1,29}", re.ASCII)
DRAFT = ProcedureVersion.State.DRAFT


class Outdated(Exception):
    """Somebody else changed the form since it was read."""


def newest(code: str) -> Form | None:
    """The revision that can be changed."""
    return Form.objects.filter(code=code).order_by("-revision").first()


def stamp(form: Form) -> str:
    """What a page shows of the form it was made from, and gives back with a change."""
    text = json.dumps([form.code, form.revision, form.name, form.schema], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def settled(form: Form) -> bool:
    """Whether a version that is no draft any more uses this revision."""
    return Case.objects.filter(form=form).exclude(version__state=DRAFT).exists()


def settled_keys(code: str) -> dict[str, str]:
    """By key: the type of every field that a settled revision of the form has or had; none may change its meaning."""
    used = Case.objects.exclude(version__state=DRAFT).filter(form__code=code).values("form")
    schemas = Form.objects.filter(pk__in=used).order_by("revision").values_list("schema", flat=True)
    return {spec["key"]: spec["type"] for schema in schemas for spec in eforms.fields(schema)}


def create(code: str, name: str, schema: Mapping[str, Any], *, by: Actor, at: dt.datetime) -> Form:
    """The first revision of a new form. Raises PublishingRefused when the code is taken or the actor may not."""
    publishing.demand(by, *publishing.EDITORS)
    with transaction.atomic():
        form, new = Form.objects.get_or_create(code=code, revision=1, defaults={"name": name, "schema": dict(schema)})
        if not new:
            raise publishing.PublishingRefused(_("Mã %(code)s đã có tờ khai dùng. Đặt mã khác") % {"code": code})
        history.record("form.created", by=by, at=at, subject=name, key=code)
    return form


def change(code: str, seen: str, *, schema: Mapping[str, Any], name: str = "", by: Actor, at: dt.datetime) -> Form:
    """Give the newest revision this schema (and name), or make the next one where it is settled.

    Drafts that use it follow. `seen`: the stamp of what was changed. Raises Outdated, PublishingRefused.
    """
    publishing.demand(by, *publishing.EDITORS)
    with transaction.atomic():
        list(Form.objects.select_for_update().filter(code=code).order_by("pk"))
        form = Form.objects.filter(code=code).latest("revision")
        if stamp(form) != seen:
            raise Outdated
        before = Form(code=code, name=form.name, revision=form.revision, schema=form.schema)
        form.name, form.schema = name or form.name, dict(schema)
        if (form.name, form.schema) == (before.name, before.schema):
            return form
        users = list(Case.objects.filter(form=form, version__state=DRAFT).select_related("version"))
        if settled(form):
            form = Form(code=code, name=form.name, schema=form.schema, revision=form.revision + 1)
        form.save()
        for case in users:
            _follow(case, form, eforms.papers(before.schema), by=by, at=at)
        _write_down(before, form, by=by, at=at)
    return form


def _follow(case: Case, form: Form, papers_before: list[eforms.Spec], *, by: Actor, at: dt.datetime) -> None:
    publishing.touch(case.version, by=by, at=at)
    Case.objects.filter(pk=case.pk).update(form=form)
    gone = {spec["key"] for spec in papers_before} - {spec["key"] for spec in eforms.papers(form.schema)}
    RequiredDocument.objects.filter(case=case, key__in=gone).delete()
    case.form = form
    declare_papers(case)


def declare_papers(case: Case) -> None:
    """Let the case ask for the files that its form asks for, each a paper with the key of its field."""
    last = case.required_documents.aggregate(last=Max("order"))["last"] or 0
    for number, spec in enumerate(eforms.papers(case.form.schema) if case.form else (), last + 1):
        told = {
            "name": spec["label"], "hint": spec.get("help", ""), "required": bool(spec.get("required")),
            "condition": spec.get("condition"),
        }  # fmt: skip
        RequiredDocument.objects.update_or_create(
            case=case, key=spec["key"], defaults=told, create_defaults=told | {"order": number}
        )


def _write_down(before: Form, after: Form, *, by: Actor, at: dt.datetime) -> None:
    said = "; ".join(eforms.changes(before.schema, after.schema))[:2000]
    told: dict[str, tuple[Any, Any]] = {_("Tên"): (before.name, after.name)} if before.name != after.name else {}
    told |= {_("Bản"): (before.revision, after.revision)} if before.revision != after.revision else {}
    told |= {_("Nội dung"): ("", said)} if said else {}
    history.record("form.changed", by=by, at=at, subject=after.name, key=after.code, changes=told)
