"""Spans as a back end or an exporter has them, and which of them are calls of a model."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct, field

from tenken.place import Place
from tenken.readiness.facts.observed.records import Kept

Value = str | int | float | bool
DRILLS = ("tenken.drill", "user_agent.synthetic.type")
"""Stand on spans of requests that no user sent: ours, and OpenTelemetry's for robots and tests."""


class Span(Struct, frozen=True, kw_only=True):
    """One span."""

    place: Place
    trace: str
    id: str
    parent: str = ""
    """Empty for a root."""
    name: str = ""
    is_entry: bool = False
    """It serves a request or takes a message: what comes in from outside begins here."""
    is_consumer: bool = False
    """It takes a message: whoever sent it does not wait."""
    is_client: bool = False
    """It asks something outside of its process, or sends a message there."""
    failed: bool = False
    at: datetime | None = None
    duration_s: float = 0.0
    service: str = ""
    revision: str = ""
    version: str = ""
    """What it says of its revision or version, as written."""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    """Inner ones under dotted names; a list as its JSON. Those of its events stand here too."""

    @property
    def written(self) -> str:
        """Everything that it stores, in one text to search."""
        return "\n".join([self.name, *(str(one) for one in self.attributes.values())])


class Part(Struct, frozen=True):
    """What one turn of a conversation holds."""

    role: str
    text: str


class ModelCall(Struct, frozen=True, kw_only=True):
    """A span that is a call of a model, by what it was found to carry."""

    span: Span
    model: str = ""
    parameters: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read: int = 0
    first_token_s: float | None = None
    is_streamed: bool | None = None
    """None where the span does not say."""
    cost: float | None = None
    prompt: str = ""
    """The version of its prompt: a digest, or what its registry calls it."""
    session: str = ""
    route: str = ""
    use_case: str = ""
    input: str = ""
    """What is stored of what was sent, in one text."""
    output: str = ""
    turns: tuple[Part, ...] = ()
    """What was sent, by who speaks; empty where the span does not keep that apart."""


class TraceFacts(Struct, frozen=True, kw_only=True, dict=True):
    """An export of spans."""

    kept: Kept
    spans: tuple[Span, ...] = ()
    """All of its traces, those of other services too: a chain goes through them."""
    own: tuple[Span, ...] = ()
    """Of this service and this revision."""
    calls: tuple[ModelCall, ...] = ()
    """Of this service and this revision."""
    cut: bool = False

    @cached_property
    def drilled(self) -> frozenset[str]:
        """Traces of drills and other requests that no user sent."""
        return frozenset(
            one.trace for one in self.spans if any(one.attributes.get(name) for name in DRILLS)
        )

    @cached_property
    def real_calls(self) -> tuple[ModelCall, ...]:
        """Those that a user's request caused."""
        return tuple(one for one in self.calls if one.span.trace not in self.drilled)

    @cached_property
    def by_id(self) -> Mapping[tuple[str, str], Span]:
        """Every span by its trace and its id."""
        return {(one.trace, one.id): one for one in self.spans}

    @cached_property
    def by_trace(self) -> Mapping[str, tuple[Span, ...]]:
        """The spans of each trace."""
        found: dict[str, list[Span]] = {}
        for one in self.spans:
            found.setdefault(one.trace, []).append(one)
        return {trace: tuple(spans) for trace, spans in found.items()}

    @cached_property
    def calls_of(self) -> Mapping[str, tuple[ModelCall, ...]]:
        """The model calls of each trace."""
        found: dict[str, list[ModelCall]] = {}
        for one in self.calls:
            found.setdefault(one.span.trace, []).append(one)
        return {trace: tuple(calls) for trace, calls in found.items()}

    def above(self, span: Span) -> tuple[Span, ...]:
        """The spans that a span stands in, the nearest first, as far as the export has them."""
        chain: list[Span] = []
        while (outer := self.by_id.get((span.trace, span.parent))) and outer not in chain:
            chain.append(outer)
            span = outer
        return tuple(chain)
