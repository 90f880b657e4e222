"""From exchanges to what they add to the sums. Pure; costs a request a few microseconds.

Sums are made by minute, and the coarser ones from those.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import add as plus

from msgspec import Struct, field

from tenken.journal.exchange import Attempt, Exchange, Outcome
from tenken.store.money import trillionths
from tenken.store.rollups.grain import Grain
from tenken.store.rollups.sums import AT, BUCKETS, OF_ATTEMPTS, OF_EXCHANGES, TOKENS, bucket

MINUTE_US = Grain.MINUTE.us
Names = tuple[str | bool, ...]
"""The names of a series, in the order of its key."""
Summed = dict[tuple[int, Names], list[int]]
"""By where its time begins, and its names."""

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


class Increments(Struct, kw_only=True):
    """What exchanges add, by minute."""

    exchanges: Summed = field(default_factory=dict)
    attempts: Summed = field(default_factory=dict)
    matches: Summed = field(default_factory=dict)
    feedback: Summed = field(default_factory=dict)


def increments(exchanges: Iterable[Exchange], *, gone: Iterable[Exchange] = ()) -> Increments:
    """Sum exchanges; `gone` were summed before and are taken back."""
    made = Increments()
    for sign, several in ((1, exchanges), (-1, gone)):
        for one in several:
            _exchange(made.exchanges, one, sign)
            _attempts(made.attempts, one, sign)
            if one.matches:
                _matches(made.matches, one, sign)
    return made


def folded(fine: Mapping[tuple[int, Names], list[int]], grain: Grain) -> Summed:
    """Give the sums of a coarser grain. No sum that is given is changed: it may be of both."""
    made: Summed = {}
    us = grain.us
    for (start, names), values in fine.items():
        place = (start - start % us if us else 0, names)
        if (found := made.get(place)) is None:
            made[place] = values
        else:
            made[place] = list(map(plus, found, values))
    return made


def narrowed(fine: Mapping[tuple[int, Names], list[int]], keep: Sequence[int]) -> Summed:
    """Give the sums by some names alone."""
    made: Summed = {}
    for (start, names), values in fine.items():
        place = (start, tuple([names[n] for n in keep]))
        if (found := made.get(place)) is None:
            made[place] = values
        else:
            made[place] = list(map(plus, found, values))
    return made


def _exchange(into: Summed, one: Exchange, sign: int) -> None:
    who = one.identity
    last = one.attempts[-1] if one.attempts else None
    place = (
        one.at - one.at % MINUTE_US,
        (
            who.use_case,
            who.route,
            who.caller,
            who.release,
            last.provider if last else "",
            last.model if last else "",
            bool(who.drill),
        ),
    )
    sums = into.get(place)
    if sums is None:
        sums = into[place] = [0] * len(OF_EXCHANGES)
    sums[0] += sign
    sums[OUTCOME[one.outcome]] += sign
    sums[STATUS + (CLASS[one.status // 100] if 0 <= one.status < 600 else 0)] += sign
    usage = one.usage
    sums[INPUT] += sign * usage.input
    sums[CACHE_READ] += sign * usage.cache_read
    sums[CACHE_WRITE] += sign * usage.cache_write
    sums[CACHE_WRITE_HOUR] += sign * usage.cache_write_hour
    sums[OUTPUT] += sign * usage.output
    sums[REASONING] += sign * usage.reasoning
    sums[COST] += sign * trillionths(one.cost)
    tried = len(one.attempts)
    if tried > 1:
        sums[RETRIES] += sign * (tried - 1)
        sums[FALLBACKS] += sign * (one.attempts[-1].target != one.attempts[0].target)
    sums[ATTEMPTS] += sign * tried
    if one.cached:
        sums[CACHED] += sign
    if one.stream:
        sums[STREAMS] += sign
    if one.matches:
        sums[MATCHED] += sign
        sums[MATCHES] += sign * len(one.matches)
    _timings(sums, one, sign)


def _timings(sums: list[int], one: Exchange, sign: int) -> None:
    """Count answers alone: a refusal is quick, and says nothing of how long answers take."""
    if one.outcome is not Outcome.ANSWERED:
        return
    times = one.timings
    sums[LATENCY_US] += sign * times.last
    sums[LATENCY + bucket(times.last)] += sign
    if times.first_token > 0:
        sums[TTFT_US] += sign * times.first_token
        sums[TTFT + bucket(times.first_token)] += sign


def _attempts(into: Summed, one: Exchange, sign: int) -> None:
    start = one.at - one.at % MINUTE_US
    drill = bool(one.identity.drill)
    for attempt in one.attempts:
        place = (start, _target(attempt, drill))
        sums = into.get(place)
        if sums is None:
            sums = into[place] = [0] * len(OF_ATTEMPTS)
        took = max(0, attempt.ended - attempt.began)
        sums[0] += sign
        sums[1] += sign * attempt.usage.read
        sums[2] += sign * attempt.usage.written
        sums[3] += sign * trillionths(attempt.cost)
        sums[4] += sign * took
        sums[DURATION_AT + bucket(took)] += sign


def _target(attempt: Attempt, drill: bool) -> Names:
    failure = str(attempt.failure) if attempt.failure else ""
    return (
        attempt.target,
        attempt.provider,
        attempt.model,
        attempt.credential,
        failure,
        drill,
    )


def _matches(into: Summed, one: Exchange, sign: int) -> None:
    start = one.at - one.at % MINUTE_US
    who = one.identity
    for match in one.matches:
        names = (
            who.use_case,
            match.risk,
            match.rule,
            match.action,
            match.stage,
            match.severity,
            bool(who.drill),
        )
        into.setdefault((start, names), [0])[0] += sign
