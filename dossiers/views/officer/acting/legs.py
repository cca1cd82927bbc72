"""Acts by which other places join: opinions, looks at the place, ways back and to other agencies."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dossiers import consulting, legs, outbox, redirecting, verifying
from dossiers.messaging import moment
from dossiers.models import Consultation, Dossier, Verification
from dossiers.querysets import ASKED
from dossiers.views.officer.acting import leg_forms as forms
from dossiers.views.officer.acting.act import Act, Offer, owner, typeset
from dossiers.views.officer.situation import Situation
from portal.floor.actor import Actor
from procedures.models import Agency, Position

SECTION = "phoi-hop"


def _consult(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    said = {name: given[name] for name in ("agency", "question", "days", "kind")}
    row = consulting.consult(dossier, by=by, at=at, **said)
    asked = _("Đã hỏi %(agency)s, hạn trả lời %(due)s.") % {"agency": row.agency.name, "due": moment(row.due_at)}
    ready = outbox.perform_now(f"paper.consultation:{row.pk}")
    letter = typeset(dossier, "consultation") if ready else _("Văn bản lấy ý kiến đang được lập.")
    return f"{asked} {letter}"


def _cancel(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    row = form.cleaned_data["consultation"]
    consulting.cancel_consultation(row, by=by, at=at, reason=form.cleaned_data["reason"])
    return str(_("Không hỏi %s nữa. Cơ quan này đã được báo.") % row.agency.name)


def _recall(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    redirecting.recall(dossier, by=by, at=at, reason=form.cleaned_data["reason"])
    return _("Đã thu hồi hồ sơ về bước “%s”. Hạn của bước như cũ.") % dossier.stage_name


def _hand_over(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given = form.cleaned_data
    redirecting.hand_over(dossier, by=by, at=at, to=given["agency"], reason=given["reason"])
    return f"{_('Đã chuyển hồ sơ đến %s.') % given['agency'].name} {owner(dossier)}"


def _confirm(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    redirecting.confirm_handover(dossier, by=by, at=at)
    return _("Đã ghi bạn nhận đủ bản giấy của hồ sơ.")


def _arrange(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    return _arranged(dossier, by, at, form, None)


def _move(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    return _arranged(dossier, by, at, form, ahead(dossier))


def _arranged(dossier: Dossier, by: Actor, at: dt.datetime, form: Any, before: Verification | None) -> str:
    said = {name: form.cleaned_data[name] for name in ("place", "purpose", "participants", "applicant_attends")}
    row = verifying.arrange_verification(dossier, by=by, at=at, starts_at=form.moment(), instead_of=before, **said)
    return f"{_('Hẹn kiểm tra %s.') % moment(row.starts_at)} {owner(dossier)}"


def _record(dossier: Dossier, by: Actor, at: dt.datetime, form: Any) -> str:
    given, row = form.cleaned_data, ahead(dossier)
    if row is None:
        return _("Buổi kiểm tra này đã có biên bản.")
    said = {name: given[name] for name in ("minutes", "participants")}
    verifying.record_verification(row, dossier, by=by, at=at, held_at=form.moment(), **said)
    return f"{_('Đã lưu biên bản kiểm tra.')} {typeset(dossier, 'minutes')}"


def ahead(dossier: Dossier) -> Verification | None:
    """The next appointment that has no minutes yet."""
    return dossier.verifications.filter(recorded_at=None).order_by("starts_at").first()


def _to_ask(situation: Situation) -> dict[str, Any]:
    """Agencies where somebody answers, but those that hold the dossier or are asked already."""
    today = timezone.localdate(situation.now)
    seated = Position.objects.in_force(today).filter(role__in=ASKED).values("agency_id")
    asked = legs.waiting(situation.dossier).values("agency_id")
    there = Agency.objects.in_force(today).filter(pk__in=seated).exclude(pk=situation.dossier.holder_agency_id)
    return {"agencies": there.exclude(pk__in=asked).order_by("name")}


def _others(situation: Situation) -> dict[str, Any]:
    return {"agencies": redirecting.others(situation.dossier, on=timezone.localdate(situation.now))}


def _line(label: str, text: str) -> dict[str, str]:
    return {"label": label, "text": text}


def _said_consult(situation: Situation) -> list[dict[str, Any]]:
    joint = legs.on_paper(situation.dossier)
    when = _("Lần lượt từng cơ quan, vì hồ sơ có bản giấy") if joint else _("Cùng lúc, nếu hỏi nhiều cơ quan")
    return [
        _line(_("Cơ quan chủ trì"), situation.dossier.holder_agency.name),
        _line(_("Phối hợp giải quyết"), when),
        _line(_("Bước này"), _("Chờ trả lời. Quá hạn không trả lời không phải là đồng ý; bạn ghi ý kiến rồi đi tiếp")),
    ]  # fmt: skip


def _said_hand_over(situation: Situation) -> list[dict[str, Any]]:
    return [
        _line(_("Bước"), situation.dossier.stage_name),
        _line(_("Ngày hẹn trả"), _("Không đổi: %s") % moment(situation.dossier.due_at)),
        _line(_("Người nộp"), _("Được báo cơ quan mới và lý do")),
    ]


def _said_confirm(situation: Situation) -> list[dict[str, Any]]:
    stage = situation.stage
    handed = [_line(one.name, _counts(one)) for one in situation.dossier.handed.order_by("pk")]
    if stage is None:
        return handed
    due = moment(stage.handover_due_at)
    return [_line(_("Người giao"), stage.given_by), _line(_("Phải giao trước"), due), *handed]


def _counts(paper: Any) -> str:
    counted = ((paper.originals, _("bản chính")), (paper.certified, _("bản chứng thực")), (paper.copies, _("bản sao")))
    return ", ".join(f"{number} {words}" for number, words in counted if number)


def _said_arrange(situation: Situation) -> list[dict[str, Any]]:
    return [_line(_("Người nộp"), _("Nhận thư mời có giờ, nơi hẹn và tệp lịch"))]


ACTS: dict[str, Act] = {
    "lay-y-kien": Act(_lazy("Lấy ý kiến cơ quan khác"), _lazy("Gửi xin ý kiến"), _consult, forms.ConsultForm, _to_ask,
                      said=_said_consult),
    "thoi-lay-y-kien": Act(_lazy("Thôi lấy ý kiến"), _lazy("Thôi lấy ý kiến"), _cancel, forms.CancelForm,
                           lambda s: {"asked": s.asked}, danger=True),
    "thu-hoi": Act(_lazy("Thu hồi hồ sơ vừa chuyển"), _lazy("Thu hồi"), _recall, forms.RecallForm),
    "chuyen-co-quan": Act(_lazy("Chuyển cơ quan khác giải quyết"), _lazy("Chuyển hồ sơ"), _hand_over,
                          forms.HandOverForm, _others, danger=True, said=_said_hand_over),
    "nhan-ban-giao": Act(_lazy("Nhận bàn giao bản giấy"), _lazy("Đã nhận đủ bản giấy"), _confirm, said=_said_confirm),
    "hen-kiem-tra": Act(_lazy("Hẹn kiểm tra thực tế"), _lazy("Gửi lịch hẹn"), _arrange, forms.AppointmentForm,
                        lambda s: {"arranged": None}, said=_said_arrange),
    "doi-lich": Act(_lazy("Dời lịch kiểm tra"), _lazy("Gửi lịch mới"), _move, forms.AppointmentForm,
                    lambda s: {"arranged": ahead(s.dossier)}, said=_said_arrange),
    "bien-ban": Act(_lazy("Biên bản kiểm tra thực tế"), _lazy("Lưu biên bản"), _record, forms.MinutesForm,
                    lambda s: {"arranged": ahead(s.dossier)}),
}  # fmt: skip


def offered(situation: Situation) -> list[Offer]:
    """What this officer may do about the legs; all but the urgent stands in the section of its own."""
    found = _urgent(situation)
    if situation.section in ("", SECTION):
        found += [*_asking(situation), *_looking(situation), *_elsewhere(situation)]
    return found


def _urgent(situation: Situation) -> list[Offer]:
    found, moves, stage = [], situation.moves, situation.stage
    if "confirm_handover" in moves and stage and stage.handover_due_at and stage.received_at is None:
        found.append(Offer("nhan-ban-giao", _("Nhận bàn giao bản giấy"), "check"))
    if "answer_consultation" in moves and (row := mine(situation)):
        url = reverse("officer_answer", args=[row.pk])
        found.append(Offer("tra-loi", _("Trả lời ý kiến"), "message-square-text", url=url))
    if "recall" in moves and _was_here(situation) and redirecting.passed_on(situation.dossier, situation.actor):
        found.append(Offer("thu-hoi", _("Thu hồi"), "rotate-cw"))
    return found


def _was_here(situation: Situation) -> bool:
    """Whether the stage before was at a desk of this officer."""
    before = situation.stages[-2:-1]
    return any(situation.actor.seat_for(agency_id=one.agency_id, roles=(one.role,)) for one in before)


def mine(situation: Situation) -> Consultation | None:
    """What this officer may answer here."""
    return next((row for row in situation.asked if consulting.may_answer(row, situation.actor)), None)


def _asking(situation: Situation) -> list[Offer]:
    found = []
    if "consult" in situation.moves and not situation.signing:
        found.append(Offer("lay-y-kien", _("Lấy ý kiến"), "message-square-text", section=SECTION))
    if "cancel_consultation" in situation.moves and situation.asked:
        found.append(Offer("thoi-lay-y-kien", _("Thôi lấy ý kiến"), "x", section=SECTION))
    return found


def _looking(situation: Situation) -> list[Offer]:
    if "arrange_verification" not in situation.moves or situation.signing:
        return []
    found = [Offer("hen-kiem-tra", _("Hẹn kiểm tra thực tế"), "map-pin", section=SECTION)]
    if any(one.recorded_at is None for one in situation.verifications):
        found.append(Offer("bien-ban", _("Ghi biên bản kiểm tra"), "file-check", section=SECTION))
        found.append(Offer("doi-lich", _("Dời lịch kiểm tra"), "calendar", section=SECTION))
    return found


def _elsewhere(situation: Situation) -> list[Offer]:
    dossier = situation.dossier
    if "hand_over" not in situation.moves or situation.signing or dossier.waiting_for:
        return []
    if not _others(situation)["agencies"].exists():
        return []
    return [Offer("chuyen-co-quan", _("Chuyển cơ quan khác"), "send", section=SECTION)]
