"""One procedure as its page shows it: the eleven blocks of TT 32/2017 art. 5.1, in the reader's order."""

import datetime as dt
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.views import wording
from procedures.models import (
    Case,
    FeeRule,
    OnlineScope,
    ProcedureAgency,
    ProcedureVersion,
    ProvinceProfile,
    RequiredDocument,
)
from procedures.ruleset import Rules

ONLINE = {OnlineScope.FULL, OnlineScope.PARTIAL}


def complete(on: dt.date) -> QuerySet[ProcedureVersion]:
    """Versions in force that day with everything their page needs."""
    versions: QuerySet[ProcedureVersion] = ProcedureVersion.objects.in_force(on)
    agencies = ProcedureAgency.objects.filter(receives=True).select_related("agency").order_by("agency__name_fold")
    return versions.select_related("procedure__field", "decision").prefetch_related(
        Prefetch("cases", Case.objects.select_related("form").order_by("order", "pk")),
        Prefetch("cases__required_documents", RequiredDocument.objects.order_by("order", "pk")),
        "cases__fees",
        Prefetch("procedure__agencies", agencies),
        "procedure__life_events",
    )


def context(version: ProcedureVersion) -> dict[str, Any]:
    cases = list(version.cases.all())
    profile = ProvinceProfile.current()
    rules = Rules.of(profile.default_rule_profile) if profile else Rules()
    online = version.online_scope in ONLINE
    has_form = any(case.form_id for case in cases)
    results = list(dict.fromkeys(case.result_name for case in cases if case.result_name))
    return {
        "version": version,
        "procedure": version.procedure,
        "title": version.short_name or version.name,
        "trail": _trail(version),
        "facts": [
            {"icon": "clock", "label": _("Bao lâu có kết quả"), "text": wording.times(cases)},
            {"icon": "wallet", "label": _("Phí, lệ phí"), "text": wording.fee(cases)},
            {"icon": "map-pin", "label": _("Nơi giải quyết"), "text": version.competent},
            {"icon": "file-text", "label": _("Bạn nhận được"), "text": ", ".join(results)},
        ],
        "cases": [_case(case, online=online) for case in cases],
        "story": _story(version, rules, online=online),
        "steps": [{"text": text} for text in version.steps],
        "channels": wording.channels(version),
        "scope": wording.scope(version),
        "legal_scope": wording.legal_scope(version, has_form=has_form),
        "online": online and has_form,
        "start_url": f"/nop/{version.procedure.code}/bat-dau",
        "agencies": [_agency(link) for link in version.procedure.agencies.all()],
        "decision": _decision(version),
    }


def _trail(version: ProcedureVersion) -> list[dict[str, str]]:
    field = version.procedure.field
    return [
        {"text": _("Trang chủ"), "url": reverse("home")},
        {"text": field.name, "url": reverse("service_field", args=[field.slug])},
        {"text": version.short_name or version.name},
    ]


def _case(case: Case, *, online: bool) -> dict[str, Any]:
    limit = wording.time(case)
    if case.legal_time_amount and case.time_amount and case.legal_time_amount > case.time_amount:
        limit = _("%(time)s (luật cho phép %(legal)d)") % {"time": limit, "legal": case.legal_time_amount}
    return {
        "name": case.name,
        "papers": _papers(list(case.required_documents.all()), online=online and bool(case.form_id)),
        "time": limit,
        "result": case.result_name,
        "form": case.form.name if case.form else "",
        "fees": [_fee(rule) for rule in case.fees.all()],
        "free": wording.knows_fees(case),
    }


def _papers(documents: list[RequiredDocument], *, online: bool) -> list[dict[str, Any]]:
    """Papers to prepare first, then those nobody has to bring; alternatives stand under one heading."""
    shown: list[dict[str, Any]] = []
    groups: dict[str, dict[str, Any]] = {}
    for document in documents:
        if document.group and document.group in groups:
            groups[document.group]["notes"].append(_("Hoặc: %(name)s") % {"name": document.name})
            continue
        tag = _tag(document, online=online)
        paper = {"name": document.name, "notes": _notes(document, fetched=bool(tag)), "tag": tag}
        if document.group:
            groups[document.group] = paper
        shown.append(paper)
    return sorted(shown, key=lambda paper: bool(paper["tag"]))


def _tag(document: RequiredDocument, *, online: bool) -> str:
    if document.source:
        return _("Không phải nộp")
    return _("Điền trên mạng") if document.is_form and online else ""


def _notes(document: RequiredDocument, *, fetched: bool) -> list[str]:
    notes = [document.hint] if document.hint else []
    if document.source:
        return [*notes, _("Lấy từ %(source)s khi bạn đồng ý.") % {"source": document.source}]
    kinds = [
        ngettext("%(n)d bản chính", "%(n)d bản chính", document.originals) % {"n": document.originals}
        if document.originals
        else "",
        ngettext("%(n)d bản sao", "%(n)d bản sao", document.copies) % {"n": document.copies} if document.copies else "",
    ]
    amounts = ", ".join(filter(None, kinds)) if not fetched else ""
    when = _("Chỉ khi thuộc trường hợp này") if document.condition else "" if document.required else _("Nếu có")
    return [*notes, *filter(None, [amounts, when])]


def _fee(rule: FeeRule) -> dict[str, str]:
    channel = {"online": _("nộp trên mạng"), "direct": _("nộp tại một cửa"), "post": _("nộp qua bưu điện")}
    remarks = [
        channel.get(rule.channel, ""),
        _("tính theo số lượng") if rule.per else "",
        _("chỉ trong một số trường hợp") if rule.condition else "",
    ]
    return {
        "name": rule.name,
        "amount": wording.money(rule.amount) if rule.amount else _("Miễn phí"),
        "remark": ", ".join(filter(None, remarks)),
        "legal_basis": rule.legal_basis,
    }


def _story(version: ProcedureVersion, rules: Rules, *, online: bool) -> list[dict[str, str]]:
    """What will happen, with what is promised at each step."""
    filing = {
        "title": _("Bạn điền và gửi"),
        "text": _("Dừng lúc nào cũng được, bản nháp giữ %(days)d ngày.") % {"days": rules.draft_days},
    }
    at_desk = {"title": _("Bạn mang giấy tờ đến một cửa"), "text": _("Hoặc gửi qua bưu điện.")}
    return [
        filing if online else at_desk,
        {
            "title": _("Một cửa kiểm tra"),
            "text": _("Trả lời trong %(hours)d giờ làm việc: nhận, hay cần bổ sung gì.") % {"hours": rules.intake_hours}
            if online
            else _("Đủ giấy tờ thì bạn nhận ngay giấy hẹn trả kết quả."),
        },
        {
            "title": _("Cơ quan có thẩm quyền giải quyết, lãnh đạo ký"),
            "text": _("Bạn luôn thấy hồ sơ đang ở đâu và đến bao giờ."),
        },
        {
            "title": _("Bạn nhận kết quả"),
            "text": _("Bản điện tử có chữ ký số ngay khi ký; bản giấy tại một cửa hoặc qua bưu điện."),
        },
    ]


def _agency(link: ProcedureAgency) -> dict[str, str]:
    agency = link.agency
    return {
        "name": agency.one_stop_name or agency.name,
        "address": agency.address,
        "phone": agency.phone,
        "digits": "".join(filter(str.isdigit, agency.phone)),
    }


def _decision(version: ProcedureVersion) -> str:
    """Where the text comes from and since when it applies."""
    parts = []
    if decision := version.decision:
        parts.append(_("Quyết định công bố số %(number)s") % {"number": decision.number})
        if decision.signed_on:
            parts.append(_("ký ngày %(day)s") % {"day": f"{decision.signed_on:%d/%m/%Y}"})
    if version.valid_from:
        parts.append(_("áp dụng từ %(day)s") % {"day": f"{version.valid_from:%d/%m/%Y}"})
    return ", ".join(parts)
