"""Reminders: who has to know is a WHERE clause; each rule speaks once per due date, in one statement.

The rules of regulation §6.3, §9.8, §11.6: half and most of a desk's share, two days and one day before the promise,
four hours before the desk's end, the end itself, every working day after a broken promise; results nobody fetches;
citizens who are asked for papers. A sweep owes each officer one letter for everything (`dossiers.digests`); from desk
to head to the head of the one-stop unit the circle widens as it gets later. A new due date is spoken of anew.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from dossiers import outbox
from dossiers.states import OPEN, Status
from procedures import calendars, worktime
from procedures.models import RouteStage, RuleProfile
from procedures.ruleset import Rules

WARNING_DAYS = 3  # calendar days before the end of waiting for papers at which the citizen is reminded
_DESK = f"d.status IN ({Status.SUBMITTED.value}, {Status.IN_PROGRESS.value})"
_OPENING = "%(opening)s::timestamptz"
_PROMISE = "d.accepted_at IS NOT NULL AND d.resolved_at IS NULL AND d.next_due_at IS NOT NULL"
_ASKED = f"d.status = {Status.SUPPLEMENT_REQUESTED.value} AND c.kind = 'waiting' AND c.to_at IS NULL"
_ENDS = "c.from_at + p.wait_days * interval '1 day'"


def _upto(due: str, name: str, last: str = "") -> str:
    """Still to come, and within what the agency's calendar lets the rule look; the widest is a range for the index."""
    last = last or f"coalesce(h.{name}, %({name})s)"
    return f"d.{due} > %(now)s AND d.{due} <= %({name}_at_most)s AND d.{due} <= {last}"


@dataclass(frozen=True, slots=True)
class Rule:
    """When it speaks, of which instant, and to whom: desk, its head, head of the receiving unit, citizen."""

    when: str
    due: str = "d.due_at"
    desk: bool = True
    head: bool = False
    one_stop: bool = False
    citizen: bool = False
    joins: str = ""


_SEGMENT = "JOIN dossiers_clocksegment c ON c.dossier_id = d.id"
_AT_DESK = "LEFT JOIN horizons h ON h.agency_id = d.holder_agency_id"
_AT_PROMISE = "LEFT JOIN horizons h ON h.agency_id = d.receiving_agency_id"
_HALF = _upto("next_due_at", "half", "coalesce(own.at, all_.at)")
RULES = {
    "half": Rule(
        f"{_DESK} AND d.next_soon_at > %(now)s AND {_HALF}",
        "d.next_due_at",
        joins="""LEFT JOIN dossiers_stage s ON s.dossier_id = d.id AND s.closed_at IS NULL
            JOIN halves all_ ON all_.agency_id IS NULL AND all_.hours = coalesce(s.hours, p.intake_hours)
            LEFT JOIN halves own ON own.agency_id = d.holder_agency_id AND own.hours = all_.hours""",
    ),
    "due_soon": Rule(
        f"d.next_soon_at <= %(now)s AND d.next_due_at > %(now)s AND d.status <> {Status.SUBMITTED.value}",
        "d.next_due_at",
    ),
    "last_hour": Rule(
        f"d.status = {Status.SUBMITTED.value} AND {_upto('next_due_at', 'hour')}",
        "d.next_due_at", joins=_AT_DESK,
    ),
    "hours_left": Rule(
        f"d.status = {Status.IN_PROGRESS.value} AND {_upto('next_due_at', 'four')}",
        "d.next_due_at", head=True, joins=_AT_DESK,
    ),
    "overdue": Rule("d.next_due_at <= %(now)s", "d.next_due_at", head=True),
    "two_days": Rule(
        f"{_PROMISE} AND {_upto('due_at', 'two')} AND d.due_at > coalesce(h.one, %(one)s)",
        head=True, joins=_AT_PROMISE,
    ),
    "one_day": Rule(
        f"{_PROMISE} AND {_upto('due_at', 'one')}",
        head=True, joins=_AT_PROMISE,
    ),
    "late": Rule(f"d.due_at <= %(now)s AND {_PROMISE}", head=True, one_stop=True),
    "late_again": Rule(f"d.due_at < {_OPENING} AND {_PROMISE}", _OPENING, head=True, one_stop=True),
    "uncollected": Rule(
        f"""d.status = {Status.RESOLVED.value} AND NOT d.in_post AND d.return_mode <> 'post'
            AND d.resolved_at <= %(now)s - interval '1 day' * p.uncollected[1]""",
        """(SELECT d.resolved_at + interval '1 day' * max(n) FROM unnest(p.uncollected) n
            WHERE d.resolved_at + interval '1 day' * n <= %(now)s)""",
        citizen=True,
    ),
    "supplement_ending": Rule(
        f"{_ASKED} AND {_ENDS} > %(now)s AND {_ENDS} - interval '{WARNING_DAYS} days' <= %(now)s",
        _ENDS, desk=False, citizen=True, joins=_SEGMENT,
    ),
    "supplement_over": Rule(f"{_ASKED} AND {_ENDS} <= %(now)s", _ENDS, desk=False, head=True, joins=_SEGMENT),
}  # fmt: skip

_GIVE = """
WITH horizons AS (
    SELECT * FROM unnest(%(agencies)s::bigint[], %(hours)s::timestamptz[], %(fours)s::timestamptz[],
        %(ones)s::timestamptz[], %(twos)s::timestamptz[]) AS v(agency_id, hour, four, one, two)
), halves AS (
    SELECT * FROM unnest(%(half_agencies)s::bigint[], %(half_hours)s::numeric[], %(half_ats)s::timestamptz[])
        AS v(agency_id, hours, at)
), profiles AS (
    SELECT id, intake_hours, wait_days, string_to_array(uncollected, ' ')::int[] AS uncollected
    FROM unnest(%(profiles)s::bigint[], %(intakes)s::int[], %(waits)s::int[], %(uncollected)s::text[])
        AS v(id, intake_hours, wait_days, uncollected)
), owed AS (
    SELECT d.id, {due} AS due FROM dossiers_dossier d JOIN profiles p ON p.id = d.rule_profile_id {joins}
    WHERE d.status IN {open} AND {when}
        AND NOT EXISTS (SELECT 1 FROM dossiers_reminder r
            WHERE r.dossier_id = d.id AND r.rule = %(rule)s AND r.due_at = {due})
    LIMIT %(limit)s
)
INSERT INTO dossiers_reminder (dossier_id, rule, due_at, created_at)
SELECT id, %(rule)s, due, %(now)s FROM owed ON CONFLICT DO NOTHING RETURNING id
"""
_TELL_CITIZENS = """
INSERT INTO dossiers_outboxmessage
    (id, dossier_id, kind, topic, lane, key, created_at, next_at, attempts, last_error)
SELECT uuidv7(), dossier_id, 'notice.citizen', rule, 'notice:' || dossier_id, rule || ':citizen:' || id, %(now)s,
    %(now)s, 0, ''
FROM dossiers_reminder WHERE id = ANY(%(ids)s)
"""
# The seats a reminder is for, and who stands in for their holders today.
_ADDRESSED = """
WITH seats AS (
    SELECT r.id AS reminder_id, seat.id AS position_id, seat.user_id
    FROM dossiers_reminder r JOIN dossiers_dossier d ON d.id = r.dossier_id
    JOIN procedures_position seat ON
        %(today)s BETWEEN coalesce(seat.valid_from, %(today)s) AND coalesce(seat.valid_to, %(today)s)
        AND ((r.rule = ANY(%(desk)s) AND seat.agency_id = d.holder_agency_id AND seat.role = d.holder_role
                AND (d.assignee_id IS NULL OR d.assignee_id = seat.id))
            OR (r.rule = ANY(%(head)s) AND seat.agency_id = d.holder_agency_id AND seat.role = 'leader')
            OR (r.rule = ANY(%(one_stop)s) AND seat.agency_id = d.receiving_agency_id AND seat.role = 'leader'))
    WHERE r.id = ANY(%(ids)s)
)
SELECT user_id::text, array_agg(DISTINCT reminder_id) FROM (
    SELECT user_id, reminder_id FROM seats
    UNION ALL
    SELECT leave.substitute_id, reminder_id FROM seats JOIN procedures_substitution leave
        ON leave.position_id = seats.position_id AND %(today)s BETWEEN leave.starts_on AND leave.ends_on
) AS told GROUP BY user_id
"""


def remind(*, at: dt.datetime, limit: int = 20_000) -> int:
    """Owe a reminder to whoever has to know of each dossier that is near its time or past it; how many are new."""
    found: dict[str, list[int]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        known = _known(at) | {"now": at, "limit": limit}
        for name, rule in RULES.items():
            statement = _GIVE.format(due=rule.due, when=rule.when, joins=rule.joins, open=OPEN)
            cursor.execute(statement, known | {"rule": name})
            found[name] = [row[0] for row in cursor.fetchall()]
        ids = [one for given in found.values() for one in given]
        if ids:
            told = [one for name, given in found.items() if RULES[name].citizen for one in given]
            cursor.execute(_TELL_CITIZENS, {"now": at, "ids": told})
            circles = {
                circle: [name for name, rule in RULES.items() if getattr(rule, circle)]
                for circle in ("desk", "head", "one_stop")
            }
            cursor.execute(_ADDRESSED, {"ids": ids, "today": timezone.localdate(at), **circles})
            outbox.keep([_digest(user, given, at=at) for user, given in cursor.fetchall()])
            transaction.on_commit(outbox.hurry)
    return len(ids)


def _digest(user: str, given: list[int], *, at: dt.datetime) -> Any:
    return outbox.promise(
        "reminder.digest", key=f"digest:{user}:{at:%Y%m%d%H%M%S%f}", at=at, lane=f"digest:{user}",
        payload={"user": user, "reminders": sorted(given)},
    )  # fmt: skip


def _known(at: dt.datetime) -> dict[str, Any]:
    """What the statements need to know beside the dossiers: how far ahead each calendar lets them look."""
    profiles = {row.pk: Rules.of(row) for row in RuleProfile.objects.all()}
    own = sorted(calendars.agencies_of_their_own())
    common = _horizons(calendars.calendar_for(None), at)
    by_agency = [_horizons(calendars.calendar_for(agency), at) for agency in own]
    hours = {Decimal(rules.intake_hours) for rules in profiles.values()}
    hours |= set(RouteStage.objects.values_list("hours", flat=True).distinct())
    agencies = (None, *own)
    halves = [(agency, one, _half(calendars.calendar_for(agency), at, one)) for agency in agencies for one in hours]
    return {
        **common, "opening": _opening(at), "agencies": own,
        **{f"{name}s": [one[name] for one in by_agency] for name in common},
        "half_agencies": [one[0] for one in halves], "half_hours": [one[1] for one in halves],
        "half_ats": [one[2] for one in halves],
        "half_at_most": max((one[2] for one in halves), default=at),
        **{f"{name}_at_most": max(one[name] for one in (common, *by_agency)) for name in common},
        "profiles": list(profiles), "intakes": [rules.intake_hours for rules in profiles.values()],
        "waits": [rules.supplement_wait_days for rules in profiles.values()],
        "uncollected": [" ".join(map(str, rules.uncollected_days)) for rules in profiles.values()],
    }  # fmt: skip


def _horizons(calendar: worktime.Calendar, at: dt.datetime) -> dict[str, dt.datetime]:
    """What ends until then has one or four working hours left, or one or two working days."""
    now = worktime.tick(at)
    today = now // worktime.DAY
    later = 0 if calendar.works(today) else -1
    return {
        "hour": worktime.moment(worktime.add_ticks(calendar, now, 3600)),
        "four": worktime.moment(worktime.add_ticks(calendar, now, 4 * 3600)),
        "one": worktime.moment(calendar.close(today, later=1 + later)),
        "two": worktime.moment(calendar.close(today, later=2 + later)),
    }


def _half(calendar: worktime.Calendar, at: dt.datetime, hours: Any) -> dt.datetime:
    """What ends until then has used half of so many working hours."""
    return worktime.moment(worktime.add_ticks(calendar, worktime.tick(at), int(hours * 1800)))


def _opening(at: dt.datetime) -> dt.datetime | None:
    """The opening of today, once it has come; None on a day that nobody works."""
    calendar, now = calendars.calendar_for(None), worktime.tick(at)
    midnight = now // worktime.DAY * worktime.DAY
    opens = worktime.start_tick(calendar, midnight)
    return worktime.moment(opens) if opens <= now and opens < midnight + worktime.DAY else None
