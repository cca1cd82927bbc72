"""One form: its pages and fields as a list, each added, changed, moved and taken out on plain pages."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.floor.web import ActorRequest
from procedures import eforms, form_revisions
from procedures.condition_words import in_words
from procedures.eforms import editing
from procedures.eforms.schema import TYPES
from procedures.form_revisions import Outdated
from procedures.models import Form
from procedures.views.admin.access import catalogue_office
from procedures.views.admin.eform.access import SEEN, conflict_words, frame, open_form
from procedures.views.admin.eform.settings import FieldForm, PageForm, offered

FORMS = ["GET", "HEAD", "POST"]
REDRAW, REMOVE = "_cap-nhat", "_bo"  # buttons: draw the page anew; take this out
Schema = Mapping[str, Any]


@require_safe
@catalogue_office()
def edit(request: ActorRequest, code: str, revision: int) -> HttpResponse:
    """The whole form as a list, what is wrong with it, and the citizen's page beside it."""
    form = open_form(code, revision)
    found = eforms.mistakes(form.schema)
    context = frame(form) | {
        "pages": [_page_row(page, form, found) for page in eforms.pages(form.schema)],
        "mistakes": [(_where(form, one), _said(form, one)) for one in found],
        "types": offered(form.schema, inside=False),
        "inner_types": offered(form.schema, inside=True),
        "shown": request.GET.get("trang", ""),
    }
    return render(request, "procedures/admin/eform/edit.html", context)


def _said(form: Form, mistake: eforms.Mistake) -> str:
    """What is wrong, after the name of what it is wrong with."""
    titles = {page.get("key"): page.get("title") for page in eforms.pages(form.schema)}
    name = titles.get(mistake.page)
    if mistake.field:
        try:
            name = editing.find(form.schema, mistake.field)[1].get("label")
        except KeyError:
            name = mistake.field
    return f"{name}: {mistake.text}" if name else mistake.text


def _page_row(page: Mapping[str, Any], form: Form, found: list[eforms.Mistake]) -> dict[str, Any]:
    wrong = {one.field for one in found}
    around = list(eforms.fields(form.schema))
    return {
        "key": page["key"],
        "title": page["title"],
        "intro": page.get("intro", ""),
        "fields": [_field_row(spec, "", around, wrong) for spec in page.get("fields", ())],
    }


def _field_row(spec: Mapping[str, Any], group: str, around: list[Any], wrong: set[str]) -> dict[str, Any]:
    path = f"{group}.{spec['key']}" if group else spec["key"]
    inner = spec.get("fields", ()) if spec["type"] == "group" else ()
    condition = spec.get("condition")
    return {
        "path": path,
        "label": spec.get("label") or spec.get("text", "")[:90] or spec["key"],
        "type": str(TYPES.get(spec["type"], spec["type"])),
        "required": bool(spec.get("required")),
        "prefill": bool(spec.get("prefill")),
        "condition": in_words(condition, around) if condition else "",
        "wrong": path in wrong,
        "group": spec["type"] == "group",
        "fields": [_field_row(sub, spec["key"], list(inner), wrong) for sub in inner],
    }


def _where(form: Form, mistake: eforms.Mistake) -> str:
    base = f"/quan-tri/bieu-mau/{form.code}/{form.revision}"
    if mistake.field:
        return f"{base}/o/{mistake.field}"
    return f"{base}/trang/{mistake.page}" if mistake.page else ""


@require_http_methods(FORMS)
@catalogue_office()
def page(request: ActorRequest, code: str, revision: int, key: str = "") -> HttpResponse:
    """Title and words of a page; without `key` a new one."""
    form = open_form(code, revision)
    known = next((one for one in eforms.pages(form.schema) if one["key"] == key), None)
    if key and known is None and request.method != "POST":
        raise Http404
    shape = PageForm(request.POST if request.method == "POST" else None, initial=dict(known or {}))
    step: Callable[[Schema], Schema] | None = None
    if known and REMOVE in request.POST:
        step = _without_page(key)
    elif shape.is_bound and shape.is_valid():
        told = {name: value for name, value in shape.cleaned_data.items() if value}
        step = _with_page(key, told)
    title = _("Sửa trang “%(name)s”") % {"name": known["title"]} if known else _("Thêm trang")
    context = {"form": shape, "title": title, "removable": bool(known), "remove_name": REMOVE}
    return _kept(request, form, step, context, "page", anchor=f"trang-{key}" if key else "")


def _with_page(key: str, told: Mapping[str, Any]) -> Callable[[Schema], Schema]:
    return lambda schema: editing.with_page(
        schema, {"key": key or editing.propose_page_key(told["title"], schema)} | dict(told)
    )


def _without_page(key: str) -> Callable[[Schema], Schema]:
    return lambda schema: editing.without(schema, page=key)


@require_http_methods(FORMS)
@catalogue_office()
def field(request: ActorRequest, code: str, revision: int, path: str) -> HttpResponse:
    """The settings of one field."""
    form = open_form(code, revision)
    try:
        page_key, known = editing.find(form.schema, path)
    except KeyError:
        return _gone(request, form)
    group = path.partition(".")[0] if "." in path else ""
    shape = field_form(request, form, known["type"], known=known, page_key=page_key, path=path, group=group)
    step: Callable[[Schema], Schema] | None = None
    if REMOVE in request.POST:
        step = _without_field(path)
    elif _complete(request, shape):
        step = _with_field(page_key, shape.spec, group)
    name = known.get("label") or TYPES[known["type"]]
    context = {"form": shape, "title": _("Sửa ô “%(name)s”") % {"name": name}, "kind": TYPES[known["type"]]}
    context |= {"removable": True, "remove_name": REMOVE, "redraw_name": REDRAW, "page_key": page_key}
    context |= {"path": path, "group": group, "known_key": known["key"]}
    return _kept(request, form, step, context, "field", anchor=f"o-{path}")


def _gone(request: ActorRequest, form: Form) -> HttpResponse:
    """Somebody took the field out while it was being edited: what was typed is offered as a new field."""
    kind, group, page_key = (request.POST.get(name, "") for name in ("_loai", "_nhom", "_trang"))
    if kind not in dict(offered(form.schema, inside=bool(group))) or not _there(form, page_key, group):
        raise Http404
    shape = field_form(request, form, kind, known={}, page_key=page_key, path="", group=group)
    words = _("Người khác vừa bỏ ô này khỏi tờ khai. Những gì bạn nhập còn nguyên: bấm Lưu ô để thêm lại.")
    target = reverse("eform_field_new", args=[form.code, form.revision, page_key])
    context = frame(form) | {"form": shape, "title": _("Thêm lại ô"), "kind": TYPES[kind], "page_key": page_key}
    context |= {"path": "", "group": group, "redraw_name": REDRAW, "clash": words}
    context["action"] = f"{target}?{urlencode({'loai': kind, 'nhom': group})}"
    return render(request, "procedures/admin/eform/field.html", context, status=409)


@require_http_methods(FORMS)
@catalogue_office()
def new_field(request: ActorRequest, code: str, revision: int, page_key: str) -> HttpResponse:
    """A field more at the end of a page, or of the group `?nhom=`."""
    form = open_form(code, revision)
    kind, group = request.GET.get("loai", ""), request.GET.get("nhom", "")
    if kind not in dict(offered(form.schema, inside=bool(group))) or not _there(form, page_key, group):
        raise Http404
    shape = field_form(request, form, kind, known={}, page_key=page_key, path="", group=group)
    step = _with_field(page_key, shape.spec, group) if _complete(request, shape) else None
    context = {"form": shape, "title": _("Thêm ô: %(kind)s") % {"kind": TYPES[kind]}, "kind": TYPES[kind]}
    context |= {"redraw_name": REDRAW, "page_key": page_key, "path": "", "group": group, "kind_key": kind}
    return _kept(request, form, step, context, "field", anchor=f"trang-{page_key}")


def field_form(
    request: ActorRequest, form: Form, kind: str, *, known: Mapping[str, Any], page_key: str, path: str, group: str
) -> FieldForm:
    """The settings as posted, or as they are."""
    container = editing.find(form.schema, group)[1].get("fields", ()) if group else list(eforms.fields(form.schema))
    return FieldForm(
        kind,
        known=known,
        before=editing.before(form.schema, page_key, path, group="" if path else group),
        taken={spec["key"]: spec for spec in container if spec["key"] != known.get("key")},
        settled={} if group else form_revisions.settled_keys(form.code),
        inside=bool(group),
        data=request.POST if request.method == "POST" else None,
    )


def _complete(request: ActorRequest, shape: FieldForm) -> bool:
    return shape.is_bound and REDRAW not in request.POST and shape.is_valid()


def _there(form: Form, page_key: str, group: str) -> bool:
    if group and all(spec["key"] != group or spec["type"] != "group" for spec in eforms.fields(form.schema)):
        return False
    return any(one["key"] == page_key for one in eforms.pages(form.schema))


def _with_field(page_key: str, spec: Mapping[str, Any], group: str) -> Callable[[Schema], Schema]:
    return lambda schema: editing.with_field(schema, page_key, spec, group=group)


def _without_field(path: str) -> Callable[[Schema], Schema]:
    return lambda schema: editing.without(schema, path=path)


@require_POST
@catalogue_office()
def move(request: ActorRequest, code: str, revision: int) -> HttpResponse:
    """The button pressed says “len o <path>” or “xuong trang <key>”."""
    form = open_form(code, revision)
    words = request.POST.get("viec", "").split()
    if len(words) != 3 or words[0] not in ("len", "xuong") or words[1] not in ("o", "trang"):
        raise Http404
    step, what = -1 if words[0] == "len" else 1, {"path" if words[1] == "o" else "page": words[2]}
    return _kept(request, form, lambda schema: editing.moved(schema, step, **what), {}, "", f"{words[1]}-{words[2]}")


@require_http_methods(FORMS)
@catalogue_office()
def rename(request: ActorRequest, code: str, revision: int) -> HttpResponse:
    """The name of the form as citizens and papers show it."""
    form = open_form(code, revision)
    shape = PageForm(request.POST if request.method == "POST" else None, initial={"title": form.name})
    del shape.fields["intro"]
    shape.fields["title"].label, shape.fields["title"].help_text = _("Tên tờ khai"), ""
    named = shape.cleaned_data["title"] if shape.is_bound and shape.is_valid() else ""
    step: Callable[[Schema], Schema] | None = (lambda schema: schema) if named else None
    return _kept(request, form, step, {"form": shape, "title": _("Đổi tên tờ khai")}, "page", name=named)


def _kept(
    request: ActorRequest,
    form: Form,
    step: Callable[[Schema], Schema] | None,
    context: dict[str, Any],
    template: str,
    anchor: str = "",
    name: str = "",
) -> HttpResponse:
    """Do the step on the newest revision, else show the page again with everything typed still in it."""
    status = 422 if request.method == "POST" and REDRAW not in request.POST else 200
    if step is not None:
        latest = form_revisions.newest(form.code) or form
        try:
            changed = form_revisions.change(
                form.code, request.POST.get(SEEN, ""), schema=step(latest.schema), name=name, by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
        except (Outdated, KeyError):
            return _clash(request, form, context, template)
        if changed.revision != form.revision:
            words = _("Đã tạo bản %(new)s. Hồ sơ đang xử lý giữ bản cũ.")
            messages.success(request, words % {"new": changed.revision})
        target = reverse("eform_edit", args=[changed.code, changed.revision])
        return redirect(f"{target}#{anchor}" if anchor else target)
    return render(request, f"procedures/admin/eform/{template}.html", frame(form) | context, status=status)


def _clash(request: ActorRequest, form: Form, context: dict[str, Any], template: str) -> HttpResponse:
    latest = form_revisions.newest(form.code) or form
    if not template:  # a button of the list: there is nothing typed to keep
        messages.warning(request, _("Người khác vừa sửa tờ khai này. Xem lại danh sách rồi làm lại."))
        return redirect("eform_edit", latest.code, latest.revision)
    target = request.get_full_path().replace(f"/{form.code}/{form.revision}/", f"/{form.code}/{latest.revision}/", 1)
    told = frame(latest) | context | {"clash": conflict_words(), "action": target}
    return render(request, f"procedures/admin/eform/{template}.html", told, status=409)
