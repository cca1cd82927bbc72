"""Vietnamese text: one form of each letter, plain letters for searching, alphabetical order in any byte collation."""

import unicodedata

from django.utils.translation import gettext as _

# Letters that carry their difference inside, not as a combining mark.
_PLAIN = str.maketrans("đĐƀɃ–—“”’ʼ", "ddbb--\"\"''")
# Letters of the alphabet after their plain letter: the mark sorts after every letter that may follow.
_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_LETTER_MARKS = {("a", _BREVE): "{", ("a", _CIRCUMFLEX): "|", ("d", "đ"): "{", ("e", _CIRCUMFLEX): "{"}
_LETTER_MARKS |= {("o", _CIRCUMFLEX): "{", ("o", _HORN): "|", ("u", _HORN): "{"}
_OTHER_MARK = "}"  # ŏ, ŭ, ĕ, ƀ … of the minority languages
# Order of tones: level, huyền, hỏi, ngã, sắc, nặng. All sort before digits and letters.
_TONES = {"\u0300": '"', "\u0309": "#", "\u0303": "$", "\u0301": "%", "\u0323": "&"}
_LEVEL = "!"
# Invisible marks that turn the reading direction make one text look like another.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class BadText(ValueError):
    """Text that no field may hold; the message is for the person who typed it."""


def nfc(text: str) -> str:
    """One code point per letter where there is one."""
    return unicodedata.normalize("NFC", text)


def clean(text: str) -> str:
    """NFC, without surrounding white space, lines ended by LF. Raises BadText on NUL and other control characters."""
    text = nfc(text.replace("\r\n", "\n")).strip()
    if any((unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t") or char in _TURNING for char in text):
        raise BadText(_("Nội dung có ký tự không dùng được. Vui lòng xóa ký tự lạ rồi nhập lại."))
    return text


def fold(text: str) -> str:
    """Lower-case ASCII for searching: “Đăng ký  khai sinh” gives “dang ky khai sinh”."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN)).translate(_PLAIN)
    return " ".join(decomposed.encode("ascii", "ignore").decode().lower().split())


def sort_key(text: str) -> str:
    """An ASCII key whose byte order is Vietnamese alphabetical order: syllable by syllable, letters before tones."""
    return " ".join(_syllable_key(syllable) for syllable in _syllables(nfc(text).lower()))


def _syllables(text: str) -> list[str]:
    return "".join(char if char.isalnum() or unicodedata.combining(char) else " " for char in text).split()


def _syllable_key(syllable: str) -> str:
    letters, tone = "", _LEVEL
    plain = ""
    for char in unicodedata.normalize("NFD", syllable):
        if char in _TONES:
            tone = _TONES[char]
        elif unicodedata.combining(char):
            letters += _LETTER_MARKS.get((plain, char), _OTHER_MARK)
        else:
            plain = char.translate(_PLAIN)
            letters += plain if plain.isascii() else "~"
            if plain != char:
                letters += _LETTER_MARKS.get((plain, char), _OTHER_MARK)
    return letters + tone
