"""Look at a paper while writing its template."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.floor.typesetting import TypesettingError, pictures, typeset


class Command(BaseCommand):
    help = "Typeset a Typst source over JSON data: a PDF beside the source, with --png also its pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("data", type=Path)
        parser.add_argument("--png", action="store_true", help="write the pages as pictures too")

    def handle(self, *args: Any, source: Path, data: Path, png: bool, **options: Any) -> None:
        text, values = source.read_text(encoding="utf-8"), json.loads(data.read_text(encoding="utf-8"))
        try:
            source.with_suffix(".pdf").write_bytes(typeset(text, values))
            pages = pictures(text, values) if png else []
        except TypesettingError as error:
            raise CommandError(str(error)) from error
        for number, page in enumerate(pages, 1):
            source.with_suffix(f".{number}.png").write_bytes(page)
        self.stdout.write(str(source.with_suffix(".pdf")))
