"""Sends exchanges of every kind to a real backend of traces, and asks it what it has of them.

MLflow, in an environment of its own, is started for this and ended; what it does not have, or has
twice, is told, and the exit code is 1:

    python3 -m venv /tmp/mlflow && /tmp/mlflow/bin/pip install mlflow
    python -m bench.keeper.backend mlflow /tmp/mlflow/bin/mlflow

Another one that runs is sent the same, for a look at what becomes of it:

    phoenix serve
    python -m bench.keeper.backend look http://127.0.0.1:6006/v1/traces
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from msgspec.structs import replace
from tests.keeper.sinks.records import blocked, failed, healthy, rescued

from tenken.journal.exchange import Exchange
from tenken.journal.feedback import FeedbackKind
from tenken.keeper.sinks.feedback.forms import mlflow
from tenken.keeper.sinks.feedback.sending import JSON
from tenken.keeper.sinks.posting import Posting
from tenken.keeper.sinks.receiver import Later
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.sending import Manner, Traces
from tenken.keeper.sinks.traces.spans import spans_of
from tenken.store.feedback.following import Told

READY_S = 240.0
"""On a busy machine MLflow has taken two minutes."""
TRACES, ONE = "/v1/traces", "/api/3.0/mlflow/traces/get?trace_id=tr-"
EXPERIMENT = {"x-mlflow-experiment-id": "0"}


def wall_us() -> int:
    return time.time_ns() // 1000


def made(at: int) -> tuple[Exchange, ...]:
    """Give one of each kind, of this moment."""
    return tuple(
        replace(
            one, id=f"look-{n}", at=at, parent="", trace=f"{at:024x}{n:08x}", span=f"{at + n:016x}"
        )
        for n, one in enumerate((healthy(), rescued(), blocked(), failed()))
    )


def send(url: str, headers: Mapping[str, str], exchanges: Sequence[Exchange]) -> None:
    """Send all of them twice: a backend that goes by ids has each once."""
    posting = Posting(url, headers, now=wall_us)
    manner = Manner(
        name="backend", resource={"service.name": "desk"}, sampling=Sampling(share=1.0)
    )
    traces = Traces(posting, manner, tell=print)
    for _ in range(2):
        _in_the_end(lambda: traces.deliver(exchanges, wall_us()))


def _in_the_end(do: Any) -> None:
    """Try again while the other end asks for time, as the keeper does."""
    for _ in range(9):
        with suppress(Later):
            do()
            return
    do()


def look(url: str, *headers: str) -> int:
    send(url, dict(one.split("=", 1) for one in headers), made(wall_us()))
    return 0


def mlflow_has(program: str) -> int:
    """Start MLflow, send everything, and tell what it has."""
    exchanges = made(wall_us())
    with started(program) as address:
        send(f"{address}{TRACES}", EXPERIMENT, exchanges)
        posting = Posting(address, {}, now=wall_us)
        letters = [mlflow(_liked(one), "desk") for one in exchanges]
        for one in letters:
            _in_the_end(lambda one=one: posting.post(one.body, JSON, below=one.path))
        wrong = [
            f"{one.id}: {what}"
            for one in exchanges
            for what in missing(one, _read(f"{address}{ONE}{one.trace}")["trace"])
        ]
    print(
        "\n".join(wrong) or f"MLflow has {len(exchanges)} traces and what was said of each, once"
    )
    return bool(wrong)


def missing(one: Exchange, trace: Mapping[str, Any]) -> Iterator[str]:
    """Tell how what a backend has differs from what it was sent."""
    info, spans = trace["trace_info"], trace["spans"]
    sent = spans_of(one, "1.41")
    if Counter(span["name"] for span in spans) != Counter(span.name for span in sent):
        yield f"spans {[span['name'] for span in spans]}"
    roots = [span for span in spans if not span.get("parent_span_id")]
    if len(roots) != 1:
        yield f"{len(roots)} spans have no parent"
    kinds = [_said(span).get("mlflow.spanType") for span in spans if "chat " in span["name"]]
    if any("CHAT_MODEL" not in str(kind) for kind in kinds):
        yield f"types of calls {kinds}"
    if info["trace_metadata"].get("mlflow.trace.session") != one.identity.session:
        yield "session"
    if (info["state"] == "ERROR") != (one.status >= 500):
        yield f"state {info['state']}"
    told = json.loads(info["trace_metadata"].get("mlflow.trace.tokenUsage", "{}"))
    if one.usage.output and told.get("output_tokens", 0) < one.usage.output:
        yield f"tokens {told}"
    said = [(each["assessment_name"], each["feedback"]["value"]) for each in info["assessments"]]
    if said != [("thumbs", True)]:
        yield f"assessments {said}"


def _liked(one: Exchange) -> Told:
    return Told(
        id=f"liked-{one.id}", number=1, at=one.at, kind=FeedbackKind.THUMBS, value=1.0, unit="",
        submitter="u", request=one.id, trace=one.trace, span=one.span,
        use_case=one.identity.use_case, release=one.identity.release,
    )  # fmt: skip


def _said(span: Mapping[str, Any]) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in span["attributes"]}


@contextmanager
def started(program: str) -> Iterator[str]:
    """Run a server in a folder of its own until the end; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        command = [
            program, "server", "--backend-store-uri", "sqlite:///mlflow.db",
            "--host", "127.0.0.1", "--port", port, "--workers", "1",
        ]  # fmt: skip
        quiet = subprocess.DEVNULL
        server = subprocess.Popen(command, cwd=folder, stdout=quiet, stderr=quiet)
        try:
            _wait(f"{address}/health", server)
            yield address
        finally:
            server.terminate()
            server.wait(60)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and server.poll() is None:
        with suppress(URLError, OSError), urlopen(url, timeout=5):  # noqa: S310 - our own server
            return
        time.sleep(0.5)
    message = "MLflow did not start"
    raise SystemExit(message)


def _read(url: str) -> Any:
    with urlopen(url, timeout=60) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def main(what: str, *rest: str) -> int:
    return {"look": look, "mlflow": mlflow_has}[what](*rest)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
