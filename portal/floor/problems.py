"""Errors of the API in the shape of RFC 9457 (problem details)."""

from collections.abc import Mapping
from typing import Any

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A refusal with its HTTP status. `title` names the kind of problem, `detail` this occurrence, for the reader."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        type: str = "about:blank",
        *,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or title)
        self.status, self.title, self.detail, self.type = status, title, detail, type
        self.extra = dict(extra or {})

    def as_dict(self, instance: str = "") -> dict[str, Any]:
        """The members of the answer's body; `instance` is the path that was asked for."""
        members = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
        }
        return self.extra | {name: value for name, value in members.items() if value != ""}
