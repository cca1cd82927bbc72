"""Signatures on papers that came in: judged in the background, and whose they are beside who applies."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from dossiers import outbox
from dossiers.models import Attachment, OutboxMessage, Party
from portal.floor.ports import PortError
from signatures import judging, reporting
from signatures.models import Judgement

KIND = "paper.judge"
# Every signature in a PDF says which bytes it is for; that part is never compressed.
MARK = b"/ByteRange"


def notice(attachment: Attachment, data: bytes, *, at: dt.datetime) -> None:
    """Promise to judge the paper when it bears a signature. The promise names bytes, not a person."""
    if attachment.content_type == "application/pdf" and MARK in data:
        where = {"file": str(attachment.file), "sha256": attachment.sha256}
        outbox.keep([outbox.promise(KIND, key=f"{KIND}:{attachment.pk}", at=at, payload=where)])


def judge(message: OutboxMessage) -> None:
    """Verify the paper and keep the verdict; what was taken back meanwhile needs none.

    Raises PortError while an authority does not answer: what can be said without it is kept, and asked again later.
    """
    where: dict[str, Any] = message.payload or {}
    known = judging.newest([where["sha256"]]).get(where["sha256"])
    if (known and known.verdict != Judgement.Verdict.UNKNOWN) or not default_storage.exists(where["file"]):
        return
    with default_storage.open(where["file"]) as stored:
        report = reporting.judge(stored.read())
    if known is None or (known.verdict, known.reasons) != (report.verdict, list(report.reasons)):
        judging.keep(report, Judgement.Origin.RECEIVED, at=timezone.now())
    if report.unanswered:
        raise PortError("an authority did not answer")


def verdicts(papers: Iterable[Attachment]) -> dict[str, Judgement]:
    """What is known of the signatures on these papers, by hash; one statement, none without a PDF."""
    hashes = [paper.sha256 for paper in papers if paper.content_type == "application/pdf"]
    return judging.newest(hashes) if hashes else {}


def whose(signature: dict[str, Any], owner: Party | None) -> str:
    """Whether the signer is who applies: "same", "different", or "" where that cannot be said.

    The number in the certificate decides; without one the name does.
    """
    if owner is None:
        return ""
    if (number := signature.get("identity")) and owner.identity:
        return "same" if number == owner.identity else "different"
    if not (signature.get("signer") and owner.name):
        return ""
    return "same" if _plain(signature["signer"]) == _plain(owner.name) else "different"


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


outbox.register(KIND, judge)
