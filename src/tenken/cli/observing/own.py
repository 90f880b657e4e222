"""What tenken's own running system proves: its ledger, held to the same questions as any other.

The same probes decide here as in `tenken observe`; only the figures come from the ledger.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil, inf

from tenken.config.manifest import Manifest
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.monitoring import MonitoringFacts
from tenken.readiness.facts.observed.calls import CallTotals, Session, TrafficFacts, Waited
from tenken.readiness.facts.observed.events import BlockFacts, LabelFacts, SignalFacts
from tenken.readiness.facts.observed.records import About, Kept
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import Entry, LeftOut, Unreadable, UnreadableBecause
from tenken.store.proofs.figures import Figures
from tenken.store.rollups.reading import Grain, Rollups, Share, Window
from tenken.store.rollups.sums import BOUNDS_US

MONTH, WEEK, DAY = timedelta(days=30), timedelta(days=7), timedelta(days=1)
HIGH = 0.95
SIGNALS: Mapping[str, str] = {
    "thumbs": "feedback", "rating": "feedback", "functional": "functional",
    "executed": "functional", "accepted": "acceptance", "edited": "acceptance",
    "rejected": "acceptance", "copied": "incidental",
}  # fmt: skip


class NoTree:
    """No files at all."""

    prefix = ""
    entries: tuple[Entry, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def entry(self, path: str) -> Entry | None:  # noqa: ARG002 - the shape of a tree
        """Give nothing."""
        return None

    def below(self, folder: str) -> Iterator[Entry]:  # noqa: ARG002 - the shape of a tree
        """Give nothing."""
        return iter(())

    def text(self, path: str, *, limit: int = 0) -> str | Unreadable:  # noqa: ARG002 - as above
        """Give a reason."""
        return Unreadable(path=path, because=UnreadableBecause.ABSENT)

    def head(self, path: str, size: int) -> bytes | Unreadable:  # noqa: ARG002 - as above
        """Give a reason."""
        return Unreadable(path=path, because=UnreadableBecause.ABSENT)


def ledger_sighting(
    rollups: Rollups, figures: Figures, manifest: Manifest, now: datetime
) -> Sighting:
    """What a ledger shows; a source of which it holds nothing was not seen. Raises Away."""
    found = figures.span(_us(now - MONTH))
    kept = Kept() if found is None else Kept(earliest=_moment(found[0]), latest=_moment(found[1]))
    return Sighting(
        about=About(services=frozenset(), commit="", now=now),
        survey=_survey(manifest, now),
        calls=_calls(rollups, figures, kept, now) if found else None,
        blocks=_blocks(figures, kept, now) if found else None,
        signals=_signals(rollups, now),
        traffic=_traffic(rollups, kept, now) if found else None,
        labels=_labels(rollups, kept, now) if found else None,
    )


def _calls(rollups: Rollups, figures: Figures, kept: Kept, now: datetime) -> CallTotals:
    by_model: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for one in rollups.attempts(_window(now, MONTH)):
        by_model[one.model] += one.calls
        answered[one.model] += 0 if one.failure else one.calls
    sessions = tuple(
        Session(route=one.route, input=one.read, output=one.written)
        for one in figures.sessions(_us(now - DAY))
    )
    shares = rollups.by("use_case", _window(now, MONTH))
    return CallTotals(
        kept=kept, by_model=dict(by_model), answered=dict(answered), sessions=sessions,
        by_route={one.name: one.totals.requests for one in shares},
    )  # fmt: skip


def _traffic(rollups: Rollups, kept: Kept, now: datetime) -> TrafficFacts:
    shares = rollups.by("use_case", _window(now, WEEK))
    busiest = rollups.peak(_window(now, MONTH), Grain.MINUTE)
    week = sum(one.totals.requests for one in shares)
    return TrafficFacts(
        kept=kept,
        is_whole=True,
        waits=tuple(_waited(one) for one in shares if one.totals.answered),
        per_day=week / WEEK.days,
        peak_rps=busiest.requests / 60,
        counted_by="ledger",
        hours=min(kept.hours, MONTH.total_seconds() / 3600),
    )


def _waited(share: Share) -> Waited:
    """The 95th percentile lies in one bucket of the sums, between its bounds."""
    counts, left = share.totals.latency, ceil(share.totals.answered * HIGH)
    at = 0
    while at < len(counts) - 1 and (left := left - counts[at]) > 0:
        at += 1
    bounds = [0.0, *(one / 1e6 for one in BOUNDS_US), inf]
    return Waited(use_case=share.name, requests=share.totals.answered, p95_low_s=bounds[at],
                  p95_high_s=bounds[at + 1])  # fmt: skip


def _labels(rollups: Rollups, kept: Kept, now: datetime) -> LabelFacts:
    found: Counter[str] = Counter()
    for one in rollups.matches(_window(now, MONTH)):
        found[one.risk] += one.matches
    return LabelFacts(kept=kept, found={name: n for name, n in found.items() if name})


def _blocks(figures: Figures, kept: Kept, now: datetime) -> BlockFacts:
    blocks = figures.blocks(_us(now - WEEK))
    return BlockFacts(kept=kept, answers=blocks.answers, recorded=blocks.recorded)


def _signals(rollups: Rollups, now: datetime) -> SignalFacts | None:
    arrived: Counter[str] = Counter()
    for one in rollups.feedback(_window(now, WEEK)):
        if one.kind in SIGNALS:
            arrived[SIGNALS[one.kind]] += one.said
    if not arrived:
        return None
    return SignalFacts(kept=Kept(latest=now, earliest=now - WEEK), arrived=dict(arrived))


def _survey(manifest: Manifest, now: datetime) -> Survey:
    """Nothing but what the settings say: there is no repository beside a running gateway."""
    return Survey(
        now=now,
        tree=NoTree(),
        repository=RepositoryFacts(is_git=False),
        pipeline=PipelineFacts(),
        infrastructure=InfrastructureFacts(),
        monitoring=MonitoringFacts(),
        code=CodeFacts(),
        documents=DocumentFacts(),
        manifest=manifest,
    )


def _window(now: datetime, back: timedelta) -> Window:
    return Window(_us(now - back), _us(now))


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _moment(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, UTC)
