"""The applicant as the account knows the person, told by the national identity provider at log-in; and the answers that
a form need not ask for because of that."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from procedures import eforms
from procedures.eforms import Prefilled
from procedures.models import ProvinceProfile


@dataclass(frozen=True, slots=True)
class Applicant:
    """Handed in by the edge; `identity` is the personal id, or the tax code of an organisation."""

    name: str
    identity: str
    is_organisation: bool = False
    phone: str = ""
    email: str = ""
    address: str = ""
    birth_on: str = ""
    sex: str = ""
    representative: str = ""  # of an organisation: the person who acts

    @classmethod
    def of(cls, account: Any) -> "Applicant":
        """The applicant behind a citizen's or an organisation's account (settings.AUTH_USER_MODEL)."""
        organisation = account.kind == "organisation"
        return cls(
            name=account.full_name, identity=account.tax_code if organisation else account.personal_id,
            is_organisation=organisation, phone=account.phone, email=account.email, address=account.address,
            birth_on=account.birth_on, sex=account.sex, representative=account.representative,
        )  # fmt: skip


def contact(applicant: Applicant) -> dict[str, str]:
    """How the result reaches the person, as long as nothing else is said."""
    name = applicant.representative or applicant.name
    return {"name": name, "phone": applicant.phone, "email": applicant.email, "address": applicant.address}


def prefilled(schema: Mapping[str, Any], applicant: Applicant) -> dict[str, Prefilled]:
    """By field, what is known already. Who the person is cannot be changed here; how to reach them can."""
    source = _("Tài khoản định danh điện tử")
    facts = {
        "profile.full_name": (applicant.representative or applicant.name, True),
        "profile.personal_id": ("" if applicant.is_organisation else applicant.identity, True),
        "profile.tax_code": (applicant.identity if applicant.is_organisation else "", True),
        "profile.birth_on": (applicant.birth_on, True),
        "profile.sex": (applicant.sex, True),
        "profile.phone": (applicant.phone, False),
        "profile.email": (applicant.email, False),
        "profile.address": (applicant.address, False),
    }
    return eforms.prefill_map(schema, {name: Prefilled(value, source, lock) for name, (value, lock) in facts.items()})


def setting(province: ProvinceProfile, *, at: dt.datetime) -> eforms.Setting:
    """What checking a form depends on in this province at this time."""
    home = province.unit.code if province.unit else ""
    return eforms.Setting(today=timezone.localtime(at).date(), unit_set=province.unit_set, province=home)
