"""Every vendor of the messaging port against a mail server in a process of its own."""

from dataclasses import replace

import pytest
import requests

from dossiers.ports.messaging.base import Channel, OutgoingMessage, channel
from portal.floor.ports import PortError
from tests.simulators.registry import Running

MESSAGE = OutgoingMessage(
    to="an@example.vn",
    subject="Hồ sơ của bà đã được tiếp nhận",
    text="Mời bà xem tại http://localhost:8000/tra-cuu/1.",
    html='<p>Mời bà xem <a href="http://localhost:8000/tra-cuu/1">tại đây</a>.</p>',
    key="acknowledgement:1",
)


@pytest.fixture
def server(party, settings) -> Running:
    running = party("smtp")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = running.environment["SMTP_HOST"]
    settings.EMAIL_PORT = int(running.environment["SMTP_PORT"])
    return running


@pytest.fixture
def port(server: Running) -> Channel:
    return channel()


def letters(server: Running, to: str = "") -> list[dict]:
    return requests.get(f"{server.url}/api/messages", {"to": to}, timeout=30).json()


def test_a_message_arrives_in_both_forms_with_its_vietnamese_letters(server, port):
    port.send(MESSAGE)
    port.send(replace(MESSAGE, to="vinh@example.vn", key="acknowledgement:2"))
    (letter,) = letters(server, "an@example.vn")
    assert letter["subject"] == MESSAGE.subject
    assert letter["text"].strip() == MESSAGE.text
    assert letter["html"].strip() == MESSAGE.html
    assert letter["links"] == ["http://localhost:8000/tra-cuu/1"]


def test_the_same_message_twice_carries_the_same_id(server, port):
    port.send(MESSAGE)
    port.send(MESSAGE)
    port.send(replace(MESSAGE, key="acknowledgement:2"))
    newest, *same = [letter["message_id"] for letter in letters(server)]
    assert same[0] == same[1] != newest


@pytest.mark.parametrize(("to", "permanent"), [("550@example.vn", True), ("451@example.vn", False)])
def test_a_refused_recipient_is_asked_again_only_if_it_may_help(port, to, permanent):
    with pytest.raises(PortError) as refusal:
        port.send(replace(MESSAGE, to=to))
    assert refusal.value.permanent is permanent
    assert to not in str(refusal.value)


@pytest.mark.parametrize("wrong", [{"to": "an@example.vn\nBcc: vinh@example.vn"}, {"subject": "a\nb"}, {"to": ""}])
def test_a_message_that_is_none_reaches_nobody(server, port, wrong):
    with pytest.raises(PortError) as refusal:
        port.send(replace(MESSAGE, **wrong))
    assert refusal.value.permanent
    assert letters(server) == []


def test_a_mail_server_that_is_away_is_asked_again_later(server, port):
    server.kill()
    with pytest.raises(PortError) as trouble:
        port.send(MESSAGE)
    assert not trouble.value.permanent


def test_a_killed_mail_server_comes_back_with_every_letter(party, server, port):
    port.send(MESSAGE)
    before = letters(server)
    server.kill()
    again = party("smtp")
    assert again.environment == server.environment
    assert letters(again) == before
    port.send(replace(MESSAGE, key="acknowledgement:2"))
    assert len(letters(again)) == 2


def test_a_letter_is_shown_without_being_trusted(server, port):
    port.send(replace(MESSAGE, subject="<b>Tiêu đề</b>", html="<p>Chào</p><script>alert(1)</script>"))
    (letter,) = letters(server)
    page = requests.get(f"{server.url}/thu/{letter['id']}", timeout=30)
    assert "&lt;b&gt;Tiêu đề" in page.text
    assert '<a href="http://localhost:8000/tra-cuu/1"' in page.text
    frame = requests.get(f"{server.url}/thu/{letter['id']}/html", timeout=30)
    assert "script" not in frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
