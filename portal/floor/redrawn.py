"""Components that stand on page after page with the same data (navigation, tabs, heads of tables), drawn once each."""

from collections.abc import Mapping
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST: Final = 4096  # then all are forgotten, which costs a millisecond each
_drawn: dict[object, SafeString] = {}


def drawn(template: str, data: Mapping[str, Any]) -> SafeString:
    """The template with that data, in the language of the page. `data`: mappings, sequences and texts, no objects."""
    key = (template, get_language(), _key(data))
    if key not in _drawn:
        if len(_drawn) >= MOST:
            _drawn.clear()
        _drawn[key] = render_to_string(template, dict(data))
    return _drawn[key]


def _key(value: Any) -> object:
    # The commonest first: asking for the abstract class costs more than all the rest.
    if type(value) is str:
        return value
    if type(value) is dict or isinstance(value, Mapping):
        return tuple([(name, _key(one)) for name, one in value.items()])
    if isinstance(value, list | tuple):
        return tuple([_key(one) for one in value])
    # Of the same letters, a safe text is drawn as it is and another one escaped; True is drawn otherwise than 1.
    return isinstance(value, SafeString), type(value) in (bool, int), str(value)
