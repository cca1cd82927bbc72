"""Logging in for tests that are not about logging in."""

from django.test import Client

from portal.actors import SECOND_FACTOR
from portal.identity.backends import BACKEND
from portal.models import User


def log_in(client: Client, user: User) -> Client:
    """The client of a citizen, or of an officer who has shown password and second factor."""
    client.force_login(user, backend=BACKEND)
    if user.kind == User.Kind.OFFICER:
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
    return client
