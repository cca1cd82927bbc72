"""The words people use: synonyms, what was searched in vain, and what a search finds, side by side."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.floor.vietnamese import fold
from portal.floor.web import ActorRequest
from procedures import search, synonyms
from procedures.forms import CleanText
from procedures.models import MissedQuery, Procedure, Synonym
from procedures.views.admin.access import catalogue_office
from procedures.words import LONGEST, phrases

PAGE, MISSED, SHOWN = 100, 15, 5
LIST = "quan-tri/tu-dong-nghia"


class SynonymForm(CleanText, forms.Form):
    words = forms.CharField(
        label=_lazy("Người dân gõ"),
        help_text=_lazy("Cách nói hằng ngày, có dấu, ví dụ “sổ đỏ”"),
        max_length=80,
        error_messages={"required": _lazy("Nhập từ người dân hay gõ")},
    )
    meaning = forms.CharField(
        label=_lazy("Danh mục gọi là"),
        help_text=_lazy("Đúng cụm từ có trong tên thủ tục hoặc lĩnh vực. Nhiều cụm thì cách nhau bằng dấu phẩy."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _lazy("Nhập cụm từ mà danh mục dùng")},
    )


@require_safe
@catalogue_office()
def listing(request: ActorRequest) -> HttpResponse:
    """All synonyms by the alphabet of plain letters; `loc` filters them, `thu` tries a search."""
    wanted, tried, after = (_given(request, name) for name in ("loc", "thu", "sau"))
    kept = Synonym.objects.order_by("words_fold").select_related("edited_by")
    if wanted:
        kept = kept.filter(words_fold__contains=search.searchable(wanted))
    page = list(kept.filter(words_fold__gt=fold(after))[: PAGE + 1])
    context = {
        "columns": [_("Người dân gõ"), _("Danh mục gọi là"), _("Người sửa cuối")],
        "rows": [_row(one) for one in page[:PAGE]],
        "total": kept.count(),
        "wanted": wanted,
        "next_url": _with(loc=wanted, sau=page[PAGE - 1].words_fold) if len(page) > PAGE else "",
        "missed": [_missed(one) for one in MissedQuery.objects.order_by("-times", "-last_on", "pk")[:MISSED]],
        "tried": tried,
        "trial": _trial(tried) if tried else None,
    }
    return render(request, "procedures/admin/words.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def edit(request: ActorRequest, pk: int | None = None) -> HttpResponse:
    """Add a synonym (`?tu=` gives its words) or change one. The button “Xem thử” shows what it would find, unsaved."""
    kept = get_object_or_404(Synonym, pk=pk) if pk else None
    initial = {"words": kept.words, "meaning": kept.meaning} if kept else {"words": _given(request, "tu")}
    form = SynonymForm(request.POST if request.method == "POST" else None, initial=initial)
    trying = "_thu" in request.POST
    if form.is_bound and form.is_valid() and not trying:
        given = form.cleaned_data
        try:
            synonyms.keep(given["words"], given["meaning"], by=request.actor, at=timezone.now(), synonym=kept)
        except synonyms.SynonymRefused as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, _("Đã lưu “%(words)s”. Người dân gõ từ này là thấy ngay.") % given)
            return redirect("synonyms")
    shown = form.cleaned_data if form.is_bound and form.is_valid() else initial
    context = {
        "form": form,
        "kept": kept,
        "trial": _trial(shown.get("words", "")),
        "meanings": _held(shown.get("meaning", "")),
    }
    wrong = form.is_bound and bool(form.errors)
    return render(request, "procedures/admin/word.html", context, status=422 if wrong else 200)


@require_POST
@catalogue_office()
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(Synonym, pk=pk)
    synonyms.remove(kept, by=request.actor, at=timezone.now())
    messages.success(request, _("Đã bỏ từ đồng nghĩa “%(words)s”.") % {"words": kept.words})
    return redirect("synonyms")


@require_POST
@catalogue_office()
def ignore(request: ActorRequest, pk: int) -> HttpResponse:
    """Take a missed query off the list; it comes back when somebody asks it again."""
    MissedQuery.objects.filter(pk=pk).delete()
    return redirect("synonyms")


def _given(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")[:LONGEST].replace("\x00", "").strip()


def _with(**values: str) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})


def _row(one: Synonym) -> dict[str, Any]:
    words = {"text": one.words, "url": reverse("synonym_edit", args=[one.pk])}
    return {"cells": [words, one.meaning, one.edited_by.full_name if one.edited_by else _("Có sẵn")]}


def _missed(one: MissedQuery) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "words": one.words,
        "said": _("%(times)s lần, gần nhất %(day)s") % {"times": one.times, "day": f"{one.last_on:%d/%m/%Y}"},
        "add_url": f"{reverse('synonym_add')}?{urlencode({'tu': one.words})}",
    }


def _trial(query: str) -> dict[str, Any]:
    """What people find now who type this."""
    answer = search.find(query, limit=SHOWN)
    rows = [_procedure_row(one.code, one.short_name or one.name) for one in answer.found]
    return {"query": query, "rows": rows, "meant": answer.meant, "nearly": answer.how is search.How.MOST}


def _held(meaning: str) -> list[dict[str, Any]]:
    """For each phrase of a meaning, which procedures in force hold it; a phrase of no procedure helps nobody."""
    found = []
    for phrase in phrases(meaning[:LONGEST]):
        plain = f" {search.searchable(phrase)} "
        holding = Procedure.objects.published().filter(search_fold__contains=plain).order_by("-popularity")
        rows = [_procedure_row(one.code, one.short_name or one.name) for one in holding[:SHOWN]]
        found.append({"phrase": phrase, "count": holding.count(), "rows": rows})
    return found


def _procedure_row(code: str, name: str) -> dict[str, Any]:
    return {"title": name, "sub": code, "url": reverse("catalogue_procedure", args=[code])}


urlpatterns = [
    path(LIST, listing, name="synonyms"),
    path(f"{LIST}/moi", edit, name="synonym_add"),
    path(f"{LIST}/<int:pk>", edit, name="synonym_edit"),
    path(f"{LIST}/<int:pk>/bo", remove, name="synonym_remove"),
    path(f"{LIST}/tim-hut/<int:pk>/bo-qua", ignore, name="missed_ignore"),
]
