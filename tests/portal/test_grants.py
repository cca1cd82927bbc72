from collections.abc import Iterator

import pytest
from django.db import ProgrammingError, connection, transaction

from portal import grants
from portal.grants import append_only_tables

INSUFFICIENT_PRIVILEGE = "42501"


@pytest.fixture
def as_application(db: None) -> Iterator[None]:
    """Statements run with the application's rights."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [grants.APP_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {grants.APP_ROLE}")
        assert grants.grant()
        cursor.execute(f"SET LOCAL ROLE {grants.APP_ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return getattr(error.__cause__, "pgcode", "") == INSUFFICIENT_PRIVILEGE
    return False


def test_the_legal_trail_is_append_only_for_the_application(as_application: None) -> None:
    tables = append_only_tables()

    assert "dossiers_dossierevent" in tables
    for table in tables:
        assert refused(f'DELETE FROM "{table}"')
        assert refused(f'UPDATE "{table}" SET id = id')
        assert refused(f'TRUNCATE "{table}"')
        assert not refused(f'SELECT 1 FROM "{table}"')


def test_the_application_changes_rows_but_no_tables(as_application: None) -> None:
    assert not refused("DELETE FROM portal_user")
    assert refused("DROP TABLE portal_user")
    assert refused("TRUNCATE portal_user")
    assert refused("DELETE FROM django_migrations")


@pytest.mark.django_db
def test_a_database_with_one_role_is_told_apart() -> None:
    assert not grants.grant("role_that_nobody_made")
