"""Requests as every view sees them: with the actor that the edge has built."""

from django.http import HttpRequest

from portal.floor.actor import Actor


class ActorRequest(HttpRequest):
    """For annotations; `request.actor` is put there by the middleware before any view runs."""

    actor: Actor
