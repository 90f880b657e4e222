"""Where a drill receives alerts itself: what came, at which address, whether it was taken back.

A sender that says it has sent proves nothing; here the other end is listened to. It understands
what Alertmanager and Grafana post, PagerDuty's events, Datadog's webhooks and chat messages.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from tenken.transport.message import Request
from tenken.transport.reply import Reply

MOST = 10_000
LONGEST_NAME = 200
DONE = frozenset({"resolved", "resolve", "recovered", "ok", "success", "closed"})
JSON = ((b"content-type", b"application/json"),)

Record = Mapping[str, Any]


class Receipt(Struct, frozen=True, kw_only=True):
    """One alert that arrived."""

    at_s: float
    receiver: str
    """The path that it was posted to."""
    name: str
    key: str
    """The same for all that is told of one alert."""
    is_resolved: bool
    text: str
    """Everything it says, in lower case."""


class Inbox:
    """A handler of the transport's server that keeps what is posted to it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._came = asyncio.Event()
        self.receipts: list[Receipt] = []

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Take what is posted; whoever posts is told that it arrived."""
        if request.method != "POST":
            reply.send(405, JSON, b'{"error": "POST alerts here"}')
            return
        room = MOST - len(self.receipts)
        found = [*read(request.path, request.body, at_s=self._clock())][:room]
        self.receipts += found
        self._came.set()
        reply.send(200, JSON, b'{"status": "ok"}')

    async def pause(self, seconds: float) -> None:
        """Wait for something to come, but no longer."""
        self._came.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._came.wait()
        except TimeoutError:
            return


def firing(receipts: list[Receipt]) -> frozenset[str]:
    """The keys of alerts that were told and not taken back."""
    state = {one.key: one.is_resolved for one in receipts}
    return frozenset(key for key, is_resolved in state.items() if not is_resolved)


def read(path: str, body: bytes, *, at_s: float) -> Iterator[Receipt]:
    """Read one message; what is no JSON is a message of its own."""
    said = body.decode("utf-8", "replace")
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        document = {"text": said}
    if not isinstance(document, Mapping):
        document = {"text": said}
    alerts = document.get("alerts")
    each = [one for one in alerts if isinstance(one, Mapping)] if isinstance(alerts, list) else []
    for one in each or [document]:
        yield _receipt(path.partition("?")[0], one, at_s)


def _receipt(path: str, one: Record, at_s: float) -> Receipt:
    name = _name(one)
    labels = one.get("labels")
    key = _first(one, "fingerprint", "dedup_key", "alert_id", "id")
    state = _first(one, "status", "event_action", "alert_transition", "state").lower()
    return Receipt(
        at_s=at_s,
        receiver=path,
        name=name[:LONGEST_NAME],
        key=key or msgspec.json.encode([name, labels], order="sorted").decode(),
        is_resolved=state in DONE or name.upper().startswith("[RESOLVED"),
        text=msgspec.json.encode(one).decode().lower(),
    )


def _name(one: Record) -> str:
    for inner in ("labels", "payload"):
        holder = one.get(inner)
        if isinstance(holder, Mapping) and (found := _first(holder, "alertname", "summary")):
            return found
    return _first(one, "title", "name", "text", "summary")


def _first(one: Record, *names: str) -> str:
    found = (one.get(name) for name in names)
    return next((str(value) for value in found if isinstance(value, str | int) and value), "")
