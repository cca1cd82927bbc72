"""One procedure for its administrators: what its version says, tab by tab, and which steps may be taken."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.web import ActorRequest
from procedures import linting, scenarios
from procedures.models import ProcedureVersion, Role
from procedures.views.admin import parts, past, places
from procedures.views.admin.access import catalogue_office, chosen_version
from procedures.views.admin.listing import TONES

Item = dict[str, Any]
State = ProcedureVersion.State
TABS = {
    "thong-tin": parts.facts, "truong-hop": parts.cases, "thanh-phan": parts.papers, "bieu-mau": parts.forms,
    "quy-trinh": parts.routes, "phi": parts.fees, "can-cu": parts.basis, "co-quan": places.blocks,
}  # fmt: skip


@require_safe
@catalogue_office()
def procedure(request: ActorRequest, code: str, tab: str = "thong-tin") -> HttpResponse:
    version = chosen_version(code, request.GET.get("ban"))
    if tab != "lich-su" and tab not in TABS:
        raise Http404
    open_ = version.state in (State.DRAFT, State.REVIEWED)
    found = linting.defects(version) if open_ else ()
    context = {
        "version": version,
        "procedure": version.procedure,
        "state": {"text": version.get_state_display(), "tone": TONES[version.state]},
        "tabs": _tabs(version, tab),
        "tab": tab,
        "blocks": past.blocks(request, version) if tab == "lich-su" else TABS[tab](version),
        "compare": past.choices(request, version) if tab == "lich-su" else None,
        "assign": places.AssignForm() if tab == "co-quan" else None,
        "editable": open_,
        "defects": found,
        "warnings": linting.warnings(version) if open_ else (),
        "broken": scenarios.replay(version) if open_ and tab == "thong-tin" else (),
        "preview": f"/quan-tri/thu-tuc/{code}/xem-thu?ban={version.number}",
        "may": _steps(request, version),
        "scheduled": f"{version.valid_from:%d/%m/%Y}" if version.state == State.REVIEWED and version.valid_from else "",
    }
    return render(request, "procedures/admin/procedure.html", context)


def _steps(request: ActorRequest, version: ProcedureVersion) -> dict[str, bool]:
    """Which steps this person may take now."""
    reviewer, own = request.actor.has_role(Role.CATALOGUE_REVIEWER), version.edited_by_id == request.actor.user_id
    any_open = ProcedureVersion.objects.open().filter(procedure=version.procedure).exists()
    return {
        "draft": not any_open,
        "review": reviewer and not own and version.state == State.DRAFT,
        "publish": reviewer and not own and version.state == State.REVIEWED,
        "retire": reviewer and version.state == State.PUBLISHED,
    }


def _tabs(version: ProcedureVersion, current: str) -> list[Item]:
    base = f"/quan-tri/thu-tuc/{version.procedure.code}"
    names = {
        "thong-tin": _("Thông tin"),
        "truong-hop": _("Trường hợp"),
        "thanh-phan": _("Thành phần"),
        "bieu-mau": _("Biểu mẫu"),
        "quy-trinh": _("Quy trình"),
        "phi": _("Phí, lệ phí"),
        "can-cu": _("Căn cứ"),
        "co-quan": _("Cơ quan"),
        "niem-yet": _("Niêm yết"),
        "lich-su": _("Lịch sử"),
    }
    return [
        {"text": text, "url": f"{base}/{key}?ban={version.number}", "current": key == current}
        for key, text in names.items()
    ]
