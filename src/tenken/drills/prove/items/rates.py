"""2-1-2 b: three times the provider's limit at once, and the provider refuses nothing.

The requests come from clients that differ, so that a limit per client on the way in is not taken
for a limit of one's own towards the provider.
"""

from msgspec.structs import replace

from tenken.drills.prove.bench import Bench, healthy_plan, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.proof import (
    Proof,
    fails,
    gap,
    holds,
    no_effect,
    partly,
    seen,
    share,
    unknown,
)
from tenken.drills.prove.record import Driven, models_in
from tenken.drills.prove.requests import Asking
from tenken.drills.provider.plan import Rates
from tenken.drills.provider.seen import Seen
from tenken.errors import UsageError
from tenken.evidence import Answer, Measurement
from tenken.sentence import say

BURST = Question(probe="burst_is_limited_before_the_provider_refuses", subs=("b",))
TIMES = 3
WINDOW_S = 60.0
NEAR = 0.5
"""Below this share of the limit it was not the limiter that held calls back."""
CLIENT = "x-forwarded-for"


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    brief = bench.brief
    rpm = brief.tolerances.rpm
    if rpm is None:
        raise UsageError("prove.needs_key", item=DRILL.item, key="tolerances.rpm")
    await bench.healthy()
    healthy = await bench.ask_each(brief.asking_the_model)
    if why := unfit(healthy):
        return nothing_exercised(DRILL.questions, why)
    await bench.provider.obey(healthy_plan(brief.provider, rates=Rates(rpm=rpm)))
    bench.told(say("prove.burst", n=TIMES * rpm, rpm=rpm))
    askings = brief.asking_the_model
    crowd = tuple(_of_client(askings[n % len(askings)], n) for n in range(TIMES * rpm))
    burst = await bench.ask_at_once(crowd)
    await bench.healthy()
    return Outcome(proofs=(judge(burst.driven, burst.calls, rpm),), models=models_in(healthy))


def judge(driven: tuple[Driven, ...], calls: tuple[Seen, ...], rpm: int) -> Proof:
    """Decide what held the calls back: the application, or the provider's refusals."""
    refused = sum(call.status == 429 for call in calls)
    served = sum(one.is_served for one in driven)
    return Proof(
        probe=BURST.probe,
        subs=BURST.subs,
        answer=_answer(driven, calls, rpm),
        measurements=(
            share("refused_by_the_provider", refused, len(calls)),
            share("answered_in_the_burst", served, len(driven)),
            Measurement(
                name="most_calls_in_a_minute", value=float(peak(calls)), unit="calls", n=len(calls)
            ),
        ),
    )


def peak(calls: tuple[Seen, ...]) -> int:
    """The most calls to one target in any minute.

    >>> peak(())
    0
    """
    targets: dict[tuple[str, str], list[float]] = {}
    for call in calls:
        targets.setdefault((call.credential, call.model), []).append(call.at_s)
    return max((_most(sorted(times)) for times in targets.values()), default=0)


def _most(times: list[float]) -> int:
    first, most = 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= WINDOW_S:
            first += 1
        most = max(most, last - first + 1)
    return most


def _answer(driven: tuple[Driven, ...], calls: tuple[Seen, ...], rpm: int) -> Answer:
    refused, n = sum(call.status == 429 for call in calls), len(driven)
    if not calls:
        return no_effect(say("prove.burst_not_met"))
    if refused:
        return _refused(driven, refused=refused, calls=len(calls))
    most = peak(calls)
    if most < NEAR * rpm:
        return unknown(say("prove.burst_too_slow", most=most, rpm=rpm))
    return holds(seen("prove.burst_held", n=n, most=most, rpm=rpm))


def _refused(driven: tuple[Driven, ...], *, refused: int, calls: int) -> Answer:
    """Waiting as told and being answered in the end is half; it is no limiter of one's own."""
    n = len(driven)
    if all(one.is_served for one in driven) and refused <= n:
        told = seen("prove.burst_waited", n=n)
        return partly((told,), gap("prove.burst_refused", refused=refused, calls=calls, n=n))
    return fails(gap("prove.burst_refused", refused=refused, calls=calls, n=n))


def _of_client(asking: Asking, number: int) -> Asking:
    """As a client of its own would send it through a proxy."""
    if any(name == CLIENT for name, _ in asking.headers):
        return asking
    address = f"2001:db8::{number + 1:x}"
    return replace(asking, headers=(*asking.headers, (CLIENT, address)))


DRILL = Drill(item="2-1-2", hypothesis="prove.hypothesis_2_1_2", questions=(BURST,), run=run)
