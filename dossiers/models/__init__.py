"""All nouns of a dossier's life."""

from dossiers.models.delivery import Payment, Shipment, ShipmentEvent
from dossiers.models.documents import Attachment, IssuedPaper, Result
from dossiers.models.dossier import ClockSegment, Dossier, Stage
from dossiers.models.people import Draft, Party
from dossiers.models.promises import OutboxMessage, Reminder, Series
from dossiers.models.trail import AccessLog, DossierEvent, Seal, SealedHead

__all__ = [
    "AccessLog",
    "Attachment",
    "ClockSegment",
    "Dossier",
    "DossierEvent",
    "Draft",
    "IssuedPaper",
    "OutboxMessage",
    "Party",
    "Payment",
    "Reminder",
    "Result",
    "Seal",
    "SealedHead",
    "Series",
    "Shipment",
    "ShipmentEvent",
    "Stage",
]
