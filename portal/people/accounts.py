"""What happens to an officer's account: invited, invited again, reset, locked, unlocked. Each act is recorded."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.floor.actor import Actor
from portal.identity import invitations
from portal.models import User
from portal.people.office import PeopleRefused
from portal.people.seats import Posting, post
from procedures.history import record
from procedures.models import Position
from procedures.querysets import PositionQuerySet


def invite(*, username: str, full_name: str, email: str, posting: Posting, by: Actor, at: dt.datetime) -> User:
    """A new account with its first seat, and the mail that leads to it. Raises PeopleRefused for a name in use."""
    user = User(username=username, full_name=full_name, email=email, kind=User.Kind.OFFICER)
    user.set_unusable_password()
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise PeopleRefused(_("Tên đăng nhập này đã có người dùng. Chọn tên khác"))
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:  # somebody was faster
            raise PeopleRefused(_("Tên đăng nhập này đã có người dùng. Chọn tên khác")) from None
        _record("person.invited", user, by=by, at=at)
        post(user, posting, by=by, at=at)
        invitations.invite(user, at=at)
    return user


def invite_again(user: User, *, by: Actor, at: dt.datetime) -> None:
    """A new link; the old one is worth nothing. Raises PeopleRefused for who has a password already."""
    with transaction.atomic():
        user = _locked(user)
        if user.has_usable_password():
            raise PeopleRefused(_("Người này đã đặt mật khẩu. Dùng “Cài lại đăng nhập” khi quên mật khẩu"))
        _mailable(user)
        invitations.invite(user, at=at)
        _record("person.invited_again", user, by=by, at=at)


def revoke(user: User, *, by: Actor, at: dt.datetime) -> None:
    """Take the open link back. Raises PeopleRefused when there is none."""
    with transaction.atomic():
        user = _locked(user)
        if not invitations.revoke(user, at=at):
            raise PeopleRefused(_("Không có thư mời nào đang chờ. Tải lại trang để xem"))
        _record("person.invitation_revoked", user, by=by, at=at)


def reset(user: User, *, password: bool, reason: str, by: Actor, at: dt.datetime) -> None:
    """Forget the second factor, and with `password` the password too; every session ends. Raises PeopleRefused."""
    with transaction.atomic():
        user = _locked(user)
        Authenticator.objects.filter(user=user).delete()
        user.session_epoch += 1
        if password:
            _mailable(user)
            user.set_unusable_password()
            invitations.invite(user, at=at)
        user.save(update_fields=["session_epoch", "password"])
        what = _("Xác thực hai lớp và mật khẩu") if password else _("Xác thực hai lớp")
        _record("person.reset", user, by=by, at=at, said={_("Cài lại"): what, _("Lý do"): reason})


def lock(user: User, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """Nobody enters with this account; every session ends, an open link is taken back. Raises PeopleRefused."""
    with transaction.atomic():
        user = _locked(user)
        if not user.is_active:
            raise PeopleRefused(_("Tài khoản này đã khóa rồi"))
        user.is_active = False
        user.session_epoch += 1
        user.save(update_fields=["is_active", "session_epoch"])
        invitations.revoke(user, at=at)
        _record("person.locked", user, by=by, at=at, said={_("Lý do"): reason})


def unlock(user: User, *, reason: str, by: Actor, at: dt.datetime) -> None:
    """Raises PeopleRefused when the account is not locked."""
    with transaction.atomic():
        user = _locked(user)
        if user.is_active:
            raise PeopleRefused(_("Tài khoản này không bị khóa"))
        user.is_active = True
        user.save(update_fields=["is_active"])
        _record("person.unlocked", user, by=by, at=at, said={_("Lý do"): reason})


def correct(user: User, *, full_name: str, email: str, by: Actor, at: dt.datetime) -> None:
    """Set name and address right; the name goes to the seats still held. The address itself is not recorded."""
    with transaction.atomic():
        user = _locked(user)
        changed: dict[str, tuple[str, str]] = {}
        if full_name != user.full_name:
            changed[_("Họ và tên")] = (user.full_name, full_name)
        if email != user.email:
            changed[_("Thư điện tử")] = ("", _("đã đổi"))
        user.full_name, user.email = full_name, email
        user.save(update_fields=["full_name", "email"])
        held = user_seats(user).filter(valid_to=None)
        held.update(holder_name=full_name)
        record("person.changed", by=by, at=at, subject=full_name, key=user.username, changes=changed)


def user_seats(user: User) -> PositionQuerySet:
    """All seats the person holds or held."""
    found: PositionQuerySet = Position.objects.filter(user_id=user.pk)
    return found


def _locked(user: User) -> User:
    """The account as it is now; acts on one account wait for each other."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _mailable(user: User) -> None:
    if not user.email:
        raise PeopleRefused(_("Người này chưa có thư điện tử. Sửa thông tin trước, rồi gửi thư mời"))


def _record(kind: str, user: User, *, by: Actor, at: dt.datetime, said: dict[str, str] | None = None) -> None:
    changes = {name: ("", text) for name, text in (said or {}).items()}
    record(kind, by=by, at=at, subject=user.full_name, key=user.username, changes=changes)
