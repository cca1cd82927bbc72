"""A postal carrier in VNPost's wire format, with a page where its parcels are moved by a click."""

import hmac
import json
from datetime import datetime
from pathlib import Path

from werkzeug.exceptions import BadRequest, NotFound, ServiceUnavailable, Unauthorized
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.simulators.carrier import signing, wire
from tests.simulators.carrier.parcels import STATES, Book, Refused
from tests.simulators.carrier.telling import Teller
from tests.simulators.serving import HOST, ZONE, Site, answer, begin, command_line, listen, now, remembered_secret

CUSTOMER_CODE = "MOTCUA"


class Office:
    """The carrier's counter: `fault` makes it fail as real ones do, until told otherwise."""

    def __init__(self, book: Book, secret: str, teller: Teller) -> None:
        self.book, self.secret, self.teller = book, secret, teller
        self.fault = "none"

    def answer(self, content: dict[str, object]) -> Response:
        if self.fault == "malformed":
            return Response("<html>502</html>", mimetype="text/html")
        return answer(content)

    def read(self, request: Request) -> dict[str, object]:
        """The body of a customer's call. Raises Unauthorized, BadRequest, ServiceUnavailable."""
        if self.fault == "down":
            raise ServiceUnavailable
        body = request.get_data() or request.query_string
        given = [request.headers.get(name, "") for name in ("X-Signature", "X-Timestamp", "X-Nonce")]
        if not hmac.compare_digest(given[0], signing.signature(self.secret, given[1], given[2], body)):
            raise Unauthorized
        content = json_object(request.get_data()) if request.method == "POST" else dict(request.args)
        if content.get("CustomerCode") != CUSTOMER_CODE:
            raise Unauthorized
        return content


def json_object(body: bytes) -> dict[str, object]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        raise BadRequest("JSON expected") from None
    if not isinstance(content, dict):
        raise BadRequest("a JSON object expected")
    return content


def customers_calls(site: Site, office: Office) -> None:
    @site.route("/order", "POST")
    def order(request: Request) -> Response:
        try:
            parcel = office.book.order(office.read(request), now())
        except Refused as refusal:
            return office.answer(wire.refused(str(refusal)))
        return office.answer(wire.done(OrderNumber=parcel.order_number, ItemCode=parcel.item_code))

    @site.route("/cancel", "POST")
    def cancel(request: Request) -> Response:
        content = office.read(request)
        try:
            office.book.move(str(content.get("ItemCode")), "cancelled", now(), str(content.get("Reason") or ""))
        except Refused as refusal:
            return office.answer(wire.refused(str(refusal)))
        office.teller.news.set()
        return office.answer(wire.done())

    @site.route("/tracking")
    def tracking(request: Request) -> Response:
        content = office.read(request)
        code, last = str(content.get("ItemCode")), str(content.get("lastId") or 0)
        try:
            office.book.parcel(code)
        except Refused as refusal:
            return office.answer(wire.refused(str(refusal)))
        page = [wire.event(row) for row in office.book.events(code, int(last) if last.isdecimal() else 0)[:50]]
        return office.answer(wire.done(Data=page, LastId=page[-1]["Id"] if page else int(last)))

    @site.route("/price", "POST")
    def price(request: Request) -> Response:
        return office.answer(wire.done(Price=wire.price(office.read(request))))


def control(site: Site, office: Office) -> None:
    @site.route("/control/fault/<fault>", "POST")
    def set_fault(request: Request, fault: str) -> Response:
        if fault not in {"none", "down", "malformed"}:
            raise NotFound
        office.fault = fault
        return answer({"fault": fault})

    @site.route("/control/callback", "POST")
    def set_callback(request: Request) -> Response:
        office.book.callback = str(json_object(request.get_data()).get("url") or "")
        office.teller.news.set()
        return answer({"url": office.book.callback})

    @site.route("/control/parcels")
    def parcels(request: Request) -> Response:
        number = request.args.get("OrderNumber")
        return answer(
            [
                {"OrderNumber": p.order_number, "ItemCode": p.item_code, "state": p.state, "payload": p.payload}
                for p in office.book.parcels()
                if number in (None, p.order_number)
            ]
        )

    @site.route("/control/<code>/<state>", "POST")
    def move(request: Request, code: str, state: str) -> Response:
        content = json_object(request.get_data()) if request.is_json else {}
        if state not in STATES:
            raise NotFound
        try:
            at = datetime.fromisoformat(str(content["at"])).astimezone(ZONE) if "at" in content else now()
            row = office.book.move(code, state, at, str(content.get("note", "")), str(content.get("signed_by", "")))
        except ValueError:
            raise BadRequest("at: ISO 8601 expected") from None
        except Refused as refusal:
            return answer(wire.refused(str(refusal)), 409)
        office.teller.news.set()
        return answer(wire.event(row))


def pages(site: Site, office: Office) -> None:
    @site.route("/")
    def all_parcels(request: Request) -> Response:
        return site.page("parcels.html", parcels=office.book.parcels(), states=STATES)

    @site.route("/buu-gui/<code>")
    def one_parcel(request: Request, code: str) -> Response:
        return shown(code)

    @site.route("/buu-gui/<code>", "POST")
    def step(request: Request, code: str) -> Response:
        state, form = request.form.get("state", ""), request.form
        try:
            office.book.move(code, state, now(), form.get("note", ""), form.get("signed_by", ""))
        except Refused as refusal:
            return shown(code, str(refusal))
        office.teller.news.set()
        return redirect(f"/buu-gui/{code}", 303)

    def shown(code: str, problem: str = "") -> Response:
        try:
            parcel = office.book.parcel(code)
        except Refused:
            raise NotFound from None
        events = [dict(row) | {"at": datetime.fromisoformat(row["at"])} for row in office.book.events(code)]
        status = 409 if problem else 200
        return site.page("parcel.html", status=status, parcel=parcel, events=events, states=STATES, problem=problem)


def main() -> None:
    options = begin(command_line("Postal carrier for tests and demonstrations"))
    sock = listen(options.state, "carrier", options.port)
    secret = remembered_secret(options.state, "CARRIER_SECRET")
    book = Book(options.state)
    office = Office(book, secret, Teller(book, secret))
    site = Site(Path(__file__).parent)
    customers_calls(site, office)
    control(site, office)
    pages(site, office)
    port = sock.getsockname()[1]
    site.serve(
        sock, party="carrier", host=HOST, port=port, url=f"http://{HOST}:{port}",
        customer_code=CUSTOMER_CODE, secret=secret,
    )  # fmt: skip


main()
