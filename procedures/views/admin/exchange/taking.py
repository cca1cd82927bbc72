"""A file into the catalogue: upload, look at what it would do, accept part by part, read what became of it."""

import uuid
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.floor.web import ActorRequest
from procedures.forms import ImportForm
from procedures.importing import FileRefused
from procedures.importing.catalogue import carry_out
from procedures.importing.planning import Plan, Proposal, plan
from procedures.importing.telling import changes, place
from procedures.views.admin.access import catalogue_office
from procedures.views.admin.exchange import keeping

PAGE = 50
MOST_TOLD = 500
KINDS = ("doi", "them", "loi")  # changed, new, refused
Item = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def upload(request: ActorRequest) -> HttpResponse:
    """Choose a file. Nothing is changed by sending it."""
    form = ImportForm(request.POST or None, request.FILES or None)
    form.fields["file"].help_text = _("Tệp JSON hoặc XLSX. Tối đa 20 MB. Xem trước rồi mới nhập.")
    if request.method == "POST" and form.is_valid():
        file: Any = form.cleaned_data["file"]
        data = file.read()
        try:
            plan(data)
            token = keeping.keep(data, owner=_owner(request), at=timezone.now())
            return redirect("catalogue_import_preview", token)
        except FileRefused as refused:
            form.add_error("file", str(refused))
    return render(request, "procedures/admin/exchange/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def preview(request: ActorRequest, token: uuid.UUID) -> HttpResponse:
    """What the file would add, change, and what is refused; a POST takes what was ticked."""
    at, owner = timezone.now(), _owner(request)
    made = plan(keeping.kept(token, owner=owner, at=at))
    if request.method == "POST":
        summary = carry_out(made, by=request.actor, at=at, accepted=_accepted(request, made))
        told = asdict(summary) | {"left": len(_waiting(made)) - summary.loaded - summary.updated}
        told["refused"], told["defects"] = told["refused"][:MOST_TOLD], told["defects"][:MOST_TOLD]
        keeping.report(token, told, owner=owner)
        return redirect("catalogue_import_done", token)
    return render(request, "procedures/admin/exchange/preview.html", _shown(request, made, token))


@require_safe
@catalogue_office()
def done(request: ActorRequest, token: uuid.UUID) -> HttpResponse:
    """What became of the file."""
    told = keeping.reported(token, owner=_owner(request), at=timezone.now())
    wrong = [(_("Không nhập"), one) for one in told["refused"]] + [(_("Còn thiếu"), one) for one in told["defects"]]
    context = {
        "token": token,
        "told": told,
        "kpis": [
            {"label": _("Đã nhập thành bản thảo"), "value": told["loaded"]},
            {"label": _("Chỉ đổi xếp loại, cơ quan"), "value": told["updated"]},
            {"label": _("Chưa chọn"), "value": max(0, told["left"])},
            {"label": _("Không nhập được"), "value": len(told["refused"])},
        ],
        "columns": [_("Kết quả"), _("Thủ tục"), _("Chỗ"), _("Lý do")],
        "rows": [{"cells": [words, one["row"], place(one["field"]), one["reason"]]} for words, one in wrong],
    }
    return render(request, "procedures/admin/exchange/done.html", context)


def _owner(request: ActorRequest) -> uuid.UUID:
    assert request.actor.user_id
    return request.actor.user_id


def _waiting(made: Plan) -> list[Proposal]:
    """Records that would change something."""
    return [one for one in made.proposals if set(one.changed) - {"published"}]


def _accepted(request: ActorRequest, made: Plan) -> dict[str, list[str]]:
    """Parts by code, as ticked; a new procedure is taken whole. Ticks for what is no longer proposed mean nothing."""
    if request.POST.get("nhan") == "tat-ca":
        kind = request.POST.get("loai")
        return {one.code: list(one.changed) for one in _waiting(made) if one.is_new == (kind == "them")}
    whole = set(request.POST.getlist("them"))
    taken = {one.code: list(one.changed) for one in _waiting(made) if one.is_new and one.code in whole}
    for tick in request.POST.getlist("doi"):
        code, _colon, part = tick.partition(":")
        taken.setdefault(code, []).append(part)
    return taken


def _shown(request: ActorRequest, made: Plan, token: uuid.UUID) -> Item:
    waiting = _waiting(made)
    found: dict[str, list[Any]] = {
        "doi": [one for one in waiting if not one.is_new],
        "them": [one for one in waiting if one.is_new],
        "loi": made.summary.refused,
    }
    kind = request.GET.get("loai", "")
    if kind not in KINDS:
        kind = next((one for one in KINDS if found[one]), "loi")
    asked = request.GET.get("trang", "1")
    page = max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 5 else 1
    rows = found[kind][(page - 1) * PAGE : page * PAGE]
    names = {"doi": _("Thay đổi"), "them": _("Thêm mới"), "loi": _("Không nhập được")}
    address = reverse("catalogue_import_preview", args=[token])
    return {
        "token": token,
        "kind": kind,
        "count": len(found[kind]),
        "unchanged": len(made.proposals) - len(waiting),
        "ignored": sorted(made.summary.ignored.items()),
        "tabs": [
            {"text": names[one], "url": f"{address}?loai={one}", "current": one == kind, "count": len(found[one])}
            for one in KINDS
        ],
        "previous_url": _page_url(kind, page - 1) if page > 1 else "",
        "next_url": _page_url(kind, page + 1) if page * PAGE < len(found[kind]) else "",
        "note": _("Trang %(page)s/%(pages)s") % {"page": page, "pages": max(1, -(-len(found[kind]) // PAGE))},
        **_rows(kind, rows),
    }


def _page_url(kind: str, page: int) -> str:
    return "?" + urlencode({"loai": kind, "trang": str(page)})


def _rows(kind: str, rows: list[Any]) -> Item:
    if kind == "loi":
        cells = [{"cells": [one.row, place(one.field), one.reason]} for one in rows]
        return {"columns": [_("Dòng"), _("Chỗ"), _("Lý do")], "rows": cells}
    if kind == "them":
        columns = [_("Thủ tục"), _("Lĩnh vực"), _("Cần xem")]
        return {"columns": columns, "rows": [_new_row(one) for one in rows]}
    return {"changed": [{"one": one, "name": one.now["name"], "changes": changes(one)} for one in rows]}


def _new_row(one: Proposal) -> Item:
    remarks = [reason for _field, reason in one.remarks]
    return {
        "id": one.code,
        "selected": True,
        "label": f"{one.code} {one.said['name']}",
        "cells": [
            {"text": one.said.get("short_name") or one.said["name"], "sub": one.code, "clamp": True},
            one.said["field"]["name"],
            {"text": remarks[0] if remarks else "", "sub": "; ".join(remarks[1:3]), "clamp": True},
        ],
    }
