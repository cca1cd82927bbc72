"""`manage.py import_catalogue FILE`: procedures from our own files, the official structure, or a workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from portal.floor.actor import SYSTEM
from procedures.importing import FileRefused, import_catalogue
from procedures.management.reporting import add_json_option, report


class Command(BaseCommand):
    help = "Import procedures; complete ones marked as published are put in force, others stay drafts"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a JSON file or a folder of them, or an XLSX workbook")
        add_json_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = import_catalogue(options["file"], by=SYSTEM, at=timezone.now())
        except (FileRefused, OSError) as mistake:
            raise CommandError(str(mistake)) from None
        report(summary, self.stdout, as_json=options["json"])
        if summary.refused:
            self.stderr.write(f"{len(summary.refused)} rows were refused and changed nothing; the rest was loaded.")
