"""Where a procedure hangs on the wall of an office, and whether what hangs there is still right.

Law: TT 01/2018/TT-VPCP art. 13.6 (posted and on the network, accurate, complete, in time).
"""

import datetime as dt
import io
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from portal.floor.actor import Actor
from portal.floor.ids import uuid7
from procedures import history
from procedures.models import Agency, Posting, ProcedureVersion
from procedures.publishing import EDITORS, PublishingRefused, demand

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 60_000_000  # of a photo as it comes
SIDE = 2000  # pixels of the longer side as it is kept
KINDS = ("JPEG", "PNG")


class PhotoRefused(Exception):
    """The photo cannot be taken; the message says what is wrong and how to mend it."""


def hang(
    version: ProcedureVersion,
    *,
    agency: Agency,
    place: str,
    posted_on: dt.date,
    photo: bytes | None,
    by: Actor,
    at: dt.datetime,
) -> Posting:
    """Write down that the poster of a published version hangs somewhere. `photo`: as `cleaned_photo` gives it.

    Raises PublishingRefused.
    """
    demand(by, *EDITORS)
    if by.user_id is None:
        raise PublishingRefused(_("Sổ niêm yết ghi tên người niêm yết"))
    if version.state != ProcedureVersion.State.PUBLISHED:
        raise PublishingRefused(_("Chỉ niêm yết phiên bản đang áp dụng"))
    if posted_on > timezone.localtime(at).date():
        raise PublishingRefused(_("Ngày niêm yết phải là hôm nay hoặc trước đó"))
    with transaction.atomic():
        posting = Posting(version=version, agency=agency, place=place, posted_on=posted_on, posted_by_id=by.user_id)
        if photo:
            posting.photo.save(f"{uuid7()}.jpg", ContentFile(photo), save=False)
        posting.save()
        _record("posting.hung", posting, by=by, at=at, changes={_("Ngày niêm yết"): ("", f"{posted_on:%d/%m/%Y}")})
    return posting


def take_down(posting: Posting, *, on: dt.date, by: Actor, at: dt.datetime) -> None:
    """Write down that it hangs there no more since that day. Raises PublishingRefused."""
    demand(by, *EDITORS)
    if not posting.posted_on <= on <= timezone.localtime(at).date():
        raise PublishingRefused(_("Ngày gỡ phải từ ngày niêm yết đến hôm nay"))
    with transaction.atomic():
        if not Posting.objects.filter(pk=posting.pk, removed_on=None).update(removed_on=on):
            raise PublishingRefused(_("Bản niêm yết này đã gỡ rồi"))
        _record("posting.removed", posting, by=by, at=at, changes={_("Ngày gỡ"): ("", f"{on:%d/%m/%Y}")})


def outdated(posting: Posting) -> bool:
    """Whether it still hangs although its version is no longer the one in force: “cần thay”."""
    return posting.removed_on is None and posting.version.state != ProcedureVersion.State.PUBLISHED


def cleaned_photo(upload: Any) -> bytes:
    """The photo as a JPEG drawn anew, upright, without anything a camera writes beside it. Raises PhotoRefused."""
    if upload.size > MAX_BYTES:
        raise PhotoRefused(_("Ảnh lớn hơn 10 MB. Chụp lại cỡ nhỏ hơn"))
    try:
        with Image.open(io.BytesIO(upload.read()), formats=KINDS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PhotoRefused(_("Ảnh có quá nhiều điểm. Chụp lại cỡ nhỏ hơn"))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except PhotoRefused:
        raise
    except Exception:  # Pillow raises what its parsers raise
        raise PhotoRefused(_("Tệp này không phải ảnh JPG hoặc PNG. Chụp lại rồi gửi")) from None
    upright.thumbnail((SIDE, SIDE))
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    drawn = io.BytesIO()
    plain.save(drawn, "JPEG", quality=82, optimize=True)
    return drawn.getvalue()


def _record(kind: str, posting: Posting, *, by: Actor, at: dt.datetime, changes: dict[str, tuple[str, str]]) -> None:
    procedure = posting.version.procedure
    history.record(
        kind, by=by, at=at, subject=f"{procedure.code} tại {posting.agency}, {posting.place}", key=f"{posting.pk}",
        procedure=procedure, changes=changes,
    )  # fmt: skip
