"""Write the archive package of a closed dossier to a file: `manage.py archive_package CODE OUT`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dossiers import package_zip, packaging
from dossiers.models import Dossier
from dossiers.refusals import MoveRefused


class Command(BaseCommand):
    help = "Ghi gói lưu trữ của hồ sơ đã lưu ra tệp ZIP; lập gói nếu chưa có."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("out", metavar="OUT", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        dossier: Dossier | None = Dossier.objects.called(options["code"]).first()
        if dossier is None:
            raise CommandError(f"no dossier {options['code']}")
        out: Path = options["out"]
        package = dossier.packages.order_by("-version").first()
        try:
            package = package or packaging.make(dossier, made_by="manage.py", at=timezone.now())
            with out.open("xb") as file:
                file.writelines(package_zip.zipped(package))
        except FileExistsError as error:
            raise CommandError(f"{out} exists") from error
        except MoveRefused as error:
            raise CommandError(str(error)) from error
        except package_zip.Altered as error:
            out.unlink(missing_ok=True)
            raise CommandError(f"{error} is not what it was") from error
        self.stdout.write(f"{out}: {len(package.contents)} tệp, SHA256SUMS {package.sha256}")
