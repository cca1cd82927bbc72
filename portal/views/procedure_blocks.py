"""The eleven blocks of TT 32/2017/TT-VPCP art. 5.1, all but the papers, which stand above them on the page.

A block is {"title", "parts"}; a part has a `head` and one of `facts`, `steps`, `lines` ({text, note?, strong?, url?})
or `text`.
"""

from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.views import wording
from procedures import eforms
from procedures.condition_words import in_words
from procedures.models import Case, ClockStart, PartialReason, ProcedureAgency, ProcedureVersion, ReturnWay, TimeUnit

Part = dict[str, Any]
Block = dict[str, Any]


def blocks(
    version: ProcedureVersion, cases: list[Case], agencies: list[dict[str, str]], *, has_form: bool
) -> list[Block]:
    """In the order of the law, those people look for most often first open to the eye by their titles."""
    several = len(cases) > 1
    found = [
        (_("Tên, mã và lĩnh vực"), [_identity(version, has_form=has_form)]),
        (_("Các bước theo quy định"), [{"steps": [{"text": text} for text in version.steps]}]),
        (_("Cách nộp hồ sơ"), _ways(version)),
        (_("Thời hạn giải quyết"), [_named(case, several, {"facts": _limit(case)}) for case in cases]),
        (_("Ai được làm"), [{"lines": [{"text": who} for who in version.audience]}]),
        (_("Cơ quan thực hiện và nơi liên hệ"), _where(version, agencies)),
        (_("Kết quả"), [_named(case, several, {"lines": _results(case)}) for case in cases]),
        (_("Mẫu đơn, tờ khai"), _forms(cases)),
        (_("Phí, lệ phí và trường hợp được miễn, giảm"), _fees(cases, several)),
        (_("Yêu cầu, điều kiện"), [{"text": version.conditions or _("Không có yêu cầu, điều kiện riêng.")}]),
        (_("Cách nhận kết quả"), [{"lines": [{"text": text} for text in _return_ways(version)]}]),
        (_("Căn cứ pháp lý và quyết định công bố"), _law(version)),
        (_("Nơi niêm yết"), _posted(version)),
    ]
    return [{"title": title, "parts": parts} for title, parts in found if parts]


def agencies(version: ProcedureVersion) -> list[dict[str, str]]:
    """Where the papers are taken, as people look for it."""
    return [_agency(link) for link in cast(Any, version.procedure).places]


def decision(version: ProcedureVersion) -> str:
    """Where the text comes from and since when it applies."""
    parts = []
    if decision := version.decision:
        parts.append(_("Quyết định công bố số %(number)s") % {"number": decision.number})
        if decision.signed_on:
            parts.append(_("ký ngày %(day)s") % {"day": f"{decision.signed_on:%d/%m/%Y}"})
        if decision.effective_on:
            parts.append(_("có hiệu lực từ %(day)s") % {"day": f"{decision.effective_on:%d/%m/%Y}"})
    if version.valid_from:
        parts.append(_("áp dụng từ %(day)s") % {"day": f"{version.valid_from:%d/%m/%Y}"})
    return ", ".join(parts)


def returned(version: ProcedureVersion) -> str:
    """How the result reaches the applicant, in one sentence."""
    return " ".join(_return_ways(version))


def _named(case: Case, several: bool, part: Part) -> Part:
    return {"head": case.name, **part} if several else part


def _identity(version: ProcedureVersion, *, has_form: bool) -> Part:
    procedure = version.procedure
    code = f"{procedure.code}.{procedure.code_suffix}" if procedure.code_suffix else procedure.code
    items = [
        (_("Tên thủ tục"), version.name),
        (_("Mã thủ tục"), code),
        (_("Lĩnh vực"), procedure.field.name),
        (_("Cấp giải quyết"), str(procedure.get_level_display())),
        (_("Mức độ trực tuyến"), wording.legal_scope(version, has_form=has_form)),
    ]
    return {"facts": [{"label": label, "text": text} for label, text in items]}


def _ways(version: ProcedureVersion) -> list[Part]:
    parts: list[Part] = [{"lines": [{"text": text} for text in wording.channels(version)]}]
    reason = [version.partial_reason]
    if version.partial_kind:
        reason.insert(0, str(PartialReason(version.partial_kind).label))
    if any(reason):
        basis = _("Căn cứ: %(law)s") % {"law": version.partial_basis} if version.partial_basis else ""
        line = {"text": ". ".join(filter(None, reason)), "note": basis}
        parts.append({"head": _("Vì sao chưa làm hết trên mạng được"), "lines": [line]})
    if version.no_post_reason:
        parts.append({"head": _("Vì sao không qua bưu điện"), "text": version.no_post_reason})
    return parts


def _limit(case: Case) -> list[dict[str, str]]:
    limit = wording.time(case)
    if case.time_amount and case.time_unit != TimeUnit.SAME_DAY:
        limit = _("%(time)s, tính từ khi %(start)s") % {"time": limit, "start": ClockStart(case.time_starts).label}
    items = [{"label": _("Chúng tôi hẹn"), "text": limit}]
    if case.cutoff:
        text = _("Nộp sau %(hour)s thì trả vào ngày làm việc tiếp theo") % {"hour": f"{case.cutoff:%H:%M}"}
        items.append({"label": _("Giờ chốt trong ngày"), "text": text})
    if case.legal_time_amount and case.time_unit != TimeUnit.SAME_DAY:
        legal = wording.time(Case(time_amount=case.legal_time_amount, time_unit=case.time_unit))
        items.append({"label": _("Luật cho phép"), "text": legal})
    return items


def _where(version: ProcedureVersion, agencies: list[dict[str, str]]) -> list[Part]:
    parts: list[Part] = [{"head": _("Cơ quan giải quyết"), "text": version.competent}]
    total: int = cast(Any, version).receivers
    if total > len(agencies):
        words = _("Xem %(n)d nơi nhận hồ sơ: địa chỉ, điện thoại, giờ làm việc") % {"n": total}
        url = f"{reverse('agencies')}?thu-tuc={version.procedure.code}"
        parts.append({"head": _("Nơi nhận hồ sơ"), "lines": [{"text": words, "url": url}]})
    elif agencies:
        lines = [{"text": one["name"], "url": one["url"], "note": one["contact"]} for one in agencies]
        parts.append({"head": _("Nơi nhận hồ sơ"), "lines": lines})
    return parts


def _agency(link: ProcedureAgency) -> dict[str, str]:
    agency = link.agency
    return {
        "name": agency.one_stop_name or agency.name,
        "url": reverse("agency", args=[agency.code]),
        "address": agency.address,
        "phone": agency.phone,
        "digits": "".join(filter(str.isdigit, agency.phone)),
        "contact": ", ".join(filter(None, [agency.address, agency.phone])),
    }


def _results(case: Case) -> list[dict[str, str]]:
    given = [(case.result_name, case.result_code)] + [
        (one.get("name", ""), one.get("code", "")) for one in case.other_results
    ]
    lines = [
        {"text": name, "note": _("Mã kết quả %(code)s") % {"code": code} if code else ""}
        for name, code in given
        if name
    ]
    return lines or [{"text": _("Theo quy định")}]


def _forms(cases: list[Case]) -> list[Part]:
    lines: dict[tuple[str, str], Part] = {}
    for case in cases:
        if case.form:
            lines.setdefault((case.form.name, ""), {"text": case.form.name, "note": _("Điền trên mạng")})
        for document in case.required_documents.all():
            name = document.form_name or (document.name if document.blank_form else "")
            url = ""
            if document.blank_form:
                url = reverse("blank_form", args=[case.version.procedure.code, document.pk])
            if name:
                lines.setdefault((name, url), {"text": name, "url": url})
    return [{"lines": list(lines.values())} if lines else {"text": _("Không có mẫu đơn, tờ khai riêng.")}]


def _fees(cases: list[Case], several: bool) -> list[Part]:
    parts = []
    for case in cases:
        specs = list(eforms.fields(case.form.schema)) if case.form else []
        if rules := wording.rules_of(case):
            part: Part = {"lines": [_fee(rule, specs) for rule in rules]}
        elif wording.knows_fees(case):
            part = {"text": _("Không thu phí, lệ phí.")}
        else:
            part = {"text": _("Theo mức cơ quan có thẩm quyền quy định. Hỏi bộ phận một cửa trước khi nộp.")}
        parts.append(_named(case, several, part))
    return [*parts, {"text": _("Không ai được thu thêm khoản nào khác."), "muted": True}]


def _fee(rule: Any, specs: list[Any]) -> dict[str, str]:
    channel = {"online": _("nộp trên mạng"), "direct": _("nộp tại một cửa"), "post": _("nộp qua bưu điện")}
    labels = {spec["key"]: spec.get("label", "") for spec in specs}
    amount = wording.money(rule.amount) if rule.amount else _("Miễn phí")
    if rule.reduction_percent:
        amount = (
            _("Giảm %(percent)d%%") % {"percent": rule.reduction_percent} if rule.reduction_percent < 100 else _("Miễn")
        )
    remarks = [
        channel.get(rule.channel, ""),
        _("nhân với “%(field)s”") % {"field": labels.get(rule.per) or _("số lượng")} if rule.per else "",
        _("khi %(condition)s") % {"condition": in_words(rule.condition, specs)} if rule.condition else "",
    ]
    note = [", ".join(filter(None, remarks)), rule.legal_basis]
    return {"text": rule.name, "strong": amount, "note": ". ".join(one[:1].upper() + one[1:] for one in note if one)}


def _return_ways(version: ProcedureVersion) -> list[str]:
    words = {
        ReturnWay.COUNTER: _("Tại bộ phận một cửa nơi bạn nộp."),
        ReturnWay.ONLINE: _("Bản điện tử có chữ ký số ngay khi ký."),
        ReturnWay.POST: _("Qua bưu điện, đến tận nhà; bạn trả cước."),
    }
    ways = [words[ReturnWay(way)] for way in version.return_ways if way in ReturnWay.values]
    return ways or [_("Tại một cửa, qua bưu điện hoặc bản điện tử, theo cách bạn chọn khi nộp.")]


def _law(version: ProcedureVersion) -> list[Part]:
    parts: list[Part] = [{"lines": [{"text": law} for law in version.legal_basis]}]
    if words := decision(version):
        parts.append({"head": _("Công bố"), "text": words})
    return parts


def _posted(version: ProcedureVersion) -> list[Part]:
    rows: list[dict[str, str]] = cast(Any, version).posted
    lines = [
        {
            "text": one["agency"],
            "note": _("%(place)s, từ %(day)s")
            % {"place": one["place"], "day": "/".join(reversed(one["on"].split("-")))},
        }
        for one in rows
    ]
    return [{"lines": lines}] if lines else []
