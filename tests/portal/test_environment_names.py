import hashlib
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from portal import environment
from portal.environment import ROOT, EnvironmentMistake
from portal.running import postgres

READ = re.compile(
    r"""(?:env(?:ironment)?\.(?:text|flag|one_of|number|seconds|words|database)|environ\.get)\(\s*"([A-Z0-9_]+)\""""
)
OF_OTHERS = {"PATH", "DJANGO_SETTINGS_MODULE", "FORKED_BY_MULTIPROCESSING"}


def test_the_example_names_every_variable_that_the_code_reads_and_no_other() -> None:
    sources = [ROOT / "motcua", ROOT / "manage.py", ROOT / "tests/conftest.py"]
    for app in ("portal", "procedures", "signatures", "dossiers"):
        sources += (ROOT / app).rglob("*.py")
    read = {name for source in sources for name in READ.findall(source.read_text(encoding="utf-8"))} - OF_OTHERS

    named = set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))

    assert read - named == set()
    assert named - read == set()


def test_compose_makes_the_same_cluster_as_the_runner() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    words = services["database"]["environment"]["POSTGRES_INITDB_ARGS"].split()

    ours = {word for word in postgres.INITDB if "locale" in word or "ctype" in word or "encoding" in word}

    assert ours <= set(words)


def test_files_of_others_under_deploy_are_the_recorded_ones() -> None:
    listed = tomllib.loads((ROOT / "deploy/VENDOR.toml").read_text(encoding="utf-8"))["file"]

    for entry in listed:
        assert hashlib.sha256((ROOT / "deploy" / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert {entry["path"] for entry in listed} == {path.name for path in (ROOT / "deploy").glob("*.whl")}


def test_locked_requirements_name_no_registry_and_each_list_holds_the_one_before() -> None:
    lists = [(ROOT / f"requirements/{name}.txt").read_text() for name in ("prod", "demo", "test")]
    pins = [set(re.findall(r"^[a-z0-9.\[\],-]+==\S+", text, re.MULTILINE | re.IGNORECASE)) for text in lists]

    assert not any("://" in text for text in lists)
    assert pins[0] < pins[1] < pins[2]
    assert not any(pin.startswith("psycopg==") for pin in pins[2])


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "a place" / ".env"
    path.parent.mkdir()
    program = f"import runpy; door = runpy.run_path({str(ROOT / 'motcua')!r}); door['write_env'](); door['write_env']()"
    full = {"PATH": "/usr/bin:/bin", "MOTCUA_ENV_FILE": str(path)}

    subprocess.run([sys.executable, "-c", program], env=full, check=True, capture_output=True)
    first = path.read_text()
    subprocess.run([sys.executable, "-c", program], env=full, check=True, capture_output=True)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == first
    assert re.fullmatch(r"MOTCUA_DATA_KEYS=k1:[A-Za-z0-9+/]{43}=", first.splitlines()[2])


def test_a_value_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("kín đáo\n", encoding="utf-8")
    monkeypatch.setenv("MOTCUA_SECRET_KEY_FILE", str(tmp_path / "secret"))

    assert environment.text("MOTCUA_SECRET_KEY") == "kín đáo"


@pytest.mark.parametrize("value", ["yes", "on", "2"])
def test_a_flag_is_never_guessed(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MOTCUA_DEBUG", value)

    with pytest.raises(EnvironmentMistake, match="MOTCUA_DEBUG"):
        environment.flag("MOTCUA_DEBUG")


def test_a_connection_is_kept_for_ever_unless_seconds_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTCUA_CONN_MAX_AGE", raising=False)
    assert environment.seconds("MOTCUA_CONN_MAX_AGE") is None

    monkeypatch.setenv("MOTCUA_CONN_MAX_AGE", "0")
    assert environment.seconds("MOTCUA_CONN_MAX_AGE") == 0


def test_a_misspelt_production_is_no_demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_ENV", "prod")
    with pytest.raises(EnvironmentMistake, match="MOTCUA_ENV must be one of: demo, production"):
        environment.one_of("MOTCUA_ENV", "demo", "production")
    monkeypatch.delenv("MOTCUA_ENV")
    assert environment.one_of("MOTCUA_ENV", "demo", "production") == "demo"


def test_the_file_of_all_settings_is_not_taken_for_the_kind_of_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    everything = tmp_path / ".env"
    everything.write_text("MOTCUA_ENV=production\n")
    monkeypatch.setenv("MOTCUA_ENV_FILE", str(everything))
    monkeypatch.setenv("MOTCUA_ENV", "production")
    assert environment.one_of("MOTCUA_ENV", "demo", "production") == "production"
