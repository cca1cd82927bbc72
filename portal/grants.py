"""The application's role may read and write rows, and cannot rewrite the trail."""

from django.apps import apps
from django.db import connection, transaction

APP_ROLE = "motcua_app"


def append_only_tables() -> list[str]:
    """Tables of the models that say `append_only = True`: the law's events, their seals, the log of reads."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


def grant(role: str = APP_ROLE) -> bool:
    """Give the role its rights, as the owner, after every migration. False when the database knows no such role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
        if not cursor.fetchone():
            return False
        name = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in ["django_migrations", *append_only_tables()]:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {connection.ops.quote_name(table)} FROM {name}")
    return True
