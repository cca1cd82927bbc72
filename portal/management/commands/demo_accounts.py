"""Print the demo officers with password and second-factor secret: `manage.py demo_accounts [--json | --code NAME]`."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo import NotADemo, accounts
from portal.identity.second_factor import code_now


class Command(BaseCommand):
    help = "In tài khoản cán bộ dùng thử (không chạy ở môi trường thật)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--code", metavar="NAME", help="mã xác thực đang có hiệu lực của cán bộ này")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = [asdict(account) for account in accounts()]
        except NotADemo:
            raise CommandError("Demo accounts are refused while MOTCUA_ENV=production.") from None
        if options["code"]:
            secret = next((row["totp_secret"] for row in rows if row["username"] == options["code"]), "")
            if not secret:
                raise CommandError(f"no demo officer {options['code']}")
            self.stdout.write(code_now(secret))
            return
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            self.stdout.write("{username:<7} {password}  {totp_secret}  {name}, {role}, {agency}".format(**row))
