"""What an officer finds in the left column: the same words for everybody, only the places of one's own roles."""

from typing import Final, TypedDict

from django.http import HttpRequest
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


def _link(key: str, text: Promise, icon: str, url: str) -> Link:
    return {"key": key, "text": text, "icon": icon, "url": url}


GROUPS: Final[list[Group]] = [
    (
        _("Việc của tôi"),
        [
            (_link("queue", _("Hàng việc"), "inbox", "/can-bo/hang-viec"), DESK),
            (_link("signing", _("Chờ tôi ký"), "pen-line", "/can-bo/ky"), frozenset({Role.LEADER})),
            (_link("records", _("Văn thư"), "stamp", "/can-bo/van-thu"), frozenset({Role.RECORDS_CLERK})),
        ],
    ),
    (
        _("Tại quầy"),
        [
            (_link("returning", _("Trả kết quả"), "package-check", "/can-bo/tra-ket-qua"), frozenset({Role.RETURNER})),
            (_link("parcels", _("Bưu gửi"), "truck", "/can-bo/buu-gui"), frozenset({Role.RETURNER})),
        ],
    ),
    (
        _("Quản trị"),
        [
            (
                _link("catalogue", _("Thủ tục"), "list-checks", "/quan-tri/thu-tuc"),
                frozenset({Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER}),
            ),
            (_link("operations", _("Vận hành"), "settings", "/quan-tri/van-hanh"), frozenset({Role.OPERATOR})),
        ],
    ),
]


def groups(roles: frozenset[str]) -> list[dict[str, object]]:
    """The groups with at least one place for these roles."""
    found = ((heading, [link for link, allowed in links if allowed & roles]) for heading, links in GROUPS)
    return [{"heading": heading, "links": links} for heading, links in found if links]


def workspace(request: HttpRequest) -> object:
    """Name, initials, role, agency and links of the officer, not computed before a template asks."""
    return SimpleLazyObject(lambda: _workspace(getattr(request, "actor", None)))


def _workspace(actor: Actor | None) -> dict[str, object]:
    if actor is None or not actor.seats:
        return {}
    seat = actor.seats[0]
    words = actor.name.split()
    return {
        "home": "/can-bo/hang-viec",
        "name": actor.name,
        "initials": "".join(word[0] for word in words[-2:]).upper(),
        "role": Role(seat.role).label,
        "agency": seat.agency,
        "groups": groups(frozenset(one.role for one in actor.seats)),
    }
