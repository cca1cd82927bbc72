"""A certificate and time-stamp authority. Everything it gives out is shown on its page."""

import base64
import json
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Request, Response

from tests.simulators.pki.authority import Authority, EnrolmentRefused
from tests.simulators.serving import HOST, Site, answer, begin, command_line, listen, now


def register(site: Site, authority: Authority) -> None:
    """The registration desk: ask for a certificate, have it revoked."""

    @site.route("/")
    def certificates(request: Request) -> Response:
        return site.page("certificates.html", certificates=list(reversed(authority.register.items())))

    @site.route("/enrol", "POST")
    def enrol(request: Request) -> Response:
        """{"csr": PEM of PKCS#10, "profile": person, seal or officer, "days": optional} -> the chain, PEM."""
        try:
            wish = json.loads(request.get_data())
            chain = authority.enrol(wish["csr"].encode(), wish["profile"], float(wish.get("days", 730)))
        except (EnrolmentRefused, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRequest(str(error)) from error
        return Response(chain, 201, mimetype="application/pem-certificate-chain")

    @site.route("/revoke", "POST")
    def revoke(request: Request) -> Response:
        """{"serial": hexadecimal or "tsa", "reason": optional, as in RFC 5280 with underscores, "at": optional}."""
        wish = request.get_json()
        at = datetime.fromisoformat(wish["at"]) if "at" in wish else now()
        if not authority.revoke(wish["serial"].lower(), wish.get("reason", "cessation_of_operation"), at):
            raise NotFound
        return answer({"revoked": wish["serial"]})


def count(site: Site, authority: Authority) -> None:
    @site.route("/asked")
    def asked(request: Request) -> Response:
        """How often which kind of answer was asked for since the start."""
        return answer(authority.asked)


def publish(site: Site, authority: Authority) -> None:
    """What every verifier in the world may fetch: certificates, lists, states, stamps."""
    holders = {"root": authority.root, "issuing": authority.issuing}

    @site.route("/root.pem")
    def root_pem(request: Request) -> Response:
        return Response(authority.root.pem, mimetype="application/x-pem-file")

    @site.route("/<any(root, issuing):name>.crt")
    def certificate(request: Request, name: str) -> Response:
        return Response(holders[name].certificate.public_bytes(Encoding.DER), mimetype="application/pkix-cert")

    @site.route("/<any(root, issuing):name>.crl")
    def revoked(request: Request, name: str) -> Response:
        authority.asked.update(["crl"])
        return Response(authority.crl(name), mimetype="application/pkix-crl")

    @site.route("/ocsp", "POST")
    def ocsp(request: Request) -> Response:
        return status(request.get_data())

    @site.route("/ocsp/<path:encoded>")
    def ocsp_in_address(request: Request, encoded: str) -> Response:
        return status(base64.b64decode(encoded))

    def status(query: bytes) -> Response:
        authority.asked["ocsp"] += 1
        try:
            return Response(authority.answer_status(query), mimetype="application/ocsp-response")
        except ValueError as error:
            raise BadRequest(str(error)) from error

    @site.route("/tsa", "POST")
    def tsa(request: Request) -> Response:
        try:
            return Response(authority.stamp(request.get_data()), mimetype="application/timestamp-reply")
        except ValueError as error:
            raise BadRequest(str(error)) from error


def main() -> None:
    options = begin(command_line("Certificate and time-stamp authority for tests and demonstrations"))
    sock = listen(options.state, "pki", options.port)
    port = sock.getsockname()[1]
    url = f"http://{HOST}:{port}"
    authority = Authority(options.state, url)
    site = Site(Path(__file__).parent)
    register(site, authority)
    publish(site, authority)
    count(site, authority)
    root = (options.state / "root.cert.pem").resolve()
    site.serve(sock, party="pki", host=HOST, port=port, url=url, tsa_url=f"{url}/tsa", root_pem=str(root))


main()
