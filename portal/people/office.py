"""What an operator may do to whom. Everything asked of people goes through the queries here."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from portal.floor.actor import Actor
from portal.models import User
from procedures.models import Agency, Level, Position, Role
from procedures.organisation import Reach, reach_of
from procedures.querysets import PositionQuerySet

CATALOGUE = frozenset({Role.CATALOGUE_EDITOR, Role.CATALOGUE_REVIEWER})
# What these roles can do goes beyond one agency.
FAR_REACHING = CATALOGUE | {Role.OPERATOR}


class PeopleRefused(Exception):
    """What was asked for cannot be done; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Office:
    """An operator at work: the actor and the agencies within reach."""

    actor: Actor
    reach: Reach

    @classmethod
    def of(cls, actor: Actor) -> "Office":
        return cls(actor, reach_of(actor))

    def people(self) -> QuerySet[User]:
        """The officers this operator may see: all, or those who hold or held a seat within reach."""
        officers = User.objects.filter(kind=User.Kind.OFFICER)
        if self.reach.whole:
            return officers
        return officers.filter(pk__in=Position.objects.filter(agency__in=self.reach.agency_ids).values("user_id"))

    def person(self, pk: uuid.UUID) -> User:
        """Raises Http404 for somebody out of reach."""
        found = self.people().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def seats(self) -> PositionQuerySet:
        """The seats this operator may change."""
        found: PositionQuerySet = Position.objects.select_related("agency", "department")
        return found if self.reach.whole else found.filter(agency__in=self.reach.agency_ids)

    def seat(self, pk: int, user: User) -> Position:
        """That person's seat. Raises Http404 when it is another's or out of reach."""
        found: Position | None = self.seats().filter(pk=pk, user_id=user.pk).first()
        if found is None:
            raise Http404
        return found

    def may_grant(self, role: str, agency: Agency) -> bool:
        """Whether this operator may give, change or lend a seat of that role there."""
        if not self.reach.covers(agency.pk):
            return False
        if role in CATALOGUE:
            return self.reach.whole and agency.level == Level.PROVINCE
        return self.reach.whole or role not in FAR_REACHING

    def answers_for(self, user: User, on: dt.date) -> bool:
        """Whether this operator may act on the whole account: never one's own, nor one with rights out of reach."""
        if user.pk == self.actor.user_id:
            return False
        if self.reach.whole:
            return True
        to_come = Position.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), user_id=user.pk)
        beyond = to_come.exclude(agency__in=self.reach.agency_ids, role__in=set(Role.values) - FAR_REACHING)
        return not beyond.exists()
