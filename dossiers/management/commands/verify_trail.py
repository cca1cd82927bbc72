"""Prove that nobody altered, removed or reordered what was recorded: `manage.py verify_trail [CODE …] [--json]`."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers import trail
from dossiers.models import Dossier


class Command(BaseCommand):
    help = "Kiểm tra nhật ký của mọi hồ sơ và niêm phong hằng ngày; mã thoát 1 khi có chỗ không khớp."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE", help="chỉ kiểm tra các hồ sơ có mã này")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [_dossier(code) for code in options["codes"]] or None
        flaws = list(trail.verify(chosen))
        if options["json"]:
            self.stdout.write(json.dumps({"flaws": [asdict(flaw) for flaw in flaws]}, ensure_ascii=False, indent=1))
        else:
            for flaw in flaws:
                self.stdout.write(f"{flaw.dossier} #{flaw.sequence}: {flaw.what}")
            self.stdout.write(f"{len(flaws)} chỗ không khớp" if flaws else "Nhật ký toàn vẹn.")
        if flaws:
            raise SystemExit(1)


def _dossier(code: str) -> Dossier:
    found: Dossier | None = Dossier.objects.called(code).first()
    if found is None:
        raise CommandError(f"no dossier {code}")
    return found
