"""What a running system really depends on, beside what is written of it."""

from collections.abc import Callable, Iterator

from tenken.pattern import Pattern
from tenken.readiness.answers import lie, seen
from tenken.readiness.facts.code import Peer, PeerKind
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.observed.traces import Span, TraceFacts
from tenken.readiness.probes.documents.scenarios import (
    in_no_scenario,
    is_named,
    real_scenarios,
)
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say

FEWEST_TRACES = 100
MOST_TOLD = 5
NAMED: tuple[tuple[str, PeerKind], ...] = (
    ("db.system.name", PeerKind.DATABASE), ("db.system", PeerKind.DATABASE),
    ("messaging.system", PeerKind.QUEUE), ("peer.service", PeerKind.HTTP),
    ("server.address", PeerKind.HTTP), ("net.peer.name", PeerKind.HTTP),
    ("peer.hostname", PeerKind.HTTP), ("out.host", PeerKind.HTTP), ("http.host", PeerKind.HTTP),
)  # fmt: skip
NEAR = Pattern(
    r"(?i)localhost|127\..*|\[?::1\]?|0\.0\.0\.0|169\.254\..*|metadata\.google\.internal"
)
MODELS = Pattern(
    r"(?i).*(?:openai|anthropic|mistral|cohere|groq|aiplatform|generativelanguage|bedrock|vertexai).*"
)
"""Hosts of models: their failures are those of another class, and drawn under other names."""
CACHES = frozenset({"redis", "memcached", "valkey"})
Lacking = Callable[[list[Peer]], list[Peer]]
VECTORS = frozenset({"pinecone", "qdrant", "weaviate", "milvus", "chroma"})


def called_peers_are_among_the_listed_dependencies(sighting: Sighting) -> Observed:
    """Whatever the spans show to be called stands in a failure scenario."""
    scenarios = real_scenarios(sighting.survey)
    if not scenarios:
        return unknown(say("observed.no_scenarios"))
    return _all_said(
        sighting,
        lambda peers: list(in_no_scenario(scenarios, peers)),
        "observed.peer_in_no_scenario",
        "observed.peers_in_scenarios",
    )


def called_peers_appear_in_the_diagrams(sighting: Sighting) -> Observed:
    """Whatever the spans show to be called is drawn."""
    diagrams = sighting.survey.documents.diagrams
    drawn = [f" {node.label} {node.id} ".lower() for one in diagrams for node in one.nodes]
    if not drawn:
        return unknown(say("observed.no_diagrams"))
    return _all_said(
        sighting,
        lambda peers: [one for one in peers if not any(is_named(one, box) for box in drawn)],
        "observed.peer_not_drawn",
        "observed.peers_are_drawn",
    )


def _all_said(sighting: Sighting, lacking: Lacking, otherwise: str, well: str) -> Observed:
    traces = sighting.traces
    n = len({one.trace for one in traces.own} - traces.drilled) if traces else 0
    peers = list(_peers(traces)) if traces else []
    missing = lacking(peers)
    figures = (share("peers_written_of", len(peers) - len(missing), len(peers)),)
    if missing:
        told = (lie(otherwise, one.place, peer=one.name) for one in missing[:MOST_TOLD])
        return fails(*told, figures=figures)
    if n < FEWEST_TRACES:
        return unknown(say("observed.too_few_traces", n=n, least=FEWEST_TRACES), figures=figures)
    if not peers:
        return unknown(say("observed.no_peers", n=n))
    names = ", ".join(one.name for one in peers[:MOST_TOLD])
    return holds(seen(well, n=n, peers=names), figures=figures)


def _peers(traces: TraceFacts) -> Iterator[Peer]:
    """What is called beside models, each once; calls of models have items of their own."""
    models = {(one.span.trace, one.span.id) for one in traces.calls}
    told: set[str] = set()
    for span in traces.own:
        of_model = (span.trace, span.id) in models or (span.trace, span.parent) in models
        found = None if span.is_entry or of_model else _peer(span)
        if found and found.name not in told:
            told.add(found.name)
            yield found


def _peer(span: Span) -> Peer | None:
    for name, kind in NAMED:
        said = str(span.attributes.get(name) or "").lower().partition(":")[0]
        is_asked = kind is not PeerKind.HTTP or name == "peer.service" or span.is_client
        if said and is_asked and not NEAR.fullmatch(said) and not MODELS.fullmatch(said):
            return Peer(kind=_kind(said, kind), name=said, place=span.place)
    return None


def _kind(name: str, kind: PeerKind) -> PeerKind:
    if name in CACHES:
        return PeerKind.CACHE
    return PeerKind.VECTOR if name in VECTORS else kind
