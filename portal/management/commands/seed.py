"""`manage.py seed [--province vinh-phuc|two-tier]`: the demo province with its officers.

Everything comes in through the administrators' importers.
Running it again changes nothing that is already there; without `--province` an installed province stays the one it is.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal import demo
from portal.floor.actor import SYSTEM
from procedures import groups, importing, synonyms
from procedures.models import ProvinceProfile

REFERENCE = Path(importing.__file__).resolve().parents[1] / "reference"
PROVINCES = {"vinh-phuc": REFERENCE / "agencies-vinh-phuc.json", "two-tier": REFERENCE / "agencies-two-tier.json"}


class Command(BaseCommand):
    help = "Load reference data and the demo province"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--province", choices=sorted(PROVINCES), default=None)
        parser.add_argument(
            "--accounts", action="store_true", default=True, help="make the officers' accounts (default)"
        )
        parser.add_argument("--no-accounts", action="store_false", dest="accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        province = self.province(options["province"])
        with transaction.atomic():
            steps = {
                "rules": importing.import_rules(*sorted((REFERENCE / "rules").glob("*.json"))),
                "units 2024": importing.import_units(REFERENCE / "units-2024.csv", "2024"),
                "units 2025": importing.import_units(REFERENCE / "units-2025.csv", "2025"),
                "successions": importing.import_successions(REFERENCE / "succession.csv"),
                "calendar": importing.import_calendar(REFERENCE / "calendar.csv"),
                "synonyms": synonyms.load(REFERENCE / "synonyms.json"),
                "life events": importing.import_life_events(REFERENCE / "life-events.json"),
                "agencies": importing.import_agencies(
                    PROVINCES[province], officer=demo.ensure_officer if options["accounts"] else None
                ),
                "catalogue": importing.import_catalogue(REFERENCE / "catalogue", by=SYSTEM, at=timezone.now()),
                "groups": groups.load(REFERENCE / "groups.json"),
            }
        for name, summary in steps.items():
            if options["verbosity"] > 1 or summary.refused or summary.defects:
                self.stdout.write(f"{name}: {summary.loaded} loaded, {summary.unchanged} unchanged")
            for row in (*summary.refused, *summary.defects):
                self.stderr.write(f"{name}: {row.row} {row.field}: {row.reason}")

    def province(self, wanted: str | None) -> str:
        """The province to load: the one asked for, else the installed one, else Vĩnh Phúc."""
        installed = ProvinceProfile.current()
        if installed is None:
            return wanted or "vinh-phuc"
        for name, path in PROVINCES.items():
            if json.loads(path.read_text("utf-8"))["profile"]["identifier"] == installed.identifier:
                if wanted not in (None, name):
                    raise CommandError(f"This installation serves {installed.name}; use a new database for {wanted}.")
                return name
        raise CommandError(f"This installation serves {installed.name}; there is no demo data for it.")
