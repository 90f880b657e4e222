"""Everything that was seen of a running system, in one frozen value: all that its probes read."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from tenken.readiness.facts.observed.calls import CallTotals, TrafficFacts
from tenken.readiness.facts.observed.credentials import CredentialSeen
from tenken.readiness.facts.observed.doors import DoorFacts
from tenken.readiness.facts.observed.evaluations import RunFacts
from tenken.readiness.facts.observed.events import BlockFacts, GuardSeries, LabelFacts, SignalFacts
from tenken.readiness.facts.observed.forge import ForgeFacts
from tenken.readiness.facts.observed.history import HistoryFacts
from tenken.readiness.facts.observed.logs import LogFacts
from tenken.readiness.facts.observed.metrics import MetricFacts
from tenken.readiness.facts.observed.records import About, Kept
from tenken.readiness.facts.observed.running import DescribedFacts, OriginFacts, RunningFacts
from tenken.readiness.facts.observed.sent import SentFacts
from tenken.readiness.facts.observed.traces import TraceFacts
from tenken.readiness.facts.survey import Survey


class Source(StrEnum):
    """Where something was seen."""

    LOGS = "logs"
    TRACES = "traces"
    CALLS = "calls"
    """Model calls in figures, wherever they were counted."""
    METRICS = "metrics"
    BLOCKS = "blocks"
    GUARD_SERIES = "guard_series"
    SIGNALS = "signals"
    DOORS = "doors"
    FORGE = "forge"
    CREDENTIAL = "credential"
    SENT = "sent"
    """Requests that the observer sent itself."""
    RUNS = "runs"
    """Runs of evaluations."""
    RUNNING = "running"
    """Revisions that write records."""
    ORIGINS = "origins"
    """Ids of users' requests."""
    TRAFFIC = "traffic"
    """What came in, and how long users waited."""
    LABELS = "labels"
    """What guards called what they found."""
    DESCRIBED = "described"
    """What platforms describe."""


class Sighting(Struct, frozen=True, kw_only=True):
    """One observation; a source that was not asked is None."""

    about: About
    survey: Survey
    """The repository beside it: what is declared there is what the running system is held to."""
    logs: LogFacts | None = None
    traces: TraceFacts | None = None
    calls: CallTotals | None = None
    metrics: MetricFacts | None = None
    blocks: BlockFacts | None = None
    guard_series: GuardSeries | None = None
    signals: SignalFacts | None = None
    doors: DoorFacts | None = None
    forge: ForgeFacts | None = None
    credential: CredentialSeen | None = None
    sent: SentFacts | None = None
    runs: RunFacts | None = None
    running: RunningFacts | None = None
    origins: OriginFacts | None = None
    traffic: TrafficFacts | None = None
    labels: LabelFacts | None = None
    described: DescribedFacts | None = None
    history: HistoryFacts | None = None
    """What git has of the past; None without git."""
    prices: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    """US dollars for a token read, one read from a cache and one written, by model."""

    @property
    def kept(self) -> Mapping[Source, Kept]:
        """What was asked, and how fresh it is."""
        asked = {
            Source.LOGS: self.logs,
            Source.TRACES: self.traces,
            Source.CALLS: self.calls,
            Source.METRICS: self.metrics,
            Source.BLOCKS: self.blocks,
            Source.GUARD_SERIES: self.guard_series,
            Source.SIGNALS: self.signals,
            Source.DOORS: self.doors,
            Source.FORGE: self.forge,
            Source.CREDENTIAL: self.credential,
            Source.SENT: self.sent,
            Source.RUNS: self.runs,
            Source.RUNNING: self.running,
            Source.ORIGINS: self.origins,
            Source.TRAFFIC: self.traffic,
            Source.LABELS: self.labels,
            Source.DESCRIBED: self.described,
        }
        return {source: facts.kept for source, facts in asked.items() if facts is not None}
