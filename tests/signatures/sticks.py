"""Officers with a token that only the program on their own machine reaches."""

import asyncio
from dataclasses import dataclass

from django.conf import settings

from portal.models import User
from signatures.enrolment import Organisation, Person, register
from signatures.models import Certificate
from tests.authority import DEPARTMENT, DEPARTMENT_CODE, LEADER
from tests.simulators.agent.stick import Stick


@dataclass(frozen=True)
class Holder:
    """A certificate in the register and the token with its key."""

    certificate: Certificate
    stick: Stick

    def signs(self, pdf: bytes, *, stamped: bool = True, field: str = "VGCA1") -> bytes:
        return signed_by(self.stick, pdf, stamped=stamped, field=field)


def signed_by(stick: Stick, pdf: bytes, *, stamped: bool = True, field: str = "VGCA1") -> bytes:
    return asyncio.run(stick.sign(pdf, settings.TSA_URL if stamped else "", field))


def person(user: User | None = None) -> Holder:
    user = user or User.objects.create(username=f"u{User.objects.count()}", full_name=LEADER, kind=User.Kind.OFFICER)
    stick = Stick.made(user.full_name, settings.CA_URL)
    return Holder(registered(Person(user.pk, user.full_name, "Giám đốc", DEPARTMENT), stick), stick)


def agency(code: str = DEPARTMENT_CODE, name: str = DEPARTMENT) -> Holder:
    stick = Stick.made(name, settings.CA_URL, "seal")
    return Holder(registered(Organisation(code, name, "Tỉnh Vĩnh Phúc"), stick), stick)


def registered(holder: Person | Organisation, stick: Stick) -> Certificate:
    chain = [one.dump() for one in stick.certificates]
    return register(holder, kind="agent", reference=f"{stick.certificates[0].serial_number:x}", chain=chain)
