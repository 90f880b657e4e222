"""Every sink behind a running gateway: away for a while, its keeper killed, and nothing lost."""

import json
import os
import signal
from pathlib import Path
from urllib.request import urlopen

import pytest

from tenken.cli.main import main
from tests.keeper.sinks.otlp_receiver import Backend, backend
from tests.keeper.sinks.test_canary import PLANTED as VALUES
from tests.live.serving import (
    Running,
    children,
    key_of,
    providing,
    replaced,
    running,
    until,
    written,
)

pytestmark = pytest.mark.live
PLANTED = [value for value in VALUES if value.isascii()]
"""Of a header."""
TELEMETRY = """
telemetry:
  traces: [{{name: backend, url: "{url}", share: 1.0}}]
  logs: [{{path: requests.jsonl}}]
  metrics: {{port: {port}}}
"""


def keeper(run: Running) -> int:
    """Give the process id of the keeper."""
    [pid] = [pid for pid, command in children(run.process.pid) if "supervising.keep" in command]
    return pid


def requests_in(there: Backend) -> set[str]:
    """Give the ids of the requests whose spans have come."""
    return {
        pair.value.string_value
        for span in there.spans
        for pair in span.attributes
        if pair.key == "tenken.request.id"
    }


def logged(folder: Path) -> list[str]:
    """Give the ids of the requests that have a line."""
    path = folder / "requests.jsonl"
    text = path.read_text() if path.exists() else ""
    return [json.loads(line)["request_id"] for line in text.splitlines()]


def page(port: int) -> str:
    """Give the page of metrics; empty while there is none."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def counted(port: int) -> float:
    """Give how many requests the page of metrics tells of."""
    lines = page(port).splitlines()
    values = [line for line in lines if line.startswith("tenken_requests_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in values)


def plant(run: Running, value: str) -> None:
    """Ask with a value wherever a caller may write one, for a model that is none and for one."""
    body = {
        "user": value,
        "metadata": {"note": value},
        "messages": [{"role": "user", "content": value}],
    }
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {run._key}",
        "x-request-id": value,
        "x-tenken-use-case": value,
        "x-tenken-session": value,
        "x-tenken-drill": value,
        "tracestate": f"k={value}",
        "baggage": f"k={value}",
    }
    for model in (value, "desk"):
        connection = run.connect()
        asked = json.dumps({**body, "model": model})
        connection.request("POST", "/v1/chat/completions", asked, headers)
        connection.getresponse().read()
        connection.close()


def asked_in(run: Running, life: int) -> set[str]:
    """Ask several times; gives the ids."""
    names = {f"asked-{life}-{n}" for n in range(10)}
    assert {run.ask(name).status for name in names} == {200}
    return names


def after_planting(run: Running, port: int, *, count: int) -> str:
    """Plant every value, and give the page of metrics when it counts all requests."""
    for value in PLANTED:
        plant(run, value)
    until(lambda: counted(port) == count)
    return page(port)


def free_port() -> int:
    """Give a port that nobody has now."""
    with backend() as there:
        return int(there.url.split(":")[2].partition("/")[0])


def test_a_sink_that_is_away_and_a_keeper_that_is_killed_lose_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The backend refuses at first; the keeper is killed at two moments; counters go on."""
    port = free_port()
    with providing() as (_provider, url), backend(answers=[503, 503]) as there:
        written(tmp_path, url)
        said = (tmp_path / "tenken.yaml").read_text()
        replaced(tmp_path / "tenken.yaml", said + TELEMETRY.format(url=there.url, port=port))
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        with running(["serve", str(tmp_path)], key=key) as run:
            asked: set[str] = set()
            for life in range(2):
                asked |= asked_in(run, life)
                os.kill(keeper(run), signal.SIGKILL)
            until(lambda: requests_in(there) == asked)
            until(lambda: set(logged(tmp_path)) == asked)
            until(lambda: counted(port) == len(asked))
            assert run.end() == 0
        ids = {(span.trace_id, span.span_id) for span in there.spans}
        assert len(ids) == 2 * len(asked)

        assert main(["--lang", "en", "journal", str(tmp_path)]) == 0
        assert "Sink backend: 0 frames (0 bytes)" in capfd.readouterr().out
        assert main(["journal", str(tmp_path), "--replay", "backend", "--from", "2026-01-01"]) == 0
        there.requests.clear()
        with running(["serve", str(tmp_path)], key=key) as run:
            until(lambda: len(there.spans) == 2 * len(asked))
            assert {(span.trace_id, span.span_id) for span in there.spans} == ids
            told = after_planting(run, port, count=len(asked) + 2 * len(PLANTED))
            assert run.end() == 0
        told += (tmp_path / "requests.jsonl").read_text()
        told += b"\n".join(there.bodies).decode("utf-8", "replace")
        assert len(logged(tmp_path)) >= len(asked) + 2 * len(PLANTED)
        assert [value for value in PLANTED if value in told] == []
