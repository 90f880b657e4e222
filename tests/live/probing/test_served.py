"""Three replicas over one Valkey, whose provider is down: one of them probes it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest

from tests.live.serving import (
    Handler,
    Provider,
    ProviderServer,
    key_of,
    running,
    until,
    valkey_started,
    written,
)

pytestmark = pytest.mark.live
REPLICAS, PROBES = 3, 3
SHARED = "workers: 1, counters: {url_env: COUNTERS_URL, replicas: 3, timeout_s: 20}"


class Ill(Provider):
    """Answers with an error while it is down, and knows when it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.down = True
        self.moments: list[float] = []

    def heard(self, what: str) -> None:
        self.moments.append(time.monotonic())
        super().heard(what)


class IllHandler(Handler):
    """A connection to it."""

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        provider = self.server.provider
        assert isinstance(provider, Ill)
        if not provider.down:
            super().do_POST()
            return
        self.rfile.read(int(self.headers["content-length"]))
        provider.heard("down")
        self.send_response(503)
        self.send_header("content-length", "0")
        self.end_headers()


@contextmanager
def ill() -> Iterator[tuple[Ill, str]]:
    """Serve until the block ends."""
    provider = Ill()
    with ProviderServer(provider) as server:
        server.RequestHandlerClass = IllHandler
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield provider, f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


def test_three_replicas_probe_a_provider_once_in_five_seconds(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """All are told at once meanwhile; when it is back, all three know."""
    with ExitStack() as stack:
        provider, url = stack.enter_context(ill())
        valkey = valkey_started(tmp_path)
        stack.callback(valkey.stop)
        environment = {"COUNTERS_URL": f"valkey://127.0.0.1:{valkey.port}/0"}
        replicas = []
        for number in range(REPLICAS):
            folder = tmp_path / f"replica-{number}"
            folder.mkdir()
            written(folder, url, gateway=SHARED)
            key = key_of(folder, lambda: capfd.readouterr().out)
            run = running(["serve", str(folder)], key=key, environment=environment)
            replicas.append(stack.enter_context(run))
        opening = [one.ask(f"{n}").status for n in range(6) for one in replicas]
        opened = len(provider.moments)
        answers = list[int]()

        def probed() -> bool:
            answers.extend(one.ask("again").status for one in replicas)
            return len(provider.moments) >= opened + PROBES

        until(probed)
        probes = provider.moments[opened:]
        provider.down = False
        until(lambda: {one.ask("back").status for one in replicas} == {200})

    assert set(opening) | set(answers) == {503}
    assert opened <= 5 * REPLICAS
    assert len(answers) > 10 * PROBES
    assert all(b - a >= 5 for a, b in pairwise(probes))
