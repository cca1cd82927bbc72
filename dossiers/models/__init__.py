"""All nouns of a dossier's life."""

from dossiers.models.copies import CertifiedCopy
from dossiers.models.counter import ReservedCode, SavedView
from dossiers.models.delivery import Payment, Shipment, ShipmentEvent
from dossiers.models.documents import Attachment, Enclosure, HandedPaper, IssuedPaper, Result
from dossiers.models.dossier import ClockSegment, Dossier, Stage
from dossiers.models.legs import Consultation, Verification
from dossiers.models.packages import ArchivePackage
from dossiers.models.people import Draft, GroupFiling, Party
from dossiers.models.promises import OutboxMessage, Reminder, Series
from dossiers.models.signing import ReadForSigning, SigningBatch, SigningDelegation, SigningItem
from dossiers.models.trail import AccessLog, DossierEvent, Seal, SealedHead

__all__ = [
    "AccessLog",
    "ArchivePackage",
    "Attachment",
    "CertifiedCopy",
    "ClockSegment",
    "Consultation",
    "Dossier",
    "DossierEvent",
    "Draft",
    "Enclosure",
    "GroupFiling",
    "HandedPaper",
    "IssuedPaper",
    "OutboxMessage",
    "Party",
    "Payment",
    "ReadForSigning",
    "Reminder",
    "ReservedCode",
    "Result",
    "SavedView",
    "Seal",
    "SealedHead",
    "Series",
    "Shipment",
    "ShipmentEvent",
    "SigningBatch",
    "SigningDelegation",
    "SigningItem",
    "Stage",
    "Verification",
]
