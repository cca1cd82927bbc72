"""Số hóa tại quầy: papers compared and signed, used again for the same owner alone, and who looked is seen."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from dossiers import digitising, files, outbox, paper_copies, scans
from dossiers.models import AccessLog, Attachment, Dossier, Result
from dossiers.paper_copies import Flags, Found
from dossiers.refusals import LostRace, MoveRefused
from dossiers.states import Status
from portal.floor.actor import SYSTEM
from procedures.models import RequiredDocument
from signatures import signing
from signatures.enrolment import Person, enrol
from signatures.models import SignedDocument, SigningRequest
from tests.authority import Authority
from tests.dossiers.conftest import picture
from tests.dossiers.counter_world import DAY, LONG, register
from tests.world import MONDAY, World

KEY = "bang-tqgc"


def pdf(pages: int = 1, *, dpi: int = 300, shade: int = 255) -> bytes:
    """A scanner's PDF: so many small pages, each one picture."""
    sheets = [Image.new("L", (dpi, dpi), shade - n) for n in range(pages)]
    made = io.BytesIO()
    sheets[0].save(made, "PDF", resolution=dpi, save_all=True, append_images=sheets[1:])
    return made.getvalue()


def upload(data: bytes, name: str = "quet.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def scan(key: str = KEY, code: str = "", given: Any = None) -> Attachment:
    copy = files.store(given or upload(pdf()), document_key=key, at=MONDAY)
    copy.document_code = code
    return copy


@pytest.fixture
def taken(world: World) -> Dossier:
    """An's dossier, taken in at the commune's counter on paper."""
    return Dossier.objects.get(pk=register(world).pk)


def digitise(
    world: World, dossier: Dossier, *copies: Attachment, who: str = "binh", at: dt.datetime = MONDAY
) -> list[Attachment]:
    by = world.actor(who)
    return digitising.digitise(dossier, by=by, at=at, copies=copies or [scan()], compared=True)


def certify(world: World, authority: Authority, who: str = "binh") -> Any:
    user = world.users[who]
    authority.lend_key(f"person-{user.pk}", "rsa")
    return enrol(Person(user.pk, user.full_name, "Công chức", "UBND xã Xuân Lôi"), at=timezone.now())


def result_of(dossier: Dossier, document: SignedDocument | None) -> Result:
    return Result.objects.create(
        dossier=dossier, kind="approval", drafted_at=MONDAY, drafted_by="Khánh", number="15/QĐ-SLĐ",
        verify_code=f"K{Result.objects.count()}", decided_at=MONDAY, issued_at=MONDAY,
        signed_document_id=document.pk if document else None,
    )  # fmt: skip


def signed_document(world: World, authority: Authority) -> SignedDocument:
    order = signing.SigningOrder(pdf=pdf(), certificate_id=certify(world, authority, "lan").pk, reference="test:1")
    document = signing.perform(signing.order(order).pk)
    assert document is not None
    return document


# Scanning ---------------------------------------------------------------------------------------------------------


def test_the_papers_are_those_of_the_case_and_those_handed_in(world: World, taken: Dossier) -> None:
    taken.handed.create(document_key="giay-khac", name="Giấy khác", copies=1, taken_at=MONDAY, taken_by="Bình")
    found = {one.key: one for one in paper_copies.components(taken)}
    assert list(found) == ["don", KEY, "giay-khac"]
    assert found[KEY].handed is not None
    assert (found[KEY].handed.certified, found[KEY].files, found[KEY].copy) == (2, (), None)


def test_an_electronic_form_and_what_a_database_knows_are_not_scanned(world: World, received: Dossier) -> None:
    assert [one.key for one in paper_copies.components(received)] == [KEY], "the form was filled in on the network"
    RequiredDocument.objects.filter(key=KEY).update(source="CSDL quốc gia về dân cư")
    from dossiers import routing

    routing._cases.cache_clear()
    assert paper_copies.components(received) == []
    routing._cases.cache_clear()


def test_a_scan_is_kept_as_it_came_with_its_code_and_stands_in_the_trail(world: World, taken: Dossier) -> None:
    given = pdf()
    [copy] = digitise(world, taken, scan(code=" kq.g01.000123 ", given=upload(given)))
    kept = Attachment.objects.get(dossier=taken)
    assert kept.pk == copy.pk
    assert (kept.origin, kept.verdict, kept.document_code) == ("scanned", "ok", "KQ.G01.000123")
    assert kept.read() == given
    assert (kept.signer_user_id, kept.signed_document_id) == (None, None), "binh has no certificate"
    event = taken.events.get(verb="digitise")
    assert event.snapshot == {
        "copies": [{"name": "Bằng Tổ quốc ghi công", "code": "KQ.G01.000123", "sha256": kept.sha256}]
    }
    assert taken.status == Status.IN_PROGRESS, "nothing else has moved"


def test_the_code_once_written_is_known_again_at_the_same_counter(world: World, taken: Dossier) -> None:
    digitise(world, taken, scan(code="G04.01"))
    other = register(world, owner=LONG, at=MONDAY + DAY)
    assert {one.key: one.code for one in paper_copies.components(other, codes=paper_copies.codes_written(other))} == {
        "don": "",
        KEY: "G04.01",
    }


def test_a_batch_is_one_event_and_few_statements(world: World, taken: Dossier) -> None:
    copies = [scan(given=upload(pdf(shade=9))), scan("don", given=picture())]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        digitise(world, taken, *copies)
    said = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(said) <= 8, said
    assert taken.events.filter(verb="digitise").count() == 1
    assert taken.attachments.count() == 2


def test_without_comparing_nothing_is_kept(world: World, taken: Dossier) -> None:
    with pytest.raises(MoveRefused, match="đối chiếu"):
        digitising.digitise(taken, by=world.actor("binh"), at=MONDAY, copies=[scan()], compared=False)
    assert not taken.attachments.exists()


@pytest.mark.parametrize("code", ["a b", "ă", "KQ..1", "x" * 41, "<b>", "KQ\x00", "-"])
def test_a_code_is_written_as_the_catalogue_writes_codes(world: World, taken: Dossier, code: str) -> None:
    with pytest.raises(MoveRefused, match="Mã giấy tờ"):
        digitise(world, taken, scan(code=code))
    assert not taken.attachments.exists()


def test_a_new_scan_takes_the_place_of_the_old_which_stays(world: World, taken: Dossier) -> None:
    [first] = digitise(world, taken)
    [second] = digitise(world, taken, scan(given=picture()))
    first.refresh_from_db()
    assert first.superseded_at == MONDAY
    assert [one.copy for one in paper_copies.components(taken) if one.key == KEY] == [second]


def test_what_the_citizen_sent_stays_beside_the_scan(world: World, received: Dossier) -> None:
    digitise(world, received)
    assert received.attachments.filter(superseded_at=None).count() == 2


def test_who_has_no_account_has_no_certificate() -> None:
    assert digitising.certificate_of(SYSTEM, at=MONDAY) is None


def test_the_same_file_twice_is_said_to_be_there(world: World, taken: Dossier) -> None:
    given = pdf()
    digitise(world, taken, scan(given=upload(given)))
    with pytest.raises(MoveRefused, match="đã có trong hồ sơ"):
        digitise(world, taken, scan(given=upload(given)))
    with pytest.raises(MoveRefused, match="cho hai giấy tờ"):
        digitise(world, taken, scan(given=upload(pdf(2))), scan("don", given=upload(pdf(2))))
    assert taken.attachments.count() == 1


def test_papers_the_dossier_has_not_none_and_one_twice_are_refused(world: World, taken: Dossier) -> None:
    by = world.actor("binh")
    with pytest.raises(MoveRefused, match="ít nhất một"):
        digitising.digitise(taken, by=by, at=MONDAY, copies=[], compared=True)
    for copies in ([scan("la")], [scan(), scan(given=picture())]):
        with pytest.raises(MoveRefused, match="chỉ nhận một bản"):
            digitising.digitise(taken, by=by, at=MONDAY, copies=copies, compared=True)


def test_a_dossier_put_away_takes_nothing_more(world: World, taken: Dossier) -> None:
    Dossier.objects.filter(pk=taken.pk).update(archived_at=MONDAY)
    taken.refresh_from_db()
    with pytest.raises(MoveRefused, match="đã lưu"):
        digitise(world, taken)


@pytest.mark.parametrize("who", ["chi", "dung", "giang", "phuc"])
def test_only_receivers_where_it_was_received_digitise(world: World, taken: Dossier, who: str) -> None:
    with pytest.raises(MoveRefused, match="không ở bàn của bạn"):
        digitise(world, taken, who=who)


def test_of_two_officers_at_once_one_wins_and_the_other_is_told(world: World, taken: Dossier) -> None:
    late = Dossier.objects.get(pk=taken.pk)
    digitise(world, taken)
    with pytest.raises(LostRace, match="Nguyễn Văn Bình"):
        digitise(world, late, scan(given=picture()))
    assert taken.attachments.filter(superseded_at=None).count() == 1


# The signature ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [upload(pdf()), picture()], ids=["pdf", "picture"])
def test_the_copy_is_signed_by_the_officer_who_compared_it(
    world: World, taken: Dossier, authority: Authority, given: Any
) -> None:
    certify(world, authority)
    given.seek(0)
    [copy] = digitise(world, taken, scan(given=given), at=timezone.now())
    assert copy.signer_user_id == world.users["binh"].pk
    assert outbox.perform_now(digitising.signing_key(copy))
    copy.refresh_from_db()
    document = SignedDocument.objects.get(pk=copy.signed_document_id)
    shown = scans.shown(copy)
    assert (shown.signed, shown.content_type, shown.sha256) == (True, "application/pdf", document.sha256)
    assert b"/ByteRange" in shown.read()
    assert copy.read() != shown.read(), "the bytes as they came are kept"


def test_promised_twice_it_is_signed_once(world: World, taken: Dossier, authority: Authority) -> None:
    certify(world, authority)
    [copy] = digitise(world, taken, scan(given=picture()), at=timezone.now())
    from dossiers import scan_signing
    from dossiers.models import OutboxMessage

    message = OutboxMessage.objects.get(key=digitising.signing_key(copy))
    scan_signing.sign(message)
    scan_signing.sign(message)
    assert SigningRequest.objects.count() == 1


def test_a_certificate_that_is_gone_leaves_the_copy_unsigned(
    world: World, taken: Dossier, authority: Authority
) -> None:
    certificate = certify(world, authority)
    [copy, other] = digitise(world, taken, scan(), scan("don", given=picture()), at=timezone.now())
    authority.revoke(certificate)
    outbox.perform_now(digitising.signing_key(copy))
    certificate.delete() if not SigningRequest.objects.exists() else type(certificate).objects.update(state="retired")
    outbox.perform_now(digitising.signing_key(other))
    for one in (copy, other):
        one.refresh_from_db()
        assert (one.signer_user_id, one.signed_document_id) == (None, None)
        assert not scans.shown(one).signed


# Used again -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def again(world: World, taken: Dossier) -> Dossier:
    """Another dossier of An, the day after her first was digitised."""
    digitise(world, taken, scan(code="G04.01"))
    return Dossier.objects.get(pk=register(world, at=MONDAY + DAY).pk)


def offered(dossier: Dossier, key: str = KEY) -> list[Found]:
    [component] = [one for one in paper_copies.components(dossier) if one.key == key]
    return paper_copies.serving(component, paper_copies.owned(dossier))


def reuse(world: World, dossier: Dossier, found: Found, key: str = KEY) -> Attachment:
    [made] = digitising.reuse(dossier, by=world.actor("binh"), at=MONDAY + DAY, chosen={key: found})
    return made


def test_a_copy_of_the_same_owner_is_offered_and_used_instead_of_scanning(
    world: World, taken: Dossier, again: Dossier
) -> None:
    [found] = offered(again)
    assert (found.dossier, found.name, found.is_result) == (taken, "Bằng Tổ quốc ghi công", False)
    made = reuse(world, again, found)
    source = taken.attachments.get()
    assert (made.origin, made.reuse_of, made.document_code) == ("reused", source, "G04.01")
    assert made.read() == source.read()
    event = again.events.get(verb="reuse")
    assert (event.snapshot or {})["from"] == [taken.code]


def test_vault_access_logged_and_visible(world: World, taken: Dossier, again: Dossier, an: Any) -> None:
    reuse(world, again, offered(again)[0])
    read = AccessLog.objects.get(dossier=taken)
    assert (read.why, read.actor_name, read.capacity) == ("reuse", "Nguyễn Văn Bình", "Công chức Tư pháp")
    assert again.code in read.what
    page = an.get("/toi/ai-da-xem").content.decode()
    assert "dùng lại giấy tờ cho hồ sơ khác" in page


def test_nothing_of_another_owner_is_offered_or_taken(world: World, taken: Dossier, again: Dossier) -> None:
    other = register(world, owner=LONG, at=MONDAY + DAY)
    assert offered(other) == []
    with pytest.raises(MoveRefused, match="không còn dùng được"):
        reuse(world, other, offered(again)[0])
    assert not other.attachments.exists()
    assert not AccessLog.objects.filter(dossier=taken, why="reuse").exists()


def test_without_a_number_nobody_is_the_same_owner(world: World, again: Dossier) -> None:
    again.parties.update(identity_index="")
    assert paper_copies.owned(again) == []


@pytest.mark.parametrize("change", [{"superseded_at": MONDAY}, {"verdict": "expired"}, {"origin": "uploaded"}])
def test_what_is_no_longer_valid_is_not_used_again(
    world: World, taken: Dossier, again: Dossier, change: dict[str, Any]
) -> None:
    [found] = offered(again)
    taken.attachments.update(**change)
    assert offered(again) == []
    with pytest.raises(MoveRefused, match="không còn dùng được"):
        reuse(world, again, found)


def test_a_copy_is_known_by_its_code_under_another_name(world: World, taken: Dossier, again: Dossier) -> None:
    assert offered(again, "don") == []
    component = paper_copies.Component("x", "Bằng ghi công", code="G04.01")
    assert len(paper_copies.serving(component, paper_copies.owned(again))) == 1


def test_a_result_issued_to_the_owner_stands_for_a_paper(world: World, taken: Dossier, authority: Authority) -> None:
    result = result_of(taken, signed_document(world, authority))
    other = register(world, at=MONDAY + DAY)
    [found] = offered(other)
    assert found.is_result
    made = reuse(world, other, found)
    assert (made.origin, made.reuse_of, made.signed_document_id) == ("reused", None, result.signed_document_id)
    assert made.name == "15-QĐ-SLĐ.pdf"
    assert scans.shown(made).read() == made.read()
    assert paper_copies.flags_of(made) == Flags(digitised=True, reused=2, from_database=False)


def test_a_recalled_or_unsigned_result_stands_for_nothing(world: World, taken: Dossier, authority: Authority) -> None:
    result = result_of(taken, signed_document(world, authority))
    other = register(world, at=MONDAY + DAY)
    for change in ({"recalled_at": MONDAY}, {"recalled_at": None, "issued_at": None}, {"signed_document_id": None}):
        Result.objects.filter(pk=result.pk).update(**change)
        assert offered(other) == []


def test_a_result_whose_file_was_altered_is_refused(world: World, taken: Dossier, authority: Authority) -> None:
    document = signed_document(world, authority)
    result_of(taken, document)
    other = register(world, at=MONDAY + DAY)
    [found] = offered(other)
    SignedDocument.objects.filter(pk=document.pk).update(sha256="0" * 64)
    with pytest.raises(MoveRefused, match="nguyên vẹn"):
        reuse(world, other, found)


# Flags ----------------------------------------------------------------------------------------------------------------


def test_every_file_has_the_flags_of_the_national_scheme(world: World, taken: Dossier, again: Dossier) -> None:
    made = reuse(world, again, offered(again)[0])
    assert paper_copies.flags_of(taken.attachments.get()) == Flags(True, 0, False)
    assert paper_copies.flags_of(made) == Flags(True, 1, False)
    assert paper_copies.flags_of(Attachment(origin="uploaded")) == Flags(False, 0, False)
    assert paper_copies.flags_of(Attachment(origin="database")) == Flags(False, 0, True)


def test_digitised_counts_only_with_a_copy_and_an_electronic_result(
    world: World, taken: Dossier, authority: Authority
) -> None:
    every = Dossier.objects.all()
    digitise(world, taken)
    assert not paper_copies.digitised(every), "a copy alone is not enough"
    result = result_of(taken, signed_document(world, authority))
    assert list(paper_copies.digitised(every)) == [taken]
    taken.attachments.update(origin="uploaded")
    assert not paper_copies.digitised(every), "what the citizen sent was not digitised"
    taken.attachments.update(origin="scanned")
    Result.objects.filter(pk=result.pk).update(signed_document_id=None)
    assert not paper_copies.digitised(every), "a result on paper alone is not electronic"
