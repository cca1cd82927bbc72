"""The papers of a dossier with what there is of each on paper and as files, and what its owner has from before.

Law: TT 01/2023/TT-VPCP, QĐ 766/QĐ-TTg; regulation §15.4, 15.5, 15.9.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from dossiers import routing
from dossiers.models import Attachment, Dossier, HandedPaper, Party, Result
from dossiers.querysets import DossierQuerySet
from portal.floor.vietnamese import fold
from procedures.conditions import holds

Origin = Attachment.Origin
MOST = 5  # of a kind, offered for one paper
LOOKED_THROUGH = 100  # files of one owner, the newest
RECENT = 300  # dossiers of the counter from which a document code is known again
# Digital copies that an officer compared with the paper, or that an authority made.
MADE = (Origin.SCANNED, Origin.CERTIFIED)
_VALID: dict[str, Any] = {"issued_at__isnull": False, "superseded_at": None, "recalled_at": None}
_DIGITISED = Q(origin__in=MADE) | Q(origin=Origin.REUSED) & (
    Q(signed_document_id__isnull=False) | Q(reuse_of__origin__in=MADE)
)


@dataclass(frozen=True, slots=True)
class Component:
    """One paper of a dossier: what came of it on paper, and the files there are of it, the newest first."""

    key: str
    name: str
    code: str = ""  # document code as this counter last wrote it for the same paper
    handed: HandedPaper | None = None
    files: tuple[Attachment, ...] = ()

    @property
    def copy(self) -> Attachment | None:
        """The copy made here or used again, if there is one."""
        return next((one for one in self.files if one.origin in (*MADE, Origin.REUSED)), None)


@dataclass(frozen=True, slots=True)
class Found:
    """What the same owner already has: a copy from another dossier, or a result issued to them."""

    what: Attachment | Result
    name: str
    dossier: Dossier
    at: dt.datetime

    @property
    def key(self) -> str:
        return str(self.what.pk)

    @property
    def is_result(self) -> bool:
        return isinstance(self.what, Result)


@dataclass(frozen=True, slots=True)
class Flags:
    """What the national scheme asks of every file (regulation §15.5)."""

    digitised: bool  # DuocSoHoa
    reused: int  # DuocTaiSuDung: 0 no, 1 a copy from another dossier, 2 a result issued before
    from_database: bool  # DuocLayTuKhoDMQG


def flags_of(paper: Attachment) -> Flags:
    """The flags of one file of a dossier."""
    again, source = paper.origin == Origin.REUSED, paper.reuse_of
    whole = paper.signed_document_id is not None or (source is not None and source.origin in MADE)
    return Flags(
        digitised=paper.origin in MADE or (again and whole),
        reused=0 if not again else 1 if source is not None else 2,
        from_database=paper.origin == Origin.DATABASE,
    )


def digitised(dossiers: DossierQuerySet) -> DossierQuerySet:
    """Those that count as digitised: a paper attached as a digital copy, and an electronic result (QĐ 766 4.2)."""
    copies = Attachment.objects.filter(_DIGITISED, dossier=OuterRef("pk"), superseded_at=None)
    results = Result.objects.filter(dossier=OuterRef("pk"), signed_document_id__isnull=False, **_VALID)
    return dossiers.filter(Exists(copies), Exists(results))


def components(dossier: Dossier, *, codes: Mapping[str, str] | None = None) -> list[Component]:
    """The papers that the case asks for and those handed in besides, in the order of the case.

    Of an electronic form there is a paper only when one was handed in. `codes`: `codes_written`, where they matter.
    """
    handed = {row.document_key: row for row in dossier.handed.order_by("pk")}
    files: dict[str, list[Attachment]] = {}
    for row in dossier.attachments.filter(superseded_at=None).order_by("-received_at", "-pk"):
        files.setdefault(row.document_key, []).append(row)
    names = {
        document.key: document.name
        for document in routing.documents_of(routing.case_of(dossier))
        if document.key in handed
        or (holds(document.condition, dossier.answers) and not document.source and not document.is_form)
    }
    names |= {key: row.name for key, row in handed.items() if key not in names}
    known = codes or {}
    return [
        Component(key, name, known.get(key, ""), handed.get(key), tuple(files.get(key, ())))
        for key, name in names.items()
    ]


def codes_written(dossier: Dossier) -> dict[str, str]:
    """By paper the code that this counter wrote last for the same procedure."""
    recent = Dossier.objects.filter(receiving_agency=dossier.receiving_agency_id).order_by("-submitted_at")[:RECENT]
    rows = Attachment.objects.filter(
        dossier__in=recent.values("pk"), dossier__procedure_version=dossier.procedure_version_id
    )
    return dict(rows.exclude(document_code="").order_by("received_at").values_list("document_key", "document_code"))


def owned(dossier: Dossier) -> list[Found]:
    """What the owner has from other dossiers and is still valid, the newest first: copies, then results issued."""
    index = dossier.parties.filter(role=Party.Role.OWNER).values_list("identity_index", flat=True).first()
    if not index:
        return []
    same = Party.objects.filter(role=Party.Role.OWNER, identity_index=index).exclude(dossier=dossier.pk)
    theirs = {"dossier__in": same.values("dossier")}
    copies = Attachment.objects.filter(origin__in=MADE, verdict=Attachment.Verdict.OK, superseded_at=None, **theirs)
    results = Result.objects.filter(signed_document_id__isnull=False, kind=Result.Kind.APPROVAL, **_VALID, **theirs)
    found = [
        Found(one, _name_of(one), one.dossier, one.received_at)
        for one in copies.select_related("dossier").order_by("-received_at")[:LOOKED_THROUGH]
        if one.dossier is not None
    ]
    for result in results.select_related("dossier").order_by("-issued_at")[:MOST]:
        name = _("Kết quả số %(number)s: %(what)s") % {"number": result.number, "what": result.dossier.title}
        found.append(Found(result, name, result.dossier, result.issued_at or result.drafted_at))
    return found


def _name_of(copy: Attachment) -> str:
    assert copy.dossier is not None
    documents = routing.documents_of(routing.case_of(copy.dossier))
    return next((one.name for one in documents if one.key == copy.document_key), str(copy.name))


def serving(component: Component, found: Iterable[Found]) -> list[Found]:
    """What may stand for that paper: copies of the same name or document code; of results the officer judges."""
    name, rows = fold(component.name), list(found)
    copies = [
        one
        for one in rows
        if isinstance(one.what, Attachment)
        and (fold(one.name) == name or (component.code and one.what.document_code == component.code))
    ]
    return copies[:MOST] + [one for one in rows if one.is_result]
