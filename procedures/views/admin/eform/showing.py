"""A form as citizens will see it, as a paper, and beside another revision of itself."""

import json
from collections.abc import Mapping
from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from portal.floor.web import ActorRequest
from procedures import eforms
from procedures.eforms import editing
from procedures.eforms.printing import form_pdf
from procedures.models import Form, ProvinceProfile
from procedures.views.admin.access import catalogue_office
from procedures.views.admin.eform.access import frame, open_form
from procedures.views.admin.eform.editing import field_form
from procedures.views.admin.eform.settings import offered

BEFORE = "_truoc"  # hidden: the answers of the pages walked through, as JSON
MOST = 200_000  # characters of them


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def preview(request: ActorRequest, code: str, revision: int) -> HttpResponse:
    """The citizen's page `?trang=`, to be tried out; nothing is kept. A field being edited is shown as posted."""
    form = open_form(code, revision)
    context: dict[str, Any] = {"eform": form, "before_name": BEFORE}
    schema: Mapping[str, Any] = editing.sound(form.schema)
    words = ""
    page_key = request.GET.get("trang", "")
    if request.POST.get("_loai"):
        schema, words = _with_typed(request, form)
    known = [one["key"] for one in eforms.pages(schema)]
    if words or not known:
        context["words"] = words or _("Tờ khai chưa có ô nào xem được.")
        return render(request, "procedures/admin/eform/preview.html", context)
    return _walk(request, schema, page_key if page_key in known else known[0], context)


def _with_typed(request: ActorRequest, form: Form) -> tuple[Mapping[str, Any], str]:
    """A schema of nothing but the field as it is being edited, or why it cannot be drawn."""
    page_key, path, group = (request.POST.get(name, "") for name in ("_trang", "_o", "_nhom"))
    kind = request.POST["_loai"]
    if kind not in dict(offered(form.schema, inside=bool(group))):
        raise Http404
    try:
        known = editing.find(form.schema, path)[1] if path else {}
        shape = field_form(request, form, kind, known=known, page_key=page_key, path=path, group=group)
    except KeyError:
        raise Http404 from None
    if not shape.is_valid():
        wrong = [str(text) for texts in shape.errors.values() for text in texts]
        return {}, _("Chưa xem thử được: %(what)s") % {"what": "; ".join(wrong)}
    drawn = {name: value for name, value in shape.spec.items() if name != "condition"}
    parent = [dict(spec) for spec in shape.before if spec["key"] == drawn.get("parent")]
    for one in parent:
        one.pop("condition", None)
        one.pop("parent", None)
    if kind == "group" and not drawn.get("fields"):
        return {}, _("Nhóm chưa có ô nào. Lưu nhóm rồi thêm ô vào.")
    return {"pages": [{"key": "p", "title": _("Xem thử một ô"), "fields": [*parent, drawn]}]}, ""


def _walk(request: ActorRequest, schema: Mapping[str, Any], page_key: str, context: dict[str, Any]) -> HttpResponse:
    setting, answers = _setting(), _answers(request)
    typed = request.POST if request.method == "POST" and not request.POST.get("_loai") else None
    shape = eforms.build_form(schema, page_key, answers=answers, setting=setting, data=typed)
    if shape.is_bound and shape.is_valid():
        answers = eforms.keep_page(schema, page_key, answers, shape)
        keys = [one["key"] for one in eforms.visible_pages(schema, answers)]
        rest = keys[keys.index(page_key) + 1 :] if page_key in keys else []
        if not rest:
            return render(
                request, "procedures/admin/eform/preview_end.html", context | {"parts": eforms.display(schema, answers)}
            )
        page_key = rest[0]
        shape = eforms.build_form(schema, page_key, answers=answers, setting=setting)
    page = next(one for one in eforms.pages(schema) if one["key"] == page_key)
    context |= {"form": shape, "page": page, "carried": json.dumps(answers, ensure_ascii=False)}
    context |= {"tried": bool(request.POST.get("_loai"))}
    return render(request, "procedures/admin/eform/preview.html", context, status=422 if shape.errors else 200)


def _answers(request: ActorRequest) -> dict[str, Any]:
    text = request.POST.get(BEFORE, "")
    try:
        found = json.loads(text) if text and len(text) <= MOST else {}
    except (ValueError, RecursionError):
        found = {}
    return found if isinstance(found, dict) else {}


def _setting() -> eforms.Setting:
    province = ProvinceProfile.current()
    home = province.unit.code if province and province.unit else ""
    return eforms.Setting(today=timezone.localdate(), unit_set=province.unit_set if province else "2024", province=home)


@require_safe
@catalogue_office()
def sample(request: ActorRequest, code: str, revision: int) -> HttpResponse:
    """The form as a paper, filled in with invented answers."""
    form, setting = open_form(code, revision), _setting()
    if found := eforms.mistakes(form.schema):
        context = frame(form) | {"title": _("Chưa in được"), "text": found[0].text, "defects": ()}
        return render(request, "procedures/admin/refused.html", context, status=409)
    answers = eforms.invented(form.schema, unit_set=setting.unit_set, today=setting.today)
    paper = form_pdf(form.schema, answers, title=form.name, code=form.code, sample=True, unit_set=setting.unit_set)
    return HttpResponse(
        paper, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{form.code}-{form.revision}.pdf"'},
    )  # fmt: skip


@require_safe
@catalogue_office()
def compare(request: ActorRequest, code: str, revision: int) -> HttpResponse:
    """What this revision asks otherwise than the one `?voi=`, by default the one before."""
    form = open_form(code, revision)
    others = list(Form.objects.filter(code=code).exclude(pk=form.pk).order_by("-revision"))
    wanted = request.GET.get("voi", "")
    preferred = [one for one in others if str(one.revision) == wanted]
    preferred += [one for one in others if one.revision < form.revision] + others
    other = preferred[0] if preferred else None
    options = [
        {"value": one.revision, "label": _("Bản %(number)s") % {"number": one.revision}, "selected": one == other}
        for one in others
    ]
    first, second = sorted([form, other], key=lambda one: one.revision) if other else (form, form)
    context = frame(form) | {
        "other": other, "first": first, "second": second,
        "sentences": eforms.changes(first.schema, second.schema) if other else [],
        "selects": [{"name": "voi", "label": _("So với"), "options": options}],
    }  # fmt: skip
    return render(request, "procedures/admin/eform/compare.html", context)
