"""One certificate: facts, the chain up to a trusted root, and what its authority last said."""

import datetime as dt
from typing import Any

from asn1crypto import x509
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.certificates import register
from portal.certificates.listing import BASE, SOON
from portal.certificates.wording import PROVIDERS, common_name, days, standing, whole_name
from portal.floor.web import ActorRequest
from portal.people.access import people_office
from portal.people.office import Office
from signatures import trust
from signatures.models import Certificate

Item = dict[str, Any]


def one_of(office: Office, serial: str, *, act: bool = False) -> Certificate:
    """The certificate; with `act` only one that the operator may change. Raises Http404."""
    found = register.visible(office).with_standing(timezone.now(), SOON).filter(serial=serial.lower()).first()
    if found is None or (act and not register.answers_for(office, found, timezone.localdate())):
        raise Http404
    one: Certificate = found
    return one


@require_safe
@people_office
def certificate(request: ActorRequest, office: Office, serial: str) -> HttpResponse:
    one = one_of(office, serial)
    may = register.answers_for(office, one, timezone.localdate())
    context = {
        "title": register.holder(one),
        "sub": one.get_purpose_display(),
        "tags": [standing(one)],
        "back": {"url": BASE, "text": _("Chứng thư số")},
        "actions": _actions(one) if may else [],
        "posts": [{"text": _("Kiểm tra thu hồi ngay"), "url": f"{BASE}/{one.serial}/kiem-tra", "variant": "primary"}]
        if may
        else [],
        "blocks": [{"title": _("Chứng thư"), "facts": _facts(one)}, _answer(one), _chain(one)],
    }
    return render(request, "procedures/admin/organisation/show.html", context)


def _actions(one: Certificate) -> list[Item]:
    base = f"{BASE}/{one.serial}"
    if one.state == Certificate.State.SUSPENDED:
        return [{"text": _("Dùng lại"), "url": f"{base}/dung-lai", "variant": "secondary"}]
    if one.state == Certificate.State.ACTIVE:
        return [{"text": _("Ngừng dùng"), "url": f"{base}/ngung", "variant": "danger"}]
    return []


def _facts(one: Certificate) -> list[Item]:
    parsed = one.parsed
    usage = parsed.key_usage_value.native if parsed.key_usage_value else set()
    facts = [
        (_("Chủ thể"), whole_name(parsed.subject)),
        (_("Số hiệu"), one.serial),
        (_("Nơi cấp"), whole_name(parsed.issuer)),
        (_("Hiệu lực"), days(one.valid_from, one.valid_to)),
        (_("Khóa"), f"{parsed.public_key.algorithm.upper()} {parsed.public_key.bit_size}"),
        (_("Chống chối bỏ"), _("Có") if "non_repudiation" in usage else _("Không")),
        (_("Nơi giữ khóa"), str(PROVIDERS.get(one.provider, one.provider))),
        (_("Dấu vân tay SHA-256"), parsed.sha256.hex()),
    ]
    return [{"label": label, "text": text} for label, text in facts]


def _answer(one: Certificate) -> Item:
    """OCSP or CRL, as an operator last had it asked."""
    title = _("Tình trạng thu hồi")
    if one.asked_at is None:
        text = _("Chưa hỏi. Mỗi lần ký, hệ thống tự hỏi nơi cấp.")
        return {"title": title, "facts": [{"label": _("Trả lời"), "text": text}]}
    facts = [
        (_("Hỏi lúc"), _moment(one.asked_at)),
        (_("Trả lời"), one.answer_text or str(Certificate.Answer(one.answer).label)),
        (_("Nguồn"), one.answer_source),
    ]
    if one.revoked_at:
        facts.append((_("Bị thu hồi lúc"), _moment(one.revoked_at)))
    return {"title": title, "facts": [{"label": label, "text": text} for label, text in facts]}


def _chain(one: Certificate) -> Item:
    """The certificate, its issuers and the root of ours they lead to."""
    chain: list[x509.Certificate] = [one.parsed, *one.issuers]
    chain += [root for root in trust.roots() if root.subject == chain[-1].issuer and root not in chain][:1]
    rows = [
        {
            "cells": [
                {"text": common_name(link.subject), "sub": common_name(link.issuer)},
                f"{link.serial_number:x}",
                days(link.not_valid_before, link.not_valid_after),
            ]
        }
        for link in chain
    ]
    refusal_ = trust.ask(one.parsed, one.issuers, online=False).refusal
    return {
        "title": _("Chuỗi chứng thư"),
        "note": refusal_ or _("Dẫn đến chứng thư gốc được tin cậy."),
        "columns": [_("Chủ thể, nơi cấp"), _("Số hiệu"), _("Hiệu lực")],
        "rows": rows,
    }


def _moment(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}"
