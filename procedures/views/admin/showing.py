"""One procedure for its administrators: what its version says, part by part."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.floor.web import ActorRequest
from procedures import linting, routewalk
from procedures.eforms.kinds import grouped
from procedures.forms import CHANNELS
from procedures.models import Case, ProcedureVersion, Role, RouteStage
from procedures.views.admin.access import catalogue_office, chosen_version
from procedures.views.admin.listing import TONES

Item = dict[str, Any]
State = ProcedureVersion.State


@require_safe
@catalogue_office()
def procedure(request: ActorRequest, code: str, tab: str = "thong-tin") -> HttpResponse:
    version = chosen_version(code, request.GET.get("ban"))
    tabs = {"thong-tin": _facts, "thanh-phan": _papers, "bieu-mau": _forms, "quy-trinh": _routes, "phi": _fees}
    if tab == "lich-su":
        blocks = [_history(version)]
    elif tab in tabs:
        blocks = tabs[tab](version)
    else:
        raise Http404
    open_ = version.state in (State.DRAFT, State.REVIEWED)
    context = {
        "version": version,
        "procedure": version.procedure,
        "state": {"text": version.get_state_display(), "tone": TONES[version.state]},
        "tabs": _tabs(version, tab),
        "blocks": blocks,
        "editable": open_,
        "defects": linting.defects(version) if open_ else (),
        "may": _steps(request, version),
        "scheduled": f"{version.valid_from:%d/%m/%Y}" if version.state == State.REVIEWED and version.valid_from else "",
    }
    return render(request, "procedures/admin/procedure.html", context)


def _steps(request: ActorRequest, version: ProcedureVersion) -> dict[str, bool]:
    """Which steps this person may take now."""
    reviewer, own = request.actor.has_role(Role.CATALOGUE_REVIEWER), version.edited_by_id == request.actor.user_id
    any_open = version.procedure.versions.open().exists()
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
        "thanh-phan": _("Thành phần hồ sơ"),
        "bieu-mau": _("Biểu mẫu"),
        "quy-trinh": _("Quy trình"),
        "phi": _("Phí, lệ phí"),
        "lich-su": _("Lịch sử"),
    }
    return [
        {"text": text, "url": f"{base}/{key}?ban={version.number}", "current": key == current}
        for key, text in names.items()
    ]


def edit_url(version: ProcedureVersion, part: str, case: Case | None = None) -> str:
    """Where that part is edited."""
    base = f"/quan-tri/thu-tuc/{version.procedure.code}/ban/{version.number}/sua/{part}"
    return f"{base}/{case.key}" if case else base


def _facts(version: ProcedureVersion) -> list[Item]:
    channels = dict(CHANNELS)
    decision = version.decision
    items = [
        (_("Tên thủ tục"), version.name),
        (_("Tên gọi thường ngày"), version.short_name),
        (_("Lĩnh vực"), version.procedure.field.name),
        (_("Cấp giải quyết"), version.procedure.get_level_display()),
        (_("Trình tự thực hiện"), "\n".join(f"{number}. {text}" for number, text in enumerate(version.steps, 1))),
        (_("Cách thức thực hiện"), "\n".join(str(channels.get(one, one)) for one in version.channels)),
        (_("Đối tượng thực hiện"), "\n".join(version.audience)),
        (_("Cơ quan có thẩm quyền"), version.competent),
        (_("Yêu cầu, điều kiện"), version.conditions),
        (_("Căn cứ pháp lý"), "\n".join(version.legal_basis)),
        (_("Số bộ hồ sơ"), str(version.dossier_sets)),
        (_("Mức độ trực tuyến"), version.get_online_scope_display()),
        (_("Lý do chưa toàn trình"), version.partial_reason),
        (_("Quyết định công bố"), str(decision or "")),
        (_("Ghi chú dữ liệu"), version.notes),
    ]
    facts = [{"label": label, "text": text} for label, text in items]
    return [{"title": _("Nội dung"), "facts": facts, "edit": edit_url(version, "noi-dung")}]


def _papers(version: ProcedureVersion) -> list[Item]:
    columns = [_("Giấy tờ"), _("Bắt buộc"), _("Bản chính"), _("Bản sao"), _("Không phải nộp vì")]
    return [
        {
            "title": case.name,
            "columns": columns,
            "rows": [
                {
                    "cells": [
                        {"text": one.name, "sub": one.hint},
                        _("Có") if one.required else _("Không"),
                        str(one.originals),
                        str(one.copies),
                        one.source,
                    ]
                }
                for one in case.required_documents.all()
            ],
            "edit": edit_url(version, "thanh-phan", case),
        }
        for case in version.cases.all()
    ]


def _forms(version: ProcedureVersion) -> list[Item]:
    blocks: list[Item] = []
    for case in version.cases.all():
        limit = f"{case.time_amount or '?'} {case.get_time_unit_display()}"
        facts = [
            {"label": _("Thời hạn giải quyết"), "text": limit},
            {"label": _("Thời hạn theo luật"), "text": str(case.legal_time_amount or "")},
            {"label": _("Kết quả"), "text": case.result_name},
            {"label": _("Tờ khai điện tử"), "text": _form_name(case)},
        ]
        blocks.append({"title": case.name, "facts": facts, "edit": edit_url(version, "truong-hop", case)})
        if case.form:
            columns = [_("Ô"), _("Kiểu"), _("Bắt buộc"), _("Điền sẵn từ")]
            for page in case.form.schema.get("pages", ()):
                blocks.append({"title": page["title"], "columns": columns, "rows": _field_rows(page)})
    return blocks


def _form_name(case: Case) -> str:
    form = case.form
    return f"{form.name} ({form.code}, bản {form.revision})" if form else ""


def _field_rows(page: Item) -> list[Item]:
    return [
        {
            "cells": [
                {"text": one.get("label") or one.get("text", ""), "sub": one["key"]},
                one["type"],
                _("Có") if one.get("required") else _("Không"),
                one.get("prefill", ""),
            ]
        }
        for one in page.get("fields", ())
    ]


def _routes(version: ProcedureVersion) -> list[Item]:
    columns = [_("Bước"), _("Cấp"), _("Cơ quan"), _("Vai trò"), _("Thời gian làm việc")]
    blocks = []
    for case in version.cases.all():
        route = getattr(case, "route", None)
        stages: list[RouteStage] = list(route.stages.all()) if route else []
        hours = routewalk.total_hours(routewalk.of(stages), {}) if stages else 0
        blocks.append(
            {
                "title": case.name,
                "note": _("Tổng %(hours)s giờ làm việc") % {"hours": grouped(Decimal(hours).normalize())}
                if stages
                else "",
                "columns": columns,
                "rows": [_stage_row(one) for one in stages],
                "edit": edit_url(version, "quy-trinh", case),
            }
        )
    return blocks


def _stage_row(stage: RouteStage) -> Item:
    where = stage.agency.name if stage.agency else stage.get_agency_rule_display()
    return {
        "cells": [
            {"text": stage.name, "sub": stage.get_kind_display()},
            stage.get_level_display(),
            where,
            stage.get_role_display(),
            _("%(hours)s giờ") % {"hours": grouped(stage.hours.normalize())},
        ]
    }


def _fees(version: ProcedureVersion) -> list[Item]:
    columns = [_("Khoản thu"), _("Số tiền"), _("Cách nộp"), _("Căn cứ")]
    channels = dict(CHANNELS)
    return [
        {
            "title": case.name,
            "columns": columns,
            "rows": [
                {
                    "cells": [
                        {"text": one.name, "sub": one.get_kind_display()},
                        _("%(amount)s đồng") % {"amount": grouped(one.amount)},
                        str(channels.get(one.channel, _("Mọi cách"))),
                        one.legal_basis,
                    ]
                }
                for one in case.fees.all()
            ],
            "edit": edit_url(version, "phi", case),
        }
        for case in version.cases.all()
    ]


def _history(version: ProcedureVersion) -> Item:
    base = f"/quan-tri/thu-tuc/{version.procedure.code}"
    versions = version.procedure.versions.select_related("decision", "edited_by", "reviewed_by").order_by("-number")
    rows = [
        {
            "current": one.pk == version.pk,
            "cells": [
                {"text": _("Phiên bản %(n)s") % {"n": one.number}, "url": f"{base}?ban={one.number}"},
                {"text": "", "tag": {"text": one.get_state_display(), "tone": TONES[one.state]}},
                str(one.decision or ""),
                " – ".join(f"{day:%d/%m/%Y}" if day else "…" for day in (one.valid_from, one.valid_to)),
                str(one.edited_by or _("Hệ thống")),
                str(one.reviewed_by or ""),
            ],
        }
        for one in versions
    ]
    columns = [_("Phiên bản"), _("Trạng thái"), _("Quyết định"), _("Áp dụng"), _("Người sửa"), _("Người thẩm định")]
    return {"title": _("Các phiên bản"), "columns": columns, "rows": rows}
