"""Sends traces to a backend: gzipped protobuf over HTTP, so many spans at once."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence

from google.protobuf.message import DecodeError
from msgspec import Struct

from tenken.journal.exchange import Exchange
from tenken.keeper.sinks.posting import Posting, Refused
from tenken.keeper.sinks.traces.naming import SCHEMA_URLS, Convention
from tenken.keeper.sinks.traces.opening import Opening, key_of
from tenken.keeper.sinks.traces.otlp import rejected, request
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.spans import NO_TEXTS, Span, spans_of
from tenken.sentence import Sentence, say
from tenken.store.owed.tally import Tally

SPANS = 1000
"""At once, and the rest of a trace: a trace is not torn."""
A_SPAN = 2_000
"""Characters."""
MESSAGES = ("gen_ai.input.messages", "gen_ai.output.messages")
LEVEL = 1
HEADERS = {"content-type": "application/x-protobuf", "content-encoding": "gzip"}


class Manner(Struct, frozen=True, kw_only=True):
    """How a backend is spoken to."""

    name: str
    resource: Mapping[str, str]
    convention: Convention = "1.41"
    sampling: Sampling = Sampling()
    opening: Opening | None = None
    """Opens stored texts, where this backend is to have them."""


class Traces:
    """One backend."""

    def __init__(
        self, posting: Posting, manner: Manner, *, tell: Callable[[Sentence], None]
    ) -> None:
        self._posting = posting
        self._manner = manner
        self._tell = tell

    def deliver(self, exchanges: Sequence[Exchange], now: int) -> Tally:  # noqa: ARG002 - of whatever age
        """Send what goes; raises Later."""
        chosen = [one for one in exchanges if self._manner.sampling.takes(one)]
        tally = Tally(exchanges=len(exchanges), left_out=len(exchanges) - len(chosen))
        opening, convention = self._manner.opening, self._manner.convention
        texts = opening.of(chosen) if opening is not None else {}
        made = (spans_of(one, convention, texts.get(key_of(one), NO_TEXTS)) for one in chosen)
        for traces in batches(made):
            tally = tally.plus(self._send(traces))
        return tally

    def close(self) -> None:
        """Hold nothing."""

    def _send(self, traces: Sequence[tuple[Span, ...]]) -> Tally:
        spans = [span for one in traces for span in one]
        schema = SCHEMA_URLS[self._manner.convention]
        body = request(spans, resource=self._manner.resource, schema_url=schema)
        try:
            answer = self._posting.post(gzip.compress(body, LEVEL, mtime=0), HEADERS)
        except Refused as refusal:
            return self._refused(traces, str(refusal))
        left, why = _partial(answer.body)
        if left:
            self._tell(say("sinks.refused", name=self._manner.name, count=left, why=why))
        return Tally(sent=len(spans) - left, refused=left)

    def _refused(self, traces: Sequence[tuple[Span, ...]], why: str) -> Tally:
        """Halve what was refused, until the trace that is to blame is alone: that is dropped."""
        if len(traces) > 1:
            middle = len(traces) // 2
            return self._send(traces[:middle]).plus(self._send(traces[middle:]))
        count = len(traces[0])
        self._tell(say("sinks.refused", name=self._manner.name, count=count, why=why))
        return Tally(refused=count)


def batches(traces: Iterator[tuple[Span, ...]]) -> Iterator[list[tuple[Span, ...]]]:
    """Put traces together until there are enough spans."""
    held: list[tuple[Span, ...]] = []
    count = 0
    for one in traces:
        held.append(one)
        count += len(one) + _weight(one)
        if count >= SPANS:
            yield held
            held, count = [], 0
    if held:
        yield held


def _weight(trace: tuple[Span, ...]) -> int:
    """Count long texts as so many spans more: a request is a few megabytes at most."""
    texts = [str(span.attributes.get(name, "")) for span in trace for name in MESSAGES]
    return sum([len(text) for text in texts]) // A_SPAN


def _partial(body: bytes) -> tuple[int, str]:
    """Give how many spans were not taken; what is no answer in protobuf says of none."""
    try:
        return rejected(body)
    except DecodeError:
        return 0, ""
