"""What the national identity provider says of a person or an organisation, in its own flat claims (VNeID)."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.floor import crypto
from portal.floor.vietnamese import BadText, clean
from portal.models import User

_PERSONAL_ID = re.compile(r"\d{12}|\d{9}")
_TAX_CODE = re.compile(r"\d{10}(-?\d{3})?|\d{12}")
_SEXES = {"1": "male", "nam": "male", "2": "female", "0": "female", "nữ": "female"}
_DATE_FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d")


class ClaimsIncomplete(Exception):
    """The provider named nobody whom a dossier could belong to."""


@dataclass(frozen=True)
class Facts:
    """One log-in's facts. `full_name` of an organisation is its name; `personal_id` then is its representative's."""

    kind: User.Kind
    full_name: str
    representative: str
    personal_id: str
    tax_code: str
    birth_on: str  # ISO date
    sex: str
    phone: str
    email: str
    address: str
    assurance: int

    def put_into(self, user: User) -> None:
        """Refresh the account; nothing the provider no longer says is kept."""
        for name in self.__dataclass_fields__:
            setattr(user, name, getattr(self, name))
        citizen = self.kind == User.Kind.CITIZEN
        user.personal_id_index = crypto.blind_index(self.personal_id, "personal_id") if citizen else ""


def facts_of(claims: Mapping[str, Any]) -> Facts:
    """Read VNeID's claims. Raises ClaimsIncomplete when name or number are missing or malformed."""
    organisation = _text(claims, "LoaiTaiKhoan") not in {"", "1"}
    personal_id = _matching(_PERSONAL_ID, _text(claims, "SoDinhDanh") or _text(claims, "SoCMND"))
    tax_code = _matching(_TAX_CODE, _text(claims, "MaSoThue") or _text(claims, "MaSoDoanhNghiep"))
    person = _text(claims, "HoVaTen")
    name = _text(claims, "TenDoanhNghiep") if organisation else person
    if not name or not (tax_code if organisation else personal_id):
        raise ClaimsIncomplete
    return Facts(
        kind=User.Kind.ORGANISATION if organisation else User.Kind.CITIZEN,
        full_name=name,
        representative=(_text(claims, "NguoiDaiDien") or person) if organisation else "",
        personal_id=personal_id,
        tax_code=tax_code if organisation else "",
        birth_on=_iso_date(_text(claims, "NgayThangNamSinh")),
        sex=_SEXES.get(_text(claims, "GioiTinh").lower(), ""),
        phone=_text(claims, "SoDienThoai"),
        email=_text(claims, "ThuDienTu"),
        address=_text(claims, "ThuongTru"),
        assurance=_level(_text(claims, "loAs") or _text(claims, "IAL")),
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    try:
        return clean(str(value))[:200] if isinstance(value, str | int) else ""
    except BadText:
        return ""


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def _iso_date(text: str) -> str:
    for form in _DATE_FORMATS:
        try:
            return dt.datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 -- a date has no zone
        except ValueError:
            continue
    return ""


def _level(text: str) -> int:
    digits = re.search(r"[1-4]", text)
    return int(digits.group()) if digits else 0
