"""A log-in of any kind starts the clock of its session."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from portal.middleware.people import mark_session
from portal.models import User


@receiver(user_logged_in)
def start_clock(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    mark_session(request, user)
