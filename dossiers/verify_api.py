"""`/api/v1/verify/`: what a signed file is worth, and whether what we issued still stands. Nothing personal."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from dossiers import genuine
from dossiers.models import Enclosure
from portal.floor.filetypes import MAX_BYTES
from portal.floor.problems import Problem
from portal.floor.throttling import address, count
from signatures import judging, preserving, reporting
from signatures.models import Judgement, SignedDocument

RATE = settings.THROTTLES["tracking"]
STATES = ("issued", "recalled", "replaced")


class FileIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="PDF, signed XML, or any file whose signature is beside it.")
    signature = serializers.FileField(required=False, help_text="The signature beside the file (.p7s, CMS in DER).")


class Judged(reporting.ReportOut):
    state = serializers.ChoiceField(STATES, allow_null=True, help_text="null: not in our registers.")


class Standing(serializers.Serializer[Any]):
    """By the code on the paper: whether it stands, what its signatures are worth, and the hashes of the true files."""

    state = serializers.ChoiceField(STATES)
    verdict = serializers.ChoiceField(Judgement.Verdict.values)
    judged_at = serializers.DateTimeField()
    sha256 = serializers.ListField(child=serializers.CharField(), help_text="As signed, then as preserved later.")


@extend_schema(request=FileIn, responses=Judged)
@api_view(["POST"])
@permission_classes([AllowAny])
@parser_classes([MultiPartParser])
def verify(request: Request) -> Response:
    """Judge a file. The file is not kept: its hash and the verdict are."""
    count("verify", address(request._request), RATE)
    form = FileIn(data=request.data)
    form.is_valid(raise_exception=True)
    file, beside = form.validated_data["file"], form.validated_data.get("signature")
    if max(file.size, beside.size if beside else 0) > MAX_BYTES:
        raise Problem(422, _("Không nhận được tệp"), _("Tệp lớn hơn 20 MB. Hãy gửi đúng bản đã ký."))
    report = reporting.judge(file.read(), beside.read() if beside else None)
    judging.keep(report, Judgement.Origin.SHOWN, at=timezone.now())
    document = preserving.document_of(report.sha256)
    ours = genuine.of_document(document) if document else None
    return Response(reporting.as_json(report) | {"state": _state(ours) if ours else None})


@extend_schema(responses=Standing)
@api_view(["GET"])
@permission_classes([AllowAny])
def standing(request: Request, code: str) -> Response:
    """Whether the result or copy with this code stands: for those who hold a print and check many."""
    count("verify", address(request._request), RATE)
    ours = genuine.with_code(code[:16])
    if ours is None or ours.signed_document_id is None:
        raise Http404
    document = get_object_or_404(SignedDocument, pk=ours.signed_document_id)
    later = list(document.preservations.order_by("made_at").values_list("sha256", flat=True))
    hashes = [document.sha256, *later]
    known = judging.newest(hashes)
    judged = next((known[one] for one in reversed(hashes) if one in known), None)
    if judged is None:
        report = reporting.judge(preserving.best(document))
        judged = judging.keep(report, Judgement.Origin.ISSUED, at=timezone.now())
    facts = {"state": _state(ours), "verdict": judged.verdict, "judged_at": judged.judged_at, "sha256": hashes}
    return Response(Standing(facts).data, headers={"Cache-Control": "private, no-store"})


def _state(ours: genuine.Paper) -> str:
    ours = ours.result if isinstance(ours, Enclosure) else ours
    if ours.recalled_at is not None:
        return "recalled"
    return "replaced" if getattr(ours, "superseded_at", None) is not None else "issued"


urlpatterns = [
    path("verify/", verify, name="api_verify"),
    path("verify/<str:code>/", standing, name="api_verify_code"),
]
