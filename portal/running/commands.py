"""The four commands of the front door."""

import argparse
from collections.abc import Sequence

from portal import environment
from portal.running import doctor, supervisor, testing


def main(arguments: Sequence[str]) -> int:
    """Carry out `run`, `test`, `bench` or `doctor`; returns the exit code."""
    command, rest = arguments[0], list(arguments[1:])
    home = environment.home().resolve()
    home.mkdir(parents=True, exist_ok=True)
    if command == "run":
        return supervisor.run(home, wishes(rest))
    if command == "doctor":
        return doctor.doctor(home)
    passed_on = rest[1:] if rest[:1] == ["--"] else rest
    return testing.test(home, passed_on) if command == "test" else testing.bench(home, passed_on)


def wishes(arguments: Sequence[str]) -> supervisor.Wishes:
    parser = argparse.ArgumentParser(prog="./motcua run", description="Serve this installation until Ctrl-C.")
    parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; name it in MOTCUA_HOSTS too")
    parser.add_argument("--province", default="", help="demo province of a new installation, e.g. two-tier")
    found = parser.parse_args(arguments)
    return supervisor.Wishes(found.host, found.port, found.province)
