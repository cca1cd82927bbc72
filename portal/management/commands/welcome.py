"""`manage.py welcome`: what a demonstration needs once its outside parties answer, and who can log in."""

from typing import Any

from django.core.management import BaseCommand, call_command, get_commands

from portal.running.progress import step


class Command(BaseCommand):
    requires_system_checks = []  # they load every page; the gate has made them
    help = "Certificates for the demo's leaders, then the demo accounts"

    def handle(self, *args: Any, **options: Any) -> None:
        known = get_commands()
        with step("Demo certificates") as outcome:
            if "demo_certificates" in known:
                call_command("demo_certificates", verbosity=0)
            else:
                outcome.note = "no certificates in this version"
        if "demo_accounts" in known:
            call_command("demo_accounts")
