"""A mail server that delivers to nobody and shows every letter on a page."""

from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from tests.simulators.serving import HOST, Site, answer, begin, command_line, listen
from tests.simulators.smtp.inbox import Inbox, Letter
from tests.simulators.smtp.server import listen_in_background

# What a letter may do in its frame: be seen, and open its links in a new tab.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;"
    " style-src 'unsafe-inline'; frame-ancestors 'self'"
)
FRAME = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Thư</title><base target="_blank">
<style>body { font: 1rem/1.55 system-ui, sans-serif; color: #16203a; }</style>
"""


def pages(inbox: Inbox) -> Site:
    site = Site(Path(__file__).parent)

    def found(name: str) -> Letter:
        try:
            return inbox.letter(name)
        except KeyError:
            raise NotFound from None

    @site.route("/")
    def letters(request: Request) -> Response:
        to = request.args.get("to", "")
        return site.page("letters.html", letters=inbox.letters(to), to=to)

    @site.route("/thu/<name>")
    def letter(request: Request, name: str) -> Response:
        return site.page("letter.html", letter=found(name))

    @site.route("/thu/<name>/html")
    def letter_html(request: Request, name: str) -> Response:
        return Response(
            FRAME + found(name).html, mimetype="text/html", headers={"Content-Security-Policy": LETTER_POLICY}
        )

    @site.route("/api/messages")
    def messages(request: Request) -> Response:
        return answer([letter.public() for letter in inbox.letters(request.args.get("to", ""))])

    return site


def main() -> None:
    options = begin(command_line("Mail server for tests and demonstrations"))
    mail = listen(options.state, "smtp", options.port)
    web = listen(options.state, "web")
    inbox = Inbox(options.state)
    site = pages(inbox)
    listen_in_background(inbox, mail)
    port, web_port = mail.getsockname()[1], web.getsockname()[1]
    site.serve(web, party="smtp", host=HOST, port=port, web_port=web_port, url=f"http://{HOST}:{web_port}")


main()
