"""The program of the government's certificates on an officer's machine: WebSockets over TLS on 127.0.0.1.

The token and what the officer does with it are told over plain HTTP, by the address of the ready line:
POST /control/token {"name", "ca_url", "profile"} plugs one in, POST /control/manner/<manner> chooses, POST
/control/tsa {"url"} has time stamps added.
"""

import asyncio
import json
import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, FormData, WSMsgType, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.simulators.agent.stick import Stick, altered
from tests.simulators.serving import HOST, begin, command_line, listen, now, write_durably

SIGNING = ("SignApproved", "SignIssued", "SignAppendix", "SignPDF", "SignCopy")
MANNERS = {"sign", "cancel", "wrong_pin", "other", "alter", "unsigned", "mute", "twice"}
UNSIGNED = {"cancel": "Người dùng hủy thao tác ký.", "wrong_pin": "Mã PIN không đúng."}
PATIENCE = ClientTimeout(total=60)


class Program:
    """`calls`: the endpoints asked and with what, oldest first. `answers`: what the server said to each upload."""

    def __init__(self, state: Path) -> None:
        self.state, self.manner, self.tsa_url = state, "sign", ""
        self.ca_url = ""
        self.calls: list[tuple[str, str]] = []
        self.answers: list[tuple[int, dict[str, object]]] = []

    @property
    def stick(self) -> Stick | None:
        return Stick.plugged(self.state / "token.json")

    async def speak(self, request: web.Request) -> web.WebSocketResponse:
        """One question, one answer; the page closes the socket."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            name = request.match_info["name"]
            self.calls.append((name, message.data))
            answer = self.certificate() if name == "GetCertInfo" else await self.sign(name, message.data)
            if answer is not None:
                await socket.send_str(json.dumps(answer, ensure_ascii=False))
        return socket

    def certificate(self) -> dict[str, object]:
        if self.stick is None:
            return {"Status": 1, "Message": "Không tìm thấy thiết bị.", "CertInfo": None}
        return {"Status": 0, "Message": "", "CertInfo": self.stick.told()}

    async def sign(self, name: str, text: str) -> dict[str, object] | None:
        if name not in SIGNING:
            return said(1, f"Không có dịch vụ {name}.")
        if self.stick is None:
            return said(1, "Không tìm thấy thiết bị.")
        if self.manner == "mute":
            return None
        if self.manner in UNSIGNED:
            return said(1, UNSIGNED[self.manner])
        order = json.loads(text)
        async with ClientSession(timeout=PATIENCE) as session:
            async with session.get(order["FileName"]) as response:
                if response.status != 200:
                    return said(1, "Không tải được tệp cần ký.")
                pdf = await response.read()
            signed = await self.signed(pdf)
            for _time in range(2 if self.manner == "twice" else 1):
                answer = await self.bring(session, order["FileUploadHandler"], signed)
        if not answer.get("Status"):
            return said(1, str(answer.get("Message")))
        return said(0, "", str(answer["FileName"]), str(answer["FileServer"]))

    async def signed(self, pdf: bytes) -> bytes:
        assert self.stick
        if self.manner == "unsigned":
            return pdf
        stick = self.stick
        if self.manner == "other":
            stick = await asyncio.to_thread(Stick.made, "Người khác", self.ca_url)
        return await stick.sign(altered(pdf) if self.manner == "alter" else pdf, self.tsa_url)

    async def bring(self, session: ClientSession, url: str, signed: bytes) -> dict[str, object]:
        form = FormData()
        form.add_field("uploadfile", signed, filename="van-ban.signed.pdf", content_type="application/pdf")
        async with session.post(url, data=form) as response:
            answer: dict[str, object] = await response.json(content_type=None)
            self.answers.append((response.status, answer))
        return answer


def said(status: int, message: str, name: str = "", server: str = "") -> dict[str, object]:
    return {"Status": status, "Message": message, "FileName": name, "FileServer": server}


def control(program: Program) -> web.Application:
    routes = web.RouteTableDef()

    @routes.post("/control/token")
    async def plug(request: web.Request) -> web.Response:
        wish = await request.json()
        program.ca_url = wish["ca_url"]
        made = await asyncio.to_thread(Stick.made, wish["name"], wish["ca_url"], wish.get("profile", "person"))
        made.plug(program.state / "token.json")
        return web.json_response({"chain": made.chain})

    @routes.delete("/control/token")
    async def unplug(request: web.Request) -> web.Response:
        (program.state / "token.json").unlink(missing_ok=True)
        return web.json_response({})

    @routes.post("/control/manner/{manner}")
    async def choose(request: web.Request) -> web.Response:
        manner = request.match_info["manner"]
        if manner not in MANNERS:
            raise web.HTTPNotFound
        program.manner = manner
        return web.json_response({"manner": manner})

    @routes.post("/control/tsa")
    async def stamp(request: web.Request) -> web.Response:
        program.tsa_url = (await request.json())["url"]
        return web.json_response({"url": program.tsa_url})

    @routes.get("/control/log")
    async def log(request: web.Request) -> web.Response:
        return web.json_response({"calls": program.calls, "answers": program.answers})

    app = web.Application()
    app.add_routes(routes)
    return app


def certified(state: Path) -> ssl.SSLContext:
    """TLS with a certificate of its own, as the program's installer would put among the machine's trusted ones."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, today = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)]), now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_durably(state / "tls.pem", private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(state / "tls.pem")
    return context


async def serve(state: Path, asked: int) -> None:
    program = Program(state)
    sockets = web.Application()
    sockets.add_routes([web.get("/{name}", program.speak)])
    ports = []
    for app, name, port, tls in (
        (sockets, "agent", asked, certified(state)),
        (control(program), "agent-control", 0, None),
    ):
        runner = web.AppRunner(app)
        await runner.setup()
        sock = listen(state, name, port)
        await web.SockSite(runner, sock, ssl_context=tls).start()
        ports.append(sock.getsockname()[1])
    ready = {"party": "agent", "host": HOST, "port": ports[0], "wss": f"wss://{HOST}:{ports[0]}"}
    print(json.dumps(ready | {"url": f"http://{HOST}:{ports[1]}"}), flush=True)
    await asyncio.Event().wait()


def main() -> None:
    options = begin(command_line("The signing program on an officer's machine, for tests and demonstrations"))
    asyncio.run(serve(options.state, options.port))


main()
