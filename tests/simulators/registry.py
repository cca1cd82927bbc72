"""Every outside party that `run` and the conformance tests can start, each as its own process.

A simulator is started as `python -m <module> --port N --state DIR` and prints one JSON line when it answers; that line
fills the templates of `environment`. With port 0 it takes the port it had last time in DIR, else a free one.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Party:
    """One outside party. `environment`: the product's settings as templates of the ready line; `page`: is for eyes."""

    name: str
    module: str
    label: str
    environment: Mapping[str, str]
    page: bool = True


PARTIES = {
    party.name: party
    for party in (
        Party(
            "smtp",
            "tests.simulators.smtp",
            "Hộp thư thử nghiệm",
            {"SMTP_HOST": "{host}", "SMTP_PORT": "{port}"},
        ),
        Party(
            "carrier",
            "tests.simulators.carrier",
            "Bưu điện thử nghiệm",
            {"CARRIER_URL": "{url}", "CARRIER_CUSTOMER_CODE": "{customer_code}", "CARRIER_SECRET": "{secret}"},
        ),
        Party(
            "identity",
            "tests.simulators.identity",
            "Định danh điện tử thử nghiệm",
            {
                "IDENTITY_ISSUER": "{url}",
                "IDENTITY_CLIENT_ID": "{client_id}",
                "IDENTITY_CLIENT_SECRET": "{client_secret}",
            },
        ),
        Party(
            "pki",
            "tests.simulators.pki",
            "Chứng thực thử nghiệm",
            {"CA_URL": "{url}", "TSA_URL": "{tsa_url}", "TRUST_ROOTS": "{root_pem}"},
        ),
        Party(
            "signers",
            "tests.simulators.signers",
            "Ký số từ xa thử nghiệm",
            {
                "CSC_URL": "{url}/csc/v2",
                "CSC_CLIENT_ID": "{client_id}",
                "CSC_CLIENT_SECRET": "{secret}",
                "SMARTCA_URL": "{url}/sca/sp769",
                "SMARTCA_SP_ID": "{client_id}",
                "SMARTCA_SP_PASSWORD": "{secret}",
                "MYSIGN_URL": "{url}",
                "MYSIGN_CLIENT_ID": "{client_id}",
                "MYSIGN_CLIENT_SECRET": "{secret}",
                "MYSIGN_PROFILE": "{profile}",
            },
        ),
        Party(
            "agent",
            "tests.simulators.agent",
            "Chương trình ký trên máy cán bộ",
            {"SIGNING_AGENT_URL": "{wss}"},
            page=False,
        ),
    )
}


class StartFailed(Exception):
    """The simulator ended or closed its output before it was ready."""


@dataclass
class Running:
    """A simulator's process and what its ready line said."""

    party: Party
    process: subprocess.Popen[str]
    ready: dict[str, str | int]

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    @property
    def environment(self) -> dict[str, str]:
        return {name: template.format(**self.ready) for name, template in self.party.environment.items()}

    def stop(self) -> None:
        """Ask it to end and wait; its state stays. Does nothing once it has ended."""
        if self.process.poll() is None:
            self.process.terminate()
        self._wait()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self._wait()

    def _wait(self) -> None:
        self.process.wait(timeout=10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(
    name: str,
    state_dir: Path,
    port: int = 0,
    *,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Running:
    """Start a party and return once it answers; it ends with the process that started it, however that one ends.

    `state_dir` belongs to this party alone and holds its log. `environment` adds to this process's. Raises StartFailed.
    """
    party = PARTIES[name]
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / f"{name}.log"
    with log.open("ab") as stderr:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                party.module,
                "--port",
                str(port),
                "--state",
                str(state_dir),
                "--leashed",
                *arguments,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            # Ctrl-C in a terminal is the supervisor's to handle.
            start_new_session=True,
        )
    assert process.stdout
    line = process.stdout.readline()
    if not line.startswith("{"):
        process.kill()
        process.wait()
        raise StartFailed(f"{party.module}: see {log}")
    return Running(party, process, json.loads(line))
