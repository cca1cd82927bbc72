"""Numbers that identify people and organisations. Each reader gives the canonical text or raises Refused with words.

Sources: NĐ 137/2015/NĐ-CP art. 13 and TT 59/2021/TT-BCA art. 4 (personal id), TT 105/2020/TT-BTC (tax code).
"""

import datetime as dt
import re
import unicodedata

from django.utils.translation import gettext as _

PROVINCES = frozenset(
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 "
    "044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 "
    "089 091 092 093 094 095 096".split()
)
MOBILE = re.compile(r"0(3[2-9]|5[2568-9]|7[06-9]|8[1-9]|9[0-46-9])\d{7}", re.ASCII)
LANDLINE = re.compile(r"02\d{9}", re.ASCII)
TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
NAME_MARKS = frozenset(" '’ʼ‘-.")


class Refused(ValueError):
    """The text is no such number; the message says what is wrong and how to put it right."""


def personal_id(text: str, today: dt.date) -> str:
    """12 digits: place of birth registration, century and sex, year, serial. Raises Refused."""
    digits = _digits(text)
    if not (digits.isascii() and digits.isdigit()):
        raise Refused(_("Số định danh chỉ gồm chữ số. Xóa chữ và ký hiệu"))
    if len(digits) != 12:
        raise Refused(_("Số định danh có 12 chữ số, bạn nhập %(count)s chữ số") % {"count": len(digits)})
    if digits[0] == "0" and digits[:3] not in PROVINCES:  # 1xx and above: registered abroad
        raise Refused(_("Ba số đầu %(code)s không phải mã tỉnh. Xem lại thẻ căn cước") % {"code": digits[:3]})
    if digits[3] > "5":
        raise Refused(_("Chữ số thứ tư phải từ 0 đến 5. Xem lại thẻ căn cước"))
    if birth_year(digits) > today.year:
        raise Refused(_("Hai số chỉ năm sinh %(year)s không đúng. Xem lại thẻ căn cước") % {"year": digits[4:6]})
    return digits


def birth_year(digits: str) -> int:
    """The year a valid personal id tells."""
    return 1900 + 100 * (int(digits[3]) // 2) + int(digits[4:6])


def phone(text: str) -> str:
    """A Vietnamese number, with 0 in front. Raises Refused."""
    digits = _digits(text)
    if digits.startswith("+84"):
        digits = "0" + digits[3:]
    elif digits.startswith("84") and len(digits) == 11:
        digits = "0" + digits[2:]
    if not MOBILE.fullmatch(digits) and not LANDLINE.fullmatch(digits):
        raise Refused(_("Nhập số điện thoại đủ 10 chữ số, ví dụ 0912 345 678"))
    return digits


def tax_code(text: str, today: dt.date) -> str:
    """10 digits with a check digit, 13 for a branch, or a personal id (from 01/7/2025). Raises Refused."""
    digits = _digits(text)
    if len(digits) == 12:
        return personal_id(digits, today)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in {10, 13}:
        raise Refused(_("Mã số thuế có 10 hoặc 13 chữ số"))
    total = sum(weight * int(digit) for weight, digit in zip(TAX_WEIGHTS, digits, strict=False))
    if 10 - total % 11 != int(digits[9]):
        raise Refused(_("Mã số thuế không đúng. Xem lại giấy đăng ký"))
    return digits if len(digits) == 10 else f"{digits[:10]}-{digits[10:]}"


def person_name(text: str) -> str:
    """Any letters, one word or many, as typed (H’, Y, names of every people). Raises Refused."""
    if not any(char.isalpha() for char in text):
        raise Refused(_("Nhập họ và tên bằng chữ cái"))
    if any(not (unicodedata.category(char)[0] in "LM" or char in NAME_MARKS) for char in text):
        raise Refused(_("Họ và tên chỉ gồm chữ cái. Xóa chữ số và ký hiệu"))
    return " ".join(text.split())


def _digits(text: str) -> str:
    """Without the spaces, dots and hyphens people group digits by; full-width digits become plain ones."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s.()]|(?<=\d)-(?=\d)", "", plain)
