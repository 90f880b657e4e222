"""Traces as a backend gets them, over HTTP."""

import gzip
import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from google.protobuf import json_format
from msgspec.structs import replace
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tenken.journal.exchange import Exchange
from tenken.keeper.sinks.posting import Posting, waiting
from tenken.keeper.sinks.receiver import Later
from tenken.keeper.sinks.traces import sending
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.sending import Manner, Traces
from tenken.sentence import Sentence
from tests.journal.making import AT
from tests.keeper.sinks.otlp_receiver import Backend, backend
from tests.keeper.sinks.records import SPAN, TRACE, blocked, healthy, rescued

RESOURCE = {"service.name": "desk", "deployment.environment.name": "staging"}


@pytest.fixture
def there() -> Iterator[Backend]:
    with backend() as found:
        yield found


def traces(there: Backend, told: list[Sentence] | None = None, share: float = 1.0) -> Traces:
    posting = Posting(there.url, {"x-key": "k"}, now=lambda: AT)
    manner = Manner(name="t", resource=RESOURCE, sampling=Sampling(share=share))
    return Traces(posting, manner, tell=(told if told is not None else []).append)


def several(count: int) -> list[Exchange]:
    return [replace(healthy(), id=f"r{n}", span=f"{n + 1:016x}") for n in range(count)]


def test_spans_arrive_as_they_were_built(there: Backend) -> None:
    """Gzipped protobuf, with the headers that were asked for."""
    tally = traces(there).deliver([rescued()], AT)

    assert (tally.exchanges, tally.sent, tally.left_out) == (1, 6, 0)
    [request] = there.requests
    [of] = request.resource_spans
    resource = {pair.key: pair.value.string_value for pair in of.resource.attributes}
    assert resource == RESOURCE
    assert of.scope_spans[0].scope.name == "tenken"
    assert of.scope_spans[0].schema_url == "https://opentelemetry.io/schemas/1.41.0"
    first = there.spans[0]
    assert (first.trace_id.hex(), first.span_id.hex()) == (TRACE, SPAN)
    assert first.start_time_unix_nano == AT * 1000
    failing = [span.name for span in there.spans if span.status.code == Status.STATUS_CODE_ERROR]
    assert failing == ["chat m-large"]
    [headers] = there.headers
    assert headers["content-encoding"] == "gzip"
    assert headers["x-key"] == "k"


def test_what_matters_is_sent_whatever_the_share(there: Backend) -> None:
    """The healthy are left out, and counted."""
    tally = traces(there, share=0.0).deliver([healthy(), blocked(), rescued(), healthy()], AT)

    assert (tally.exchanges, tally.left_out) == (4, 2)
    assert {span.name for span in there.spans} >= {"guard inward", "POST /v1/chat/completions"}


def test_nothing_is_sent_when_nothing_goes(there: Backend) -> None:
    traces(there, share=0.0).deliver([healthy()], AT)

    assert there.bodies == []


def test_many_spans_are_several_requests(there: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """No trace is torn apart."""
    monkeypatch.setattr(sending, "SPANS", 5)

    tally = traces(there).deliver(several(7), AT)

    assert tally.sent == len(there.spans) == 14
    assert len(there.requests) == 3


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 502, 503, 307])
def test_what_people_or_time_mend_is_asked_for_again(there: Backend, status: int) -> None:
    """Also a key that is not taken: what was to be sent waits for another."""
    there.answers = [status]
    there.retry_after = "7"

    with pytest.raises(Later) as later:
        traces(there).deliver([healthy()], AT)

    assert (later.value.why, later.value.after_s) == (f"HTTP {status}", 7.0)


def test_nobody_at_the_address_is_asked_again() -> None:
    posting = Posting("http://127.0.0.1:9/v1/traces", {}, now=lambda: AT)

    with pytest.raises(Later, match="ConnectionRefusedError"):
        posting.post(b"", {})


def test_a_trace_that_is_never_taken_is_dropped_alone(there: Backend) -> None:
    """The others of its request are sent again without it; it is told and counted."""
    told: list[Sentence] = []
    there.answers = [400, 200, 400, 200, 413]

    tally = traces(there, told).deliver(several(4), AT)

    assert (tally.sent, tally.refused) == (6, 2)
    assert [(one.id, one.fields["count"]) for one in told] == [("sinks.refused", 2)]


def test_spans_that_an_answer_rejects_are_counted(there: Backend) -> None:
    """They are not sent again: the protocol says so."""
    there.rejects = 3
    told: list[Sentence] = []

    tally = traces(there, told).deliver(several(4), AT)

    assert (tally.sent, tally.refused, len(there.requests)) == (5, 3, 1)
    assert [one.id for one in told] == ["sinks.refused"]


def test_when_to_come_again_is_said_in_seconds_or_as_a_date() -> None:
    assert waiting("12", now=AT) == 12.0
    assert waiting("Wed, 18 Nov 2026 11:10:20 GMT", now=AT) == 220.0
    assert waiting("soon", now=AT) is None
    assert waiting(None, now=AT) is None


def test_the_receiver_of_these_tests_reads_json_too(there: Backend) -> None:
    """As other senders' traces come."""
    traces(there).deliver([healthy()], AT)
    body = json.dumps(json_format.MessageToDict(there.requests[0])).encode()
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    with urlopen(Request(there.url, gzip.compress(body), headers)):  # noqa: S310 - ours
        pass

    assert there.requests[0] == there.requests[1]
