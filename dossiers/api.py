"""`/api/v1/`: tracking for everybody, filing for citizens, the queue for officers. The browser's verbs."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from dossiers import applicants, files, intake, tracking
from dossiers.applicants import Applicant
from dossiers.forms import DeliveryForm
from dossiers.models import Attachment, Dossier, Draft
from dossiers.refusals import Incomplete, MoveRefused
from dossiers.routing import NoWay
from portal.floor.actor import Actor
from portal.floor.problems import Problem
from portal.floor.throttling import address, count
from portal.floor.vietnamese import clean
from procedures import eforms
from procedures.models import Agency, ProcedureVersion, ProvinceProfile
from procedures.ruleset import Rules

PAGE = 50


class CleanField(serializers.CharField):
    """Text in NFC without control characters."""

    def to_internal_value(self, data: Any) -> str:
        return clean(super().to_internal_value(data))


class TrackStep(serializers.Serializer[Any]):
    name = serializers.CharField()
    agency = serializers.CharField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class Track(serializers.Serializer[Any]):
    code = serializers.CharField()
    status = serializers.IntegerField()
    state = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    submitted_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)
    steps = TrackStep(many=True, required=False)


@extend_schema(responses=Track)
@api_view(["GET"])
@permission_classes([AllowAny])
def track(request: Request, code: str) -> Response:
    """Status and dates by code alone; with the key of the receipt's QR code (`k`) the desks too. Nothing personal."""
    count("track", address(request._request), "60/m")
    found = tracking.find(clean(code), key=request.query_params.get("k", ""))
    if found is None:
        raise Http404
    return Response(Track(found).data)


class DraftIn(serializers.Serializer[Any]):
    procedure = CleanField(max_length=8)
    agency = CleanField(max_length=35)


class DraftPatch(serializers.Serializer[Any]):
    revision = serializers.IntegerField()
    answers = serializers.DictField(required=False)
    delivery = serializers.DictField(child=CleanField(max_length=200, allow_blank=True), required=False)


class DraftOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    revision = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    answers = serializers.DictField()
    delivery = serializers.DictField()
    form = serializers.DictField()
    documents = serializers.ListField(child=serializers.DictField())


@extend_schema(request=DraftIn, responses={201: DraftOut})
@api_view(["POST"])
def drafts(request: Request) -> Response:
    """Open a draft. The answer holds the form as JSON Schema and the papers to attach."""
    wish = _checked(DraftIn, request)
    by, at = _citizen(request), timezone.now()
    count("file", str(by.user_id), "30/h")
    version = get_object_or_404(
        ProcedureVersion.objects.in_force(timezone.localdate(at)), procedure__code=wish["procedure"]
    )
    agency = get_object_or_404(
        Agency.objects.receiving(),
        code=wish["agency"],
        procedures__procedure=version.procedure_id,
        procedures__receives=True,
    )
    rules = Rules.of(ProvinceProfile.objects.select_related("default_rule_profile").get().default_rule_profile)
    return Response(_draft(intake.start(version, by=by, at=at, agency=agency, rules=rules)), status=201)


@extend_schema(request=DraftPatch, responses=DraftOut)
@api_view(["GET", "PATCH"])
def draft(request: Request, pk: uuid.UUID) -> Response:
    """Read or change a draft; `revision` must be the one last read."""
    row = _own_draft(request, pk)
    if request.method == "PATCH":
        wish = _checked(DraftPatch, request)
        row.revision = wish["revision"]
        with _refusals():
            delivery = _delivery(row, wish["delivery"], request) if "delivery" in wish else None
            intake.save_draft(row, at=timezone.now(), answers=wish.get("answers"), delivery=delivery)
    return Response(_draft(row))


class FileIn(serializers.Serializer[Any]):
    document = CleanField(max_length=60)
    file = serializers.FileField()


class FileOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    scan = serializers.CharField()


@extend_schema(request=FileIn, responses={201: FileOut})
@api_view(["POST"])
@parser_classes([MultiPartParser])
def draft_files(request: Request, pk: uuid.UUID) -> Response:
    """Attach one file; the answer proves what arrived."""
    row, wish = _own_draft(request, pk), _checked(FileIn, request)
    with _refusals():
        if row.dossier_id:
            raise MoveRefused(_("Hồ sơ này đã gửi rồi."))
        if row.attachments.filter(superseded_at=None).count() >= files.MOST_FILES:
            raise files.FileRefused(_("Bạn đã gửi đủ %(n)d tệp. Xóa bớt tệp thừa.") % {"n": files.MOST_FILES})
        kept: Attachment = files.receive(wish["file"], document_key=wish["document"], at=timezone.now(), draft=row)
    return Response(FileOut(kept).data, status=201)


@extend_schema(request=None, responses={201: Track})
@api_view(["POST"])
def submit(request: Request, pk: uuid.UUID) -> Response:
    """Send the draft; sent twice, the same dossier comes back."""
    row = _own_draft(request, pk)
    with _refusals():
        dossier = intake.submit(row, by=_citizen(request), at=timezone.now(), applicant=Applicant.of(request.user))
    return Response(Track(tracking.find(dossier.reference, key="")).data, status=201)


class QueueRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    applicant_name = serializers.CharField()
    status = serializers.IntegerField()
    stage_name = serializers.CharField()
    next_due_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


@extend_schema(responses=QueueRow(many=True))
@api_view(["GET"])
@parser_classes([JSONParser])
def queue(request: Request) -> Response:
    """The officer's own queue, nearest deadline first, the first fifty."""
    actor: Actor = request._request.actor  # type: ignore[attr-defined]
    if not actor.is_officer:
        raise Http404
    columns = ("code", "reference", "title", "applicant_name", "status", "stage_name", "next_due_at", "version")
    rows = Dossier.objects.in_queue_of(actor).by_deadline().values(*columns)[:PAGE]
    return Response(QueueRow([row | {"code": row["code"] or row["reference"]} for row in rows], many=True).data)


def _checked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    form = serializer(data=request.data)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _citizen(request: Request) -> Actor:
    actor: Actor = request._request.actor  # type: ignore[attr-defined]
    if actor.kind != "citizen" or actor.user_id is None:
        raise Http404
    return actor


def _own_draft(request: Request, pk: uuid.UUID) -> Draft:
    by = _citizen(request)
    alone = Draft.objects.of(by, timezone.now()).filter(filing=None)  # a group is filed on its pages
    drafts = alone.select_related("procedure_version", "receiving_agency")
    row: Draft = get_object_or_404(drafts, pk=pk)
    return row


def _delivery(row: Draft, given: dict[str, str], request: Request) -> dict[str, Any]:
    """The way back as the page of it demands, with what is known of the person where nothing is said."""
    agency, province = row.receiving_agency, ProvinceProfile.objects.get()
    data = applicants.contact(Applicant.of(request.user)) | row.delivery | given
    form = DeliveryForm(desk=agency.name if agency else "", unit_set=province.unit_set, data=data)
    if not form.is_valid():
        errors = {field: [str(one) for one in found] for field, found in form.errors.items()}
        raise Problem(422, _("Cách nhận kết quả chưa đúng"), extra={"errors": errors})
    return dict(form.cleaned_data)


def _draft(row: Draft) -> Any:
    case = row.procedure_version.cases.select_related("form").order_by("order", "id").first()
    papers = case.required_documents.order_by("order", "id") if case else []
    shown = {
        "id": row.pk, "revision": row.revision, "expires_at": row.expires_at, "answers": row.answers,
        "delivery": row.delivery, "form": eforms.api_schema(case.form.schema) if case and case.form else {},
        "documents": [{"key": p.key, "name": p.name, "required": p.required and not p.is_form} for p in papers],
    }  # fmt: skip
    return DraftOut(shown).data


@contextmanager
def _refusals() -> Iterator[None]:
    """The verbs' refusals as problem details: 409 for a move, 422 for answers and files."""
    try:
        yield
    except Incomplete as error:
        raise Problem(422, _("Hồ sơ chưa đủ"), str(error), extra={"missing": error.missing}) from error
    except (MoveRefused, NoWay) as error:
        raise Problem(409, _("Không làm được lúc này"), str(error)) from error
    except eforms.AnswersRefused as error:
        raise Problem(422, _("Tờ khai chưa đúng"), extra={"errors": error.errors}) from error
    except files.FileRefused as error:
        raise Problem(422, _("Không nhận được tệp"), str(error)) from error


urlpatterns = [
    path("track/<str:code>/", track, name="api_track"),
    path("drafts/", drafts, name="api_drafts"),
    path("drafts/<uuid:pk>/", draft, name="api_draft"),
    path("drafts/<uuid:pk>/files/", draft_files, name="api_draft_files"),
    path("drafts/<uuid:pk>/submit/", submit, name="api_submit"),
    path("queue/", queue, name="api_queue"),
]
