"""5-2-3 and 5-3-3: something goes wrong, somebody hears of it in time, and hears when it is over.

5-2-3: the provider fails. 5-3-3: it tells, and would bill, several times the tokens.
"""

from collections.abc import Callable
from itertools import cycle

from msgspec import Struct

from tenken.drills.prove.bench import Bench, down_plan, status, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.proof import Proof, fails, gap, holds, no_effect, seen, spread
from tenken.drills.prove.receipts import Inbox, Receipt, firing
from tenken.drills.prove.record import Driven, models_in
from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.errors import UsageError
from tenken.evidence import Answer
from tenken.sentence import say

TOLD = Question(probe="injected_errors_alert_the_test_receiver")
CLEARED = Question(probe="alert_clears_after_recovery")
SPIKE = Question(probe="replayed_cost_spike_alerts_in_time")
TIMES_THE_TOKENS = 5
SPENDING = ("token", "cost", "spend", "usage", "トークン", "コスト", "費用")
FEWEST_FAILED = 5

About = Callable[[Receipt], bool]


class Watch(Struct, frozen=True, kw_only=True):
    """What was heard while something lasted."""

    driven: tuple[Driven, ...]
    receipt: Receipt | None
    after_s: float


async def errors(bench: Bench) -> Outcome:
    """Let the provider fail until somebody hears of it, then let it recover."""
    inbox = inbox_of(bench, ERRORS.item)
    asked = await _healthy(bench)
    if why := unfit(asked):
        return nothing_exercised(ERRORS.questions, why)
    broken = await _until(bench, inbox, down_plan(status(500)), lambda _one: True)
    failed = sum(not one.is_served for one in broken.driven)
    if broken.receipt is None and failed < FEWEST_FAILED:
        return nothing_exercised(ERRORS.questions, say("prove.nobody_saw_errors", n=failed))
    told = _told(broken, TOLD, failed)
    if broken.receipt is None:
        nothing_to_clear = no_effect(say("prove.nothing_to_clear"))
        cleared = Proof(probe=CLEARED.probe, subs=(), answer=nothing_to_clear)
    else:
        cleared = await _cleared(bench, inbox, broken.receipt)
    return Outcome(proofs=(told, cleared), models=models_in(asked))


async def spike(bench: Bench) -> Outcome:
    """Let every answer cost several times the tokens until somebody hears of it."""
    inbox = inbox_of(bench, COST.item)
    asked = await _healthy(bench)
    if why := unfit(asked):
        return nothing_exercised(COST.questions, why)
    dear = FaultPlan(then=Fault(kind=Wrong.PRICE_SPIKE, factor=TIMES_THE_TOKENS))
    watch = await _until(bench, inbox, dear, about_spending)
    await bench.healthy()
    calls = sum(len(one.calls) for one in watch.driven)
    if not calls:
        return nothing_exercised(COST.questions, say("prove.no_calls_in_spike"))
    return Outcome(proofs=(_told(watch, SPIKE, calls),), models=models_in(asked))


def about_spending(receipt: Receipt) -> bool:
    """An alert on errors is none on what is spent."""
    return any(word in receipt.text for word in SPENDING)


def inbox_of(bench: Bench, item: str) -> Inbox:
    """Where alerts arrive; raises UsageError where nobody listens."""
    if bench.inbox is None:
        raise UsageError("prove.needs_inbox", item=item)
    return bench.inbox


async def _healthy(bench: Bench) -> tuple[Driven, ...]:
    await bench.healthy()
    return await bench.ask_each(bench.brief.asking_the_model, 2)


async def _until(bench: Bench, inbox: Inbox, plan: FaultPlan, about: About) -> Watch:
    """Keep asking under a plan until an alert is told that was not firing before."""
    known, began = firing(inbox.receipts), bench.clock()
    first = len(inbox.receipts)
    patience = bench.brief.alerts
    await bench.provider.obey(plan)
    driven: list[Driven] = []
    for asking in cycle(bench.brief.asking_the_model):
        driven.append(await bench.ask(asking))
        heard = (one for one in inbox.receipts[first:] if not one.is_resolved and about(one))
        if receipt := next((one for one in heard if one.key not in known), None):
            return Watch(driven=tuple(driven), receipt=receipt, after_s=receipt.at_s - began)
        if bench.clock() - began > patience.within_s:
            break
        bench.told(say("prove.waits_for_alert", s=int(bench.clock() - began)))
        await inbox.pause(patience.pause_s)
    return Watch(driven=tuple(driven), receipt=None, after_s=bench.clock() - began)


async def _cleared(bench: Bench, inbox: Inbox, told: Receipt) -> Proof:
    began, patience = bench.clock(), bench.brief.alerts
    await bench.healthy()
    for asking in cycle(bench.brief.asking_the_model):
        await bench.ask(asking)
        heard = (one for one in inbox.receipts if one.key == told.key and one.is_resolved)
        if receipt := next((one for one in heard if one.at_s >= began), None):
            took = spread("time_to_clear", (receipt.at_s - began,), "s")
            remark = seen("prove.alert_cleared", alert=told.name)
            return Proof(probe=CLEARED.probe, subs=(), answer=holds(remark), measurements=(took,))
        if bench.clock() - began > patience.clears_within_s:
            break
        await inbox.pause(patience.pause_s)
    seconds = int(patience.clears_within_s)
    finding = gap("prove.alert_not_cleared", alert=told.name, s=seconds)
    return Proof(probe=CLEARED.probe, subs=(), answer=fails(finding))


def _told(watch: Watch, question: Question, n: int) -> Proof:
    took = spread("time_to_alert", (watch.after_s,) if watch.receipt else (), "s")
    return Proof(
        probe=question.probe, subs=question.subs, answer=_heard(watch, n), measurements=(took,)
    )


def _heard(watch: Watch, n: int) -> Answer:
    if watch.receipt is None:
        return fails(gap("prove.no_alert_came", n=n, s=int(watch.after_s)))
    name, at = watch.receipt.name, watch.receipt.receiver
    return holds(seen("prove.alert_came", alert=name, at=at))


ERRORS = Drill(
    item="5-2-3", hypothesis="prove.hypothesis_5_2_3", questions=(TOLD, CLEARED), run=errors,
    hears_alerts=True,
)  # fmt: skip
COST = Drill(
    item="5-3-3", hypothesis="prove.hypothesis_5_3_3", questions=(SPIKE,), run=spike,
    hears_alerts=True,
)  # fmt: skip
