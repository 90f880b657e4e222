"""No secret and no personal value reaches a sink, wherever a caller or a provider may write."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from sqlalchemy import Engine

from tenken.journal.exchange import Exchange, Match, Outcome
from tenken.journal.writer import Writer
from tenken.keeper.sinks.events.datadog import DatadogEvents
from tenken.keeper.sinks.feed import Feed
from tenken.keeper.sinks.logs.lines import Style
from tenken.keeper.sinks.logs.writing import File, Logs
from tenken.keeper.sinks.metrics.families import Families
from tenken.keeper.sinks.metrics.keeping import Kept
from tenken.keeper.sinks.metrics.page import Page
from tenken.keeper.sinks.plain import plain
from tenken.keeper.sinks.posting import Posting
from tenken.keeper.sinks.receiver import Receiver
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.sending import Manner, Traces
from tenken.store.ledger import Ledger
from tenken.store.owed.owed import Owed
from tenken.store.rollups.reading import Rollups
from tenken.store.sinks.positions import Positions
from tests.journal.making import AT
from tests.keeper.sinks.feeding import fed
from tests.keeper.sinks.otlp_receiver import Backend, backend
from tests.keeper.sinks.records import rescued

PLANTED = (
    "sk-proj-" + "q7Rz2mXv9LtK4pWc8YbN",
    "tk-1a2b3c4d-" + "5e6f" * 8,
    "AKIA" + "QX7ZP2MWV4LTKR8Y",
    "123456789018",
    "1234-5678-9018",
    "090-1234-5678",
    "09012345678",
    "０９０１２３４５６７８",
    "+81-90-1234-5678",
    "4111-1111-1111-1111",
    "taro.yamada@example.com",
    "user-090-1234-5678",
)


def planted(value: str) -> Exchange:
    """An exchange whose caller and provider wrote one value wherever they can."""
    one = rescued()
    return replace(
        one,
        id=value,
        finish=value,
        identity=replace(
            one.identity, use_case=value, route=value, prompt=value, drill="", session="5e55"
        ),
        attempts=tuple(replace(each, upstream_id=value) for each in one.attempts),
        matches=(*one.matches, Match(rule="r", risk="k", action="block", stage="inward")),
        outcome=Outcome.FAILED,
    )


@pytest.fixture
def there() -> Iterator[Backend]:
    with backend() as found:
        yield found


def feed(name: str, receiver: Receiver, journals: Path, engine: Engine) -> Feed:
    return Feed(
        name,
        receiver,
        journals=journals,
        instance="i",
        positions=Positions(engine, name),
        owed=Owed(engine, name),
        mine=lambda _now: True,
        tell=lambda _sentence: None,
    )


def test_what_is_planted_everywhere_is_nowhere(
    tmp_path: Path, engine: Engine, there: Backend
) -> None:
    """Traces, log lines, events and the page of metrics, each by the way it takes in earnest."""
    exchanges = [
        replace(planted(value), span=f"{n + 1:016x}", at=AT + n) for n, value in enumerate(PLANTED)
    ]
    journal = Writer(tmp_path / "journals/0", worker=0, boot="b", at=AT)
    for one in exchanges:
        journal.settle(one)
    journal.close()
    Ledger(engine, sinks=("traces", "logs", "events")).record(exchanges)
    posting = Posting(there.url, {}, now=lambda: AT)
    log = tmp_path / "requests.jsonl"
    manner = Manner(name="traces", resource={}, sampling=Sampling(share=1.0))
    receivers: dict[str, Receiver] = {
        "traces": Traces(posting, manner, tell=lambda _sentence: None),
        "logs": Logs(File(log), Style(service="desk")),
        "events": DatadogEvents(posting, tags=()),
    }
    for name, receiver in receivers.items():
        fed(feed(name, receiver, tmp_path / "journals", engine))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(
        Page(
            ever=Rollups(engine).counters,
            kept=lambda _now: Kept(),
            families=Families(100, plain=plain),
            parent=0,
            now=lambda: AT,
        )
    )
    lines = log.read_text(encoding="utf-8")
    everything = b"\n".join([*there.bodies, lines.encode(), generate_latest(registry)])

    assert len(lines.splitlines()) == 2 * len(PLANTED) * 4
    assert b"[masked]" in everything
    escaped = [json.dumps(value)[1:-1] for value in PLANTED]
    assert [v for v in (*PLANTED, *escaped) if v.encode() in everything] == []


@pytest.mark.parametrize(
    "text",
    [
        "req-0123456789abcdef0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdef",
        "chatcmpl-9Xyz123ABCdefGHIjkl",
        "msg_01XFDUDYJgAACzvnptvVoYEL",
        "support@" + "0123456789abcdef" * 4,
        "order-20261123-000123",
        "answer",
        "社内検索",
        "gpt-5-mini-2026-01-01",
        "",
    ],
)
def test_plain_names_and_ids_stay(text: str) -> None:
    """A request is to be found again by them."""
    assert plain(text) == text
