"""Model fields whose column holds sealed bytes bound to their row.

The bytes are opened when the attribute is read, with `app.model.field:pk` as additional data; a value copied to
another row or column raises InvalidTag. The key must exist before the row does (uuid7); a model with a database-made
key names another field: `aad_from="reference"`. None and "" are stored as they are. A field added to a table that has
rows needs `null=True` or `default=""`. Values are written by `save` and `bulk_create`; `QuerySet.update` needs
`field.seal(instance, value)`.
"""

import json
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from portal.floor import crypto

if TYPE_CHECKING:  # generic for the type checker alone
    _Field = models.Field[Any, Any]
    _TextField = models.TextField[Any, Any]
else:
    _Field, _TextField = models.Field, models.TextField


class Sealed:
    """Bytes as the column holds them; `values()` gives these, not the text."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return "<sealed>"


class _OpeningAttribute(DeferredAttribute):
    """Opens on first reading and keeps the plain value on the instance."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            field = cast("_EncryptedField", self.field)
            value = instance.__dict__[field.attname] = field.open(instance, value)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class _EncryptedField(_Field):
    descriptor_class = _OpeningAttribute

    def __init__(self, *args: Any, aad_from: str = "", **kwargs: Any) -> None:
        self.aad_from = aad_from
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.aad_from:
            kwargs["aad_from"] = self.aad_from
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def dump(self, value: Any) -> bytes:
        raise NotImplementedError

    def load(self, plain: bytes) -> Any:
        raise NotImplementedError

    def _aad(self, instance: Any) -> bytes:
        meta = self.model._meta
        bound: Any = meta.get_field(self.aad_from) if self.aad_from else meta.pk
        value = bound.to_python(getattr(instance, bound.attname))
        if value is None or value == "":
            raise FieldError(f"{meta.label}.{self.name} can only be sealed after {bound.name} is known")
        return f"{meta.label_lower}.{self.name}:{value}".encode()

    def seal(self, instance: models.Model, value: Any) -> Sealed | None:
        """The column's bytes for this row. Raises FieldError when the row's key is not known yet."""
        if value is None:
            return None
        return Sealed(b"" if value == "" else crypto.encrypt(self.dump(value), self._aad(instance)))

    def open(self, instance: Any, sealed: Sealed) -> Any:
        """The plain value; of `instance` only the key is asked.

        Raises InvalidTag when the bytes belong to another row or were altered.
        """
        return self.load(crypto.decrypt(sealed.data, self._aad(instance))) if sealed.data else ""

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        return self.seal(model_instance, getattr(model_instance, self.attname))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if value == "":
            value = Sealed(b"")
        if not isinstance(value, Sealed):
            raise FieldError(
                f"{self.name} is encrypted per row: save the instance, or pass field.seal(instance, value)"
            )
        return connection.Database.Binary(value.data)


class EncryptedTextField(_EncryptedField, _TextField):
    """Text at rest as sealed bytes."""

    def get_prep_value(self, value: Any) -> Any:
        return value

    def dump(self, value: Any) -> bytes:
        return str(value).encode()

    def load(self, plain: bytes) -> str:
        return plain.decode()


class EncryptedJSONField(_EncryptedField):
    """A JSON document at rest as sealed bytes, whole."""

    def dump(self, value: Any) -> bytes:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()

    def load(self, plain: bytes) -> Any:
        return json.loads(plain)
