"""The papers of a draft: choose, receive, take back, look again."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import files, grouping
from dossiers.forms import FilesForm
from dossiers.models import Attachment
from dossiers.views.citizen import uploads
from dossiers.views.citizen.downloads import as_download
from dossiers.views.citizen.filing import FORMS, LEAVE, TO_CHECK, _onward
from dossiers.views.citizen.steps import OTHER, PAPERS, Filing, on_draft
from portal.floor.web import ActorRequest


@on_draft
@require_http_methods(FORMS)
def papers(request: ActorRequest, filing: Filing) -> HttpResponseBase:
    """One card per paper of the case. Whatever arrived stays, even when another file of the same form is refused."""
    form = _form(filing, request)
    if request.method == "POST":
        _take(form, filing)
    given = filing.draft.attachments.filter(superseded_at=None).select_related("reuse_of__draft__procedure_version")
    there = list(given.order_by("received_at"))
    if request.method == "POST" and not form.errors and LEAVE not in request.POST and "_gui" not in request.POST:
        for document in uploads.missing(filing.documents, there):
            form.add_error(form.chooser(document.key).name, _("Chọn tệp: %(name)s") % {"name": document.name})
    if request.method == "POST" and not form.errors:
        return redirect(request.get_full_path()) if "_gui" in request.POST else _onward(request, filing, PAPERS)
    context = filing.frame(PAPERS, back_to_check=TO_CHECK in request.GET) | {
        "form": form, "cards": uploads.cards(filing.documents, there, form, _links), "leave_name": LEAVE,
        "spared": uploads.spared(filing.documents),
    }  # fmt: skip
    return render(request, "dossiers/citizen/papers.html", context, status=422 if form.errors else 200)


@on_draft
@require_POST
def drop(request: ActorRequest, filing: Filing, file: uuid.UUID) -> HttpResponseBase:
    """Take one file back; files chosen beside it are received, not lost."""
    _take(_form(filing, request), filing)
    files.drop(get_object_or_404(filing.draft.attachments.filter(superseded_at=None, reuse_of=None), pk=file))
    return redirect(filing.url(PAPERS))


@on_draft
@require_safe
def look(request: ActorRequest, filing: Filing, file: uuid.UUID) -> HttpResponseBase:
    """The citizen's own file back, as it was received."""
    attachment = get_object_or_404(filing.draft.attachments, pk=file)
    return as_download(attachment.read(), attachment.name, attachment.content_type)


def _take(form: FilesForm, filing: Filing) -> None:
    """Keep what was chosen; in a group it serves every member that asks for it."""
    uploads.take(form, filing.draft, at=timezone.now())
    if filing.draft.filing:
        grouping.settle(filing.draft.filing, at=timezone.now())


def _form(filing: Filing, request: ActorRequest) -> FilesForm:
    keys = [document.key for document in uploads.to_send(filing.documents)]
    posted = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    return FilesForm([*keys, OTHER], **posted)


def _links(attachment: Attachment) -> dict[str, str]:
    place = [attachment.draft_id, attachment.pk]
    own = {} if attachment.reuse_of_id else {"delete_url": reverse("filing_drop", args=place)}
    return {"url": reverse("filing_file", args=place), **own}
