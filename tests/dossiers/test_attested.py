"""Signed papers that citizens hand in: judged in the background, and set against who applies."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dossiers import attested, files, outbox
from dossiers.models import Dossier, OutboxMessage, Party
from signatures import signing
from signatures.models import Judgement
from tests.authority import Authority
from tests.dossiers.officers import Desk, text
from tests.world import World


@pytest.fixture
def signed_paper(authority: Authority, ordered: Any) -> bytes:
    document = signing.perform(signing.order(ordered(authority.person("Nguyễn Thị An"))).pk)
    assert document
    return signing.read(document)


def attach(dossier: Dossier, content: bytes) -> Any:
    upload = SimpleUploadedFile("don.pdf", content, "application/pdf")
    return files.receive(upload, document_key="don", at=timezone.now(), dossier=dossier)


def test_the_officer_reads_the_verdict_and_whose_signature_it_is(
    world: World, received: Dossier, signed_paper: bytes
) -> None:
    attach(received, signed_paper)
    outbox.sweep()
    judged = Judgement.objects.get(origin="received")
    assert (judged.verdict, judged.signatures[0]["signer"]) == ("valid", "Nguyễn Thị An")
    page = text(Desk(world, "chi").open(received, muc="giay-to"))
    assert "Chữ ký hợp lệ" in page
    assert "Nguyễn Thị An, đúng là người nộp" in page


def test_an_unsigned_paper_promises_nothing_and_the_same_bytes_are_judged_once(
    world: World, received: Dossier, signed_paper: bytes, decision: bytes
) -> None:
    attach(received, decision)
    assert not OutboxMessage.objects.filter(kind=attested.KIND).exists()
    attach(received, signed_paper)
    attach(received, signed_paper)
    outbox.sweep()
    assert Judgement.objects.count() == 1
    assert OutboxMessage.objects.filter(kind=attested.KIND).exclude(done_at=None).count() == 2


def test_while_an_authority_is_silent_it_is_asked_again(
    world: World, received: Dossier, authority: Authority, ordered: Any, party: Any, settings: Any
) -> None:
    own = party("pki")
    settings.CA_URL, settings.TSA_URL, settings.TRUST_ROOTS = own.url, own.ready["tsa_url"], [own.ready["root_pem"]]
    document = signing.perform(signing.order(ordered(authority.person("Nguyễn Thị An"))).pk)
    assert document
    own.kill()
    attach(received, signing.read(document))
    for _ in range(2):
        outbox.sweep()
        OutboxMessage.objects.filter(kind=attested.KIND).update(next_at=timezone.now())
    assert OutboxMessage.objects.get(kind=attested.KIND).done_at is None
    assert Judgement.objects.get(origin="received").verdict == "unknown_issuer"


@pytest.mark.parametrize(
    ("signature", "owner", "said"),
    [
        ({"signer": "NGUYỄN THỊ AN", "identity": ""}, ("Nguyễn Thị An", "001175000001"), "same"),
        ({"signer": "An", "identity": "001175000001"}, ("Nguyễn Thị An", "001175000001"), "same"),
        ({"signer": "Nguyễn Thị An", "identity": "001175000002"}, ("Nguyễn Thị An", "001175000001"), "different"),
        ({"signer": "Trần Bình", "identity": ""}, ("Nguyễn Thị An", ""), "different"),
        ({"signer": "", "identity": ""}, ("Nguyễn Thị An", "001175000001"), ""),
    ],
)  # fmt: skip
def test_the_number_decides_before_the_name(signature: dict[str, str], owner: tuple[str, str], said: str) -> None:
    party = Party(name=owner[0], identity=owner[1])
    assert attested.whose(signature, party) == said
    assert attested.whose(signature, None) == ""
