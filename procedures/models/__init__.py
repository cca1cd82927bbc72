"""Everything that is true before anybody applies."""

from procedures.models.agencies import Agency, Department, Position, ProvinceProfile, Role, Substitution
from procedures.models.calendar import CalendarDay, WorkSession
from procedures.models.catalogue import (
    Case,
    ClockStart,
    FeeRule,
    Form,
    LifeEvent,
    OnlineScope,
    PartialReason,
    Procedure,
    ProcedureAgency,
    ProcedureVersion,
    PublicationDecision,
    RequiredDocument,
    ReturnWay,
    ServiceField,
    TimeUnit,
)
from procedures.models.groups import GroupMember, ProcedureGroup
from procedures.models.history import AdminChange
from procedures.models.posters import Posting
from procedures.models.routes import Route, RouteStage, StageConsultation
from procedures.models.rules import RuleProfile
from procedures.models.scenarios import Scenario
from procedures.models.units import AdministrativeUnit, Level, UnitSuccession
from procedures.models.words import MissedQuery, Synonym

__all__ = [
    "AdminChange",
    "AdministrativeUnit",
    "Agency",
    "CalendarDay",
    "Case",
    "ClockStart",
    "Department",
    "FeeRule",
    "Form",
    "GroupMember",
    "Level",
    "LifeEvent",
    "MissedQuery",
    "OnlineScope",
    "PartialReason",
    "Position",
    "Posting",
    "Procedure",
    "ProcedureAgency",
    "ProcedureGroup",
    "ProcedureVersion",
    "ProvinceProfile",
    "PublicationDecision",
    "RequiredDocument",
    "ReturnWay",
    "Role",
    "Route",
    "RouteStage",
    "RuleProfile",
    "Scenario",
    "ServiceField",
    "StageConsultation",
    "Substitution",
    "Synonym",
    "TimeUnit",
    "UnitSuccession",
    "WorkSession",
]
