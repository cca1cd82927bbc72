"""The mail server's voice. An address whose local part is a reply code, such as 550@example.vn, is answered with it."""

import asyncio
import re
import socket
import threading

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.simulators.smtp.inbox import Inbox

REPLY_CODE = re.compile(r"^([45]\d\d)@")


class Post:
    """Keeps each letter before it says so."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def handle_RCPT(  # noqa: N802 (named by aiosmtpd)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if code := REPLY_CODE.match(address):
            return f"{code[1]} as asked by the address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.inbox.keep(envelope.mail_from or "", envelope.rcpt_tos, envelope.content)
        return "250 Kept"


def listen_in_background(inbox: Inbox, sock: socket.socket) -> None:
    """Accept letters in a thread of its own; returns when the port answers."""
    ready = threading.Event()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Post(inbox), enable_SMTPUTF8=True, loop=loop), sock=sock)
        ready.set()
        await server.serve_forever()

    threading.Thread(target=asyncio.run, args=(run(),), daemon=True).start()
    ready.wait()
