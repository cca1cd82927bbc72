"""What a version says, part by part, as blocks of facts and tables."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from procedures import routewalk
from procedures.condition_words import in_words
from procedures.eforms.kinds import grouped
from procedures.forms import specs_of
from procedures.levels import legacy_level
from procedures.models import Case, FeeRule, ProcedureVersion, RequiredDocument, ReturnWay, RouteStage, TimeUnit
from procedures.views.admin.route.flow import drawn
from procedures.wording import CHANNELS, money, time

Item = dict[str, Any]


def edit_url(version: ProcedureVersion, part: str, case: Case | None = None) -> str:
    """Where that part is edited."""
    base = f"/quan-tri/thu-tuc/{version.procedure.code}/ban/{version.number}/sua/{part}"
    return f"{base}/{case.key}" if case else base


def facts(version: ProcedureVersion) -> list[Item]:
    procedure, lines = version.procedure, "\n".join
    ways = dict(ReturnWay.choices)
    reason = [version.get_partial_kind_display(), version.partial_reason, version.partial_basis]
    content = {
        _("Tên thủ tục"): version.name,
        _("Tên gọi thường ngày"): version.short_name,
        _("Trình tự thực hiện"): lines(f"{number}. {text}" for number, text in enumerate(version.steps, 1)),
        _("Cách thức thực hiện"): lines(str(CHANNELS.get(one, one)) for one in version.channels),
        _("Đối tượng thực hiện"): lines(version.audience),
        _("Cơ quan có thẩm quyền"): version.competent,
        _("Yêu cầu, điều kiện"): version.conditions,
        _("Số bộ hồ sơ"): str(version.dossier_sets),
        _("Mức độ trực tuyến"): f"{version.get_online_scope_display()} ({_('mức độ %s') % legacy_level(version)})",
        _("Lý do chưa toàn trình"): lines(filter(None, map(str, reason))),
        _("Cách nhận kết quả"): lines(str(ways.get(one, one)) for one in version.return_ways),
        _("Lý do không qua bưu điện"): version.no_post_reason,
    }
    origin = _("Cơ sở dữ liệu quốc gia") if procedure.national else _("Thủ tục của địa phương")
    hanging = {
        _("Mã thủ tục"): ".".join(filter(None, (procedure.code, procedure.code_suffix))),
        _("Nguồn"): origin,
        _("Lĩnh vực"): procedure.field.name,
        _("Cấp giải quyết"): str(procedure.get_level_display()),
        _("Việc trong đời"): ", ".join(one.name for one in procedure.life_events.order_by("order")),
        _("Từ người dân hay gõ"): procedure.keywords,
    }
    return [
        _facts(_("Nội dung"), content, edit_url(version, "noi-dung")),
        _facts(_("Xếp trong danh mục"), hanging, reverse("catalogue_facts", args=[procedure.code]))
        | {"always": True, "note": _("Đổi ở đây có hiệu lực ngay, cho mọi phiên bản.")},
    ]


def _facts(title: str, items: Mapping[str, str], edit: str) -> Item:
    return {"title": title, "facts": [{"label": key, "text": text} for key, text in items.items()], "edit": edit}


def cases(version: ProcedureVersion) -> list[Item]:
    rows = list(version.cases.all())
    return [
        _facts(case.name, _case_facts(case), edit_url(version, "truong-hop", case))
        | {"case": case, "first": case == rows[0], "last": case == rows[-1], "alone": len(rows) == 1}
        for case in rows
    ]


def _case_facts(case: Case) -> dict[str, str]:
    legal = case.get_time_unit_display() if case.time_unit == TimeUnit.SAME_DAY else ""
    if case.legal_time_amount:
        legal = legal or f"{case.legal_time_amount} {case.get_time_unit_display()}"
    cutoff = f", {_('nhận trước %s') % f'{case.cutoff:%H:%M}'}" if case.cutoff else ""
    known = case.time_amount or case.time_unit == TimeUnit.SAME_DAY
    results = [case.result_name, *(one.get("name", "") for one in case.other_results)]
    return {
        _("Áp dụng khi"): in_words(case.condition, specs_of(case)),
        _("Thời hạn cam kết"): f"{time(case)}{cutoff}, {_('tính từ khi %s') % case.get_time_starts_display()}"
        if known else "",
        _("Thời hạn theo luật"): legal,
        _("Căn cứ tạm dừng"): "\n".join(f"{one['reason']} ({one['basis']})" for one in case.pause_grounds),
        _("Kết quả"): "\n".join(filter(None, results)),
        _("Tờ khai điện tử"): _form_name(case),
        _("Trả ngay tại quầy"): _("Có") if case.instant else "",
        _("Cho tải lên tệp kết quả"): _("Có") if case.upload_result else "",
    }  # fmt: skip


def papers(version: ProcedureVersion) -> list[Item]:
    columns = [_("Giấy tờ"), _("Bắt buộc"), _("Bản chính"), _("Bản sao"), _("Ghi chú")]
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
                        _paper_notes(one, specs_of(case)),
                    ]
                }
                for one in case.required_documents.all()
            ],
            "edit": edit_url(version, "thanh-phan", case),
        }
        for case in version.cases.all()
    ]


def _paper_notes(paper: RequiredDocument, specs: list[Mapping[str, Any]]) -> str:
    notes = (
        _("Không phải nộp: lấy từ %s") % paper.source if paper.source else "",
        _("Thay thế nhau: %s") % paper.group if paper.group else "",
        _("Chỉ khi %s") % in_words(paper.condition, specs) if paper.condition else "",
        _("Là tờ khai điện tử") if paper.is_form else "",
        paper.form_name,
        _("Có tệp mẫu để trống") if paper.blank_form else "",
    )
    return ". ".join(filter(None, notes))


def fees(version: ProcedureVersion) -> list[Item]:
    columns = [_("Khoản thu"), _("Mức"), _("Cách nộp"), _("Áp dụng khi"), _("Căn cứ")]
    return [
        {
            "title": case.name,
            "columns": columns,
            "rows": [{"cells": _fee_cells(one, specs_of(case))} for one in case.fees.all()],
            "edit": edit_url(version, "phi", case),
        }
        for case in version.cases.all()
    ]


def _fee_cells(fee: FeeRule, specs: list[Mapping[str, Any]]) -> list[Any]:
    price = _("Giảm %s %%") % fee.reduction_percent if fee.reduction_percent else money(fee.amount)
    if fee.reduction_percent == 100:
        price = _("Miễn")
    labels = {spec.get("key"): spec.get("label") for spec in specs}
    days = [
        _("từ %s") % f"{fee.valid_from:%d/%m/%Y}" if fee.valid_from else "",
        _("đến %s") % f"{fee.valid_to:%d/%m/%Y}" if fee.valid_to else "",
    ]
    sub = _("mỗi %s") % labels.get(fee.per, fee.per) if fee.per else ""
    return [
        {"text": fee.name, "sub": fee.get_kind_display()},
        {"text": price, "sub": sub},
        str(CHANNELS.get(fee.channel, _("Mọi cách"))),
        {"text": in_words(fee.condition, specs) if fee.condition else "", "sub": " ".join(filter(None, days))},
        fee.legal_basis,
    ]


def forms(version: ProcedureVersion) -> list[Item]:
    blocks: list[Item] = []
    columns = [_("Ô"), _("Kiểu"), _("Bắt buộc"), _("Hiện khi")]
    for case in version.cases.all():
        blocks.append({
            "title": case.name, "facts": [{"label": _("Tờ khai điện tử"), "text": _form_name(case)}],
            "links": _form_links(version, case),
        })  # fmt: skip
        if case.form:
            specs = specs_of(case)
            for page in case.form.schema.get("pages", ()):
                rows = [_field_row(one, specs) for one in page.get("fields", ())]
                blocks.append({"title": page["title"], "columns": columns, "rows": rows})
    return blocks


def _form_links(version: ProcedureVersion, case: Case) -> list[Item]:
    form, here = case.form, [version.procedure.code, version.number, case.key]
    build = reverse("eform_edit", args=[form.code, form.revision]) if form else reverse("eform_new")
    return [
        {"url": build, "text": _("Mở trình dựng tờ khai") if form else _("Dựng tờ khai mới")},
        {"url": edit_url(version, "truong-hop", case), "text": _("Chọn tờ khai khác")},
        {"url": reverse("catalogue_result", args=here), "text": _("Mẫu kết quả")},
    ]


def _form_name(case: Case) -> str:
    form = case.form
    return f"{form.name} ({form.code}, bản {form.revision})" if form else ""


def _field_row(spec: Mapping[str, Any], specs: list[Mapping[str, Any]]) -> Item:
    return {
        "cells": [
            {"text": spec.get("label") or spec.get("text", ""), "sub": spec["key"]},
            spec["type"],
            _("Có") if spec.get("required") else _("Không"),
            in_words(spec["condition"], specs) if spec.get("condition") else "",
        ]
    }


def routes(version: ProcedureVersion) -> list[Item]:
    columns = [_("Bước"), _("Cấp"), _("Cơ quan"), _("Vai trò"), _("Thời gian làm việc")]
    blocks = []
    for case in version.cases.all():
        route = getattr(case, "route", None)
        stages: list[RouteStage] = list(route.stages.all()) if route else []
        hours = routewalk.total_hours(routewalk.of(stages), {}) if stages else 0
        note = _("Tổng %(hours)s giờ làm việc") % {"hours": grouped(Decimal(hours).normalize())} if stages else ""
        blocks.append({
            "title": case.name, "note": note, "columns": columns, "rows": [_stage_row(one) for one in stages],
            "drawing": "procedures/admin/route/flow.html", "flow": drawn(case),
            "links": [{"url": reverse("catalogue_route", args=[version.procedure.code, version.number, case.key]),
                       "text": _("Mở trình thiết kế quy trình")}],
        })  # fmt: skip
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


def basis(version: ProcedureVersion) -> list[Item]:
    decision = version.decision
    day = f", {_('có hiệu lực %s') % f'{decision.effective_on:%d/%m/%Y}'}" if decision and decision.effective_on else ""
    said = {
        _("Căn cứ pháp lý"): "\n".join(version.legal_basis),
        _("Quyết định công bố"): f"{decision}{day}" if decision else "",
        _("Ghi chú dữ liệu"): version.notes,
    }
    return [_facts(_("Căn cứ pháp lý"), said, edit_url(version, "can-cu"))]
