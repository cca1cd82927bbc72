"""A remote signing service for tests: its keys, its telephone and its troubles."""

from dataclasses import dataclass, field
from typing import Any

import requests
from django.conf import settings

from portal.models import User
from signatures import drawing, signing
from signatures.enrolment import Person, register
from signatures.models import Certificate, SigningRequest
from tests.authority import DEPARTMENT, LEADER
from tests.simulators import registry

ACCOUNT = "026088001234"
PROVIDERS = {
    "csc": "signatures.providers.csc.CscProvider",
    "smartca": "signatures.providers.smartca.SmartCaProvider",
    "mysign": "signatures.providers.mysign.MySignProvider",
}


@dataclass
class Service:
    """One kind of service, spoken to as the product does, and the hand on its telephone."""

    running: registry.Running
    kind: str
    credentials: dict[str, dict[str, str]] = field(default_factory=dict)

    def holder(self, algorithm: str = "ec", asks: str = "yes", user: User | None = None) -> Certificate:
        """A leader, that user or a new one, with a key at the service; keys live as long as the service."""
        wish = {"account": ACCOUNT, "name": LEADER, "ca_url": settings.CA_URL, "algorithm": algorithm, "asks": asks}
        name = f"{settings.CA_URL} {algorithm} {asks}"
        if name not in self.credentials:
            self.credentials[name] = self.tell("credentials", wish)
        made = self.credentials[name]
        user = user or User.objects.create(
            username=f"u{User.objects.count()}", full_name=LEADER, kind=User.Kind.OFFICER
        )
        person = Person(user.pk, LEADER, "Giám đốc", DEPARTMENT)
        mark = drawing.hand_signature(LEADER)
        return register(person, kind=self.kind, reference=self.reference(made), account=ACCOUNT, mark=mark)

    def reference(self, made: dict[str, str]) -> str:
        return made["serial"] if self.kind == "smartca" else made["id"]

    @property
    def questions(self) -> list[dict[str, str]]:
        return requests.get(f"{self.running.url}/control/questions", timeout=30).json()

    @property
    def calls(self) -> list[str]:
        return requests.get(f"{self.running.url}/control/calls", timeout=30).json()

    def decide(self, state: str, fates: dict[int, str] | None = None) -> None:
        """The answer to the one question that waits; `fates` of single files by their place, from 0."""
        (waiting,) = [one for one in self.questions if one["state"] == "waiting"]
        self.tell(f"questions/{waiting['id']}/{state}", {"fates": fates or {}})

    def fail(self, fault: str) -> None:
        self.tell(f"fault/{fault}")

    def tell(self, path: str, content: object = None) -> Any:
        answer = requests.post(f"{self.running.url}/control/{path}", json=content or {}, timeout=30)
        answer.raise_for_status()
        return answer.json()


def performed(request: SigningRequest, **more: Any) -> SigningRequest:
    """The request after one attempt."""
    signing.perform(request.pk, **more)
    request.refresh_from_db()
    return request
