"""The gate: whether an application is let through, and every sentence that says why not.

Pure. The tier decides how much is demanded; a waiver in force lets its item pass, except where
something that was proved is lost.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct, field

from tenken.errors import UsageError
from tenken.readiness.catalogue import Catalogue, Item, Tier
from tenken.readiness.gating.baseline import Baseline, losses
from tenken.readiness.inspection import GateResult
from tenken.readiness.verdict import Outcome, Verdict, Waiver
from tenken.sentence import Sentence, say


class Condition(StrEnum):
    """What can make the gate fail."""

    REGRESSION = "regression"
    """Something proved in the baseline is proved no more."""
    EXPIRED = "expired"
    """A waiver, a sign-off or a proof has run out."""
    HARD_GATE = "hard-gate"
    """A hard gate is below the grade that the tier demands."""
    TIER = "tier"
    """Any item is below the grade that the tier demands."""
    FAILED = "failed"
    """Any item was seen to be false."""
    ERROR = "error"
    """A probe could not say."""


DEFAULT = (Condition.HARD_GATE, Condition.EXPIRED, Condition.REGRESSION, Condition.ERROR)
NOTHING = "none"
ACCEPTED = frozenset({Outcome.VERIFIED, Outcome.NOT_APPLICABLE, Outcome.WAIVED})


class Judged(Struct, frozen=True, kw_only=True):
    """A finished inspection, as the gate looks at it."""

    catalogue: Catalogue
    verdicts: tuple[Verdict, ...]
    tier: Tier
    now: datetime
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    """In force or expired."""
    baseline: Baseline | None = None

    def pairs(self) -> Iterator[tuple[Item, Verdict]]:
        """Every item with its verdict."""
        judged = {verdict.item: verdict for verdict in self.verdicts}
        return ((item, judged[item.id]) for item in self.catalogue.items)


def conditions(text: str) -> tuple[Condition, ...]:
    """Read `--fail-on`: names by commas, `none` for no gate; empty for the usual ones."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        return DEFAULT
    if names == (NOTHING,):
        return ()
    known = ", ".join((*Condition, NOTHING))
    for name in names:
        if name not in set(Condition):
            raise UsageError("cli.no_such_condition", name=name, known=known)
    return tuple(Condition(name) for name in dict.fromkeys(names))


def gate(asked: Iterable[Condition], judged: Judged) -> GateResult:
    """Hold an inspection against the conditions that were asked for."""
    asked = tuple(asked)
    stopped = [sentence for condition in asked for sentence in CHECKS[condition](judged)]
    return GateResult(
        passed=not stopped,
        asked=tuple(condition.value for condition in asked),
        stopped_by=tuple(dict.fromkeys(stopped)),
    )


def _regression(judged: Judged) -> Iterator[Sentence]:
    if judged.baseline is None:
        return
    for loss in losses(judged.baseline, judged.verdicts):
        if loss.after is None:
            yield say("gate.lost_item", item=loss.item)
        else:
            yield say("gate.lost", item=loss.item)


def _expired(judged: Judged) -> Iterator[Sentence]:
    for waiver in judged.waivers.values():
        if waiver.expires_on < judged.now.date():
            day, at = f"{waiver.expires_on:%Y-%m-%d}", f"{waiver.path}:{waiver.line}"
            yield say("gate.waiver_expired", item=waiver.item, day=day, at=at)
    for verdict in judged.verdicts:
        if verdict.outcome is Outcome.STALE:
            yield say("gate.stale", item=verdict.item)


def _hard_gate(judged: Judged) -> Iterator[Sentence]:
    for item, verdict in judged.pairs():
        if item.hard_gate and _falls_short(item, verdict, judged.tier):
            demanded = item.demanded(judged.tier).name.lower()
            yield say(f"gate.hard_gate_{demanded}", item=item.id, tier=judged.tier)


def _tier(judged: Judged) -> Iterator[Sentence]:
    for item, verdict in judged.pairs():
        if _falls_short(item, verdict, judged.tier):
            demanded = item.demanded(judged.tier).name.lower()
            yield say(f"gate.tier_{demanded}", item=item.id, tier=judged.tier)


def _failed(judged: Judged) -> Iterator[Sentence]:
    for verdict in judged.verdicts:
        if verdict.outcome is Outcome.FAILED:
            yield say("gate.failed", item=verdict.item)


def _error(judged: Judged) -> Iterator[Sentence]:
    for verdict in judged.verdicts:
        if verdict.outcome is Outcome.ERROR:
            yield say("gate.error", item=verdict.item)


def _falls_short(item: Item, verdict: Verdict, tier: Tier) -> bool:
    return verdict.outcome not in ACCEPTED and verdict.grade < item.demanded(tier)


CHECKS: Mapping[Condition, Callable[[Judged], Iterator[Sentence]]] = MappingProxyType(
    {
        Condition.REGRESSION: _regression,
        Condition.EXPIRED: _expired,
        Condition.HARD_GATE: _hard_gate,
        Condition.TIER: _tier,
        Condition.FAILED: _failed,
        Condition.ERROR: _error,
    }
)
