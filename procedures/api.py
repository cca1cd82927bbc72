"""`/api/v1/procedures/`: the public catalogue. Values are named one by one, so nothing comes out by accident."""

import base64
import binascii
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from portal.floor.problems import Problem
from procedures import eforms, search
from procedures.models import Case, FeeRule, Level, OnlineScope, ProcedureAgency, ProcedureVersion, TimeUnit

PAGE, MOST = 50, 200
LEGACY = {"4": "full", "3": "partial", "2": "info", "1": "none"}  # the levels of NĐ 43/2011
COLUMNS = (
    "procedure__code", "name", "short_name", "procedure__level", "procedure__field__code", "procedure__field__name",
    "online_scope", "number", "valid_from", "procedure__sort_key", "procedure_id",
)  # fmt: skip


class ProcedureLine(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    level = serializers.ChoiceField(Level.choices)
    field_code = serializers.CharField()
    field_name = serializers.CharField()  # type: ignore[assignment]
    online_scope = serializers.ChoiceField(OnlineScope.choices)
    version = serializers.IntegerField()
    valid_from = serializers.DateField(allow_null=True)
    url = serializers.URLField()


class ProcedurePage(serializers.Serializer[Any]):
    results = ProcedureLine(many=True)
    next = serializers.URLField(allow_null=True)


class DocumentOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    hint = serializers.CharField()
    group = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    condition = serializers.JSONField()
    originals = serializers.IntegerField()
    copies = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    is_form = serializers.BooleanField()


class FeeOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(FeeRule.Kind.choices)
    name = serializers.CharField()
    amount = serializers.IntegerField()
    channel = serializers.CharField()
    per = serializers.CharField()
    condition = serializers.JSONField()
    legal_basis = serializers.CharField()


class CaseOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    condition = serializers.JSONField()
    time_amount = serializers.IntegerField(allow_null=True)
    time_unit = serializers.ChoiceField(TimeUnit.choices)
    legal_time_amount = serializers.IntegerField(allow_null=True)
    cutoff = serializers.TimeField(allow_null=True)
    result_name = serializers.CharField()
    result_code = serializers.CharField()
    documents = DocumentOut(many=True)
    fees = FeeOut(many=True)
    form = serializers.DictField(allow_null=True)


class AgencyOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    receives = serializers.BooleanField()
    competent = serializers.BooleanField()


class ProcedureDetail(ProcedureLine):
    steps = serializers.ListField()
    channels = serializers.ListField()
    audience = serializers.ListField()
    competent = serializers.CharField()
    conditions = serializers.CharField()
    legal_basis = serializers.ListField()
    dossier_sets = serializers.IntegerField()
    partial_reason = serializers.CharField()
    decision = serializers.CharField()
    life_events = serializers.ListField()
    agencies = AgencyOut(many=True)
    cases = CaseOut(many=True)


FILTERS = [
    OpenApiParameter("q", description="words, with or without diacritics; best matches, no further page"),
    OpenApiParameter("level", enum=Level.values),
    OpenApiParameter("scope", description="none, info, partial, full, or the old levels 1–4"),
    OpenApiParameter("field", description="slug of the field"),
    OpenApiParameter("life_event", description="slug of the life event"),
    OpenApiParameter("limit", int, description=f"1–{MOST}"),
    OpenApiParameter("after", description="taken from `next`"),
]


@extend_schema(responses=ProcedurePage, parameters=FILTERS)
@api_view(["GET"])
@permission_classes([AllowAny])
def procedures(request: Request) -> Response:
    """Procedures in force, in Vietnamese alphabetical order, or the best matches of `q`."""
    asked = request.query_params
    level, scope, limit = _choice(asked, "level", Level.values), _scope(asked.get("scope", "")), _limit(asked)
    versions = _in_force()
    if level:
        versions = versions.filter(procedure__level=level)
    if scope:
        versions = versions.filter(online_scope=scope)
    if slug := asked.get("field"):
        versions = versions.filter(procedure__field__slug=slug)
    if slug := asked.get("life_event"):
        versions = versions.filter(procedure__life_events__slug=slug)
    if words := asked.get("q"):
        found = [one.pk for one in search.search(words[:200], level=level, scope=scope, limit=MOST)]
        rows = {row["procedure_id"]: row for row in versions.filter(procedure__in=found).values(*COLUMNS)}
        ordered = [rows[pk] for pk in found if pk in rows]
        return Response({"results": [_line(request, row) for row in ordered[:limit]], "next": None})
    if after := asked.get("after"):
        key, pk = _cursor(after)
        versions = versions.filter(Q(procedure__sort_key__gt=key) | Q(procedure__sort_key=key, procedure_id__gt=pk))
    page = list(versions.order_by("procedure__sort_key", "procedure_id").values(*COLUMNS)[: limit + 1])
    shown = page[:limit]
    further = _next(request, shown[-1]) if len(page) > limit else None
    return Response({"results": [_line(request, row) for row in shown], "next": further})


@extend_schema(responses=ProcedureDetail)
@api_view(["GET"])
@permission_classes([AllowAny])
def procedure(request: Request, code: str) -> Response:
    """One procedure in force with everything an applicant needs; `form.schema` is JSON Schema of the answers."""
    version = ProcedureVersion.objects.in_force(timezone.localdate()).whole().filter(procedure__code=code).first()
    row = _in_force().filter(procedure__code=code).values(*COLUMNS).first()
    if version is None or row is None:
        raise Http404
    agencies = ProcedureAgency.objects.filter(procedure=version.procedure_id).order_by("agency__code")
    lists = {name: getattr(version, name) for name in ("steps", "channels", "audience", "legal_basis")}
    texts = {name: getattr(version, name) for name in ("competent", "conditions", "dossier_sets", "partial_reason")}
    body = _line(request, row) | lists | texts
    body["decision"] = version.decision.number if version.decision else ""
    body["life_events"] = list(version.procedure.life_events.order_by("order").values_list("slug", flat=True))
    body["agencies"] = [
        {"code": code, "name": name, "receives": receives, "competent": competent}
        for code, name, receives, competent in agencies.values_list(
            "agency__code", "agency__name", "receives", "competent"
        )
    ]
    body["cases"] = [_case(case) for case in version.cases.all()]
    return Response(body)


def _in_force() -> QuerySet[ProcedureVersion]:
    versions: QuerySet[ProcedureVersion] = ProcedureVersion.objects.in_force(timezone.localdate())
    return versions


def _line(request: Request, row: dict[str, Any]) -> dict[str, Any]:
    code = row["procedure__code"]
    return {
        "code": code,
        "name": row["name"],
        "short_name": row["short_name"],
        "level": row["procedure__level"],
        "field_code": row["procedure__field__code"],
        "field_name": row["procedure__field__name"],
        "online_scope": row["online_scope"],
        "version": row["number"],
        "valid_from": row["valid_from"],
        "url": request.build_absolute_uri(reverse("api_procedure", args=[code])),
    }


def _case(case: Case) -> dict[str, Any]:
    plain = ("key", "name", "condition", "time_amount", "time_unit", "legal_time_amount", "cutoff", "result_name")
    papers = ("key", "name", "hint", "group", "required", "condition", "originals", "copies", "source", "is_form")
    charges = ("kind", "name", "amount", "channel", "per", "condition", "legal_basis")
    form = case.form
    return {name: getattr(case, name) for name in (*plain, "result_code")} | {
        "documents": [{name: getattr(one, name) for name in papers} for one in case.required_documents.all()],
        "fees": [{name: getattr(one, name) for name in charges} for one in case.fees.all()],
        "form": {"code": form.code, "revision": form.revision, "schema": eforms.api_schema(form.schema)}
        if form
        else None,
    }


def _choice(asked: Any, name: str, allowed: list[str]) -> str | None:
    value = asked.get(name) or None
    if value is not None and value not in allowed:
        raise Problem(400, _("Tham số %(name)s không có giá trị này") % {"name": name}, str(value)[:80])
    return value


def _scope(given: str) -> str | None:
    return _choice({"scope": LEGACY.get(given, given)}, "scope", OnlineScope.values)


def _limit(asked: Any) -> int:
    given = asked.get("limit", str(PAGE))
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= MOST):
        raise Problem(400, _("Tham số limit là số từ 1 đến %(most)s") % {"most": MOST}, given[:80])
    return int(given)


def _next(request: Request, row: dict[str, Any]) -> str:
    mark = f"{row['procedure_id']} {row['procedure__sort_key']}".encode()
    kept = {name: str(value) for name, value in request.query_params.items() if name != "after"}
    query = urlencode(kept | {"after": base64.urlsafe_b64encode(mark).decode()})
    return request.build_absolute_uri(f"{request.path}?{query}")


def _cursor(text: str) -> tuple[str, int]:
    """Sort key and id after which the page begins. Raises Problem for a text that `next` never gave."""
    try:
        pk, _space, key = base64.urlsafe_b64decode(text).decode().partition(" ")
        return key.replace("\x00", ""), int(pk[:18])
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Problem(400, _("Tham số after không đúng"), text[:80]) from None


urlpatterns = [
    path("procedures/", procedures, name="api_procedures"),
    path("procedures/<str:code>/", procedure, name="api_procedure"),
]
