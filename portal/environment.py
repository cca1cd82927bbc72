"""Strict readers of the environment: a wrong value stops the start with one clear line instead of being guessed.

Every setting may also come from a file named by NAME_FILE (Docker and Kubernetes secrets).
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent


class EnvironmentMistake(Exception):
    """A setting is missing or malformed; the message names it."""


def home() -> Path:
    """Where the state of this installation lives (database, media, pids, logs, ports)."""
    return Path(os.environ.get("MOTCUA_HOME") or ROOT / ".motcua")


def load_env_file(path: Path | None = None) -> None:
    """Put NAME=value lines of the installation's `.env` into the environment; what is already set wins."""
    path = path or Path(os.environ.get("MOTCUA_ENV_FILE") or ROOT / ".env")
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, separator, value = line.partition("=")
        if not separator:
            raise EnvironmentMistake(f"{path.name}, line {number}: NAME=value expected")
        os.environ.setdefault(name.strip(), value.strip().strip('"'))


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or of the file named by NAME_FILE. Raises EnvironmentMistake when absent without default."""
    # MOTCUA_ENV_FILE names the file of all settings, not one that holds MOTCUA_ENV.
    if name != "MOTCUA_ENV" and (file_name := os.environ.get(f"{name}_FILE")):
        return Path(file_name).read_text(encoding="utf-8").strip()
    value = os.environ.get(name)
    if value is None or value == "":
        if default is None:
            raise EnvironmentMistake(f"{name} is not set")
        return default
    return value


def flag(name: str, default: bool = False) -> bool:
    """1/0 or true/false; anything else is a mistake, never a guess."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true"}:
        return True
    if value in {"0", "false"}:
        return False
    raise EnvironmentMistake(f"{name} must be 1, 0, true or false")


def one_of(name: str, default: str, *others: str) -> str:
    """One of the words; a misspelt one is a mistake, not the default."""
    value = text(name, default)
    if value not in {default, *others}:
        raise EnvironmentMistake(f"{name} must be one of: {', '.join((default, *others))}")
    return value


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise EnvironmentMistake(f"{name} must be a whole number") from None


def seconds(name: str) -> int | None:
    """A number of seconds; not set means without end."""
    return number(name, 0) if text(name, "") else None


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str) -> dict[str, object]:
    """postgresql://user:password@host:port/name as Django's database dictionary."""
    parts = urlsplit(text(name))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise EnvironmentMistake(f"{name} must start with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }
