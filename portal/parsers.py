"""How the programming interface reads what it is sent."""

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class CleanJSONParser(JSONParser):
    """JSON that can be kept: no NUL, no half characters (lone surrogates), no infinite numbers, not nested for ever."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            keepable = _keepable(data)
        except RecursionError:
            raise ParseError(_("Nội dung lồng nhau quá sâu.")) from None
        if not keepable:
            raise ParseError(_("Nội dung có ký tự hoặc số không dùng được."))
        return data


def _keepable(data: Any) -> bool:
    if isinstance(data, str):
        return "\x00" not in data and not any("\ud800" <= char <= "\udfff" for char in data)
    if isinstance(data, float):
        return math.isfinite(data)
    if isinstance(data, Mapping):
        return all(_keepable(key) and _keepable(value) for key, value in data.items())
    return not isinstance(data, list) or all(map(_keepable, data))
