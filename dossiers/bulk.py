"""Làm cùng lúc: one act on many dossiers, looked at first; each dossier in a transaction of its own."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dossiers import access, deadlines, intake, papers, processing, returning, routing
from dossiers.models import Attachment, Dossier, HandedPaper, IssuedPaper, Party, Payment, Stage
from dossiers.refusals import MoveRefused
from dossiers.states import MOVES
from dossiers.wording import short
from portal.floor import printing
from portal.floor.actor import Actor
from procedures.models import Agency
from procedures.ruleset import Rules

LIMIT = 200
Seen = Mapping[uuid.UUID, int]  # dossiers by key, each in the version that the officer looked at
Words = dict[uuid.UUID, str]
_JOINED = ("rule_profile", "receiving_agency", "holder_agency")


@dataclass(frozen=True, slots=True)
class Item:
    """What would become of one dossier: `will` in words, or `why` it is skipped."""

    dossier: Dossier
    why: str = ""
    will: str = ""

    @property
    def ok(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one dossier, in words."""

    dossier: Dossier
    done: bool
    text: str


@dataclass(frozen=True, slots=True)
class Act:
    """`move` is made by `do`; `foresee` asks once for all and says of each what would hinder it, or what would come."""

    move: str
    do: Callable[..., Any]
    foresee: Callable[[list[Dossier], dt.datetime], tuple[Words, Words]]
    said: Callable[[Dossier, dt.datetime, Mapping[str, Any]], str]


def chosen(keys: Iterable[uuid.UUID], *, by: Actor) -> list[Dossier]:
    """The dossiers among these that the actor may see, nearest deadline first; no more than LIMIT."""
    wanted = list(keys)[:LIMIT]
    return list(Dossier.objects.visible_to(by).filter(pk__in=wanted).select_related(*_JOINED).by_deadline())


def preview(act: str, dossiers: Sequence[Dossier], *, by: Actor, at: dt.datetime) -> list[Item]:
    """What the act would do to each, and which it would skip, and why. Nothing changes."""
    what = ACTS[act]
    whys = {one.pk: why for one in dossiers if (why := _hindrance(one, what.move, by))}
    hindered, wills = what.foresee([one for one in dossiers if one.pk not in whys], at)
    whys |= hindered
    return [Item(one, whys.get(one.pk, ""), wills.get(one.pk, "")) for one in dossiers]


def perform(act: str, seen: Seen, *, by: Actor, at: dt.datetime, **given: Any) -> list[Outcome]:
    """Do it to each that is still as it was seen. One refusal or lost race is one line and stops nobody else.

    Pressed twice, it does nothing twice: what the same officer has just done so is told as done.
    """
    what, dossiers = ACTS[act], chosen(seen, by=by)
    unchanged = [one for one in dossiers if one.version == seen[one.pk]]
    foreseen = {item.dossier.pk: item for item in preview(act, unchanged, by=by, at=at)}
    outcomes = []
    for dossier in dossiers:
        if dossier.pk not in foreseen:
            outcomes.append(_came_late(dossier, what, by))
        elif why := foreseen[dossier.pk].why:
            outcomes.append(Outcome(dossier, False, why))
        else:
            outcomes.append(_done(dossier, what, by=by, at=at, given=given))
    return outcomes


def _done(dossier: Dossier, what: Act, *, by: Actor, at: dt.datetime, given: Mapping[str, Any]) -> Outcome:
    try:
        what.do(dossier, by=by, at=at, **given)
    except (MoveRefused, routing.NoWay) as refused:
        return Outcome(dossier, False, str(refused))
    return Outcome(dossier, True, what.said(dossier, at, given))


def _came_late(dossier: Dossier, what: Act, by: Actor) -> Outcome:
    latest = access.acts_on(dossier).order_by("-sequence").first()
    if latest is not None and (latest.verb, latest.actor_id) == (what.move, str(by.user_id)):
        return Outcome(dossier, True, _("Bạn đã làm việc này ở lần bấm trước."))
    return Outcome(dossier, False, access.who_was_first(dossier))


def _hindrance(dossier: Dossier, move: str, by: Actor) -> str:
    if dossier.status not in MOVES[move].sources:
        return _("Đang ở trạng thái “%s”.") % dossier.get_status_display()
    mine = processing.may_assign(dossier, by) if move == "assign" else access.may(dossier, move, by)
    return "" if mine else _("Không ở bàn của bạn.")


# What would hinder each act -----------------------------------------------------------------------------------


def _receiving(dossiers: list[Dossier], at: dt.datetime) -> tuple[Words, Words]:
    good = (Attachment.Verdict.OPEN, Attachment.Verdict.OK)
    papers_ = Attachment.objects.filter(dossier__in=dossiers, superseded_at=None).exclude(verdict__in=good)
    wanting = set(papers_.values_list("dossier_id", flat=True))
    whys, wills = {}, {}
    for one in dossiers:
        if one.pk in wanting:
            whys[one.pk] = _("Có giấy tờ chưa đạt.")
        elif one.waiting_for:
            whys[one.pk] = _("Đang chờ: %s.") % one.waiting_for
        elif isinstance(no_way := _next(one, after=None, agency_id=one.receiving_agency_id), str):
            whys[one.pk] = no_way
        else:
            due = deadlines.promised(agency_id=one.receiving_agency_id, case=routing.case_of(one), at=at,
                                     rules=Rules.of(one.rule_profile))  # fmt: skip
            wills[one.pk] = _("Hẹn trả %s") % short(due.at, now=at)
    return whys, wills


def _forwarding(dossiers: list[Dossier], at: dt.datetime) -> tuple[Words, Words]:
    """Only dossiers of one version of a procedure at one step go on together."""
    stages = {stage.dossier_id: stage for stage in Stage.objects.filter(dossier__in=dossiers, closed_at=None)}
    same, whys = _same(dossiers, lambda one: (one.procedure_version_id, stages[one.pk].route_key),
                       _("Khác thủ tục hoặc khác bước với %d hồ sơ kia."))  # fmt: skip
    desks = {}
    for one in same:
        stage = stages[one.pk]
        if one.waiting_for:
            whys[one.pk] = _("Đồng hồ đang dừng: %s.") % one.waiting_for
            continue
        desk = _next(one, after=stage.route_key, agency_id=stage.agency_id)
        if isinstance(desk, str):
            whys[one.pk] = desk
        else:
            desks[one.pk] = desk
    return whys, _destinations(desks)


def _destinations(desks: Mapping[uuid.UUID, routing.Desk]) -> Words:
    """Step and agency of each, in words."""
    names = dict(Agency.objects.filter(pk__in={desk.agency_id for desk in desks.values()}).values_list("pk", "name"))
    words = _("Đến bước “%(step)s”, %(agency)s")
    return {pk: words % {"step": desk.step.name, "agency": names[desk.agency_id]} for pk, desk in desks.items()}


def _assigning(dossiers: list[Dossier], at: dt.datetime) -> tuple[Words, Words]:
    """Only dossiers of one desk go to one officer."""
    _same_desk, whys = _same(dossiers, desk_of, _("Ở bàn khác với %d hồ sơ kia."))
    return whys, {}


def _handing_out(dossiers: list[Dossier], at: dt.datetime) -> tuple[Words, Words]:
    kept = HandedPaper.objects.filter(dossier__in=dossiers, held__gt=0, given_back_at=None)
    whys = dict.fromkeys(kept.values_list("dossier_id", flat=True), _("Còn giữ bản chính: trả từng hồ sơ."))
    return whys | _unpaid(dossiers) | _under_way(dossiers), {}


def _posting(dossiers: list[Dossier], at: dt.datetime) -> tuple[Words, Words]:
    """Only to those who asked for the post and said where to; what else may travel is posted one by one."""
    whys = _unpaid(dossiers) | _under_way(dossiers)
    kept = HandedPaper.objects.filter(dossier__in=dossiers, held__gt=0, given_back_at=None)
    along = Counter(kept.values_list("dossier_id", flat=True))
    collectors = {party.dossier_id: party for party in Party.objects.filter(dossier__in=dossiers, role="collector")}
    wills = {}
    for one in dossiers:
        collector = collectors.get(one.pk)
        if one.return_mode != Dossier.ReturnMode.POST:
            whys.setdefault(one.pk, _("Người nộp không chọn nhận qua bưu điện."))
        elif collector is None or not collector.address:
            whys.setdefault(one.pk, _("Hồ sơ không có địa chỉ nhận bưu điện."))
        else:
            words = _("Gửi cho %(name)s, kèm %(n)d bản chính") if along[one.pk] else _("Gửi cho %(name)s")
            wills[one.pk] = words % {"name": collector.name, "n": along[one.pk]}
    return whys, wills


def _shelving(dossiers: list[Dossier], at: dt.datetime) -> tuple[Words, Words]:
    wills = {one.pk: _("Đang ghi: %s") % one.shelf for one in dossiers if one.shelf}
    return _under_way(dossiers), wills


def _unpaid(dossiers: list[Dossier]) -> Words:
    owed = Payment.objects.filter(dossier__in=dossiers, paid_at=None, amount__gt=0)
    return dict.fromkeys(owed.values_list("dossier_id", flat=True), _("Còn phí, lệ phí chưa nộp."))


def _under_way(dossiers: list[Dossier]) -> Words:
    return {one.pk: _("Kết quả đang ở bưu điện.") for one in dossiers if one.in_post}


def desk_of(dossier: Dossier) -> tuple[int, str]:
    """The desk that holds it: agency and role."""
    return dossier.holder_agency_id, dossier.holder_role


def _same(
    dossiers: list[Dossier], key: Callable[[Dossier], Hashable], words: str
) -> tuple[list[Dossier], dict[uuid.UUID, str]]:
    """The largest group of a kind, and of the others why they are left out; `words` tells of its number."""
    groups = Counter(key(one) for one in dossiers)
    if len(groups) < 2:
        return dossiers, {}
    [(most, number)] = groups.most_common(1)
    same = [one for one in dossiers if key(one) == most]
    return same, {one.pk: words % number for one in dossiers if one not in same}


def _next(dossier: Dossier, *, after: str | None, agency_id: int) -> routing.Desk | str:
    """The next desk, or why nobody can be led there."""
    try:
        desk = routing.next_desk(dossier, after=after, agency_id=agency_id)
    except routing.NoWay as no_way:
        return str(no_way)
    if desk is None:
        return _("Đây là bước cuối của quy trình.")
    return _("Bước tiếp theo là ký: soạn kết quả rồi trình ký.") if desk.step.kind == "sign" else desk


ACTS: dict[str, Act] = {
    "receive": Act("receive", intake.receive, _receiving,
                   lambda one, at, given: _("Đã nhận, hẹn trả %s.") % short(one.due_at, now=at)),
    "assign": Act("assign", processing.assign, _assigning,
                  lambda one, at, given: _("Đã giao cho %s.") % given["to"].holder_name),
    "forward": Act("forward", processing.forward, _forwarding,
                   lambda one, at, given: _("Đã chuyển đến bước “%s”.") % one.stage_name),
    "hand_out": Act("hand_out", returning.hand_out, _handing_out,
                    lambda one, at, given: _("Đã trả cho %s.") % given["collector"]),
    "post": Act("post", returning.post, _posting,
                lambda one, at, given: _("Đã ghi gửi bưu điện.")),
    "shelve": Act("shelve", returning.shelve, _shelving,
                  lambda one, at, given: _("Đã ghi nơi cất: %s.") % one.shelf),
}  # fmt: skip


# Receipts -----------------------------------------------------------------------------------------------------


def receipts_of(dossiers: Sequence[Dossier]) -> list[IssuedPaper]:
    """The newest receipt of each dossier that has one, in the order of the dossiers; one statement."""
    found = IssuedPaper.objects.filter(dossier__in=dossiers, kind=IssuedPaper.Kind.RECEIPT).order_by("issued_at")
    newest = {paper.dossier_id: paper for paper in found}
    return [newest[one.pk] for one in dossiers if one.pk in newest]


def one_pdf(receipts: Iterable[IssuedPaper]) -> bytes:
    """All of them to print at once, behind each other. Raises TypesettingError."""
    return printing.joined(papers.read(paper) for paper in receipts)
