"""The officers of the demo province: accounts with a known password and a second factor. Never in production."""

from dataclasses import dataclass

from django.conf import settings

from portal.identity import second_factor
from portal.models import User
from procedures.models import Position

OFFICERS = {
    "binh": "Nguyễn Văn Bình",
    "chi": "Trần Thị Chi",
    "dung": "Lê Tiến Dũng",
    "em": "Phạm Thị Em",
    "giang": "Vũ Thị Giang",
    "thao": "Đỗ Thị Thảo",
    "hai": "Hoàng Văn Hải",
    "oanh": "Bùi Thị Oanh",
    "phuc": "Ngô Văn Phúc",
    "khanh": "Đặng Quốc Khánh",
    "lan": "Phan Thị Lan",
    "quyen": "Trịnh Thị Quyên",
    "minh": "Lưu Văn Minh",
    "son": "Hà Ngọc Sơn",
    "nam": "Tạ Hoài Nam",
}


class NotADemo(Exception):
    """Demo accounts are refused on an installation in production."""


@dataclass(frozen=True)
class DemoAccount:
    """One row of what `demo_accounts` prints."""

    username: str
    name: str
    role: str
    agency: str
    password: str
    totp_secret: str
    login_url: str


def ensure_officer(username: str, full_name: str) -> User:
    """The demo officer, made with password and second factor when absent. Raises NotADemo in production."""
    if settings.PRODUCTION:
        raise NotADemo
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(username=username, full_name=full_name, kind=User.Kind.OFFICER)
        user.set_password(settings.DEMO_PASSWORD)
        user.save()
    if not second_factor.enrolled(user):
        second_factor.enrol(user, second_factor.new_secret())
        second_factor.recovery_codes_kept(user)
    return user


def accounts() -> list[DemoAccount]:
    """Every demo officer with the seat held. Raises NotADemo in production."""
    users = [ensure_officer(username, name) for username, name in OFFICERS.items()]
    seats = {position.user_id: position for position in Position.objects.select_related("agency").order_by("-pk")}
    url = f"{settings.BASE_URL}/can-bo/dang-nhap"
    return [
        DemoAccount(
            username=user.username,
            name=user.full_name,
            role=seats[user.pk].role if user.pk in seats else "",
            agency=seats[user.pk].agency.name if user.pk in seats else "",
            password=settings.DEMO_PASSWORD,
            totp_secret=second_factor.secret_of(user),
            login_url=url,
        )
        for user in users
    ]
