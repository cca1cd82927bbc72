"""What the command line offers: certificates for the demonstration, signing, judging."""

import json

import pytest
from django.core.management import CommandError, call_command

from signatures.models import Certificate, SigningRequest
from signatures.xml_verification import verify_xml
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(authority):
    demo = world.build()
    for position in demo.positions.values():
        authority.lend_key(f"person-{position.user_id}", "rsa")
    return demo


def test_leaders_and_agencies_of_the_demo_are_certified_once(demo, capsys):
    call_command("demo_certificates")
    serials = set(Certificate.objects.values_list("serial", flat=True))
    call_command("demo_certificates")
    assert set(Certificate.objects.values_list("serial", flat=True)) == serials
    lan = Certificate.objects.for_user(demo.users["lan"].pk).get()
    assert "Phan Thị Lan" in lan.subject
    assert lan.image
    for agency in demo.agencies.values():
        assert Certificate.objects.for_agency(agency.code).get().seal_mm == agency.seal_mm
    assert "PRIVATE" not in "".join(Certificate.objects.values_list("pem", flat=True))


def test_after_the_authority_was_replaced_everybody_is_certified_anew(demo, party, settings):
    call_command("demo_certificates", verbosity=0)
    before = Certificate.objects.count()
    other = party("pki")
    settings.CA_URL, settings.TRUST_ROOTS = other.url, [other.ready["root_pem"]]
    call_command("demo_certificates", verbosity=0)
    assert Certificate.objects.count() == 2 * before


def test_demo_certificates_are_refused_in_production_and_without_authority(demo, settings):
    settings.CA_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="chưa trả lời"):
        call_command("demo_certificates")
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("demo_certificates")


@pytest.mark.parametrize("level", ["B-B", "B-T"])
def test_a_file_is_signed_and_judged_at_the_command_line(authority, decision, tmp_path, capsys, level):
    source, target = tmp_path / "in.pdf", tmp_path / "out.pdf"
    source.write_bytes(decision)
    certificate = authority.person()
    call_command(
        "sign", source, target, certificate=certificate.serial, level=level, visible="person", anchor="Phan Thị Lan"
    )
    capsys.readouterr()
    call_command("verify", str(target), "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == {"B-B": "valid_untimestamped", "B-T": "valid"}[level]
    assert report["signatures"][0]["serial"] == certificate.serial
    assert source.read_bytes() == decision


def test_a_mark_of_text_and_a_chosen_place_are_given_at_the_command_line(authority, decision, tmp_path):
    (tmp_path / "in.pdf").write_bytes(decision)
    given = [f"--certificate={authority.agency().serial}", "--level=B-B"]
    paths = [str(tmp_path / "in.pdf"), str(tmp_path / "out.pdf")]
    call_command("sign", *paths, *given, "--visible=text", "--line=SAO Y", "--line=Sở Xây dựng")
    assert SigningRequest.objects.get().lines == ["SAO Y", "Sở Xây dựng"]
    call_command("sign", *paths, *given, "--visible=seal", "--box=1,20,30,36,36")
    assert SigningRequest.objects.latest("created_at").box == {
        "page": 0, "left": 57, "bottom": 85, "width": 102, "height": 102}  # fmt: skip
    call_command("sign", *paths, *given, "--visible=seal", "--anchor=Phan Thị Lan", "--page=1")
    assert SigningRequest.objects.latest("created_at").page == 0
    for wrong in ("1,2,3", "a,b,c,d,e"):
        with pytest.raises(CommandError, match="five numbers"):
            call_command("sign", *paths, *given, "--visible=seal", f"--box={wrong}")
    with pytest.raises(CommandError, match="nằm ngoài trang"):
        call_command("sign", *paths, *given, "--visible=seal", "--box=1,200,30,36,36")


def test_an_xml_file_is_signed_at_the_command_line(authority, tmp_path):
    (tmp_path / "in.xml").write_text("<a/>", encoding="utf-8")
    call_command("sign", tmp_path / "in.xml", tmp_path / "out.xml", certificate=authority.agency().serial)
    assert verify_xml((tmp_path / "out.xml").read_bytes()).verdict == "valid"


def test_an_unsigned_file_ends_the_command_with_one(authority, decision, tmp_path, capsys):
    (tmp_path / "in.pdf").write_bytes(decision)
    with pytest.raises(SystemExit, match="1"):
        call_command("verify", str(tmp_path / "in.pdf"))
    assert "Tệp không có chữ ký số nào." in capsys.readouterr().out


def test_the_sign_command_says_what_is_wrong(authority, decision, tmp_path):
    (tmp_path / "in.pdf").write_bytes(decision)
    with pytest.raises(CommandError, match="no certificate"):
        call_command("sign", tmp_path / "in.pdf", tmp_path / "out.pdf", certificate="ff")
    certificate = authority.person()
    with pytest.raises(CommandError, match="Không tìm thấy chỗ ký"):
        call_command(
            "sign",
            tmp_path / "in.pdf",
            tmp_path / "out.pdf",
            certificate=certificate.serial,
            visible="person",
            anchor="Ai",
        )
    assert not (tmp_path / "out.pdf").exists()
