"""The page of metrics, and the door at which it is read."""

import hmac
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric

from tenken.keeper.sinks.metrics import keeping, processes
from tenken.keeper.sinks.metrics.families import Families
from tenken.keeper.sinks.metrics.keeping import Kept
from tenken.store.faults import Away
from tenken.store.rollups.totals import Ever

FRESH_US = 1_000_000
"""What was read so lately is shown again: who asks often costs the store nothing."""
LOOPBACK = "127.0.0.1"
WAIT_S = 5.0
READ_S = 10.0


class Page:
    """What is shown, for Prometheus's library to write out."""

    def __init__(
        self,
        *,
        ever: Callable[[], Ever],
        kept: Callable[[int], Kept],
        families: Families,
        parent: int,
        now: Callable[[], int],
    ) -> None:
        """`ever` and `kept` raise Away; `parent` is who started all processes of this machine."""
        self._ever = ever
        self._kept = kept
        self._families = families
        self._parent = parent
        self._now = now
        self._lock = Lock()
        self._read_at = -FRESH_US
        self._stored: tuple[Metric, ...] = ()
        self._up = False

    def collect(self) -> Iterator[Metric]:
        """Give all metrics; those of the store as they were, while it is away."""
        with self._lock:
            now = self._now()
            if now - self._read_at >= FRESH_US:
                self._read(now)
            yield GaugeMetricFamily(
                "tenken_store_up", "Whether the store answers", value=int(self._up)
            )
            yield from self._stored
        yield from processes.families(processes.processes(self._parent))

    def _read(self, now: int) -> None:
        self._read_at = now
        try:
            ever, kept = self._ever(), self._kept(now)
        except Away:
            self._up = False
            return
        self._up = True
        self._stored = (*self._families.of(ever), *keeping.families(kept))


class Door:
    """Serves the page on a port of loopback, from when it is first stepped on."""

    def __init__(self, page: Page, *, port: int, token: str = "") -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(page)
        self._port = port
        self._token = token
        self._server: ThreadingHTTPServer | None = None
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        """Give where it listens; 0 before it does."""
        return int(self._server.server_address[1]) if self._server else 0

    def step(self, now: int) -> float:  # noqa: ARG002 - it is the same at every moment
        """See that it is open; raises OSError where the port is not to be had."""
        if self._server is None:
            self._server = ThreadingHTTPServer((LOOPBACK, self._port), self._handler())
            self._server.daemon_threads = True
            serves = self._server.serve_forever
            self._thread = Thread(target=serves, name="metrics page", daemon=True)
            self._thread.start()
        return WAIT_S

    def close(self) -> None:
        """Close it."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        registry, allowed = self._registry, f"Bearer {self._token}".encode()
        asks = bool(self._token)

        class Handler(BaseHTTPRequestHandler):
            timeout = READ_S

            def do_GET(self) -> None:
                shown = (self.headers.get("authorization") or "").encode()
                if asks and not hmac.compare_digest(shown, allowed):
                    self._answer(401, "text/plain", b"a token is asked for\n")
                elif self.path.partition("?")[0] != "/metrics":
                    self._answer(404, "text/plain", b"see /metrics\n")
                else:
                    self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library has it
                """Say nothing of who reads it."""

            def _answer(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler
