"""Servers that take alerts as vendors do, written after what they publish; never recorded.

Written on 2026-11-23 after:
- Slack: docs.slack.dev, "Sending messages using incoming webhooks" and "Blocks" (50 blocks,
  150 characters of a header, 3,000 of a section, 10 elements of a context)
- PagerDuty: developer.pagerduty.com, "Events API v2" (dedup_key 255, summary 1,024 characters)
- Datadog: docs.datadoghq.com/api/latest/events, "Post an event", v1 (text 4,000 characters,
  aggregation_key 100)
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

from msgspec import Struct

PATIENCE_S = 30.0
SLACK_PATH = "/services/T000/B000/xyz"
ROUTING_KEY = "R" * 32
API_KEY = "a" * 32
Answer = tuple[int, str, dict[str, str]]


class Came(Struct, frozen=True, kw_only=True):
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        found = json.loads(self.content)
        assert isinstance(found, dict)
        return found


def slack(came: Came) -> Answer:
    """`ok`, or a word that says why not."""
    if came.path != SLACK_PATH:
        return 404, "no_service", {}
    body = came.body
    blocks = body.get("blocks", [])
    good = (
        set(body) <= {"text", "blocks", "thread_ts", "unfurl_links", "unfurl_media"}
        and isinstance(body.get("text"), str)
        and 0 < len(blocks) <= 50
        and all(_block(one) for one in blocks)
    )
    return (200, "ok", {}) if good else (400, "invalid_blocks", {})


def _block(block: dict[str, Any]) -> bool:
    match block["type"]:
        case "header":
            text = block["text"]
            return text["type"] == "plain_text" and 0 < len(text["text"]) <= 150
        case "section":
            text = block["text"]
            return text["type"] == "mrkdwn" and 0 < len(text["text"]) <= 3000
        case "context":
            return 0 < len(block["elements"]) <= 10
        case _:
            return False


def pagerduty(came: Came) -> Answer:
    """202 with the key that deduplicates."""
    body = came.body
    payload = body.get("payload", {})
    action = body.get("event_action")
    errors = [
        name
        for name, good in {
            "routing_key": body.get("routing_key") == ROUTING_KEY,
            "event_action": action in {"trigger", "acknowledge", "resolve"},
            "dedup_key": 0 < len(body.get("dedup_key", "")) <= 255,
            "summary": action != "trigger" or 0 < len(payload.get("summary", "")) <= 1024,
            "source": action != "trigger" or bool(payload.get("source")),
            "severity": action != "trigger"
            or payload.get("severity") in {"critical", "error", "warning", "info"},
            "links": all(set(one) == {"href", "text"} for one in body.get("links", [])),
            "custom_details": isinstance(payload.get("custom_details", {}), dict),
        }.items()
        if not good
    ]
    if came.path != "/v2/enqueue" or errors:
        return 400, json.dumps({"status": "invalid event", "errors": errors}), {}
    said = {"status": "success", "message": "Event processed", "dedup_key": body["dedup_key"]}
    return 202, json.dumps(said), {}


def datadog(came: Came) -> Answer:
    """202 with the event; 403 without the key."""
    if came.headers.get("dd-api-key") != API_KEY:
        return 403, json.dumps({"errors": ["Forbidden"]}), {}
    body = came.body
    good = (
        came.path == "/api/v1/events"
        and bool(body.get("title"))
        and 0 < len(body.get("text", "")) <= 4000
        and body.get("alert_type")
        in {"error", "warning", "info", "success", "user_update", "recommendation", "snapshot"}
        and body.get("priority") in {"normal", "low"}
        and len(body.get("aggregation_key", "")) <= 100
        and isinstance(body.get("date_happened"), int)
        and all(":" in tag for tag in body.get("tags", []))
    )
    if not good:
        return 400, json.dumps({"errors": ["Invalid event"]}), {}
    return 202, json.dumps({"status": "ok", "event": {"id": 1, "title": body["title"]}}), {}


def always(status: int, said: str = "", **headers: str) -> Callable[[Came], Answer]:
    return lambda _: (status, said, headers)


class Vendor:
    """A server of one vendor, and what has come to it."""

    def __init__(self, answer: Callable[[Came], Answer]) -> None:
        self.answer = answer
        self.came: list[Came] = []
        self._changed = Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def wait(self, count: int) -> list[Came]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.came) >= count, PATIENCE_S)
            return list(self.came)

    @contextmanager
    def serving(self) -> Iterator["Vendor"]:
        thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(PATIENCE_S)

    def _taken(self, came: Came) -> Answer:
        with self._changed:
            self.came.append(came)
            self._changed.notify_all()
        return self.answer(came)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        taken = self._taken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                came = Came(path=self.path, headers=headers, content=content)
                status, said, further = taken(came)
                self.send_response(status)
                for name, value in {"content-length": str(len(said.encode())), **further}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(said.encode())

            def log_request(self, code: object = "-", size: object = "-") -> None:
                """Say nothing."""

        return Handler
