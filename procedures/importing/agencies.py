"""The province as an installation: its profile, agencies, seats of officers, working sessions, and rule profiles."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.floor.vietnamese import fold, nfc
from procedures import calendars
from procedures.importing.summary import FileRefused, Source, Summary, read_json
from procedures.models import (
    AdministrativeUnit,
    Agency,
    Level,
    Position,
    ProvinceProfile,
    Role,
    RuleProfile,
    WorkSession,
)
from procedures.ruleset import RuleMistake, Rules

Officer = Callable[[str, str], Any]  # username and full name → the account
PLAIN = ("scheme", "name", "short_name", "symbol", "level", "one_stop", "one_stop_name", "place", "address", "phone")
COLUMNS = (*PLAIN, "email", "seal_mm", "name_fold", "unit_id")


def import_rules(*sources: Source) -> Summary:
    """Rule profiles, one JSON object each. Raises FileRefused."""
    summary = Summary()
    for source in sources:
        row = read_json(source)
        try:
            values = {
                "name": row["name"],
                "effective_from": dt.date.fromisoformat(row["effective_from"]),
                "parameters": row["parameters"],
            }
            Rules.of(RuleProfile(code=row["code"], parameters=row["parameters"]))
        except (KeyError, TypeError, ValueError, RuleMistake) as mistake:
            summary.refuse(str(row.get("code", "?")), "parameters", str(mistake))
            continue
        if RuleProfile.objects.filter(code=row["code"], **values).exists():
            summary.unchanged += 1
        else:
            RuleProfile.objects.update_or_create(code=row["code"], defaults=values)
            summary.loaded += 1
    return summary


def import_agencies(source: Source, *, officer: Officer | None = None) -> Summary:
    """A province file: {"profile", "agencies", "positions"}. Positions are read when `officer` gives accounts for them.

    Rules and units come first. Raises FileRefused.
    """
    data = read_json(source)
    if not isinstance(data, Mapping) or not isinstance(data.get("agencies"), list):
        raise FileRefused(_("Tệp không có danh sách cơ quan"))
    summary = Summary()
    profile = data.get("profile")
    with transaction.atomic():
        if profile:
            _profile(profile)
        unit_set = profile["unit_set"] if profile else (ProvinceProfile.objects.values_list("unit_set", flat=True)[:1])
        _agencies(data["agencies"], str(unit_set), summary)
        if officer:
            _positions(data.get("positions", ()), officer, summary)
    calendars.forget()
    return summary


def _profile(row: Mapping[str, Any]) -> None:
    try:
        rules = RuleProfile.objects.get(code=row["rule_profile"])
    except RuleProfile.DoesNotExist:
        raise FileRefused(_("Chưa có bộ quy tắc %(code)s") % {"code": row["rule_profile"]}) from None
    unit = AdministrativeUnit.objects.filter(unit_set=row["unit_set"], code=row.get("unit_code", "")).first()
    plain = ("identifier", "name", "unit_set", "tiers", "code_scheme", "hotline")
    values = {key: row[key] for key in plain if key in row}
    ProvinceProfile.objects.update_or_create(
        singleton=True, defaults=values | {"unit": unit, "default_rule_profile": rules}
    )
    wanted = [(one["weekday"], one["opens"], one["closes"]) for one in row.get("sessions", ())]
    sessions = WorkSession.objects.filter(agency=None)
    known = [
        (one.weekday, f"{one.opens:%H:%M}", f"{one.closes:%H:%M}") for one in sessions.order_by("weekday", "opens")
    ]
    if wanted and sorted(wanted) != known:
        sessions.delete()
        WorkSession.objects.bulk_create(
            WorkSession(weekday=day, opens=opens, closes=closes) for day, opens, closes in wanted
        )
        calendars.changed(WorkSession, agency_id=None, at=timezone.now())


def _agencies(rows: list[Mapping[str, Any]], unit_set: str, summary: Summary) -> None:
    known = {agency.code: agency for agency in Agency.objects.all()}
    units = dict(AdministrativeUnit.objects.filter(unit_set=unit_set).values_list("code", "pk"))
    fresh, changed, parents = [], [], []
    for row in rows:
        code = str(row.get("code", ""))
        if not code or not row.get("name") or row.get("level") not in Level.values:
            summary.refuse(code or "?", "code", _("Cơ quan phải có mã, tên và cấp"))
            continue
        if row.get("unit") and row["unit"] not in units:
            summary.refuse(code, "unit", _("Không có đơn vị hành chính mã %(code)s") % {"code": row["unit"]})
            continue
        values = {key: row[key] for key in COLUMNS if key in row} | {"unit_id": units.get(row.get("unit") or "")}
        values |= {"name": nfc(row["name"]), "name_fold": fold(row["name"])}
        agency = known.get(code)
        if agency is None:
            known[code] = Agency(code=code, **values)
            fresh.append(known[code])
        elif any(getattr(agency, key) != value for key, value in values.items()):
            for key, value in values.items():
                setattr(agency, key, value)
            changed.append(agency)
        else:
            summary.unchanged += 1
        parents.append((known[code], row.get("parent")))
    Agency.objects.bulk_create(fresh)
    Agency.objects.bulk_update(changed, COLUMNS)
    summary.loaded += len(fresh) + len(changed)
    _parents(parents, known, summary)


def _parents(rows: list[tuple[Agency, str | None]], known: Mapping[str, Agency], summary: Summary) -> None:
    moved = []
    for agency, code in rows:
        if code and code not in known:
            summary.refuse(agency.code, "parent", _("Không có cơ quan cấp trên mã %(code)s") % {"code": code})
            continue
        parent = known[code].pk if code else None
        if agency.parent_id != parent:
            agency.parent_id = parent
            moved.append(agency)
    Agency.objects.bulk_update(moved, ["parent"])


def _positions(rows: list[Mapping[str, Any]], officer: Officer, summary: Summary) -> None:
    agencies = dict(Agency.objects.values_list("code", "pk"))
    known = {(one.user_id, one.agency_id, one.role): one for one in Position.objects.all()}
    for row in rows:
        agency = agencies.get(row["agency"])
        if agency is None or row["role"] not in Role.values:
            summary.refuse(row["username"], "agency", _("Không có cơ quan hoặc vai trò này"))
            continue
        user = officer(row["username"], row["name"])
        values = {
            "title": row.get("title", ""),
            "holder_name": row["name"],
            "signing_capacity": row.get("signing_capacity", ""),
        }
        seat = known.get((user.pk, agency, row["role"]))
        if seat is None:
            Position.objects.create(user=user, agency_id=agency, role=row["role"], **values)
            summary.loaded += 1
        elif any(getattr(seat, key) != value for key, value in values.items()):
            Position.objects.filter(pk=seat.pk).update(**values)
            summary.loaded += 1
        else:
            summary.unchanged += 1
