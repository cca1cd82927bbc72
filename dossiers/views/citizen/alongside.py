"""What goes on beside the desk that holds a dossier: a visit, agencies asked, papers under way, and whom to call."""

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from dossiers.messaging import moment
from dossiers.models import Consultation, Dossier, Stage, Verification
from dossiers.views.citizen import telling

Row = dict[str, Any]


def with_visits(dossiers: QuerySet[Dossier], *, now: dt.datetime) -> QuerySet[Dossier]:
    """Each with `visit_at`: when its people have to be there for a look at the place; None when they need not."""
    ahead = Verification.objects.filter(
        dossier=OuterRef("pk"), recorded_at=None, applicant_attends=True, starts_at__gte=now
    )
    return dossiers.annotate(visit_at=Subquery(ahead.order_by("starts_at").values("starts_at")[:1]))


def with_legs(dossiers: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Each with what `page` tells of it: agencies `asked`, paper `moving` until then, whether a look is `arranged`."""
    own = {"dossier": OuterRef("pk")}
    asked = Consultation.objects.open().filter(**own).order_by("asked_at")
    moving = Stage.objects.filter(closed_at=None, received_at=None, **own)
    return dossiers.annotate(
        asked=ArraySubquery(asked.values("agency__name")),
        moving=Subquery(moving.values("handover_due_at")[:1]),
        arranged=Exists(Verification.objects.filter(recorded_at=None, **own)),
    )


def page(dossier: Any) -> Row:
    """The rows of the owner's page, of a dossier `with_legs`."""
    found: Row = {"visits": [], "beside": [], "contact": _contact(dossier)}
    if dossier.resolved_at or telling.is_over(dossier):
        return found
    if dossier.arranged:
        visits = dossier.verifications.filter(recorded_at=None).order_by("starts_at")
        found["visits"] = [_visit(dossier, one) for one in visits]
    found["beside"] = [{"label": _("Đang lấy ý kiến"), "text": agency} for agency in dossier.asked]
    if dossier.moving:
        words = _("Đang chuyển đến %(agency)s, chậm nhất %(due)s; bản điện tử đã đến nơi.")
        text = words % {"agency": dossier.holder_agency.name, "due": moment(dossier.moving)}
        found["beside"].append({"label": _("Bản giấy"), "text": text})
    return found


def _visit(dossier: Dossier, visit: Verification) -> Row:
    """Time, place, who and what (NĐ 61/2018 art. 19.3), and the calendar file."""
    attends = _("Bạn cần có mặt") if visit.applicant_attends else _("Bạn không bắt buộc có mặt")
    rows = [
        (_("Lúc"), moment(visit.starts_at)),
        (_("Ở đâu"), visit.place),
        (_("Ai đến"), ", ".join(filter(None, [dossier.holder_agency.name, visit.participants]))),
        (_("Kiểm tra gì"), visit.purpose),
        (_("Bạn"), attends),
    ]
    return {
        "rows": [{"label": label, "text": text} for label, text in rows],
        "moved": visit.revision > 0,
        "ics": reverse("own_visit", args=[telling.code(dossier), visit.pk]),
    }


def _contact(dossier: Dossier) -> list[Row]:
    """The unit that answers for the dossier now; after its end, the one that took it in."""
    held = dossier.holder_role and not telling.is_over(dossier)
    agency = dossier.holder_agency if held else dossier.receiving_agency
    rows = [
        (_("Cơ quan"), agency.name),
        (_("Điện thoại"), agency.phone),
        (_("Thư điện tử"), agency.email),
        (_("Địa chỉ"), agency.address),
    ]
    return [{"label": label, "text": text} for label, text in rows if text]
