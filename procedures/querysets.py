"""Reads speak the business."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Prefetch, Q


def _in_force(on: dt.date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))


class AgencyQuerySet(models.QuerySet[Any]):
    def in_force(self, on: dt.date) -> "AgencyQuerySet":
        return self.filter(_in_force(on))

    def receiving(self) -> "AgencyQuerySet":
        """Agencies that run a one-stop unit."""
        return self.filter(one_stop=True)


class PositionQuerySet(models.QuerySet[Any]):
    def in_force(self, on: dt.date) -> "PositionQuerySet":
        return self.filter(_in_force(on))


class ProcedureQuerySet(models.QuerySet[Any]):
    def published(self) -> "ProcedureQuerySet":
        return self.filter(versions__state="published")


class ProcedureVersionQuerySet(models.QuerySet[Any]):
    def published(self) -> "ProcedureVersionQuerySet":
        return self.filter(state="published")

    def in_force(self, on: dt.date) -> "ProcedureVersionQuerySet":
        return self.published().filter(_in_force(on))

    def open(self) -> "ProcedureVersionQuerySet":
        """Drafts and reviewed versions: those that may still change."""
        return self.filter(state__in=("draft", "reviewed"))

    def whole(self) -> "ProcedureVersionQuerySet":
        """With every row below, in the order people read them: six statements however many versions."""
        cases = _rows_of(self.model, "cases")
        documents, route = _rows_of(cases.model, "required_documents"), cases.model._meta.get_field("route")
        stages = _rows_of(route.related_model, "stages")
        consultations = _rows_of(stages.model, "consultations")
        return self.select_related("procedure__field", "decision").prefetch_related(
            Prefetch("cases", cases.select_related("form", "route").order_by("order", "pk")),
            Prefetch("cases__required_documents", documents.order_by("order", "pk")),
            "cases__fees",
            Prefetch("cases__route__stages", stages.select_related("agency", "department").order_by("order")),
            Prefetch("cases__route__stages__consultations", consultations.select_related("agency").order_by("pk")),
        )


def _rows_of(model: Any, relation: str) -> Any:
    """All rows at the other end of a relation; models import this module, so their names are not known here."""
    return model._meta.get_field(relation).related_model._default_manager.all()
