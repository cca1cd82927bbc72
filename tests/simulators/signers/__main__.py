"""Remote signing services, each in its own wire format, and the telephones on which their holders confirm."""

import json
from contextlib import suppress
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.simulators.serving import HOST, Site, answer, begin, command_line, listen, remembered_secret
from tests.simulators.signers import csc, mysign, smartca
from tests.simulators.signers.book import FATES, STATES, Book, Refused
from tests.simulators.signers.desk import CLIENT_ID, FAULTS, Desk

DECISIONS = {"confirmed": "Xác nhận", "declined": "Từ chối"}


def control(site: Site, desk: Desk) -> None:
    book = desk.book

    @site.route("/control/credentials", "POST")
    def enrol(request: Request) -> Response:
        """{"account", "name", "ca_url", "algorithm": rsa or ec, "profile": person or seal, "asks": yes or no}."""
        made = book.enrol(json.loads(request.get_data()))
        return answer({"id": made.id, "serial": made.serial, "account": made.account}, 201)

    @site.route("/control/questions")
    def questions(request: Request) -> Response:
        return answer(
            [
                {"id": one.id, "label": one.label, "state": one.state, "files": [file.name for file in one.files]}
                for one in book.questions()
            ]
        )

    @site.route("/control/questions/<question_id>/<state>", "POST")
    def decide(request: Request, question_id: str, state: str) -> Response:
        """{"fates": {place of a file, from 0: signed, unsigned or swapped}}; the others are signed."""
        fates = {int(place): fate for place, fate in json.loads(request.get_data() or b"{}").get("fates", {}).items()}
        if state not in STATES or not FATES.issuperset(fates.values()):
            raise NotFound
        try:
            return answer({"state": book.decide(question_id, state, fates).state})
        except Refused as refusal:
            return answer({"error": str(refusal)}, 409)

    @site.route("/control/fault/<fault>", "POST")
    def set_fault(request: Request, fault: str) -> Response:
        if fault not in FAULTS:
            raise NotFound
        desk.fault = fault
        return answer({"fault": fault})

    @site.route("/control/callback", "POST")
    def set_callback(request: Request) -> Response:
        book.callback = str(request.get_json().get("url") or "")
        return answer({"url": book.callback})

    @site.route("/control/calls")
    def calls(request: Request) -> Response:
        return answer(desk.calls)


def pages(site: Site, desk: Desk) -> None:
    @site.route("/")
    def telephone(request: Request) -> Response:
        names = {one.credential: desk.book.credential(one.credential).name for one in desk.book.questions()}
        return site.page(
            "telephone.html", questions=desk.book.questions(), names=names, states=STATES, decisions=DECISIONS
        )

    @site.route("/yeu-cau/<question_id>", "POST")
    def tap(request: Request, question_id: str) -> Response:
        if (state := request.form.get("state", "")) not in DECISIONS:
            raise NotFound
        with suppress(Refused):
            desk.book.decide(question_id, state)
        return redirect("/", 303)


def main() -> None:
    options = begin(command_line("Remote signing services for tests and demonstrations"))
    sock = listen(options.state, "signers", options.port)
    secret = remembered_secret(options.state, "SIGNERS_SECRET")
    desk = Desk(Book(options.state), secret)
    site = Site(Path(__file__).parent)
    for service in (csc, smartca, mysign):
        service.Service(desk).serve(site)
    smartca.Teller(desk.book)
    control(site, desk)
    pages(site, desk)
    port = sock.getsockname()[1]
    site.serve(
        sock, party="signers", host=HOST, port=port, url=f"http://{HOST}:{port}",
        client_id=CLIENT_ID, secret=secret, profile=mysign.PROFILE,
    )  # fmt: skip


main()
