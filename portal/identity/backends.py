"""The officers' door: only officers' accounts have a password that counts. Citizens come through the provider alone."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from portal.models import User


class OfficerBackend(ModelBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The officer with that password; None for everybody else, counted as a failure."""
        user = super().authenticate(request, username=username, password=password, **kwargs)
        return user if isinstance(user, User) and user.kind == User.Kind.OFFICER else None


BACKEND = f"{OfficerBackend.__module__}.{OfficerBackend.__qualname__}"
