"""The verdict beside a paper that bears signatures: what they are worth, and whether the applicant made them."""

from typing import Any

from django.utils.translation import gettext as _

from dossiers import attested
from dossiers.models import Attachment
from dossiers.views.officer.situation import Situation
from signatures.models import Judgement

TONES = {
    Judgement.Verdict.VALID: "green", Judgement.Verdict.UNTIMESTAMPED: "amber",
    Judgement.Verdict.UNKNOWN: "amber", Judgement.Verdict.INVALID: "red",
}  # fmt: skip


def shown(situation: Situation, attachment: Attachment) -> dict[str, str]:
    """Tag and note as texts; empty for a paper without signatures, or with one not judged yet."""
    judged = situation.judgements.get(attachment.sha256)
    if judged is None:
        return {}
    verdict = Judgement.Verdict(judged.verdict)
    notes = [_of(situation, one) for one in judged.signatures or []]
    if verdict != Judgement.Verdict.VALID:
        notes += judged.reasons
    return {"text": str(verdict.label), "tone": TONES[verdict], "note": " · ".join(filter(None, notes))}


def _of(situation: Situation, signature: dict[str, Any]) -> str:
    """Who signed, beside who applies."""
    owner = situation.parties.get("owner")
    said = {
        "same": _("%s, đúng là người nộp"), "different": _("%s, khác với người nộp"),
        "": _("%s, không đối chiếu được với người nộp"),
    }[attested.whose(signature, owner)]  # fmt: skip
    return said % (signature.get("signer") or signature.get("organisation") or _("Không rõ tên"))
