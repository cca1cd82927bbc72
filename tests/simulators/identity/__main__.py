"""An OpenID Connect provider with VNeID's flat claims, where a citizen logs in by one click."""

import os
import time
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.simulators.identity.clients import Asked, Client, Untrusted, answers
from tests.simulators.identity.grants import TOKEN_LIFE, Grant, Grants
from tests.simulators.identity.keys import SigningKey
from tests.simulators.identity.people import ACCOUNTS
from tests.simulators.serving import HOST, Site, answer, begin, command_line, listen, remembered_secret

# A Một Cửa on this machine, on any port.
LOCAL_PRODUCT = "http://localhost/tai-khoan/vneid/xac-nhan"


class Provider:
    """The provider's endpoints; `down` answers all of them with 503 until told otherwise."""

    def __init__(self, state: Path, issuer: str, client: Client) -> None:
        self.issuer, self.client = issuer, client
        self.grants, self.key = Grants(state), SigningKey(state)
        self.site = Site(Path(__file__).parent)
        self.down = False
        for path, view, *methods in (
            ("/.well-known/openid-configuration", self.discovery),
            ("/jwks", self.jwks),
            ("/authorize", self.ask, "GET"),
            ("/authorize", self.agree, "POST"),
            ("/token", self.token, "POST"),
            ("/userinfo", self.userinfo, "GET", "POST"),
            ("/logout", self.logout, "GET", "POST"),
            ("/", self.start_page),
        ):
            self.site.route(path, *methods)(self.unless_down(view))
        self.site.route("/control/<state>", "POST")(self.control)

    def unless_down(self, view):
        def answer_or_fail(request: Request) -> Response:
            if self.down:
                return self.site.page("message.html", status=503, title="Hệ thống định danh đang gián đoạn", text="")
            return view(request)

        answer_or_fail.__name__ = view.__name__
        return answer_or_fail

    def control(self, request: Request, state: str) -> Response:
        if state not in {"up", "down"}:
            raise NotFound
        self.down = state == "down"
        return answer({"down": self.down})

    def discovery(self, request: Request) -> Response:
        return answer(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/logout",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "scopes_supported": ["openid", "profile", "email"],
                "claims_supported": sorted({name for account in ACCOUNTS.values() for name in account.claims}),
            }
        )

    def jwks(self, request: Request) -> Response:
        return answer(self.key.published)

    def ask(self, request: Request) -> Response:
        """The page with one button per citizen."""
        asked = Asked.of(request)
        if problem := self.problem(asked):
            return problem
        return self.site.page(
            "citizens.html", forms_may_lead_to=asked.origin, accounts=ACCOUNTS.values(), asked=asdict(asked)
        )

    def agree(self, request: Request) -> Response:
        """The button, or a script's plain form: the parameters of the request and `account`."""
        asked, name = Asked.of(request), request.form.get("account", "")
        if problem := self.problem(asked):
            return problem
        if name not in ACCOUNTS:
            return self.back(asked, error="access_denied")
        grant = Grant(name, asked.client_id, asked.redirect_uri, asked.nonce, asked.code_challenge, int(time.time()))
        return self.back(asked, code=self.grants.code(grant))

    def problem(self, asked: Asked) -> Response | None:
        try:
            self.client.check(asked)
        except Untrusted as distrust:
            return self.site.page("message.html", status=400, title="Không đăng nhập được", text=str(distrust))
        return self.back(asked, error=asked.mistake) if asked.mistake else None

    def back(self, asked: Asked, **result: str) -> Response:
        joint = "&" if "?" in asked.redirect_uri else "?"
        response = redirect(f"{asked.redirect_uri}{joint}{urlencode(result | {'state': asked.state})}", 303)
        response.headers["Content-Security-Policy"] = f"default-src 'none'; form-action 'self' {asked.origin}"
        return response

    def token(self, request: Request) -> Response:
        if not self.client.proves_itself(request):
            return answer({"error": "invalid_client"}, 401)
        if request.form.get("grant_type") != "authorization_code":
            return answer({"error": "unsupported_grant_type"}, 400)
        grant = self.grants.redeem(request.form.get("code", ""))
        if (
            not grant
            or grant.redirect_uri != request.form.get("redirect_uri")
            or not answers(request.form.get("code_verifier", ""), grant.challenge)
        ):
            return answer({"error": "invalid_grant"}, 400)
        return answer(
            {
                "access_token": self.grants.token(grant.account),
                "token_type": "Bearer",
                "expires_in": TOKEN_LIFE,
                "id_token": self.key.sign(self.id_claims(grant)),
            }
        )

    def id_claims(self, grant: Grant) -> dict[str, object]:
        now, claims = int(time.time()), ACCOUNTS[grant.account].claims
        about = {name: claims[name] for name in ("sub", "TechID", "LoaiTaiKhoan", "loAs", "IAL")}
        when = {"iat": now, "exp": now + TOKEN_LIFE, "auth_time": grant.at}
        nonce = {"nonce": grant.nonce} if grant.nonce else {}
        return {"iss": self.issuer, "aud": self.client.id, **when, **nonce, **about}

    def userinfo(self, request: Request) -> Response:
        bearer = request.authorization
        account = self.grants.account(bearer.token or "") if bearer and bearer.type == "bearer" else None
        if not account:
            return answer({"error": "invalid_token"}, 401)
        return answer(ACCOUNTS[account].claims)

    def logout(self, request: Request) -> Response:
        # Nobody is remembered here, so there is nothing to forget.
        return self.site.page("message.html", title="Đã đăng xuất", text="Bạn có thể đóng trang này.")

    def start_page(self, request: Request) -> Response:
        text = "Trang này mở ra khi bạn chọn đăng nhập trên cổng dịch vụ công."
        return self.site.page("message.html", title="Định danh điện tử thử nghiệm", text=text)


def main() -> None:
    parser = command_line("OpenID Connect provider for tests and demonstrations")
    parser.add_argument("--client-id", default=os.environ.get("IDENTITY_CLIENT_ID") or "motcua")
    parser.add_argument(
        "--redirect-uris",
        default=os.environ.get("IDENTITY_REDIRECT_URIS") or LOCAL_PRODUCT,
        help="where codes may go, separated by commas",
    )
    options = begin(parser)
    sock = listen(options.state, "identity", options.port)
    port = sock.getsockname()[1]
    issuer = f"http://{HOST}:{port}"
    secret = remembered_secret(options.state, "IDENTITY_CLIENT_SECRET")
    client = Client(options.client_id, secret, tuple(options.redirect_uris.split(",")))
    provider = Provider(options.state, issuer, client)
    provider.site.serve(
        sock, party="identity", host=HOST, port=port, url=issuer, client_id=client.id, client_secret=secret
    )


main()
