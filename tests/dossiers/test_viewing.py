"""What officers see of a file is what a PDF reader shows."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from dossiers import viewing
from signatures import signing
from signatures.models import SignedDocument
from signatures.signing import SigningOrder
from tests.authority import Authority


def drawn(pdf: bytes) -> Image.Image:
    data = viewing.picture(lambda: pdf, viewing.PDF, key=str(hash(pdf)), number=1)
    return Image.open(io.BytesIO(data)).convert("L")


@pytest.mark.django_db
def test_the_picture_of_a_signed_result_shows_signature_and_seal(
    authority: Authority, ordered: Callable[..., SigningOrder], decision: bytes
) -> None:
    by_person = signing.perform(signing.order(ordered(authority.person())).pk)
    assert isinstance(by_person, SignedDocument)
    person = signing.read(by_person)
    sealed = signing.perform(signing.order(ordered(authority.agency(), "test:1:seal", pdf=person)).pk)
    assert isinstance(sealed, SignedDocument)
    bare, signed, both = drawn(decision), drawn(person), drawn(signing.read(sealed))
    for before, after in ((bare, signed), (signed, both)):
        changed = ImageChops.difference(before, after).point(lambda level: 255 * (level > 60)).getbbox()
        assert changed is not None
        assert changed[3] - changed[1] > 40, "a mark as high as a stamp"
