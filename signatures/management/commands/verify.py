"""`manage.py verify FILE [--json]`: judge the signatures of a PDF. Ends with 1 unless every signature is valid."""

import json
import sys
from argparse import ArgumentParser, FileType
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from signatures.verification import verify


class Command(BaseCommand):
    help = "Judge the signatures of a PDF"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=FileType("rb"))
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(options["file"].read())
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"{report.verdict}  sha256 {report.sha256}")
            for reason in report.reasons:
                self.stdout.write(f"  {reason}")
            for one in report.signatures:
                at = timezone.localtime(one.stamped_at).isoformat() if one.stamped_at else "-"
                self.stdout.write(f"  {one.verdict:<18} {one.signer} ({one.serial}) {at}")
        if report.verdict not in {"valid", "valid_untimestamped"}:
            sys.exit(1)
