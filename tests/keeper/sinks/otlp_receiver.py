"""An OTLP/HTTP receiver for tests: protobuf or JSON, plain or gzipped.

It holds what it was sent and answers as it is told to: after the protocol's published text
(opentelemetry.io/docs/specs/otlp, read 2026-11).
"""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from google.protobuf import json_format
from msgspec import Struct, field
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Backend(Struct, kw_only=True):
    """What a backend was sent, and how it answers."""

    url: str = ""
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    """As they came, unpacked."""
    answers: list[int] = field(default_factory=list)
    """Statuses of the next answers; 200 when there are none left."""
    retry_after: str = ""
    rejects: int = 0
    """So many spans of each request are told to be rejected."""

    @property
    def spans(self) -> list[Span]:
        """All spans that were taken."""
        return [
            span
            for request in self.requests
            for of in request.resource_spans
            for scoped in of.scope_spans
            for span in scoped.spans
        ]

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Give the status of the answer."""
        status = self.answers.pop(0) if self.answers else 200
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.headers.append(headers)
        self.bodies.append(body)
        if status == 200 and headers.get("content-type") == "application/x-protobuf":
            self.requests.append(ExportTraceServiceRequest.FromString(body))
        elif status == 200 and b"resourceSpans" in body:
            self.requests.append(json_format.Parse(body, ExportTraceServiceRequest()))
        return status


@contextmanager
def backend(answers: Sequence[int] = ()) -> Iterator[Backend]:
    """Serve one on a port of loopback; it begins with some answers."""
    held = Backend(answers=[*answers])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = held.take(headers, self.rfile.read(int(headers["content-length"])))
            answer = ExportTraceServiceResponse()
            answer.partial_success.rejected_spans = held.rejects
            body = answer.SerializeToString() if status == 200 and held.rejects else b""
            self.send_response(status)
            if held.retry_after:
                self.send_header("retry-after", held.retry_after)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library has it
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_address[1]}/v1/traces"
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
