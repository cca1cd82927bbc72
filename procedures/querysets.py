"""Reads speak the business."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q


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
