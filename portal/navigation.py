"""What an officer finds in the left column: the same words for everybody, only the places of one's own roles."""

from functools import lru_cache
from typing import Final, TypedDict

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from portal.floor.actor import Actor
from procedures.models import Role


class Link(TypedDict):
    key: str
    text: str | Promise
    icon: str
    url: str


Group = tuple[str | Promise, list[tuple[Link, frozenset[str]]]]
DESK: Final = frozenset({Role.RECEIVER, Role.SPECIALIST, Role.LEADER, Role.RECORDS_CLERK, Role.RETURNER, Role.CASHIER})

QUEUE: Final = "/can-bo/hang-viec"
CATALOGUE: Final = frozenset({Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER})
SIGNS_FOR: Final = "delegate"  # no role: somebody signs for a leader
OPERATORS: Final = frozenset({Role.OPERATOR})


def _link(key: str, text: Promise, icon: str, url: str) -> Link:
    return {"key": key, "text": text, "icon": icon, "url": url}


GROUPS: Final[list[Group]] = [
    (
        _("Việc của tôi"),
        [
            (_link("queue", _("Hàng việc"), "inbox", QUEUE), DESK),
            (_link("signing", _("Chờ tôi ký"), "pen-line", "/can-bo/ky"), frozenset({Role.LEADER, SIGNS_FOR})),
            (
                _link("consultations", _("Trả lời ý kiến"), "message-square-text", "/can-bo/lay-y-kien"),
                frozenset({Role.SPECIALIST, Role.LEADER}),
            ),
            (_link("records", _("Văn thư"), "stamp", "/can-bo/van-thu"), frozenset({Role.RECORDS_CLERK})),
            (
                _link("copies", _("Bản sao"), "file-check", "/can-bo/sao-y/"),
                frozenset({Role.RECEIVER, Role.SPECIALIST, Role.LEADER, Role.RECORDS_CLERK}),
            ),
        ],
    ),
    (
        _("Đơn vị"),
        [
            (_link("unit", _("Đơn vị của tôi"), "chart-column", "/can-bo/don-vi"), frozenset({Role.LEADER})),
            (
                _link("dispatch", _("Điều phối"), "send", "/can-bo/dieu-phoi"),
                frozenset({Role.LEADER, Role.OPERATOR}),
            ),
        ],
    ),
    (
        _("Tại quầy"),
        [
            (_link("counter", _("Tiếp nhận"), "file-plus", "/can-bo/tiep-nhan"), frozenset({Role.RECEIVER})),
            (_link("returning", _("Trả kết quả"), "package-check", "/can-bo/tra-ket-qua"), frozenset({Role.RETURNER})),
            (
                _link("register", _("Sổ theo dõi"), "list-checks", "/can-bo/so-theo-doi"),
                frozenset({Role.RECEIVER, Role.LEADER, Role.RECORDS_CLERK}),
            ),
            (_link("parcels", _("Bưu gửi"), "truck", "/can-bo/buu-gui"), frozenset({Role.RETURNER})),
        ],
    ),
    (
        _("Danh mục"),
        [
            (_link("catalogue", _("Thủ tục"), "list-checks", "/quan-tri/thu-tuc"), CATALOGUE),
            (_link("forms", _("Biểu mẫu"), "file-text", "/quan-tri/bieu-mau"), CATALOGUE),
            (_link("groups", _("Nhóm thủ tục"), "briefcase", "/quan-tri/nhom"), CATALOGUE),
            (_link("synonyms", _("Từ đồng nghĩa"), "languages", "/quan-tri/tu-dong-nghia"), CATALOGUE),
            (_link("decisions", _("Quyết định công bố"), "file-check", "/quan-tri/quyet-dinh"), CATALOGUE),
            (_link("import", _("Nhập từ tệp"), "upload", "/quan-tri/thu-tuc/nhap"), CATALOGUE),
        ],
    ),
    (
        _("Quản trị"),
        [
            (_link("people", _("Người dùng"), "users", "/quan-tri/nguoi-dung"), OPERATORS),
            (_link("agencies", _("Cơ quan"), "building-2", "/quan-tri/co-quan"), OPERATORS),
            (_link("units", _("Địa bàn"), "map-pin", "/quan-tri/dia-ban"), OPERATORS),
            (_link("calendar", _("Lịch làm việc"), "calendar", "/quan-tri/lich-lam-viec"), OPERATORS),
            (_link("certificates", _("Chứng thư số"), "shield-check", "/quan-tri/chung-thu-so"), OPERATORS),
            (_link("changes", _("Nhật ký"), "history", "/quan-tri/nhat-ky"), CATALOGUE | OPERATORS),
            (_link("operations", _("Vận hành"), "settings", "/quan-tri/van-hanh"), OPERATORS),
        ],
    ),
]


@lru_cache(maxsize=64)
def _there(url: str) -> bool:
    """Whether this installation has that page."""
    try:
        resolve(url)
    except Resolver404:
        return False
    return True


@lru_cache(maxsize=256)
def groups(roles: frozenset[str]) -> list[dict[str, object]]:
    """The groups with at least one place for these roles."""
    found = (
        (heading, [link for link, allowed in links if allowed & roles and _there(link["url"])])
        for heading, links in GROUPS
    )
    return [{"heading": heading, "links": links} for heading, links in found if links]


def home(role: str) -> str:
    """The page the work of that role begins at."""
    return "/quan-tri/nguoi-dung" if role in OPERATORS else "/quan-tri/thu-tuc" if role in CATALOGUE else QUEUE


def workspace(request: HttpRequest) -> object:
    """Name, initials, role, agency and links of the officer, not computed before a template asks."""
    return SimpleLazyObject(lambda: _workspace(getattr(request, "actor", None)))


def _roles(actor: Actor) -> frozenset[str]:
    held = frozenset(seat.role for seat in actor.seats)
    return held | {SIGNS_FOR} if actor.delegations else held


def _workspace(actor: Actor | None) -> dict[str, object]:
    if actor is None or not actor.seats:
        return {}
    seat = actor.seats[0]
    words = actor.name.split()
    return {
        "home": home(seat.role),
        "name": actor.name,
        "initials": "".join(word[0] for word in words[-2:]).upper(),
        "role": _("%(role)s, thay %(holder)s") % {"role": Role(seat.role).label, "holder": seat.stands_in_for}
        if seat.stands_in_for
        else Role(seat.role).label,
        "agency": seat.agency,
        "groups": groups(_roles(actor)),
    }
