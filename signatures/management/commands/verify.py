"""`manage.py verify FILE [--signature FILE.p7s] [--json]`: judge a PDF, signed XML, or a file with its signature.

Ends with 1 unless every signature is valid.
"""

import json
import sys
from argparse import ArgumentParser, FileType
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from signatures import reporting


class Command(BaseCommand):
    help = "Judge the signatures of a file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=FileType("rb"))
        parser.add_argument("--signature", type=FileType("rb"), help="the signature beside the file (.p7s)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        beside = options["signature"]
        report = reporting.judge(options["file"].read(), beside.read() if beside else None)
        if options["json"]:
            self.stdout.write(json.dumps(reporting.as_json(report), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"{report.verdict}  sha256 {report.sha256}")
            for reason in report.reasons:
                self.stdout.write(f"  {reason}")
            for one in report.signatures:
                at = timezone.localtime(one.stamped_at).isoformat() if one.stamped_at else "-"
                self.stdout.write(f"  {one.verdict:<18} {one.signer} ({one.serial}) {at}")
        if report.verdict not in {"valid", "valid_untimestamped"}:
            sys.exit(1)
