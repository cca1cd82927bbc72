"""`manage.py import_calendar FILE`: days that differ from the plain week."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from procedures.importing import FileRefused, import_calendar
from procedures.management.reporting import add_json_option, report


class Command(BaseCommand):
    help = "Import days off and extra working days from CSV"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        add_json_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report(import_calendar(options["file"]), self.stdout, as_json=options["json"])
        except (FileRefused, OSError) as mistake:
            raise CommandError(str(mistake)) from None
