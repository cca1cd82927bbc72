"""`manage.py prepare`: bring database, grants, cache, reference data and static files up to this version of the code.

Run as the database's owner; each step does nothing when there is nothing to do. Production runs it once per release.
"""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.grants import grant
from portal.running.progress import step


class Command(BaseCommand):
    requires_system_checks = []  # they load every page; the gate has made them
    help = "Bring database, grants, cache, reference data and static files up to this version"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--province", default="", help="demo province of a new installation")
        parser.add_argument("--no-static", action="store_true", help="the image holds the static files already")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:  # of two nodes that start together one waits for the other
            cursor.execute("SELECT pg_advisory_lock(hashtext('motcua prepare'))")
        with step("Tables") as outcome:
            outcome.note = self.migrate()
        with step("Rights of the two roles") as outcome:
            outcome.note = "" if grant() else "one role only: the database does not guard the trail"
        if settings.DEMO:
            with step("Reference data, demo province") as outcome:
                outcome.note = self.seed(options["province"])
        if not options["no_static"]:
            with step("Static files") as outcome:
                outcome.note = self.collect()

    def migrate(self) -> str:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        return f"{len(plan)} migrations" if plan else "unchanged"

    def seed(self, province: str) -> str:
        if "seed" not in get_commands():
            return "no demo data in this version"
        call_command("seed", **({"province": province} if province else {}))
        return province

    def collect(self) -> str:
        """Copy and hash the static files, unless the same ones are there already."""
        root = Path(settings.STATIC_ROOT)
        stamp, wanted = root / ".collected", fingerprint(settings.STATICFILES_DIRS)
        if stamp.is_file() and stamp.read_text() == wanted:
            return "unchanged"
        call_command("collectstatic", verbosity=0, interactive=False, clear=root.exists())
        stamp.write_text(wanted)
        return ""


def fingerprint(folders: list[Path]) -> str:
    """Changes with any file of ours and with the installed packages that bring files of their own."""
    files = sorted(path for folder in folders for path in Path(folder).rglob("*") if path.is_file())
    lock = settings.ROOT / ".venv" / "installed"
    seen = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join([*seen, lock.read_text() if lock.is_file() else ""]).encode()).hexdigest()
