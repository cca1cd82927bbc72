"""Places of marks that people choose themselves."""

import pytest

from signatures import placement, signing
from signatures.placement import POINTS_PER_MM, Box
from signatures.refusals import SigningRefused
from signatures.signing import Placement
from tests.authority import LEADER
from tests.signatures.remote import performed
from tests.signatures.seen import colours, drawn, in_mm

PERSON = Box(0, 300, 120, 125, 57)


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (Box(3, 100, 100, 120, 60), "không có trang 4"),
        (Box(-1, 100, 100, 120, 60), "không có trang 0"),
        (Box(0, 500, 100, 120, 60), "nằm ngoài trang"),
        (Box(0, 100, 820, 120, 60), "nằm ngoài trang"),
        (Box(0, -5, 100, 120, 60), "nằm ngoài trang"),
        (Box(0, 100, 100, 120, 9), "nhỏ hơn 5 mm"),
    ],
)
def test_a_place_where_no_mark_can_stand_is_refused_with_the_reason(decision, box, words):
    with pytest.raises(SigningRefused, match=words):
        placement.checked(decision, box)


def test_what_is_no_pdf_has_no_places():
    with pytest.raises(SigningRefused, match="không phải là PDF"):
        placement.sheets(b"PK")


@pytest.mark.django_db
def test_the_hand_signature_is_drawn_exactly_where_it_was_put(authority, ordered):
    mark = Placement("person", "Ai đó", box=PERSON)
    document = signing.perform(signing.order(ordered(authority.person(algorithm="ec"), placement=mark)).pk)
    left, bottom, right, top = colours(drawn(signing.read(document)), "blue")
    assert PERSON.left <= in_mm(left) * POINTS_PER_MM
    assert in_mm(right) * POINTS_PER_MM <= PERSON.left + PERSON.width + 1
    assert PERSON.bottom <= in_mm(bottom) * POINTS_PER_MM + 1
    assert in_mm(top) * POINTS_PER_MM <= PERSON.bottom + PERSON.height + 1


@pytest.mark.django_db
def test_a_seal_put_somewhere_keeps_its_true_size_around_that_middle(authority, ordered):
    small = Box(0, 200, 200, 40, 40)
    mark = Placement("seal", LEADER, box=small)
    document = signing.perform(signing.order(ordered(authority.agency(), placement=mark)).pk)
    left, bottom, right, top = (in_mm(edge) for edge in colours(drawn(signing.read(document)), "red"))
    assert right - left == pytest.approx(36, rel=0.01)
    assert top - bottom == pytest.approx(36, rel=0.01)
    assert (left + right) / 2 * POINTS_PER_MM == pytest.approx(220, abs=1)
    assert (bottom + top) / 2 * POINTS_PER_MM == pytest.approx(220, abs=1)


@pytest.mark.django_db
def test_a_chosen_place_outside_the_page_fails_the_order_in_plain_words(authority, ordered):
    for number, mark in enumerate(
        [Placement("person", box=Box(7, 1, 1, 90, 40)), Placement("seal", box=Box(0, 0, 0, 40, 40))]
    ):
        certificate = authority.person(algorithm="ec") if mark.kind == "person" else authority.agency()
        request = performed(signing.order(ordered(certificate, f"test:{number}", placement=mark)))
        assert request.state == "failed"
        assert "Chọn lại" in request.last_error


@pytest.mark.django_db
def test_lines_that_do_not_fit_the_chosen_place_are_refused(authority, ordered):
    certificate = authority.agency()
    mark = Placement("text", lines=("SAO Y",), box=Box(0, 300, 700, 60, 40))
    request = performed(signing.order(ordered(certificate, placement=mark)))
    assert "nhỏ hơn dòng chữ" in request.last_error
    wide = Placement("text", lines=("SAO Y",), box=Box(0, 300, 700, 200, 40))
    assert performed(signing.order(ordered(certificate, "test:wide", placement=wide))).state == "done"


def test_the_seal_over_a_chosen_signature_covers_its_left_third():
    seal = placement.over_left_third(PERSON, 36)
    assert seal.left + seal.width - PERSON.left == PERSON.width // 3
    assert abs((seal.bottom + seal.height / 2) - (PERSON.bottom + PERSON.height / 2)) <= 1
