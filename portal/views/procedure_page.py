"""One procedure as its page shows it: what people ask first, then the blocks of the law (`procedure_blocks`)."""

import datetime as dt
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.views import listing, procedure_blocks, wording
from portal.views.choosing import Choice
from procedures import conditions, eforms
from procedures.condition_words import in_words
from procedures.models import (
    Case,
    GroupMember,
    OnlineScope,
    Posting,
    ProcedureAgency,
    ProcedureVersion,
    ProvinceProfile,
    RequiredDocument,
)
from procedures.ruleset import Rules

ONLINE = {OnlineScope.FULL, OnlineScope.PARTIAL}
FEW = 4  # agencies named on the page; more are a link to their list


def complete(versions: QuerySet[ProcedureVersion], on: dt.date) -> QuerySet[ProcedureVersion]:
    """These versions with everything their page needs, in four statements: postings and groups come with the first."""
    receiving = ProcedureAgency.objects.filter(receives=True).select_related("agency").order_by("agency__name_fold")
    count = ProcedureAgency.objects.filter(procedure=OuterRef("procedure"), receives=True).values("procedure")
    hanging = Posting.objects.filter(version=OuterRef("pk"), removed_on=None).order_by("-posted_on", "pk")
    posted = hanging.values(json=JSONObject(agency="agency__name", place="place", on="posted_on"))
    belongs = GroupMember.objects.filter(
        Q(group__valid_to=None) | Q(group__valid_to__gte=on), procedure=OuterRef("procedure"), group__valid_from__lte=on
    )
    groups = belongs.order_by("group__code").values(json=JSONObject(code="group__code", name="group__name"))
    return (
        versions.select_related("procedure__field", "decision")
        .annotate(
            receivers=Coalesce(Subquery(count.annotate(n=Count("pk")).values("n")), 0),
            posted=ArraySubquery(posted[: FEW * 2]),
            groups=ArraySubquery(groups),
        )
        .prefetch_related(
            Prefetch("cases", listing.cases().select_related("form")),
            Prefetch("cases__required_documents", RequiredDocument.objects.order_by("order", "pk")),
            Prefetch("procedure__agencies", receiving[:FEW], to_attr="places"),
        )
    )


def context(version: ProcedureVersion, profile: ProvinceProfile | None, choice: Choice) -> dict[str, Any]:
    """Everything the page prints, in words."""
    every = list(version.cases.all())
    cases = [case for case in every if choice.case in ("", case.key)]
    rules = Rules.of(profile.default_rule_profile) if profile else Rules()
    online = version.online_scope in ONLINE
    has_form = any(case.form_id for case in every)
    code, seen = version.procedure.code, cast(Any, version)
    agencies = procedure_blocks.agencies(version)
    return {
        "version": version,
        "code": code,
        "title": version.short_name or version.name,
        "full_name": version.name if version.short_name not in ("", version.name) else "",
        "trail": _trail(version),
        "facts": facts(version, cases),
        "questions": choice.questions,
        "chosen": choice.made,
        "cases": [_case(case, choice, online=online, alone=len(every) == 1) for case in cases],
        "sets": version.dossier_sets,
        "story": _story(version, rules, online=online),
        "blocks": procedure_blocks.blocks(version, every, agencies, has_form=has_form),
        "scope": wording.scope(version),
        "legal_scope": wording.legal_scope(version, has_form=has_form),
        "online": online and has_form,
        "start_url": f"/nop/{code}/bat-dau",
        "sample_url": reverse("model_dossier", args=[code]) if has_form else "",
        "agency": agencies[0] if len(agencies) == 1 == seen.receivers else None,
        "receivers": seen.receivers,
        "groups": [{"text": one["name"], "url": reverse("procedure_group", args=[one["code"]])} for one in seen.groups],
        "decision": procedure_blocks.decision(version),
    }


def facts(version: ProcedureVersion, cases: list[Case]) -> list[dict[str, str]]:
    """The four questions everybody asks."""
    results = list(dict.fromkeys(case.result_name for case in cases if case.result_name))
    return [
        {"icon": "clock", "label": _("Bao lâu có kết quả"), "text": wording.times(cases)},
        {"icon": "wallet", "label": _("Phí, lệ phí"), "text": wording.fee(cases)},
        {"icon": "map-pin", "label": _("Nơi giải quyết"), "text": version.competent},
        {"icon": "file-text", "label": _("Bạn nhận được"), "text": ", ".join(results) or _("Theo quy định")},
    ]


def _trail(version: ProcedureVersion) -> list[dict[str, str]]:
    field = version.procedure.field
    return [
        {"text": _("Trang chủ"), "url": reverse("home")},
        {"text": field.name, "url": reverse("service_field", args=[field.slug])},
        {"text": version.short_name or version.name},
    ]


def _case(case: Case, choice: Choice, *, online: bool, alone: bool) -> dict[str, Any]:
    meta = [("clock", wording.time(case)), ("wallet", wording.fee([case])), ("file-text", case.result_name)]
    return {
        "name": "" if alone else case.name,
        "meta": [] if alone else [{"icon": icon, "text": text} for icon, text in meta if text],
        "papers": papers(case, choice, online=online and bool(case.form_id)),
    }


def papers(case: Case, choice: Choice, *, online: bool) -> list[dict[str, Any]]:
    """Papers to prepare first, then those nobody has to bring; any one of those joined by “hoặc” will do."""
    specs = list(eforms.fields(case.form.schema)) if case.form else []
    shown: list[dict[str, Any]] = []
    groups: dict[str, dict[str, Any]] = {}
    for document in case.required_documents.all():
        if not choice.applies(document.condition):
            continue
        if document.group and document.group in groups:
            groups[document.group]["others"].append({"name": document.name, "note": document.hint})
            continue
        tag = _tag(document, online=online)
        paper = {
            "name": document.name,
            "notes": _notes(document, choice, specs, fetched=bool(tag)),
            "tag": tag,
            "others": [],
            "links": _links(case, document),
        }
        if document.group:
            groups[document.group] = paper
        shown.append(paper)
    return sorted(shown, key=lambda paper: bool(paper["tag"]))


def _tag(document: RequiredDocument, *, online: bool) -> str:
    if document.source:
        return _("Không phải nộp")
    return _("Điền trên mạng") if document.is_form and online else ""


def _notes(document: RequiredDocument, choice: Choice, specs: list[Any], *, fetched: bool) -> list[str]:
    notes = [document.hint] if document.hint else []
    if document.source:
        return [*notes, _("Lấy từ %(source)s khi bạn đồng ý.") % {"source": document.source}]
    kinds = [
        ngettext("%(n)d bản chính", "%(n)d bản chính", document.originals) % {"n": document.originals}
        if document.originals
        else "",
        ngettext("%(n)d bản sao", "%(n)d bản sao", document.copies) % {"n": document.copies} if document.copies else "",
    ]
    when = "" if document.required else _("Nếu có")
    asked = set(conditions.fields(document.condition))
    if asked and not asked <= choice.answers.keys():
        when = _("Chỉ khi %(condition)s") % {"condition": in_words(document.condition, specs)}
    return [*notes, *filter(None, ["" if fetched else ", ".join(filter(None, kinds)), when])]


def _links(case: Case, document: RequiredDocument) -> list[dict[str, str]]:
    """The blank form to fill in by hand."""
    if not document.blank_form:
        return []
    kind = str(document.blank_form).rpartition(".")[2].upper()
    url = reverse("blank_form", args=[case.version.procedure.code, document.pk])
    return [{"url": url, "text": _("Tải mẫu để trống (%(kind)s)") % {"kind": kind}}]


def _story(version: ProcedureVersion, rules: Rules, *, online: bool) -> list[dict[str, str]]:
    """What will happen, with what is promised at each step."""
    filing = {
        "title": _("Bạn điền và gửi"),
        "text": _("Dừng lúc nào cũng được, bản nháp giữ %(days)d ngày.") % {"days": rules.draft_days},
    }
    by_post = _("Hoặc gửi qua bưu điện.") if "post" in version.channels else ""
    return [
        filing if online else {"title": _("Bạn mang giấy tờ đến một cửa"), "text": by_post},
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
        {"title": _("Bạn nhận kết quả"), "text": procedure_blocks.returned(version)},
    ]
