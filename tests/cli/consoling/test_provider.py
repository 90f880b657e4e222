"""How the console's process asks an identity provider, and which settings it refuses."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.cli.consoling.running import allowed
from tenken.cli.consoling.web import fetched
from tenken.config.operating.console import (
    ClaimRule,
    ConsoleSettings,
    OidcSettings,
    SharedApplication,
)
from tenken.console.doors.oidc.asking import Sent
from tenken.errors import UsageError


class Door(BaseHTTPRequestHandler):
    """Answers with what it was asked, and leads elsewhere where it is asked to."""

    def do_GET(self) -> None:
        self._say(302 if self.path.startswith("/elsewhere") else 200, self.path.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._say(200, self.headers["authorization"].encode() + b" " + body)

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("location", "/other")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_it_is_asked_as_it_stands_and_leads_nowhere(url: str) -> None:
    """Path and query, headers and body; a redirect is no answer."""
    got = fetched(Sent(method="GET", url=f"{url}/desk/keys?a=b"))
    sent = Sent(method="POST", url=f"{url}/token", headers=(("authorization", "x"),), body=b"c=d")

    assert (got.status, got.body) == (200, b"/desk/keys?a=b")
    assert fetched(sent).body == b"x c=d"
    assert fetched(Sent(method="GET", url=f"{url}/elsewhere")).status == 302
    assert fetched(Sent(method="GET", url="http://127.0.0.1:1/")).status == 0


RULE = ClaimRule(value="desk", role="viewer", applications=("claims",))
OIDC = OidcSettings(issuer="https://login.example.com", client_id="c", roles=(RULE,))
WHOLE = ConsoleSettings(
    oidc=OIDC, applications=(SharedApplication(name="claims", use_cases=("letter",)),)
)


def test_settings_that_let_the_wrong_people_in_are_refused() -> None:
    """An application that is none; a provider whose answers anybody on the way could write."""
    allowed(WHOLE, "127.0.0.1")
    allowed(replace(WHOLE, oidc=replace(OIDC, issuer="http://localhost:9000")), "127.0.0.1")
    with pytest.raises(UsageError, match="no_such_application"):
        allowed(replace(WHOLE, applications=()), "127.0.0.1")
    with pytest.raises(UsageError, match="oidc_needs_tls"):
        allowed(replace(WHOLE, oidc=replace(OIDC, issuer="http://login.example.com")), "127.0.0.1")
