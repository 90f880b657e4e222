"""A small application in a thread: it logs and traces by itself, and knows nothing of tenken."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.readiness.observed.making import log_lines
from tests.readiness.observed.spans import CLIENT, NEW, SERVER, exported, span

PERSONAL = re.compile(r"[a-z]+@example\.jp|090-\d{4}-\d{4}|\(212\) 555-\d{4}")


class Application:
    """Answers with what it was told; its mask may be off."""

    def __init__(self, folder: Path, *, masks: bool = True) -> None:
        self.log, self.spans = folder / "app.log", folder / "spans.jsonl"
        self._masks = masks

    def answer(self, text: str, headers: dict[str, str]) -> tuple[str, str]:
        """Give the answer and its trace id, and write both files."""
        _, trace, outside, _ = headers["traceparent"].split("-")
        now = datetime.now(UTC)  # noqa: TID251 - it is a running application
        ids = {"request_id": headers["x-request-id"], "trace_id": trace}
        _append(self.log, log_lines(1, now=now, **ids)[0])
        stored = PERSONAL.sub("[MASKED]", text) if self._masks else text
        turns = [{"role": "user", "parts": [{"type": "text", "content": stored}]}]
        kept = {"gen_ai.input.messages": json.dumps(turns, ensure_ascii=False),
                "gen_ai.output.messages": json.dumps([stored], ensure_ascii=False)}  # fmt: skip
        door = span(trace, "a" * 16, outside, kind=SERVER, name="POST /ask", at=now)
        call = span(trace, "b" * 16, "a" * 16, kind=CLIENT, attributes={**NEW, **kept}, at=now)
        _append(self.spans, exported([door, call]))
        return f"You said: {text}", trace


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")


@contextmanager
def running(application: Application) -> Iterator[str]:
    """Run it on a free port of this machine; gives its address."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            heard = {name.lower(): value for name, value in self.headers.items()}
            answer, trace = application.answer(body["text"], heard)
            said = json.dumps({"answer": answer}, ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("x-trace-id", trace)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
