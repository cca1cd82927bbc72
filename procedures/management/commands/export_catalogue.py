"""`manage.py export_catalogue FILE [--xlsx | --official]`: every procedure in a shape that `import_catalogue` reads."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from procedures import exporting, ministries
from procedures.importing import workbook
from procedures.models import Procedure


class Command(BaseCommand):
    help = "Export the catalogue: the version in force of each procedure, else the one being worked on"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--xlsx", action="store_true", help="a workbook instead of JSON")
        shape.add_argument(
            "--official", action="store_true", help="as ministries publish: no forms, routes, conditions"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        half = target.with_name(f".{target.name}.{os.getpid()}")  # nobody finds half a file under the name asked for
        try:
            with half.open("wb") as out, transaction.atomic():
                if options["xlsx"]:
                    workbook.write(exporting.records(), out)
                else:
                    found = exporting.records()
                    shaped = ministries.told(found) if options["official"] else found
                    out.writelines(piece.encode() for piece in exporting.as_json(shaped))
            half.replace(target)
        except OSError as mistake:
            half.unlink(missing_ok=True)
            raise CommandError(str(mistake)) from None
        self.stdout.write(f"{Procedure.objects.count()} procedures: {target}\n")
