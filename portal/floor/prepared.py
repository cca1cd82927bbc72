"""Questions that are asked at every page: written by the ORM once, then sent as they were written.

The ORM takes longer to write such a statement than PostgreSQL to answer it. A function under `@prepared` builds a
queryset; it is called once for each shape of the question, with stand-ins in the places of the values. The text is
kept, and every later call of the same shape only puts the values of the moment into it.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Statement = tuple[str, tuple[Any, ...]]
Row = tuple[Any, ...]

# Stand-ins are equal to nothing that anybody asks for; numbers must fit the smallest integer column.
_NUMBER, _YEAR, _WORD = 31_000, 9_000, "\ue000"


class Prepared:
    """A function from values to a queryset or statement, as a function from values to rows.

    Positional arguments shape the statement: which conditions it has. Keyword arguments are the values in it: `int`,
    `str`, `date`, `datetime`, `UUID`, or a tuple of such, whose length belongs to the shape. The function must put
    every value into the statement as it is, or not at all.
    """

    def __init__(self, build: Callable[..., QuerySet[Any] | Statement]) -> None:
        self._build = build
        self._kept: dict[Hashable, tuple[str, list[Callable[[list[Any]], Any]]]] = {}
        update_wrapper(self, build)

    def __call__(self, *shape: Hashable, **values: Any) -> list[Row]:
        """The rows as psycopg2 gives them, sealed columns as bytes.

        Raises ValueError when a statement changes its values, or is written for values of another type.
        """
        flat, lengths = _flat(values)
        key = (shape, tuple(values), lengths)
        if key not in self._kept:
            self._kept[key] = self._written(shape, values)
        sql, slots = self._kept[key]
        return ask(sql, [slot(flat) for slot in slots]) if sql else []

    def _written(self, shape: Any, values: dict[str, Any]) -> Any:
        numbers = iter(range(1_000))
        given = {
            name: tuple(_stand_in(one, next(numbers)) for one in value)
            if isinstance(value, tuple)
            else _stand_in(value, next(numbers))
            for name, value in values.items()
        }
        try:
            sql, params = statement_of(self._build(*shape, **given))
        except EmptyResultSet:  # no row can fulfil it
            return "", []
        places = {mark: place for place, mark in enumerate(_flat(given)[0])}
        return sql, [_slot(param, places) for param in params]


prepared = Prepared


def statement_of(asked: QuerySet[Any] | Statement) -> Statement:
    """The text of a queryset with its parameters."""
    return asked.query.sql_with_params() if isinstance(asked, QuerySet) else asked


def ask(sql: str, params: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Row] = cursor.fetchall()
        return rows


def _flat(values: dict[str, Any]) -> tuple[list[Any], tuple[int, ...]]:
    """All values one after the other, and how many each name has (-1: one that is no tuple)."""
    flat: list[Any] = []
    lengths = []
    for value in values.values():
        if isinstance(value, tuple):
            flat += value
            lengths.append(len(value))
        else:
            flat.append(value)
            lengths.append(-1)
    return flat, tuple(lengths)


def _stand_in(value: Any, number: int) -> Any:
    if type(value) is int:
        return _NUMBER + number
    if isinstance(value, str):
        return f"{_WORD}{number}"
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=(0xF << 124) + number)
    if isinstance(value, dt.datetime):
        return dt.datetime(_YEAR, 1, 1, microsecond=number, tzinfo=dt.UTC)
    if isinstance(value, dt.date):
        return dt.date(_YEAR, 1, 1) + dt.timedelta(days=number)
    raise ValueError(f"a {type(value).__name__} cannot be a value of a prepared statement")


def _slot(param: Any, places: dict[Any, int]) -> Callable[[list[Any]], Any]:
    """What fetches this parameter from the values of a call."""
    if param in places:
        place = places[param]
        return lambda flat: flat[place]
    changed = (
        (isinstance(param, str) and _WORD in param)
        or (isinstance(param, dt.date) and param.year >= _YEAR - 1)
        or (type(param) is int and _NUMBER <= param < _NUMBER + 1_000)
    )
    if changed:
        raise ValueError("a prepared statement may not compute with its values")
    return lambda flat: param
