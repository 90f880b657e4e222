"""What stands before every route: our name, a size, and the headers of every answer."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenken.console.doors.names import Names

LARGEST = 64_000
HEALTH = "/healthz"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
"""`same-origin`, not `no-referrer`: with the latter a form of ours says `Origin: null`."""
TLS_ONLY = "max-age=31536000"


class Shell:
    """The outermost part."""

    def __init__(self, inner: ASGIApp, *, names: Names) -> None:
        self._inner = inner
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is not for us; everything else goes in, and comes out with our headers."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        await self._answering(scope)(scope, receive, self._dressed(send))

    def _answering(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) > 1:
            return PlainTextResponse("misdirected request", status_code=421)
        if scope["path"] != HEALTH and not self._names.answered("".join(hosts)):
            return PlainTextResponse("misdirected request", status_code=421)
        if "transfer-encoding" in headers:
            return PlainTextResponse("length required", status_code=411)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST:
            return PlainTextResponse("too large", status_code=413)
        return self._inner

    def _dressed(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if self._names.secure:
                    headers["strict-transport-security"] = TLS_ONLY
                if "cache-control" not in headers:
                    headers["cache-control"] = "no-store"
            await send(message)

        return sending
