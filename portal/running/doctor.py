"""`./motcua doctor`: what is here, what is missing, and what it would be needed for. Changes nothing."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from portal.environment import ROOT
from portal.running import binaries, ports
from portal.running.tools import TOOLS


def doctor(home: Path) -> int:
    """Print the findings; 1 when `run` could not work."""
    account = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
    line("Python", f"{platform.python_version()} in .venv, {platform.system()} {platform.machine()}, {account}")
    stamp = ROOT / ".venv" / "installed"
    line("Packages", stamp.read_text().split(" ")[0] if stamp.is_file() else "not installed by ./motcua")
    uv = shutil.which("uv") or (ROOT / ".venv/bin/uv").exists()
    line("Installer", "uv" if uv else "pip from deploy/")
    line("State", f"{home}, {shutil.disk_usage(ROOT).free // 2**30} GiB free")
    works = database(home)
    line("Web port 8000", "free" if ports.is_free(8000) else "taken (./motcua run --port …)")
    print("\nOnly the tests need:")
    for name, tool in TOOLS.items():
        found = tool.find()
        missing = f"missing, tests marked `{name}` are skipped" + (
            f": apt-get install {tool.packages}" * bool(tool.packages)
        )
        line(tool.label.partition(" (")[0], found or missing)
    return 0 if works else 1


def database(home: Path) -> bool:
    if os.environ.get("DATABASE_URL"):
        line("Database", "external (DATABASE_URL)")
        return True
    try:
        place = binaries.choose(home)
    except binaries.NoDatabase as error:
        line("Database", str(error))
        return False
    version = subprocess.run(
        place.command("postgres", "-V"), capture_output=True, text=True, check=False, **place.options()
    )
    how = "in a user namespace" if place.wrapper else "as another account" if place.account is not None else "as you"
    line("Database", f"{version.stdout.strip()}, run {how}, data in {place.data}")
    return True


def line(label: str, finding: str) -> None:
    print(f"  {label:<30} {finding}")
