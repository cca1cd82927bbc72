"""`manage.py import_agencies FILE`: a province with its agencies."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from procedures.importing import FileRefused, import_agencies
from procedures.management.reporting import add_json_option, report


class Command(BaseCommand):
    help = "Import the profile and agencies of a province from JSON (positions come with accounts: `seed`)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        add_json_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report(import_agencies(options["file"]), self.stdout, as_json=options["json"])
        except (FileRefused, OSError) as mistake:
            raise CommandError(str(mistake)) from None
