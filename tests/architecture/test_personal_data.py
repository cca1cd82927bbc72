"""What is personal is sealed in the application: the database holds ciphertext and blind indexes."""

import pytest
from django.apps import apps
from django.db import models

from portal.floor import fields as sealed
from tests.architecture.tree import APPS

PERSONAL = {
    "personal_id", "identity", "phone", "address", "email", "birth_on", "answers", "text", "note", "snapshot",
    "payload", "receiver", "delivery",
}  # fmt: skip
PUBLIC = {
    "procedures.Agency.phone": "printed on every receipt",
    "procedures.Agency.address": "printed on every receipt",
    "procedures.Agency.email": "printed on every receipt",
}
SEALED = tuple(
    kind for name in dir(sealed) if name.startswith("Encrypted") and isinstance(kind := getattr(sealed, name), type)
)
FOUND = [
    field
    for label in APPS
    for model in apps.get_app_config(label).get_models()
    for field in model._meta.get_fields()
    if isinstance(field, models.Field) and field.name in PERSONAL and str(field) not in PUBLIC
]


def test_the_list_of_public_exceptions_is_true() -> None:
    for name in PUBLIC:
        label, field = name.rsplit(".", 1)
        assert apps.get_model(label)._meta.get_field(field), name


@pytest.mark.parametrize("field", FOUND, ids=str)
def test_what_is_personal_is_sealed(field: models.Field) -> None:
    assert isinstance(field, SEALED), f"{field}: use EncryptedTextField or EncryptedJSONField of portal.floor.fields"


@pytest.mark.parametrize("field", FOUND, ids=str)
def test_no_index_stands_on_what_is_sealed(field: models.Field) -> None:
    assert not field.db_index, f"{field}: look it up by a blind index column"
    assert not field.unique
