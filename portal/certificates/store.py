"""The trust store as operators of the province read it: the server's own roots, those added, those withdrawn."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.certificates.listing import tabs
from portal.certificates.wording import common_name, days, printed, whole_name
from portal.floor.web import ActorRequest
from portal.people.access import people_office
from portal.people.office import Office
from signatures import trust, truststore
from signatures.models import TrustedRoot

BASE = "/quan-tri/chung-thu-so/goc-tin-cay"


def of_the_province(office: Office) -> None:
    """Whom to trust is decided once for everybody. Raises Http404 for operators of one agency."""
    if not office.reach.whole:
        raise Http404


@require_safe
@people_office
def roots(request: ActorRequest, office: Office) -> HttpResponse:
    of_the_province(office)
    added = TrustedRoot.objects.order_by("withdrawn_at", "kind", "subject", "pk")
    context = {
        "title": _("Gốc tin cậy"),
        "tabs": tabs(office, BASE),
        "intro": _("Chữ ký chỉ được công nhận khi chứng thư dẫn đến một trong các gốc này."),
        "actions": [{"text": _("Thêm chứng thư gốc"), "url": f"{BASE}/them", "variant": "primary"}],
        "columns": [_("Tổ chức"), _("Loại"), _("Hiệu lực"), _("Căn cứ"), _("Tình trạng")],
        "rows": [*_configured(), *(_row(one) for one in sorted(added, key=lambda one: one.withdrawn_at is not None))],
        "empty_title": _("Chưa tin cậy tổ chức nào"),
        "empty_text": _("Thêm chứng thư gốc, nếu không mọi chữ ký đều không được công nhận."),
    }
    return render(request, "procedures/admin/organisation/list.html", context)


def _configured() -> list[dict[str, Any]]:
    tag = {"text": _("Tin cậy"), "tone": "green"}
    return [
        {
            "cells": [
                {"text": common_name(one.subject), "sub": printed(truststore.fingerprint(one)[:16])},
                "",
                days(one.not_valid_before, one.not_valid_after),
                _("Cấu hình máy chủ"),
                {"text": "", "tag": tag},
            ]
        }
        for one in trust.configured()
    ]


def _row(one: TrustedRoot) -> dict[str, Any]:
    name = common_name(one.parsed.subject)
    return {
        "cells": [
            {"text": name, "sub": printed(one.sha256[:16]), "url": f"{BASE}/{one.pk}"},
            one.get_kind_display(),
            days(one.valid_from, one.valid_to),
            one.document,
            {"text": "", "tag": _tag(one)},
        ]
    }


def _tag(one: TrustedRoot) -> dict[str, str]:
    if one.withdrawn_at:
        return {"text": _("Thôi tin cậy"), "tone": "red"}
    if one.valid_to <= timezone.now():
        return {"text": _("Hết hạn"), "tone": "amber"}
    return {"text": _("Tin cậy"), "tone": "green"}


@require_safe
@people_office
def root(request: ActorRequest, office: Office, pk: int) -> HttpResponse:
    of_the_province(office)
    one = get_object_or_404(TrustedRoot.objects.select_related("added_by"), pk=pk)
    facts = [
        (_("Chủ thể"), whole_name(one.parsed.subject)),
        (_("Nơi cấp"), whole_name(one.parsed.issuer)),
        (_("Số hiệu"), f"{one.parsed.serial_number:x}"),
        (_("Hiệu lực"), days(one.valid_from, one.valid_to)),
        (_("Dấu vân tay SHA-256"), printed(one.sha256)),
        (_("Văn bản căn cứ"), one.document),
        (_("Người thêm"), str(one.added_by.full_name) if one.added_by else ""),
        (_("Thêm lúc"), f"{timezone.localtime(one.added_at):%H:%M %d/%m/%Y}"),
    ]
    if one.withdrawn_at:
        facts.append((_("Thôi tin cậy lúc"), f"{timezone.localtime(one.withdrawn_at):%H:%M %d/%m/%Y}"))
        facts.append((_("Lý do"), one.withdrawn_reason))
    stop = {"text": _("Thôi tin cậy"), "url": f"{BASE}/{one.pk}/thoi", "variant": "danger"}
    context = {
        "title": common_name(one.parsed.subject),
        "sub": one.get_kind_display(),
        "tags": [_tag(one)],
        "back": {"url": BASE, "text": _("Gốc tin cậy")},
        "actions": [] if one.withdrawn_at else [stop],
        "blocks": [{"title": _("Chứng thư gốc"), "facts": [{"label": label, "text": text} for label, text in facts]}],
    }
    return render(request, "procedures/admin/organisation/show.html", context)
