"""`manage.py import_units FILE --unit-set 2025 [--successions FILE]`: administrative units and what became of them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from procedures.importing import FileRefused, import_successions, import_units
from procedures.management.reporting import add_json_option, report


class Command(BaseCommand):
    help = "Import administrative units of one era from CSV"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--unit-set", required=True, choices=["2024", "2025"])
        parser.add_argument("--successions", type=Path, help="CSV with old, new, partial, is_default")
        add_json_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report(import_units(options["file"], options["unit_set"]), self.stdout, as_json=options["json"])
            if options["successions"]:
                report(import_successions(options["successions"]), self.stdout, as_json=options["json"])
        except (FileRefused, OSError) as mistake:
            raise CommandError(str(mistake)) from None
