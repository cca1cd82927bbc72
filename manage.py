#!/usr/bin/env python3
"""Django's command line for Một Cửa; `./motcua manage …` runs it with the right Python and environment."""

import os
import sys

from portal.environment import EnvironmentMistake, home, load_env_file

RUNNER = ("run", "test", "bench", "doctor")
NEEDS_OWNER = ("migrate", "prepare", "createcachetable", "sqlmigrate", "dbshell")


def main() -> None:
    load_env_file()
    if sys.argv[1:2] and sys.argv[1] in RUNNER:  # before Django: the runner itself finds the database
        from portal.running import commands

        sys.exit(commands.main(sys.argv[1:]))
    load_env_file(home() / "run.env")  # the addresses that `run` gave its database and parties
    if sys.argv[1:2] and sys.argv[1] in NEEDS_OWNER and (owner := os.environ.get("MOTCUA_OWNER_DATABASE_URL")):
        os.environ["DATABASE_URL"] = owner
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except EnvironmentMistake as mistake:
        sys.exit(f"{mistake}. Start `./motcua run` once, or set the environment (.env.example names every variable).")


if __name__ == "__main__":
    main()
