"""What was said of answers reaches backends in their own forms, and badly rated traces too.

The server is written after the published schemas (Langfuse's API, Datadog's LLM Observability API
and MLflow's client 3.17, read 2026-11); nothing here was recorded from them.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from tenken.journal.exchange import BAD, Exchange
from tenken.journal.feedback import Feedback, FeedbackKind
from tenken.keeper.sinks.feedback.forms import FORMS, name_of
from tenken.keeper.sinks.feedback.sending import PAUSE_S, WAITS, Forward, Rated
from tenken.keeper.sinks.posting import Posting
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.sentence import Sentence
from tenken.store.engine import opened
from tenken.store.feedback.following import Following, Told
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.owed.owed import Owed
from tests.store.feedback.test_hearing import MINUTE, Journal, exchange, said

NOW = 20 * MINUTE
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Server(HTTPServer):
    """Keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[int] = []
        self.got: list[tuple[str, dict[str, str], dict[str, object]]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with served() as one:
        yield one


@contextmanager
def served() -> Iterator[Server]:
    with Server() as one:
        thread = Thread(target=one.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield one
        one.shutdown()
        thread.join()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(made)
    yield made
    made.dispose()


def told(kind: FeedbackKind, value: float = 1.0, unit: str = "") -> Told:
    return Told(
        id="f1", number=1, at=1_760_000_000_123_456, kind=kind, value=value, unit=unit,
        submitter="s1", request="r1", trace=TRACE, span=SPAN, use_case="answer", release="rel",
    )  # fmt: skip


def body_of(kind: str, one: Told) -> tuple[str, dict[str, object]]:
    letter = FORMS[kind](one, "desk")
    return letter.path, json.loads(letter.body)


def test_langfuse_is_told_a_score_that_a_second_one_replaces() -> None:
    path, body = body_of("langfuse", told(FeedbackKind.THUMBS, 0.0))

    assert path == "/api/public/scores"
    assert body == {
        "id": "f1", "traceId": TRACE, "observationId": SPAN, "name": "thumbs", "value": 0.0,
        "dataType": "BOOLEAN",
        "metadata": {"service": "desk", "use_case": "answer", "release": "rel"},
    }  # fmt: skip


def test_datadog_is_told_an_evaluation_of_our_span_by_decimal_ids() -> None:
    path, body = body_of("datadog", told(FeedbackKind.RATING, 2.0))
    data = body["data"]
    assert isinstance(data, dict)
    (metric,) = data["attributes"]["metrics"]

    assert path == "/api/intake/llm-obs/v2/eval-metric"
    assert data["type"] == "evaluation_metric"
    assert metric["join_on"]["span"] == {
        "trace_id": str(int(TRACE, 16)),
        "span_id": str(int(SPAN, 16)),
    }
    assert (metric["metric_type"], metric["score_value"], metric["label"]) == (
        "score",
        2,
        "rating",
    )
    assert (metric["assessment"], metric["timestamp_ms"]) == ("fail", 1_760_000_000_123)
    assert "source:otel" in metric["tags"]


def test_mlflow_is_told_an_assessment_of_the_trace() -> None:
    path, body = body_of("mlflow", told(FeedbackKind.ACCEPTED))
    assessment = body["assessment"]
    assert isinstance(assessment, dict)

    assert path == f"/api/3.0/mlflow/traces/tr-{TRACE}/assessments"
    assert assessment["feedback"] == {"value": True}
    assert assessment["source"] == {"source_type": "HUMAN", "source_id": "s1"}
    assert assessment["create_time"] == "2025-10-09T08:53:20.123Z"


def test_impact_has_a_name_for_each_unit() -> None:
    assert name_of(told(FeedbackKind.IMPACT, 3, "min/day")) == "impact_min_day"


def forward(engine: Engine, server: Server, tell: Callable[[Sentence], None]) -> Forward:
    posting = Posting(
        f"http://127.0.0.1:{server.server_port}", {"authorization": "Basic x"},
        now=lambda: NOW, later=WAITS,
    )  # fmt: skip
    return Forward(
        "scores", posting, form=FORMS["langfuse"], following=Following(engine, "scores"),
        service="desk", mine=lambda _now: True, tell=tell,
    )  # fmt: skip


def test_each_thing_is_told_once_and_what_is_not_taken_now_is_told_later(
    engine: Engine, server: Server
) -> None:
    journal, heard = Journal(engine), list[Sentence]()
    journal.bring(exchange("r1"), exchange("r2"))
    journal.bring(said("f1"), said("f2", request="r2"), said("waits", request="r9"))
    one = forward(engine, server, heard.append)
    server.answers = [200, 503]

    assert one.step(NOW) == 1.0
    assert one.step(NOW) == PAUSE_S
    assert one.step(NOW) == PAUSE_S
    assert [body["id"] for _, _, body in server.got] == ["f1", "f2", "f2"]
    assert [it.id for it in heard] == ["sinks.put_off", "sinks.takes_again"]

    journal.bring(said("f1", at=9 * MINUTE, value=0.0))
    one.step(NOW)
    assert [body["value"] for _, _, body in server.got[3:]] == [0.0]


def test_a_trace_that_is_not_there_holds_up_nothing(engine: Engine, server: Server) -> None:
    heard = list[Sentence]()
    journal = Journal(engine)
    journal.bring(exchange("r1"), exchange("r2"), said("f1"), said("f2", request="r2"))
    server.answers = [404, 200]

    forward(engine, server, heard.append).step(NOW)
    assert len(server.got) == 2
    assert [it.id for it in heard] == ["sinks.refused"]


def test_another_keeper_tells_nothing_twice(engine: Engine, server: Server) -> None:
    Journal(engine).bring(exchange("r1"), said("f1"))
    for _ in range(2):
        forward(engine, server, lambda _said: None).step(NOW)

    assert len(server.got) == 1


def test_the_trace_of_a_badly_rated_answer_goes_although_it_was_left_out(engine: Engine) -> None:
    journal = Journal(engine)
    journal.bring(exchange("r1"), exchange("r2"), exchange("r3"))
    journal.bring(said("f1", value=0.0), said("f2", request="r2", value=1.0))
    rated = Rated(
        Following(engine, "rated"), ("traces",),
        exchanges=Ledger(engine).exchanges, mine=lambda _now: True,
    )  # fmt: skip

    assert rated.step(NOW) == rated.step(NOW) == PAUSE_S
    (due,) = Owed(engine, "traces").due(10)
    assert isinstance(due.exchange, Exchange)
    assert (due.exchange.id, due.exchange.feedback) == ("r1", BAD)
    assert Sampling(share=0.0).takes(due.exchange)


def test_of_drills_nobody_is_told(engine: Engine, server: Server) -> None:
    Journal(engine).bring(exchange("r1", drill="d"), said("f1"))
    forward(engine, server, lambda _said: None).step(NOW)

    assert server.got == []


def test_links_are_nobodys_business(engine: Engine, server: Server) -> None:
    link: Feedback = said("l1", FeedbackKind.LINK, key="k")
    Journal(engine).bring(exchange("r1"), link)
    forward(engine, server, lambda _said: None).step(NOW)

    assert server.got == []
