"""Everything that is true before anybody applies."""

from procedures.models.agencies import Agency, Position, ProvinceProfile, Role
from procedures.models.calendar import CalendarDay, WorkSession
from procedures.models.catalogue import (
    Case,
    FeeRule,
    Form,
    LifeEvent,
    OnlineScope,
    Procedure,
    ProcedureAgency,
    ProcedureVersion,
    PublicationDecision,
    RequiredDocument,
    ServiceField,
    TimeUnit,
)
from procedures.models.routes import Route, RouteStage
from procedures.models.rules import RuleProfile
from procedures.models.units import AdministrativeUnit, Level, UnitSuccession

__all__ = [
    "AdministrativeUnit",
    "Agency",
    "CalendarDay",
    "Case",
    "FeeRule",
    "Form",
    "Level",
    "LifeEvent",
    "OnlineScope",
    "Position",
    "Procedure",
    "ProcedureAgency",
    "ProcedureVersion",
    "ProvinceProfile",
    "PublicationDecision",
    "RequiredDocument",
    "Role",
    "Route",
    "RouteStage",
    "RuleProfile",
    "ServiceField",
    "TimeUnit",
    "UnitSuccession",
    "WorkSession",
]
