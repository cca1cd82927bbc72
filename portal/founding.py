"""A real province begins: profile, rules, calendar, the catalogue as drafts, its agencies and people. No demo.

Everything comes in at once or not at all. Nobody gets a password here: people are invited, the first operator at once.
"""

import csv
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.models import OutboxMessage
from portal.floor.actor import SYSTEM
from portal.identity import invitations
from portal.models import User
from procedures import importing
from procedures.history import record
from procedures.importing import Summary, offices
from procedures.importing.offices import Offices
from procedures.importing.summary import read_csv
from procedures.models import AdministrativeUnit, Agency, Department, Position, ProvinceProfile, Role, RuleProfile

REFERENCE = Path(importing.__file__).resolve().parents[1] / "reference"
TWO_TIERS_FROM = dt.date(2025, 7, 1)
TIERS = {"2024": ["province", "district", "commune"], "2025": ["province", "commune"]}
SCHEMES = {"2024": Agency.Scheme.QCVN102, "2025": Agency.Scheme.QD20}


class CannotBegin(Exception):
    """The province cannot be set up; the message says why, and nothing has been done."""


@dataclass(frozen=True, slots=True)
class Operator:
    """The first person who may invite others."""

    username: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Founded:
    """What there is now; `link` lets the operator in, once."""

    profile: ProvinceProfile
    agencies: int
    people: int
    catalogue: Summary
    link: str


def found(code: str, unit_set: str, workbook: bytes | None, operator: Operator, *, at: dt.datetime) -> Founded:
    """Set the province up. Raises CannotBegin, FileRefused, OfficesRefused."""
    with transaction.atomic():
        if (there := ProvinceProfile.current()) is not None:
            raise CannotBegin(_("Hệ thống này đã phục vụ %(name)s. Dùng cơ sở dữ liệu mới") % {"name": there.name})
        if User.objects.filter(username=operator.username).exists():
            raise CannotBegin(_("Đã có tài khoản %(name)s") % {"name": operator.username})
        unit_code = _unit_code(code, unit_set)
        given = offices.read(workbook, units=_units(unit_set)) if workbook else Offices()
        _reference()
        province = AdministrativeUnit.objects.get(unit_set=unit_set, code=unit_code)
        scheme = SCHEMES[unit_set]
        if not given.agencies:
            given.agencies.append(_committee(code, scheme, province))
        rows = [row | {"scheme": scheme} for row in given.agencies]
        content = json.dumps({"profile": _profile(code, unit_set, province, at), "agencies": rows}).encode()
        if refused := importing.import_agencies(content).refused:
            raise offices.OfficesRefused(refused)
        people = _seat(given)
        top = Agency.objects.filter(level="province").order_by("parent_id", "pk")
        head = top.filter(parent=None).first() or top.first() or Agency.objects.order_by("pk")[0]
        link = _operator(operator, head, at)
        catalogue = importing.import_catalogue(REFERENCE / "catalogue", by=SYSTEM, at=at, drafts_only=True)
        profile = ProvinceProfile.objects.get()
        record("province.founded", by=SYSTEM, at=at, subject=profile.name, key=code)
        return Founded(profile, len(rows), people + 1, catalogue, link)


def _unit_code(code: str, unit_set: str) -> str:
    with (REFERENCE / "provinces.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["identifier"]: row for row in csv.DictReader(file)}
    if code not in rows:
        raise CannotBegin(_("Không có tỉnh mã %(code)s. Mã như H14") % {"code": code})
    if unit_set == "2025" and rows[code]["identifier_2025"] != code:
        words = {"code": code, "new": rows[code]["identifier_2025"]}
        raise CannotBegin(_("Từ 1/7/2025 tỉnh %(code)s đã nhập vào tỉnh mã %(new)s") % words)
    return rows[code][f"unit_{unit_set}"]


def _units(unit_set: str) -> dict[str, str]:
    """Codes and levels, before anything is written."""
    rows = read_csv(REFERENCE / f"units-{unit_set}.csv", "code", "level")
    return {row["code"]: row["level"] for _line, row in rows}


def _reference() -> None:
    """What is the same in every province."""
    importing.import_rules(*sorted((REFERENCE / "rules").glob("*.json")))
    for unit_set in TIERS:
        importing.import_units(REFERENCE / f"units-{unit_set}.csv", unit_set)
    importing.import_successions(REFERENCE / "succession.csv")
    importing.import_calendar(REFERENCE / "calendar.csv")
    importing.import_life_events(REFERENCE / "life-events.json")


def _profile(code: str, unit_set: str, province: AdministrativeUnit, at: dt.datetime) -> dict[str, Any]:
    rules = RuleProfile.objects.order_by("-effective_from")
    if unit_set == "2024":
        rules = rules.filter(effective_from__lt=TWO_TIERS_FROM)
    try:
        newest = rules.filter(effective_from__lte=timezone.localtime(at).date())[:1].get()
    except ObjectDoesNotExist:
        raise CannotBegin(_("Chưa có bộ quy tắc nào")) from None
    sessions = json.loads((REFERENCE / "agencies-two-tier.json").read_text("utf-8"))["profile"]["sessions"]
    return {
        "identifier": code,
        "name": province.name,
        "unit_set": unit_set,
        "unit_code": province.code,
        "tiers": TIERS[unit_set],
        "code_scheme": SCHEMES[unit_set],
        "rule_profile": newest.code,
        "sessions": sessions,
    }


def _committee(code: str, scheme: str, province: AdministrativeUnit) -> dict[str, Any]:
    """The one agency every province has, when no file names any."""
    place = province.name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    return {
        "code": f"000.00.00.{code}" if scheme == Agency.Scheme.QCVN102 else code,
        "name": f"Ủy ban nhân dân {province.name[0].lower()}{province.name[1:]}",
        "level": "province",
        "unit": province.code,
        "symbol": "UBND",
        "place": place,
    }


def _seat(given: Offices) -> int:
    """Departments, accounts without a password, and their seats; how many people."""
    agencies = dict(Agency.objects.values_list("code", "pk"))
    rooms = Department.objects.bulk_create(
        Department(agency_id=agencies[row["agency"]], code=row["code"], name=row["name"], order=number)
        for number, row in enumerate(given.departments, 1)
    )
    room_ids = {(one.agency_id, one.code): one.pk for one in rooms}
    people: dict[str, User] = {}
    for row in given.officers:
        if row["username"] not in people:
            people[row["username"]] = _account(row["username"], row["name"], row["email"])
    if taken := User.objects.filter(username__in=people).values_list("username", flat=True).first():
        raise CannotBegin(_("Đã có tài khoản %(name)s") % {"name": taken})
    User.objects.bulk_create(people.values())
    Position.objects.bulk_create(
        Position(
            user=people[row["username"]],
            agency_id=agencies[row["agency"]],
            department_id=room_ids.get((agencies[row["agency"]], row["department"])),
            role=row["role"],
            title=row["title"],
            holder_name=row["name"],
            signing_capacity=row["signing_capacity"],
            valid_from=dt.date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        )
        for row in given.officers
    )
    return len(people)


def _account(username: str, name: str, email: str) -> User:
    user = User(username=username, full_name=name, email=email, kind=User.Kind.OFFICER)
    user.set_unusable_password()
    return user


def _operator(operator: Operator, agency: Agency, at: dt.datetime) -> str:
    """The operator's account, seat and invitation; the link it holds."""
    if User.objects.filter(username=operator.username).exists():
        raise CannotBegin(_("Tên đăng nhập %(name)s có trong tệp") % {"name": operator.username})
    user = _account(operator.username, operator.name, operator.email)
    user.save()
    title = str(Role.OPERATOR.label)
    Position.objects.create(user=user, agency=agency, role=Role.OPERATOR, title=title, holder_name=operator.name)
    invitation = invitations.invite(user, at=at)
    promised = OutboxMessage.objects.get(key=f"{invitations.KIND}:{invitation.pk}")
    return invitations.link(promised.payload["secret"])
