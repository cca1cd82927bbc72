"""Procedures filed together: what all of them ask for, each paper once, and what happens when."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from portal.floor.vietnamese import fold
from portal.views import listing, procedure_page, wording
from portal.views.choosing import Choice
from procedures import groups
from procedures.models import GroupMember, OnlineScope, ProcedureGroup, ProcedureVersion, RequiredDocument

ANYTHING = Choice()


def in_force() -> QuerySet[ProcedureGroup]:
    """Groups of today, each with its members in order."""
    members = GroupMember.objects.select_related("procedure", "after__procedure").order_by("order", "pk")
    return groups.in_force(timezone.localdate()).prefetch_related(Prefetch("members", members))


def row(group: ProcedureGroup) -> dict[str, Any]:
    """One line of a list, from a group with its members at hand."""
    count = group.members.all()
    return {
        "title": group.name,
        "sub": group.summary,
        "lang": "vi",
        "url": reverse("procedure_group", args=[group.code]),
        "meta": [
            {"icon": "list-checks", "text": ngettext("%(n)d thủ tục", "%(n)d thủ tục", len(count)) % {"n": len(count)}}
        ],
        "tag": {"text": _("Làm cùng lúc"), "tone": "violet", "icon": ""},
    }


@require_safe
def procedure_group(request: HttpRequest, code: str) -> HttpResponse:
    group = get_object_or_404(in_force().select_related("decision"), code=code)
    members = list(group.members.all())
    versions = _versions(group, members)
    whole = versions.get(code)
    present = [(member, versions[member.procedure.code]) for member in members if member.procedure.code in versions]
    context = {
        "group": group,
        "rows": [_row(member, version) for member, version in present],
        "papers": _papers([version for _member, version in present]),
        "story": [_step(member, version) for member, version in present],
        "starts": [_start(version) for _member, version in present],
        "whole": wording.row(whole) if whole else None,
        "together": _together(group, members, versions),
        "decision": _decision(group),
    }
    return render(request, "portal/group.html", context)


def _versions(group: ProcedureGroup, members: Sequence[GroupMember]) -> dict[str, ProcedureVersion]:
    """The versions in force of the members, and of the procedure that carries the group's own code, by code."""
    wanted = Q(procedure__in=[member.procedure_id for member in members]) | Q(procedure__code=group.code)
    versions: QuerySet[ProcedureVersion] = ProcedureVersion.objects.in_force(timezone.localdate()).filter(wanted)
    found = versions.select_related("procedure").prefetch_related(
        Prefetch("cases", listing.cases().select_related("form")),
        Prefetch("cases__required_documents", RequiredDocument.objects.order_by("order", "pk")),
    )
    return {version.procedure.code: version for version in found}


def _row(member: GroupMember, version: ProcedureVersion) -> dict[str, Any]:
    row = wording.row(version)
    return row | {"sub": _("Bạn được chọn làm hay không") if member.optional else ""}


def _papers(versions: Sequence[ProcedureVersion]) -> list[dict[str, Any]]:
    """Each paper once, with the procedures it serves; what nobody has to bring comes last."""
    papers: dict[str, dict[str, Any]] = {}
    for version in versions:
        name = version.short_name or version.name
        for case in version.cases.all():
            for paper in procedure_page.papers(case, ANYTHING, online=_online(version)):
                known = papers.setdefault(fold(paper["name"]), paper | {"links": [], "serves": []})
                known["serves"] += [name] if name not in known["serves"] else []
    for paper in papers.values():
        paper["notes"] = [*paper["notes"], _("Cho: %(procedures)s") % {"procedures": ", ".join(paper["serves"])}]
    return sorted(papers.values(), key=lambda paper: bool(paper["tag"]))


def _step(member: GroupMember, version: ProcedureVersion) -> dict[str, str]:
    cases = list(version.cases.all())
    promise = _("%(agency)s: %(time)s") % {"agency": version.competent, "time": wording.times(cases).lower()}
    if member.after:
        other = member.after.procedure.short_name or member.after.procedure.name
        promise += ". " + _("Làm khi đã có kết quả của “%(other)s”.") % {"other": other}
    return {"title": version.short_name or version.name, "text": promise}


def _together(group: ProcedureGroup, members: Sequence[GroupMember], versions: dict[str, ProcedureVersion]) -> str:
    """Where the group is filed in one go; empty when a member that cannot be left out is not filed on the network."""
    required = [versions.get(member.procedure.code) for member in members if not member.optional]
    online = all(version is not None and _online(version) for version in required)
    return reverse("group_start", args=[group.code]) if online else ""


def _start(version: ProcedureVersion) -> dict[str, Any]:
    """Where this member is filed on its own."""
    code = version.procedure.code
    url = f"/nop/{code}/bat-dau" if _online(version) else reverse("procedure", args=[code])
    return {"text": version.short_name or version.name, "url": url, "online": _online(version)}


def _online(version: ProcedureVersion) -> bool:
    return version.online_scope in (OnlineScope.FULL, OnlineScope.PARTIAL) and any(
        case.form_id for case in version.cases.all()
    )


def _decision(group: ProcedureGroup) -> str:
    parts = [_("Quyết định công bố số %(number)s") % {"number": group.decision.number}] if group.decision else []
    if group.valid_from:
        parts.append(_("áp dụng từ %(day)s") % {"day": f"{group.valid_from:%d/%m/%Y}"})
    return ", ".join(parts)
