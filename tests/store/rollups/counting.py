"""A recount that shares nothing with what it checks: field by field, one record at a time."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from tenken.journal.exchange import Exchange, Outcome
from tenken.store.rollups.totals import Asked, Totals

BOUNDS_S = (
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
)  # fmt: skip


def settled(brought: Iterable[Exchange]) -> list[Exchange]:
    """What is on record in the end: the first, unless that one was unknown."""
    found: dict[tuple[str, str, int], Exchange] = {}
    for one in brought:
        key = (one.id, one.span, one.at)
        if key not in found or found[key].outcome is Outcome.UNKNOWN:
            found[key] = one
    return list(found.values())


def wanted(one: Exchange, asked: Asked) -> bool:
    """Whether a record is one of those that are asked for."""
    who, last = one.identity, one.attempts[-1] if one.attempts else None
    named = {
        "use_case": who.use_case,
        "route": who.route,
        "caller": who.caller,
        "release": who.release,
        "provider": last.provider if last else "",
        "model": last.model if last else "",
    }
    same = all(getattr(asked, name) in {None, found} for name, found in named.items())
    return same and (asked.drills or not who.drill)


def totals(records: Iterable[Exchange]) -> Totals:
    """Sum records."""
    counts: Counter[str] = Counter()
    cost = Decimal(0)
    latency, ttft = [0] * 15, [0] * 15
    for one in records:
        counts["requests"] += 1
        counts[str(one.outcome)] += 1
        counts[_status(one.status)] += 1
        for name in ("input", "cache_read", "cache_write", "cache_write_hour", "output"):
            counts[name] += getattr(one.usage, name)
        counts["reasoning"] += one.usage.reasoning
        cost += one.cost
        counts["attempts"] += len(one.attempts)
        counts["retries"] += max(0, len(one.attempts) - 1)
        targets = [attempt.target for attempt in one.attempts]
        counts["fallbacks"] += bool(targets) and targets[0] != targets[-1]
        counts["cached"] += one.cached
        counts["streams"] += one.stream
        counts["matched"] += bool(one.matches)
        counts["matches"] += len(one.matches)
        if one.outcome is Outcome.ANSWERED:
            counts["latency_us"] += one.timings.last
            latency[_bucket(one.timings.last)] += 1
            if one.timings.first_token:
                counts["ttft_us"] += one.timings.first_token
                ttft[_bucket(one.timings.first_token)] += 1
    return Totals(**counts, cost=cost, latency=tuple(latency), ttft=tuple(ttft))


def calls(records: Iterable[Exchange]) -> Counter[tuple[str, str, str, str, bool]]:
    """Count calls to targets by how they ended."""
    return Counter(
        (
            attempt.target,
            attempt.provider,
            attempt.model,
            attempt.failure.value if attempt.failure else "",
            bool(one.identity.drill),
        )
        for one in records
        for attempt in one.attempts
    )


def found(records: Iterable[Exchange]) -> Counter[tuple[str, str, str, str]]:
    """Count what guards found."""
    return Counter(
        (one.identity.use_case, match.rule.replace("\0", "\ufffd"), match.action, match.stage)
        for one in records
        for match in one.matches
    )


def screened(records: Iterable[Exchange]) -> Counter[tuple[str, str, str, bool]]:
    """Count the requests that a guard looked at: all of them as they came, most as they went."""
    counts: Counter[tuple[str, str, str, bool]] = Counter()
    for one in records:
        who = one.identity
        if one.timings.guarded == 0:
            continue
        counts[who.use_case, who.route, "inward", bool(who.drill)] += 1
        stages = {match.stage for match in one.matches}
        if (
            not one.cached
            and one.api != "embeddings"
            and (one.outcome in {"answered", "interrupted"} or "outward" in stages)
        ):
            counts[who.use_case, who.route, "outward", bool(who.drill)] += 1
    return counts


def _status(status: int) -> str:
    return f"status_{status // 100}xx" if status >= 200 else "status_none"


def _bucket(us: int) -> int:
    return sum(us > bound * 1_000_000 for bound in BOUNDS_S)
