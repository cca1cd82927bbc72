"""The two roles and the database: one owns and migrates, the other runs the product and cannot rewrite the trail."""

from psycopg2 import sql

from portal.running.postgres import Server

OWNER, APP = "motcua_owner", "motcua_app"


def prepare(server: Server, database: str) -> None:
    """Make the roles and the database where they are missing; the passwords on file become the true ones."""
    passwords = server.passwords()
    for role, rights in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
        if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            server.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        form = sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}")
        server.execute(form.format(sql.Identifier(role), sql.SQL(rights), sql.Literal(passwords[role])))
    # The owner may step down to the application's rights, so that tests and doctor can try them.
    server.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(OWNER)))
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", database):
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER)))
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    grant = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
    server.execute(grant.format(sql.Identifier(database), sql.Identifier(APP)))
