"""Số hóa tại quầy: papers become signed copies, and what was digitised before is used again instead of scanned anew.

Law: TT 01/2023/TT-VPCP, NĐ 45/2020 art. 16; regulation §15.2, 15.4.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access, outbox
from dossiers.lifecycle import Change, move
from dossiers.models import AccessLog, Attachment, Dossier, OutboxMessage, Result
from dossiers.paper_copies import Component, Found, codes_written, components, owned
from dossiers.refusals import MoveRefused
from dossiers.states import Status
from portal.floor.actor import Actor
from signatures import signing
from signatures.models import Certificate, SignedDocument

CODE = re.compile(r"[A-Z0-9]+(?:[.\-/][A-Z0-9]+)*", re.ASCII)
LONGEST_CODE = 40


def digitise(
    dossier: Dossier, *, by: Actor, at: dt.datetime, copies: Sequence[Attachment], compared: bool
) -> list[Attachment]:
    """Keep copies of papers, compared with the papers by the officer, whose signature on each is promised.

    `copies`: rows of `files.store`, each with its paper and document code. A new copy takes the place of the one made
    before; what the citizen sent stays. Without a certificate they stay unsigned. Raises MoveRefused.
    """
    if not compared:
        raise MoveRefused(_("Đối chiếu từng bản quét với bản giấy, rồi đánh dấu đã đối chiếu."))
    here = _fitting(dossier, [copy.document_key for copy in copies])
    signer = by.user_id if certificate_of(by, at=at) else None
    for copy in copies:
        earlier = here[copy.document_key].copy
        if earlier is not None and earlier.sha256 == copy.sha256:
            raise MoveRefused(_("Bản này đã có trong hồ sơ: %(name)s.") % {"name": here[copy.document_key].name})
        # The officer has seen the paper beside it.
        copy.dossier, copy.origin, copy.verdict = dossier, Attachment.Origin.SCANNED, Attachment.Verdict.OK
        copy.document_code, copy.signer_user_id = well_written(copy.document_code), signer
    if len({copy.sha256 for copy in copies}) < len(copies):
        raise MoveRefused(_("Một tệp được chọn cho hai giấy tờ. Chọn lại tệp, hoặc ghi trang của từng giấy tờ."))
    change = Change(promises=[_signature(copy, at=at) for copy in copies if signer])
    snapshot = {"copies": _said(copies, here)}
    with transaction.atomic():
        move(dossier, "digitise", to=Status(dossier.status), by=by, at=at, snapshot=snapshot, change=change)
        _keep(copies, here, at=at)
    return list(copies)


def reuse(dossier: Dossier, *, by: Actor, at: dt.datetime, chosen: Mapping[str, Found]) -> list[Attachment]:
    """Use what the owner already has instead of asking for it again; the owner sees who looked and what for.

    `chosen`: by paper of this dossier. Raises MoveRefused when it is not the owner's or no longer valid.
    """
    here, valid = _fitting(dossier, list(chosen), codes=codes_written(dossier)), {one.key for one in owned(dossier)}
    if any(one.key not in valid for one in chosen.values()):
        raise MoveRefused(_("Bản đã có không còn dùng được. Tải lại trang, rồi chọn bản khác hoặc quét mới."))
    copies = [_again(one, here[key], dossier, at=at) for key, one in chosen.items()]
    snapshot = {"copies": _said(copies, here), "from": [str(one.dossier) for one in chosen.values()]}
    with transaction.atomic():
        move(dossier, "reuse", to=Status(dossier.status), by=by, at=at, snapshot=snapshot)
        for key, one in chosen.items():
            note_reading(one, here[key].name, dossier, by=by, at=at)
        _keep(copies, here, at=at)
    return copies


def note_reading(found: Found, name: str, dossier: Dossier, *, by: Actor, at: dt.datetime) -> None:
    """Write into the dossier it comes from that an officer looked at it for another one of the same owner."""
    what = _("giấy tờ “%(name)s”, dùng lại cho hồ sơ %(code)s") % {"name": name[:50], "code": dossier}
    access.log_read(found.dossier, by=by, at=at, what=what, why=AccessLog.Why.REUSE)


def well_written(code: str) -> str:
    """A document code in capitals and without spaces around; empty is none. Raises MoveRefused."""
    code = code.strip().upper()
    if code and (len(code) > LONGEST_CODE or not CODE.fullmatch(code)):
        raise MoveRefused(_("Mã giấy tờ chỉ gồm chữ cái không dấu, số, dấu chấm, gạch, như KQ.G01.000123."))
    return code


def certificate_of(by: Actor, *, at: dt.datetime) -> Certificate | None:
    """The certificate with which the officer signs copies now."""
    if by.user_id is None:
        return None
    found: Certificate | None = Certificate.objects.usable(timezone.localdate(at)).for_user(by.user_id).first()
    return found


def signing_key(copy: Attachment) -> str:
    """Of the promise to have that copy signed."""
    return f"copy.sign:{copy.pk}"


def _fitting(dossier: Dossier, keys: Sequence[str], *, codes: Mapping[str, str] | None = None) -> dict[str, Component]:
    """The papers of the dossier by key. Raises MoveRefused when these are not each one of them, or it is put away."""
    if dossier.archived_at is not None:
        raise MoveRefused(_("Hồ sơ đã lưu nên không thêm giấy tờ được."))
    if not keys:
        raise MoveRefused(_("Chưa chọn bản nào. Chọn tệp quét, hoặc bản đã có, cho ít nhất một giấy tờ."))
    here = {one.key: one for one in components(dossier, codes=codes)}
    if len(set(keys)) < len(keys) or set(keys) - set(here):
        raise MoveRefused(_("Mỗi giấy tờ của hồ sơ chỉ nhận một bản."))
    return here


def _keep(copies: Sequence[Attachment], here: Mapping[str, Component], *, at: dt.datetime) -> None:
    """The rows; of the papers digitised before, the end of the earlier copies."""
    earlier = [one.pk for copy in copies if (one := here[copy.document_key].copy)]
    Attachment.objects.filter(pk__in=earlier).update(superseded_at=at)
    Attachment.objects.bulk_create(copies)


def _said(copies: Sequence[Attachment], here: Mapping[str, Component]) -> list[dict[str, str]]:
    return [
        {"name": here[copy.document_key].name, "code": copy.document_code, "sha256": copy.sha256} for copy in copies
    ]


def _signature(copy: Attachment, *, at: dt.datetime) -> OutboxMessage:
    assert copy.dossier is not None
    key, payload = signing_key(copy), {"copy": str(copy.pk)}
    return outbox.promise("copy.sign", key=key, at=at, dossier_id=copy.dossier.pk, lane=key, payload=payload)


def _again(found: Found, paper: Component, dossier: Dossier, *, at: dt.datetime) -> Attachment:
    """The unsaved row of something that is used again. Raises MoveRefused when its bytes are not whole."""
    what = found.what
    facts = _of_result(what) if isinstance(what, Result) else _of_copy(what)
    code = facts.pop("document_code", "") or paper.code
    return Attachment(
        dossier=dossier, document_key=paper.key, document_code=code, origin=Attachment.Origin.REUSED,
        verdict=Attachment.Verdict.OK, received_at=at, signed_document_id=what.signed_document_id, **facts,
    )  # fmt: skip


def _of_copy(copy: Attachment) -> dict[str, Any]:
    kept = ("name", "content_type", "size", "sha256", "file", "scan", "document_code", "signer_user_id")
    return {name: getattr(copy, name) for name in kept} | {"reuse_of": copy}


def _of_result(result: Result) -> dict[str, Any]:
    document = SignedDocument.objects.get(pk__in=[result.signed_document_id])
    try:
        size = len(signing.read(document))
    except ValueError:
        raise MoveRefused(_("Tệp của kết quả này không còn nguyên vẹn nên không dùng lại được.")) from None
    return {
        "name": f"{result.number.replace('/', '-')}.pdf", "content_type": "application/pdf", "size": size,
        "sha256": document.sha256, "file": str(document.file.name), "signer_user_id": result.signer_user_id,
        "scan": Attachment.Scan.CLEAN,
    }  # fmt: skip
