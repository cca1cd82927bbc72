"""The posting log of one procedure: where its poster hangs, since when, with a photo; what must be replaced."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.floor.dateparts import DatePartsField
from portal.floor.web import ActorRequest
from procedures import posters
from procedures.forms import CleanText
from procedures.models import Agency, Posting, Procedure, ProcedureVersion
from procedures.views.admin.access import catalogue_office

if TYPE_CHECKING:  # generic for the type checker alone
    AgencyChoice = forms.ModelChoiceField[Agency]
else:
    AgencyChoice = forms.ModelChoiceField


class PostingForm(CleanText, forms.Form):
    """One poster put up."""

    agency = AgencyChoice(
        Agency.objects.none(), label=_lazy("Cơ quan"), empty_label=_lazy("Chọn cơ quan"),
        error_messages={"required": _lazy("Chọn cơ quan treo bản niêm yết")},
    )  # fmt: skip
    place = forms.CharField(
        label=_lazy("Chỗ niêm yết"), max_length=200, help_text=_lazy("Ví dụ: bảng tin tầng 1, cạnh quầy 3"),
        error_messages={"required": _lazy("Nhập chỗ niêm yết để người khác tìm thấy")},
    )  # fmt: skip
    posted_on = DatePartsField(label=_lazy("Ngày niêm yết"))
    photo = forms.FileField(
        label=_lazy("Ảnh chụp"), required=False, help_text=_lazy("JPG hoặc PNG, tối đa 10 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
        error_messages={"empty": _lazy("Tệp rỗng. Chụp lại rồi gửi")},
    )  # fmt: skip

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency = self.fields["agency"]
        assert isinstance(agency, forms.ModelChoiceField)
        today = timezone.localdate()
        agency.queryset = (
            Agency.objects.in_force(today)
            .filter(Q(procedures__procedure=procedure) | Q(one_stop=True))
            .distinct()
            .order_by("name")
        )

    def clean_photo(self) -> bytes | None:
        if not (upload := self.cleaned_data.get("photo")):
            return None
        try:
            return posters.cleaned_photo(upload)
        except posters.PhotoRefused as refused:
            raise ValidationError(str(refused)) from None


@require_http_methods(["GET", "HEAD", "POST"])
@catalogue_office()
def postings(request: ActorRequest, code: str) -> HttpResponse:
    procedure = get_object_or_404(Procedure, code=code)
    version = procedure.versions.filter(state=ProcedureVersion.State.PUBLISHED).first()
    form = PostingForm(
        request.POST or None, request.FILES or None, procedure=procedure, initial={"posted_on": timezone.localdate()}
    )
    if request.method == "POST" and version and form.is_valid():
        posters.hang(version, **form.cleaned_data, by=request.actor, at=timezone.now())
        messages.success(request, _("Đã ghi vào sổ niêm yết"))
        return redirect("catalogue_postings", code)
    rows = Posting.objects.filter(version__procedure=procedure).select_related("version", "agency")
    found = list(rows.order_by("removed_on", "-posted_on", "-pk"))
    context = {
        "procedure": procedure,
        "version": version,
        "form": form,
        "hanging": [_shown(one, code) for one in found if one.removed_on is None],
        "gone": [_gone(one) for one in found if one.removed_on],
        "outdated": sum(map(posters.outdated, found)),
        "columns": [_("Nơi niêm yết"), _("Bản"), _("Từ ngày"), _("Đến ngày")],
    }
    return render(request, "procedures/admin/postings.html", context, status=422 if form.is_bound else 200)


@require_POST
@catalogue_office()
def take_down(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    posting = _posting(code, pk)
    posters.take_down(posting, on=timezone.localdate(), by=request.actor, at=timezone.now())
    messages.success(request, _("Đã ghi là gỡ hôm nay"))
    return redirect("catalogue_postings", code)


@require_safe
@catalogue_office()
def photo(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    posting = _posting(code, pk)
    if not posting.photo:
        raise Http404
    with default_storage.open(str(posting.photo)) as stored:
        return HttpResponse(stored.read(), content_type="image/jpeg")


def _posting(code: str, pk: int) -> Posting:
    rows = Posting.objects.select_related("version__procedure", "agency")
    return get_object_or_404(rows, pk=pk, version__procedure__code=code)


def _shown(posting: Posting, code: str) -> dict[str, Any]:
    return {
        "pk": posting.pk,
        "agency": posting.agency.name,
        "place": posting.place,
        "since": f"{posting.posted_on:%d/%m/%Y}",
        "number": posting.version.number,
        "outdated": posters.outdated(posting),
        "photo_url": reverse("catalogue_posting_photo", args=[code, posting.pk]) if posting.photo else "",
    }


def _gone(posting: Posting) -> dict[str, Any]:
    days = [f"{day:%d/%m/%Y}" for day in (posting.posted_on, posting.removed_on) if day]
    where = {"text": posting.agency.name, "sub": posting.place}
    return {"cells": [where, _("Phiên bản %(n)s") % {"n": posting.version.number}, *days]}


LOG = "quan-tri/thu-tuc/<str:code>/niem-yet"
urlpatterns = [
    path(LOG, postings, name="catalogue_postings"),
    path(f"{LOG}/<int:pk>/go", take_down, name="catalogue_posting_removed"),
    path(f"{LOG}/<int:pk>/anh", photo, name="catalogue_posting_photo"),
]
