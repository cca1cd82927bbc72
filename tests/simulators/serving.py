"""What the simulators share: command line, a remembered port, the ready line and small pages under a strict policy."""

import argparse
import json
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

HOST = "127.0.0.1"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LOOK = Path(__file__).parent / "look"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors "

View = Callable[..., Response]


def now() -> datetime:
    """The simulators stand outside the product: each has a clock of its own."""
    return datetime.fromtimestamp(time.time(), ZONE)


def command_line(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="0: the port of last time, else a free one")
    parser.add_argument("--state", type=Path, required=True, help="the folder that survives a crash")
    parser.add_argument("--leashed", action="store_true", help="end when standard input closes")
    return parser


def begin(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line, make the folder of the state and follow the starter to its end if asked."""
    options = parser.parse_args()
    options.state.mkdir(parents=True, exist_ok=True)
    if options.leashed:
        threading.Thread(target=_end_with_standard_input, daemon=True).start()
    return options


def _end_with_standard_input() -> None:
    sys.stdin.read()
    os._exit(0)


def listen(state: Path, name: str, asked: int = 0) -> socket.socket:
    """A listening socket on the port asked for, else on the one `name` had last time, else on a free one."""
    memory = state / "ports.json"
    ports = json.loads(memory.read_text()) if memory.exists() else {}
    sock = _bind(asked) if asked else _bind_first(ports.get(name, 0), 0)
    sock.listen(128)
    write_durably(memory, json.dumps(ports | {name: sock.getsockname()[1]}).encode())
    return sock


def _bind(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    return sock


def _bind_first(remembered: int, free: int) -> socket.socket:
    try:
        return _bind(remembered)
    except OSError:
        return _bind(free)


def write_durably(path: Path, content: bytes) -> None:
    """After this returns, the file is there whole, also after a power cut; readable by its owner alone."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def remembered_secret(state: Path, name: str) -> str:
    """The environment's NAME, else one made on the first start and kept in `state`."""
    if given := os.environ.get(name):
        return given
    path = state / name.lower()
    if not path.exists():
        write_durably(path, secrets.token_urlsafe(32).encode())
    return path.read_text()


class Site:
    """Routed functions over HTTP, with pages from `folder` and the shared look."""

    def __init__(self, folder: Path) -> None:
        self.rules = Map([Rule("/look.<any(css, svg):kind>", endpoint="look")])
        self.views: dict[str, View] = {"look": self._look}
        self.templates = Environment(
            loader=FileSystemLoader([folder, LOOK]), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self.templates.filters["moment"] = lambda at: at.astimezone(ZONE).strftime("%H:%M:%S ngày %d/%m/%Y")

    def route(self, path: str, *methods: str) -> Callable[[View], View]:
        def keep(view: View) -> View:
            self.rules.add(Rule(path, endpoint=view.__name__, methods=methods or ("GET",)))
            self.views[view.__name__] = view
            return view

        return keep

    def page(self, name: str, *, status: int = 200, forms_may_lead_to: str = "", **context: object) -> Response:
        """A page without scripts. `forms_may_lead_to`: the one other origin to which a form's answer may redirect."""
        response = Response(self.templates.get_template(name).render(context), status, mimetype="text/html")
        response.headers["Content-Security-Policy"] = f"{POLICY}'none'; form-action 'self' {forms_may_lead_to}".strip()
        return response

    def serve(self, sock: socket.socket, **ready: object) -> None:
        """Print the ready line and answer until the process ends."""
        server = make_server(HOST, 0, self, threaded=True, fd=sock.fileno())
        print(json.dumps(ready), flush=True)
        server.serve_forever()

    def _look(self, request: Request, kind: str) -> Response:
        mimetype = {"css": "text/css", "svg": "image/svg+xml"}[kind]
        return Response(
            (LOOK / f"look.{kind}").read_text(), mimetype=mimetype, headers={"Cache-Control": "max-age=3600"}
        )

    def __call__(self, environ: dict, start_response: Callable) -> object:
        request = Request(environ)
        try:
            # A page of somebody else must not click here.
            if (
                request.method == "POST"
                and request.headers.get("Origin", request.host_url[:-1]) != request.host_url[:-1]
            ):
                raise Forbidden
            endpoint, arguments = self.rules.bind_to_environ(environ).match()
            response = self.views[endpoint](request, **arguments)
        except HTTPException as problem:
            response = problem.get_response(environ)
        response.headers.setdefault("Content-Security-Policy", f"{POLICY}'none'")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-store")
        return response(environ, start_response)


def answer(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), status, mimetype="application/json")
