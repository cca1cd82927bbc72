"""`manage.py init_province --code H14 --operator NAME …`: a real province starts here, without the demo."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from portal.floor.vietnamese import BadText, clean
from portal.founding import CannotBegin, Operator, found
from procedures.importing import FileRefused, offices
from procedures.importing.summary import read_bytes


class Command(BaseCommand):
    help = "Set up a real province on an empty installation; everybody in it must be invited"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", help="identifier of the province, for example H14")
        parser.add_argument(
            "--unit-set", choices=["2024", "2025"], default="2025", help="three tiers, or two (default)"
        )
        parser.add_argument("--file", type=Path, help="XLSX with agencies, departments and officers")
        parser.add_argument("--operator", help="user name of the first operator")
        parser.add_argument("--operator-name", help="full name of the first operator")
        parser.add_argument("--operator-email", help="where the invitation goes")
        parser.add_argument("--template", type=Path, help="write an empty workbook for --file, and do nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["template"]:
            with options["template"].open("wb") as out:
                offices.write_template(out)
            self.stdout.write(f"{options['template']}: overwrite the example rows, then pass it as --file")
            return
        needed = ("code", "operator", "operator_name", "operator_email")
        if missing := [f"--{name.replace('_', '-')}" for name in needed if not options[name]]:
            raise CommandError(f"missing: {', '.join(missing)}")
        self.begin(options)

    def begin(self, options: dict[str, Any]) -> None:
        try:
            operator = Operator(*(clean(options[name]) for name in ("operator", "operator_name", "operator_email")))
            workbook = read_bytes(options["file"]) if options["file"] else None
            done = found(options["code"], options["unit_set"], workbook, operator, at=timezone.now())
        except offices.OfficesRefused as refused:
            lines = "\n".join(f"{one.row}, {one.field}: {one.reason}" for one in refused.refusals)
            raise CommandError(f"{lines}\n{refused}") from None
        except (CannotBegin, FileRefused, BadText, OSError) as mistake:
            raise CommandError(str(mistake)) from None
        drafts = f"{done.catalogue.drafted} procedures as drafts"
        self.stdout.write(f"{done.profile.name}: {done.agencies} agencies, {done.people} people, {drafts}")
        for one in (*done.catalogue.refused, *done.catalogue.defects):
            self.stderr.write(f"catalogue: {one.row} {one.field}: {one.reason}")
        self.stdout.write(f"The operator's invitation, good for 72 hours: {done.link}")
