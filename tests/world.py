"""One small world for all tests: An and Vinh the citizens, a commune, a district, a department and their officers.

The climbing procedure is the real 1.010803, cut to what a test needs; same-day khai sinh stands beside it.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from portal.floor import crypto
from portal.floor.actor import Actor, Seat
from portal.floor.vietnamese import fold
from portal.models import User
from procedures import publishing
from procedures.models import (
    Agency,
    Case,
    FeeRule,
    Form,
    Position,
    Procedure,
    ProcedureAgency,
    ProcedureVersion,
    ProvinceProfile,
    RequiredDocument,
    Role,
    Route,
    RouteStage,
    RuleProfile,
    ServiceField,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = dt.datetime(2026, 11, 9, 9, 0, tzinfo=ZONE)
AN_ID, AN_PHONE, AN_ADDRESS = (
    "026190001234",
    "0912345678",
    "thôn Đồng Xuân, xã Xuân Lôi, huyện Lập Thạch, tỉnh Vĩnh Phúc",
)

RESULT_TEMPLATE = """#import "decision.typ": *
#show: decision.with(subject: "Về việc trợ cấp thờ cúng liệt sĩ", grounds: ("Căn cứ Nghị định số 131/2021/NĐ-CP",),
  receivers: ("Như Điều 2", "Lưu: VT"))
#article[Trợ cấp thờ cúng liệt sĩ #strong(answer("martyr_name")) cho #strong(data.applicant.name).]
#article[Quyết định này có hiệu lực từ ngày ký.]
"""
REFUSAL_TEMPLATE = """#import "decision.typ": *
#show: letter.with(subject: "trả lời hồ sơ trợ cấp thờ cúng liệt sĩ", to: (data.applicant.name,),
  receivers: ("Lưu: VT",))
#written("reason")
"""
STAGES = (
    # key, kind, level, rule, role, hours
    ("xa-tham-dinh", "examine", "commune", "receiving", "specialist", 32),
    ("xa-duyet", "approve", "commune", "same", "leader", 8),
    ("huyen-tham-dinh", "examine", "district", "parent", "specialist", 48),
    ("huyen-duyet", "approve", "district", "same", "leader", 8),
    ("so-tham-dinh", "examine", "province", "named", "specialist", 76),
    ("so-ky", "sign", "province", "same", "leader", 16),
    ("so-dong-dau", "seal", "province", "same", "records_clerk", 4),
)
PAUSE_GROUNDS = [
    {"key": "thue", "reason": "Chờ người dân nộp nghĩa vụ tài chính", "basis": "NĐ 101/2024, Điều 31", "payment": True},
    {"key": "giam-dinh", "reason": "Chờ kết luận giám định", "basis": "NĐ 131/2021, Điều 100"},
]
OFFICERS = {
    "commune": {"binh": ("receiver", "Nguyễn Văn Bình", "Công chức Tư pháp"),
                "chi": ("specialist", "Trần Thị Chi", "Công chức"),
                "dung": ("leader", "Lê Tiến Dũng", "Chủ tịch"), "em": ("records_clerk", "Phạm Thị Em", "Văn thư"),
                "giang": ("returner", "Vũ Thị Giang", "Công chức"), "thao": ("cashier", "Đỗ Thị Thảo", "Kế toán")},
    "district": {"hai": ("specialist", "Hoàng Văn Hải", "Chuyên viên"),
                 "oanh": ("leader", "Bùi Thị Oanh", "Phó Chủ tịch")},
    "province": {"phuc": ("receiver", "Ngô Văn Phúc", "Chuyên viên"),
                 "khanh": ("specialist", "Đặng Quốc Khánh", "Chuyên viên"),
                 "lan": ("leader", "Phan Thị Lan", "Giám đốc"),
                 "quyen": ("records_clerk", "Trịnh Thị Quyên", "Văn thư")},
}  # fmt: skip


@dataclass
class World:
    agencies: dict[str, Agency] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    rules: RuleProfile = None  # type: ignore[assignment]
    climbing: ProcedureVersion = None  # type: ignore[assignment]
    birth: ProcedureVersion = None  # type: ignore[assignment]

    def actor(self, name: str) -> Actor:
        """The actor as the edge builds it."""
        user = self.users[name]
        if name in self.positions:
            seat = self.positions[name]
            held = Seat(seat.pk, seat.agency_id, seat.role, seat.title, seat.signing_capacity)
            return Actor(kind="officer", user_id=user.pk, name=user.full_name, seats=(held,))
        return Actor(
            kind="citizen", user_id=user.pk, name=user.full_name, owner_index=user.personal_id_index, assurance=2
        )


def build() -> World:
    world = World()
    _agencies(world)
    for level, people in OFFICERS.items():
        _officers(world, world.agencies[level], people)
    citizen(world, "an", "Nguyễn Thị An", AN_ID, AN_PHONE, AN_ADDRESS)
    citizen(world, "vinh", "Trần Quang Vinh", "026085004321", "0987654321", "xã Tử Du")
    world.climbing = _climbing(world)
    world.birth = _birth(world)
    return world


def _agencies(world: World) -> None:
    rules = world.rules = RuleProfile.objects.create(
        code="VN-2018", name="Nghị định 61/2018/NĐ-CP", effective_from=dt.date(2018, 6, 21),
        parameters={"form_numbers": {"receipt": "Mẫu số 01", "supplement": "Mẫu số 02", "refusal": "Mẫu số 03"}},
    )  # fmt: skip
    rows = (
        ("province", "000.00.14.H62", "Sở Lao động – Thương binh và Xã hội", "SLĐTBXH", None),
        ("district", "000.00.05.H62", "Ủy ban nhân dân huyện Lập Thạch", "UBND", None),
        ("commune", "000.21.05.H62", "Ủy ban nhân dân xã Xuân Lôi", "UBND", "district"),
    )
    for level, code, name, symbol, parent in rows:
        world.agencies[level] = Agency.objects.create(
            code=code, scheme="qcvn102", name=name, name_fold=fold(name), symbol=symbol, level=level,
            parent=world.agencies.get(parent or ""), one_stop=True, one_stop_name=f"Bộ phận một cửa {name}",
            place="Xuân Lôi" if level == "commune" else "Vĩnh Phúc", address="Thôn Trung Tâm", phone="0211 3000 000",
        )  # fmt: skip
    ProvinceProfile.objects.create(
        identifier="H62", name="Tỉnh Vĩnh Phúc", unit_set="2024", tiers=["province", "district", "commune"],
        code_scheme="qcvn102", default_rule_profile=rules,
    )  # fmt: skip


def _officers(world: World, agency: Agency, people: dict[str, tuple[str, str, str]]) -> None:
    """Accounts and seats in two statements: nearly every test begins with them."""
    password = make_password("demo-motcua")
    users = [
        User(
            username=name, password=password, kind=User.Kind.OFFICER, full_name=full_name,
            email=f"{name}@xuanloi.example",
        )
        for name, (_role, full_name, _title) in people.items()
    ]  # fmt: skip
    User.objects.bulk_create(users)
    seats = []
    for user, (role, full_name, title) in zip(users, people.values(), strict=True):
        capacity = "TM. ỦY BAN NHÂN DÂN" if agency.level == "commune" and role == Role.LEADER else ""
        seats.append(Position(
            user=user, agency=agency, role=role, title=title, holder_name=full_name, signing_capacity=capacity
        ))  # fmt: skip
    Position.objects.bulk_create(seats)
    world.users |= {user.username: user for user in users}
    world.positions |= {user.username: seat for user, seat in zip(users, seats, strict=True)}


def _officer(world: World, name: str, role: str, full_name: str, title: str, agency: Agency) -> None:
    _officers(world, agency, {name: (role, full_name, title)})


def citizen(world: World, name: str, full_name: str, personal_id: str, phone: str, address: str) -> User:
    user = User(username=name, kind=User.Kind.CITIZEN, full_name=full_name, phone=phone, address=address,
                email=f"{name}@example.vn", personal_id=personal_id, birth_on="1990-03-12", assurance=2,
                personal_id_index=crypto.blind_index(personal_id, "personal_id"))  # fmt: skip
    user.set_unusable_password()
    user.save()
    world.users[name] = user
    return user


def procedure(code: str, name: str, short_name: str, level: str, **more: Any) -> ProcedureVersion:
    """A published version with the least that the law wants."""
    area, _ = ServiceField.objects.get_or_create(
        code=f"G04-{level}", name=f"Lĩnh vực {level}", slug=f"linh-vuc-{level}"
    )
    row = Procedure.objects.create(code=code, field=area, level=level, name=name, short_name=short_name)
    version = ProcedureVersion.objects.create(
        procedure=row, state="published", name=name, short_name=short_name, steps=["Nộp", "Nhận"],
        channels=["direct", "online", "post"], audience=["Công dân"], competent="Ủy ban nhân dân", online_scope="full",
        valid_from=dt.date(2026, 1, 1), **more,
    )  # fmt: skip
    publishing.describe(row, version, ())
    row.save()
    return version


def _case(version: ProcedureVersion, form: Form | None, **more: Any) -> Case:
    return Case.objects.create(
        version=version, form=form, result_template=RESULT_TEMPLATE, refusal_template=REFUSAL_TEMPLATE, **more
    )


def route(case: Case, stages: Any, named: Agency | None = None) -> None:
    way = Route.objects.create(case=case)
    RouteStage.objects.bulk_create(
        RouteStage(
            route=way, key=key, order=order, name=f"Bước {key}", kind=kind, level=level, agency_rule=rule,
            agency=named if rule == "named" else None, role=role, hours=Decimal(hours),
        )
        for order, (key, kind, level, rule, role, hours) in enumerate(stages, 1)
    )  # fmt: skip


def _climbing(world: World) -> ProcedureVersion:
    version = procedure("1.010803", "Giải quyết chế độ trợ cấp thờ cúng liệt sĩ", "Trợ cấp thờ cúng liệt sĩ", "commune")
    form = Form.objects.create(code="NCC-18", name="Đơn đề nghị trợ cấp thờ cúng liệt sĩ", schema={"pages": [
        {"key": "liet-si", "title": "Liệt sĩ", "fields": [
            {"key": "martyr_name", "type": "person_name", "label": "Họ và tên liệt sĩ", "required": True},
            {"key": "relation", "type": "text", "label": "Quan hệ với liệt sĩ", "required": True}]}]})  # fmt: skip
    case = _case(
        version, form, time_amount=24, time_unit="working_day", result_name="Quyết định trợ cấp", result_symbol="QĐ",
        pause_grounds=PAUSE_GROUNDS,
    )  # fmt: skip
    RequiredDocument.objects.create(case=case, key="don", name="Đơn đề nghị", is_form=True, originals=1, copies=0)
    RequiredDocument.objects.create(case=case, key="bang-tqgc", order=1, name="Bằng Tổ quốc ghi công", copies=1)
    route(case, STAGES, world.agencies["province"])
    ProcedureAgency.objects.create(procedure=version.procedure, agency=world.agencies["commune"])
    ProcedureAgency.objects.create(
        procedure=version.procedure, agency=world.agencies["province"], receives=False, competent=True
    )
    return version


def _birth(world: World) -> ProcedureVersion:
    version = procedure("1.001193", "Thủ tục đăng ký khai sinh", "Đăng ký khai sinh", "commune")
    form = Form.objects.create(code="TK-KHAISINH", name="Tờ khai đăng ký khai sinh", schema={"pages": [
        {"key": "tre", "title": "Em bé", "fields": [
            {"key": "child_name", "type": "person_name", "label": "Họ và tên", "required": True}]}]})  # fmt: skip
    case = _case(version, form, time_unit="same_day", time_amount=1, cutoff=dt.time(15), result_symbol="GKS")
    FeeRule.objects.create(case=case, name="Lệ phí khai sinh", amount=8000)
    route(
        case,
        (
            ("tham-dinh", "examine", "commune", "receiving", "specialist", 4),
            ("ky", "sign", "commune", "same", "leader", 4),
        ),
    )
    ProcedureAgency.objects.create(procedure=version.procedure, agency=world.agencies["commune"], competent=True)
    return version
