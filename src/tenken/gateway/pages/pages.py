"""What is asked of a gateway besides answers of models: health, models, metrics."""

import hmac
from collections.abc import Callable

from tenken.gateway.heads.said import named
from tenken.gateway.identify import Authenticate, Chance
from tenken.gateway.pages.gauges import KIND, Vitals, exposed, unready
from tenken.gateway.pages.listing import PATH, listed
from tenken.gateway.plan import Plan
from tenken.messages.speech import Speech
from tenken.transport.message import Request, first
from tenken.transport.reply import Reply
from tenken.wire.api import Api
from tenken.wire.refusal import Refusal, body_of, headers_of

PLAIN = (b"content-type", b"text/plain; charset=utf-8")
JSON = (b"content-type", b"application/json")
READING = frozenset({"GET", "HEAD"})
BEARER = b"Bearer "


class Pages:
    """Answers what is read; nothing is open but health."""

    def __init__(
        self,
        *,
        plan: Callable[[], Plan],
        authenticate: Authenticate,
        vitals: Vitals,
        wall_us: Callable[[], int],
        chance: Chance,
        speech: Speech,
        token: bytes = b"",
    ) -> None:
        """`token` opens `/metrics`; without one it is not here."""
        self._plan = plan
        self._authenticate = authenticate
        self._vitals = vitals
        self._wall_us = wall_us
        self._chance = chance
        self._speech = speech
        self._token = token

    def __call__(self, request: Request, reply: Reply) -> bool:
        """Answer a page; tell whether it was one."""
        if request.method not in READING:
            return False
        match request.path:
            case "/healthz":
                reply.send(200, (PLAIN,), b"ok\n")
            case "/readyz":
                self._ready(reply)
            case "/metrics" if self._may_measure(request):
                self.measured(reply)
            case path if path == PATH or path.startswith(f"{PATH}/"):
                self._models(request, reply)
            case _:
                return False
        return True

    def measured(self, reply: Reply) -> None:
        """Answer with the gauges."""
        reply.send(200, (KIND,), exposed(self._vitals))

    async def alone(self, request: Request, reply: Reply) -> None:
        """Answer on a listener of its own, where nothing else is."""
        if request.method in READING and request.path == "/metrics":
            self.measured(reply)
        else:
            reply.send(404, (PLAIN,), b"not here\n")

    def _ready(self, reply: Reply) -> None:
        why = unready(self._vitals)
        if why:
            reply.send(503, (PLAIN,), f"{why}\n".encode())
        else:
            reply.send(200, (PLAIN,), b"ok\n")

    def _may_measure(self, request: Request) -> bool:
        said = first(request.headers, b"authorization") or b""
        return bool(self._token) and hmac.compare_digest(said, BEARER + self._token)

    def _models(self, request: Request, reply: Reply) -> None:
        speaks = first(request.headers, b"anthropic-version")
        api = Api.MESSAGES if speaks is not None else Api.CHAT
        id_ = named(request, self._chance)
        headers = (JSON, (b"x-request-id", id_.encode()))
        try:
            caller = self._authenticate.caller(self._plan(), request.headers, now=self._wall_us())
            reply.send(200, headers, listed(caller, request.path, api))
        except Refusal as refusal:
            refused = refusal.refused
            message = self._speech(refused.sentence)
            body = body_of(refused, api=api, message=message, request_id=id_)
            reply.send(refused.status, (*headers, *headers_of(refused)), body)
