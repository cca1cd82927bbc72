"""Encrypted columns: plain text in Python, sealed bytes bound to their row in the database."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.test.utils import isolate_apps

from portal.floor import crypto
from portal.floor.fields import EncryptedJSONField, Sealed
from portal.models import User

pytestmark = pytest.mark.django_db
PHONE = "0912345678"


def user(name: str, **facts: Any) -> User:
    return User.objects.create(username=name, **facts)


def column(name: str, account: User) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM portal_user WHERE id = %s", [account.pk])
        return bytes(cursor.fetchone()[0])


def test_text_comes_back_as_it_was_saved() -> None:
    account = user("an", phone=PHONE, address="thôn Đồng Xuân")
    found = User.objects.get(pk=account.pk)
    assert (found.phone, found.address) == (PHONE, "thôn Đồng Xuân")


def test_the_column_holds_no_plain_bytes() -> None:
    account = user("an", phone=PHONE)
    assert PHONE.encode() not in column("phone", account)


def test_empty_text_stays_empty_in_the_column() -> None:
    account = user("an")
    assert column("phone", account) == b""
    assert User.objects.get(pk=account.pk).phone == ""


def test_a_value_copied_to_another_row_does_not_open() -> None:
    an, vinh = user("an", phone=PHONE), user("vinh", phone="0987654321")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_user SET phone = %s WHERE id = %s", [column("phone", an), vinh.pk])
    with pytest.raises(InvalidTag):
        _ = User.objects.get(pk=vinh.pk).phone


def test_a_value_copied_to_another_column_does_not_open() -> None:
    an = user("an", phone=PHONE)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_user SET address = phone WHERE id = %s", [an.pk])
    with pytest.raises(InvalidTag):
        _ = User.objects.get(pk=an.pk).address


def test_saving_writes_with_the_first_key_of_the_ring(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    account = user("an", phone=PHONE)
    ring = crypto.KeyRing(["t2:" + settings.INDEX_KEY, *settings.DATA_KEYS], settings.INDEX_KEY)
    monkeypatch.setattr(crypto, "_ring", ring)
    assert ring.key_id(column("phone", account)) == "t1"
    User.objects.get(pk=account.pk).save()
    assert ring.key_id(column("phone", account)) == "t2"
    assert User.objects.get(pk=account.pk).phone == PHONE


def test_a_deferred_column_is_fetched_and_opened_when_read() -> None:
    user("an", phone=PHONE)
    found = User.objects.defer("phone").get()
    assert found.phone == PHONE
    found.phone = "0900000000"
    found.refresh_from_db()
    assert found.phone == PHONE


def test_values_of_a_query_stay_sealed() -> None:
    user("an", phone=PHONE)
    value = User.objects.values_list("phone", flat=True).get()
    assert isinstance(value, Sealed)
    assert PHONE not in repr(value)


def test_a_query_cannot_compare_sealed_bytes() -> None:
    with pytest.raises(FieldError):
        User.objects.filter(phone=PHONE)


def test_a_bulk_update_takes_only_what_was_sealed_for_the_row() -> None:
    account = user("an")
    with pytest.raises(FieldError), transaction.atomic():
        User.objects.filter(pk=account.pk).update(phone=PHONE)
    field: Any = User._meta.get_field("phone")
    User.objects.filter(pk=account.pk).update(phone=field.seal(account, PHONE))
    assert User.objects.get(pk=account.pk).phone == PHONE
    User.objects.filter(pk=account.pk).update(phone="")
    assert User.objects.get(pk=account.pk).phone == ""


@isolate_apps("portal")
def test_json_comes_back_whole_and_is_bound_to_the_named_field() -> None:
    class Note(models.Model):  # noqa: DJ008
        reference = models.CharField(max_length=20)
        content = EncryptedJSONField(null=True, aad_from="reference")

        class Meta:
            app_label = "portal"

    with connection.schema_editor() as editor:
        editor.create_model(Note)
    content = {"tên": "Nguyễn Thị An", "list": [1, 2.5, None, True], "nothing": {}}
    Note.objects.create(reference="a", content=content)
    Note.objects.create(reference="b", content=None)
    Note.objects.bulk_create([Note(reference="c", content=[])])
    assert [note.content for note in Note.objects.order_by("reference")] == [content, None, []]
    with pytest.raises(FieldError):
        Note._meta.get_field("content").pre_save(Note(content={}), True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_note SET reference = 'd' WHERE reference = 'a'")
    with pytest.raises(InvalidTag):
        _ = Note.objects.get(reference="d").content
    assert Note._meta.get_field("content").deconstruct()[3] == {"null": True, "aad_from": "reference"}
