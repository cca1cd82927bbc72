#!/usr/bin/env python3
"""Django's command line for Một Cửa; `./motcua manage …` runs it with the right Python and environment."""

import os
import sys

from portal.environment import load_env_file


def main() -> None:
    load_env_file()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
