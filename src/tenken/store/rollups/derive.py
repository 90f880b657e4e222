"""From exchanges to what they add to the sums. Pure; costs a request a few microseconds.

Sums are made by minute, and the coarser ones from those.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import add as plus
from operator import sub as minus

from msgspec import Struct, field

from tenken.journal.exchange import Attempt, Exchange, Outcome, Timings
from tenken.store.money import trillionths
from tenken.store.rollups.grain import Grain
from tenken.store.rollups.sums import (
    AT,
    BUCKETS,
    OF_ATTEMPTS,
    OF_EXCHANGES,
    TOKENS,
    bucket,
)
from tenken.wire.api import Api
from tenken.wire.usage import Usage

MINUTE_US = Grain.MINUTE.us
Names = tuple[str | bool, ...]
"""The names of a series, in the order of its key."""
Place = tuple[int, Names]
"""Where its time begins, and its names."""
Summed = dict[Place, list[int]]
FEW = 3

COST, RETRIES, FALLBACKS = AT["cost"], AT["retries"], AT["fallbacks"]
ATTEMPTS, CACHED, STREAMS = AT["attempts"], AT["cached"], AT["streams"]
MATCHED, MATCHES = AT["matched"], AT["matches"]
LATENCY_US, TTFT_US = AT["latency_us"], AT["ttft_us"]
LATENCY, TTFT = AT["latency_00"], AT["ttft_00"]
STATUS = AT["status_none"]
INPUT, CACHE_READ, CACHE_WRITE, CACHE_WRITE_HOUR, OUTPUT, REASONING = (AT[one] for one in TOKENS)
OUTCOME = {one: AT[one.value] for one in Outcome}
CLASS = (0, 0, 1, 2, 3, 4)
"""The place of a class of statuses; what is none counts as no status."""
DURATION_AT = len(OF_ATTEMPTS) - BUCKETS
ANSWERED = Outcome.ANSWERED  # looked up once
NOBODY = Attempt(target="", provider="", model="", credential="")
"""In the place of the last attempt where there was none."""


class Increments(Struct, kw_only=True):
    """What exchanges add, by minute."""

    exchanges: Summed = field(default_factory=dict)
    attempts: Summed = field(default_factory=dict)
    matches: Summed = field(default_factory=dict)
    feedback: Summed = field(default_factory=dict)
    screenings: Summed = field(default_factory=dict)
    """By day."""


def increments(exchanges: Iterable[Exchange], *, gone: Iterable[Exchange] = ()) -> Increments:
    """Sum exchanges; `gone` were summed before and are taken back."""
    made = _summed(exchanges)
    taken = _summed(gone)
    for into, less in (
        (made.exchanges, taken.exchanges),
        (made.attempts, taken.attempts),
        (made.matches, taken.matches),
        (made.screenings, taken.screenings),
    ):
        for place, values in less.items():
            before = into.get(place) or [0] * len(values)
            into[place] = list(map(minus, before, values))
    return made


def _summed(exchanges: Iterable[Exchange]) -> Increments:
    made = Increments()
    for one in exchanges:
        minute = one.at - one.at % MINUTE_US
        cost = trillionths(one.cost)
        _exchange(made.exchanges, one, minute, cost)
        _attempts(made.attempts, one, minute, cost)
        if one.matches:
            _matches(made.matches, one, minute)
        if one.timings.guarded:
            _screened(made.screenings, one)
    return made


def folded(fine: Mapping[Place, list[int]], grain: Grain) -> Summed:
    """Give the sums of a coarser grain. No sum that is given is changed: it may be of both."""
    us = grain.us
    return _joined(
        ((start - start % us if us else 0, names), values)
        for (start, names), values in fine.items()
    )


def narrowed(fine: Mapping[Place, list[int]], keep: Sequence[int]) -> Summed:
    """Give the sums by some names alone."""
    return _joined(
        ((start, tuple([names[n] for n in keep])), values)
        for (start, names), values in fine.items()
    )


def _joined(placed: Iterable[tuple[Place, list[int]]]) -> Summed:
    """Add up what comes to the same place."""
    several: dict[Place, list[list[int]]] = {}
    for place, values in placed:
        found = several.get(place)
        if found is None:
            several[place] = [values]
        else:
            found.append(values)
    return {place: _added(some) for place, some in several.items()}


def _added(some: Sequence[list[int]]) -> list[int]:
    """Two by two where there are few: of many, column by column takes half the time or less."""
    first, *others = some
    if len(others) < FEW:
        for one in others:
            first = list(map(plus, first, one))
        return first
    return list(map(sum, zip(*some, strict=True)))


def _exchange(into: Summed, one: Exchange, minute: int, cost: int) -> None:
    who = one.identity
    tried = one.attempts
    last = tried[-1] if tried else NOBODY
    place = (
        minute,
        (
            who.use_case,
            who.route,
            who.caller,
            who.release,
            last.provider,
            last.model,
            who.drill != "",
        ),
    )
    sums = into.get(place)
    if sums is None:
        sums = into[place] = [0] * len(OF_EXCHANGES)
    sums[0] += 1
    sums[OUTCOME[one.outcome]] += 1
    sums[STATUS + (CLASS[one.status // 100] if 0 <= one.status < 600 else 0)] += 1
    sums[COST] += cost
    sums[ATTEMPTS] += len(tried)
    if len(tried) > 1:
        sums[RETRIES] += len(tried) - 1
        sums[FALLBACKS] += last.target != tried[0].target
    if one.cached:
        sums[CACHED] += 1
    if one.stream:
        sums[STREAMS] += 1
    if one.matches:
        sums[MATCHED] += 1
        sums[MATCHES] += len(one.matches)
    _tokens(sums, one.usage)
    if one.outcome is ANSWERED:
        _timings(sums, one.timings)


def _screened(into: Summed, one: Exchange) -> None:
    """Count what a guard looked at: no look takes no time, and one that goes in comes first."""
    who, start = one.identity, Grain.DAY.start(one.at)
    for stage in ("inward", "outward") if _looked_outward(one) else ("inward",):
        names = (who.use_case, who.route, stage, who.drill != "")
        into.setdefault((start, names), [0])[0] += 1


def _looked_outward(one: Exchange) -> bool:
    """Tell whether it looked at an answer, too.

    What was answered from memory was looked at when it came, and numbers of embeddings are no
    text. An answer that broke off was looked at as far as it had come.
    """
    if one.cached or one.api is Api.EMBEDDINGS:
        return False
    told = one.outcome is ANSWERED or one.outcome is Outcome.INTERRUPTED
    return told or any(match.stage == "outward" for match in one.matches)


def _tokens(sums: list[int], usage: Usage) -> None:
    sums[INPUT] += usage.input
    sums[OUTPUT] += usage.output
    if usage.cache_read:
        sums[CACHE_READ] += usage.cache_read
    if usage.cache_write:
        sums[CACHE_WRITE] += usage.cache_write
    if usage.cache_write_hour:
        sums[CACHE_WRITE_HOUR] += usage.cache_write_hour
    if usage.reasoning:
        sums[REASONING] += usage.reasoning


def _timings(sums: list[int], times: Timings) -> None:
    """Answers alone: a refusal is quick, and says nothing of how long answers take."""
    sums[LATENCY_US] += times.last
    sums[LATENCY + bucket(times.last)] += 1
    if times.first_token > 0:
        sums[TTFT_US] += times.first_token
        sums[TTFT + bucket(times.first_token)] += 1


def _attempts(into: Summed, one: Exchange, minute: int, cost: int) -> None:
    drill = one.identity.drill != ""
    for attempt in one.attempts:
        place = (
            minute,
            (
                attempt.target,
                attempt.provider,
                attempt.model,
                attempt.credential,
                str(attempt.failure) if attempt.failure else "",
                drill,
            ),
        )
        sums = into.get(place)
        if sums is None:
            sums = into[place] = [0] * len(OF_ATTEMPTS)
        took = attempt.ended - attempt.began
        took = max(0, took)
        sums[0] += 1
        sums[1] += attempt.usage.read
        sums[2] += attempt.usage.written
        # Nearly always the only one, and to compare costs less than to tell it anew.
        sums[3] += cost if attempt.cost == one.cost else trillionths(attempt.cost)
        sums[4] += took
        sums[DURATION_AT + bucket(took)] += 1


def _matches(into: Summed, one: Exchange, minute: int) -> None:
    who = one.identity
    for match in one.matches:
        names = (
            who.use_case,
            match.risk,
            match.rule,
            match.action,
            match.stage,
            match.severity,
            who.drill != "",
        )
        into.setdefault((minute, names), [0])[0] += 1
