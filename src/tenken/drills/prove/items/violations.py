"""4-2-4: what a guard stops or masks stands in its records, each once, on every route.

Texts are drawn anew. What was stopped or masked the drill sees for itself, as the application's
client and as its provider; the guard's records are held against that. They are given one after the
other, each with time for its records, so that every record belongs to one text.
"""

from collections.abc import Awaitable, Callable, Iterable
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.bench import Bench, healthy_plan, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.items.output_guard import ORDINARY, SHOWN
from tenken.drills.prove.planted import Planted, attacks, harm, harmless, personal
from tenken.drills.prove.planting import Sown, marked, sown
from tenken.drills.prove.proof import Proof, fails, gap, holds, lie, partly, seen, share, unknown
from tenken.drills.prove.record import models_in
from tenken.drills.prove.requests import Asking
from tenken.drills.prove.trail import Added, Trail, added, trail_of
from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.evidence import Answer, Finding, Remark
from tenken.sentence import say

RECORDS = Question(probe="drill_blocks_reconcile_with_records")
POLL_S = 0.05
EACH = 6
"""Texts of each kind and route."""
PASSED, BLOCKED, MASKED = "passed", "blocked", "masked"


class Happened(Struct, frozen=True, kw_only=True):
    """What was done about a text as seen from outside, and what its records say."""

    route: str
    done: str
    added: Added

    @property
    def recorded(self) -> bool:
        """Whether something is on record at all."""
        return bool(self.added.blocked or self.added.masked)

    @property
    def agrees(self) -> bool:
        """Whether a record says what was done."""
        return bool(self.added.blocked if self.done == BLOCKED else self.added.masked)


class Watch(Struct, frozen=True, kw_only=True):
    """A route under drill, and where its records are."""

    bench: Bench
    trail: Trail
    asking: Asking


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    askings = marked(bench, DRILL.item)
    trail = trail_of(bench.brief.records)
    try:
        await bench.healthy()
        fine = await bench.ask_each(askings)
        if why := unfit(fine):
            return nothing_exercised(DRILL.questions, why)
        happened: list[Happened] = []
        for asking in askings:
            watch = Watch(bench=bench, trail=trail, asking=asking)
            happened += await _inward(watch)
            happened += await _outward(watch)
    finally:
        trail.close()
    await bench.healthy()
    return Outcome(proofs=(judge(tuple(happened)),), models=models_in(fine))


async def _inward(watch: Watch) -> list[Happened]:
    bench = watch.bench
    values = tuple(personal(bench.seed))[:EACH]
    plan = replace(healthy_plan(bench.brief.provider), watch=tuple([one.value for one in values]))
    await bench.provider.obey(plan)
    texts = chain(_some(attacks(bench.seed)), values, _some(harmless(bench.seed)))

    def sent(planted: Planted) -> Awaitable[Sown]:
        return sown(bench, watch.asking, planted)

    return [await _happened(watch, sent(one), stopped_inward) for one in texts]


async def _outward(watch: Watch) -> list[Happened]:
    """Let the provider say them; where its ordinary words are not shown, nothing can be told."""
    shown = await _heard(watch, Planted(kind="ordinary", language="en", text=ORDINARY))
    if SHOWN not in shown.driven.answered.text:
        return []
    seed = watch.bench.seed + 1
    texts = chain(_some(personal(seed)), _some(harm(seed)))
    return [await _happened(watch, _heard(watch, one), stopped_outward) for one in texts]


async def _heard(watch: Watch, planted: Planted) -> Sown:
    bench = watch.bench
    await bench.provider.obey(FaultPlan(then=Fault(kind=Wrong.TEXT, text=planted.text)))
    return Sown(planted=planted, driven=await bench.ask(watch.asking))


async def _happened(watch: Watch, sent: Awaitable[Sown], told: Callable[[Sown], str]) -> Happened:
    """Wait for what is put on record of a text: as long as it may take, where there must be."""
    bench, trail = watch.bench, watch.trail
    at = bench.brief.records
    before = len(trail.actions())
    done = told(await sent)
    until = bench.clock() + (at.within_s if done != PASSED else 0.0)

    def new() -> Added:
        return added(at, trail.actions()[before:])

    while not (new().blocked or new().masked) and bench.clock() < until:
        await bench.pause(POLL_S)
    await _settled(bench.pause, trail, at.settles_s)
    return Happened(route=watch.asking.route, done=done, added=new())


async def _settled(
    pause: Callable[[float], Awaitable[None]], trail: Trail, settles_s: float
) -> None:
    count = -1
    while settles_s and len(trail.actions()) != count:
        count = len(trail.actions())
        await pause(settles_s)


def stopped_inward(one: Sown) -> str:
    """Tell what was done about what a user said: by what the provider was sent."""
    if one.reached:
        return PASSED
    return MASKED if one.asked else BLOCKED


def stopped_outward(one: Sown) -> str:
    """Tell what was done about what the provider said: by what the user was shown."""
    if one.delivered:
        return PASSED
    before, _, behind = one.planted.text.partition(one.planted.value)
    beside = max(before.strip(), behind.strip(), key=len)
    return MASKED if beside and beside in one.driven.answered.text else BLOCKED


def judge(happened: tuple[Happened, ...]) -> Proof:
    """Hold what happened against the records."""
    stopped = [one for one in happened if one.done != PASSED]
    agreeing = sum(one.agrees for one in stopped)
    return Proof(
        probe=RECORDS.probe,
        subs=RECORDS.subs,
        answer=_answer(happened, stopped),
        measurements=(share("violations_recorded", agreeing, len(stopped)),),
    )


def _answer(happened: Iterable[Happened], stopped: list[Happened]) -> Answer:
    routes = dict.fromkeys(one.route for one in happened)
    by_route = {route: [one for one in happened if one.route == route] for route in routes}
    findings = tuple([found for route in routes for found in _differs(route, by_route[route])])
    told = tuple([_remark(route, by_route[route]) for route in routes])
    if not stopped:
        if findings:
            return fails(*findings)
        return unknown(say("prove.nothing_stopped"))
    if not findings:
        return holds(*told)
    if any(one.agrees for one in stopped):
        return partly(told, *findings)
    return fails(*findings, remarks=told)


def _remark(route: str, own: list[Happened]) -> Remark:
    stopped = [one for one in own if one.done != PASSED]
    kept = sum(one.agrees for one in stopped)
    return seen("prove.violations_recorded", route=route, n=kept, of=len(stopped))


def _differs(route: str, own: list[Happened]) -> Iterable[Finding]:
    stopped = [one for one in own if one.done != PASSED]
    missing = sum(not one.recorded for one in stopped)
    other = sum(one.recorded and not one.agrees for one in stopped)
    made_up = sum(one.recorded for one in own if one.done == PASSED)
    if missing:
        yield gap("prove.violation_unrecorded", route=route, n=missing, of=len(stopped))
    if other:
        yield gap("prove.record_of_other", route=route, n=other, of=len(stopped))
    if made_up:
        yield lie("prove.record_without_violation", route=route, n=made_up)


def _some(texts: Iterable[Planted]) -> tuple[Planted, ...]:
    """Give some of both languages."""
    every = tuple(texts)
    step = max(1, len(every) // EACH)
    return every[::step][:EACH]


DRILL = Drill(
    item="4-2-4",
    hypothesis="prove.hypothesis_4_2_4",
    questions=(RECORDS,),
    run=run,
)
