"""3-2-2: errors are asked again by their kind, after growing waits, and not while all is down.

Three parts. *Kinds*: the first try of every call meets one status. *Waits*: two tries meet 503,
the third is answered; healthy requests in between keep a breaker closed. *Outage*: the provider is
down until requests cause no more calls, and then comes back.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.bench import Bench, down_plan, scripted_plan, status, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.items.outage import Outage, breaker
from tenken.drills.prove.proof import (
    Proof,
    fails,
    gap,
    holds,
    lie,
    no_effect,
    note,
    seen,
    share,
    spread,
    unknown,
)
from tenken.drills.prove.record import Driven, Talk, Tries, models_in, tries, usual
from tenken.drills.prove.requests import ProviderAnswers, Tolerances
from tenken.drills.provider.fault import Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.seen import Seen
from tenken.evidence import Answer, Finding, Measurement, Remark
from tenken.sentence import say

KINDS = Question(probe="only_retryable_errors_were_retried", subs=("a",))
WAITS = Question(probe="gaps_between_attempts_grew", subs=("b",))
BREAKER = Question(probe="no_call_passed_an_open_breaker", subs=("c",))
WRONG_KEY = 401
ONCE = (400, WRONG_KEY)
AGAIN = (429, 500, 503)
RETRY_AFTER_S = 2.0
ON_TIME = 0.95
"""Clocks differ a little: a wait of 1.9 s honours a `Retry-After` of 2."""
LEAST_GROWTH_S = 0.02
"""Less is the noise of a machine that is busy, not a wait."""
CHANCE = 0.05
RECOVERY_EACH_S = 0.5


class Trial(Struct, frozen=True, kw_only=True):
    """Every request once, while the first try of each call meets one error."""

    status: int
    retry_after_s: float | None
    driven: tuple[Driven, ...]


Usual = Mapping[tuple[str, Talk], int]


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    askings, tolerances = bench.brief.asking_the_model, bench.brief.tolerances
    await bench.healthy()
    healthy = await bench.ask_each(askings, 2)
    if why := unfit(healthy):
        return nothing_exercised(DRILL.questions, why)
    models = models_in(healthy)
    trials = [
        await _trial(bench, models, code, after)
        for code, after in (
            *((code, None) for code in (*ONCE, *AGAIN)),
            (429, RETRY_AFTER_S),
        )
    ]
    if any(one.answered.took_s < RETRY_AFTER_S for one in trials[-1].driven):
        await bench.pause(RETRY_AFTER_S)  # who went elsewhere meanwhile may still keep the pause
    waits = await _waits(bench, models, models_in(one for each in trials for one in each.driven))
    outage = await _outage(bench)
    known = usual(healthy[::2])
    return Outcome(
        models=models,
        proofs=(
            judge_kinds(tuple(trials), known),
            judge_waits(waits, known, tolerances),
            Proof(
                probe=BREAKER.probe,
                subs=BREAKER.subs,
                answer=breaker(outage, tolerances),
                measurements=outage.measurements,
            ),
        ),
    )


async def _trial(
    bench: Bench, models: tuple[str, ...], code: int, retry_after_s: float | None
) -> Trial:
    bench.told(say("prove.trial", status=code))
    driven = []
    for asking in bench.brief.asking_the_model:
        script = (status(code, retry_after_s),)
        await bench.provider.obey(scripted_plan(bench.brief.provider, script, models))
        driven.append(await bench.ask(asking))
    return Trial(status=code, retry_after_s=retry_after_s, driven=tuple(driven))


async def _waits(
    bench: Bench, models: tuple[str, ...], known: tuple[str, ...]
) -> tuple[Driven, ...]:
    askings, repeat = bench.brief.asking_the_model, bench.brief.tolerances.repeat
    plan = _two_down(bench.brief.provider, models, known)
    driven = []
    for number in range(repeat):
        bench.told(say("prove.waits", number=number + 1, of=repeat))
        for asking in askings:
            await bench.provider.obey(plan)
            driven.append(await bench.ask(asking))
            await bench.healthy()
            await bench.ask_each((asking,), 2)
    return tuple(driven)


def _two_down(
    answers: ProviderAnswers, models: tuple[str, ...], known: tuple[str, ...]
) -> FaultPlan:
    """Two tries of each call fail, wherever the second one goes."""
    plan = scripted_plan(answers, (status(503), status(503)), models)
    once = scripted_plan(answers, (status(503),), known)
    others = {name: once.models[name] for name in known if name not in models}
    return replace(plan, models={**plan.models, **others})


async def _outage(bench: Bench) -> Outage:
    tolerances, askings = bench.brief.tolerances, bench.brief.asking_the_model
    await bench.provider.obey(down_plan(status(503)))
    down: list[Driven] = []
    for number in range(tolerances.outage_requests):
        bench.told(say("prove.outage", number=number + 1, of=tolerances.outage_requests))
        down.append(await bench.ask(askings[number % len(askings)]))
        if Outage(down=tuple(down)).settled(tolerances):
            break
    await bench.healthy()
    back: list[Driven] = []
    waited = 0.0
    while waited < tolerances.recover_within_s:
        bench.told(say("prove.recovery"))
        back.append(await bench.ask(askings[0]))
        if back[-1].calls and back[-1].is_served:
            break
        await bench.pause(RECOVERY_EACH_S)
        waited += RECOVERY_EACH_S + back[-1].answered.took_s
    return Outage(down=tuple(down), back=tuple(back))


# -- a: by kind of error


class _Case(Struct, frozen=True, kw_only=True):
    """A call that met the error of its trial."""

    trial: Trial
    driven: Driven
    tries: Tries
    usual: int

    @property
    def extra(self) -> int:
        """Further calls, wherever they went."""
        return len(self.tries.calls) - self.usual

    @property
    def in_vain(self) -> bool:
        """Whether it was asked again where the answer is the same: a key may differ elsewhere."""
        if self.trial.status == WRONG_KEY:
            met = next(call for call in self.tries.calls if _met(call, self.trial.status))
            same = [call for call in self.tries.calls if call.credential == met.credential]
            return len(same) > self.usual
        return self.extra > 0

    @property
    def waited_s(self) -> float | None:
        """Until the target that gave the error was asked again; None where it never was."""
        met = next(call for call in self.tries.calls if _met(call, self.trial.status))
        target = (met.model, met.credential)
        there = [call for call in self.tries.calls if (call.model, call.credential) == target]
        return next(iter(Tries(calls=tuple(there)).gaps), None)

    @property
    def is_honoured(self) -> bool:
        """Whether a target was left alone for as long as it asked."""
        after, waited = self.trial.retry_after_s, self.waited_s
        return after is None or waited is None or waited >= after * ON_TIME


def _met(call: Seen, status: int) -> bool:
    return call.fault is Wrong.STATUS and call.status == status


def judge_kinds(trials: tuple[Trial, ...], known: Usual) -> Proof:
    """Decide which errors were asked again."""
    cases = [case for trial in trials for case in _cases(trial, known)]
    findings = [finding for case in cases if (finding := _wrong(case))]
    unmet = [trial.status for trial in trials if not _cases(trial, known)]
    if unmet:
        answer = no_effect(say("prove.fault_not_met", status=unmet[0]))
    elif findings:
        answer = fails(*dict.fromkeys(findings), remarks=_told(cases))
    else:
        answer = holds(*_told(cases), notes=_library(cases))
    return Proof(
        probe=KINDS.probe,
        subs=KINDS.subs,
        answer=answer,
        measurements=(
            *(_attempts(cases, code) for code in (*ONCE, *AGAIN)),
            share("answered_after_error", *_answered(cases)),
        ),
    )


def _cases(trial: Trial, known: Usual) -> list[_Case]:
    return [
        _Case(
            trial=trial,
            driven=driven,
            tries=each,
            usual=known.get((driven.asking.name, talk), 1),
        )
        for driven in trial.driven
        for each in tries(driven)
        for talk in (tuple((turn.role, turn.characters) for turn in each.calls[0].turns),)
        if any(_met(call, trial.status) for call in each.calls)
    ]


def _wrong(case: _Case) -> Finding | None:
    code, route, attempts = case.trial.status, case.driven.asking.route, len(case.tries.calls)
    if code in ONCE:
        if not case.in_vain:
            return None
        return gap("prove.repeated_in_vain", status=code, route=route, attempts=attempts)
    if case.extra <= 0:
        return lie("prove.not_repeated", status=code, route=route)
    if not case.is_honoured:
        return gap(
            "prove.too_early",
            route=route,
            asked_s=case.trial.retry_after_s or 0.0,
            waited_s=round(case.waited_s or 0.0, 2),
        )
    if not case.driven.is_served:
        return gap("prove.repeated_unanswered", status=code, route=route)
    return None


def _told(cases: list[_Case]) -> tuple[Remark, ...]:
    codes = dict.fromkeys(case.trial.status for case in cases)
    return tuple(
        seen(
            "prove.tries_of",
            status=code,
            least=min(len(case.tries.calls) for case in cases if case.trial.status == code),
            most=max(len(case.tries.calls) for case in cases if case.trial.status == code),
        )
        for code in codes
    )


def _library(cases: list[_Case]) -> tuple[Finding, ...]:
    """Whether every repetition is the client library's: it counts them in a header of its own."""
    again = [call for case in cases for call in case.tries.calls[1:]]
    if again and all(call.retry_count for call in again):
        return (note("prove.library_repeats"),)
    return ()


def _attempts(cases: list[_Case], code: int) -> Measurement:
    counts = tuple(float(len(c.tries.calls)) for c in cases if c.trial.status == code)
    return spread(f"tries_of_{code}", counts, "calls")


def _answered(cases: list[_Case]) -> tuple[int, int]:
    again = [case for case in cases if case.trial.status in AGAIN]
    return sum(case.driven.is_served for case in again), len(again)


# -- b: growing waits


def judge_waits(driven: tuple[Driven, ...], known: Usual, tolerances: Tolerances) -> Proof:
    """Decide whether the waits grew, which chance alone may look like in one call in two."""
    met = [case for one in driven for case in _cases(_outage_trial(one), known)]
    gaps = [case.tries.gaps for case in met if case.usual == 1]
    two = [each for each in gaps if len(each) >= 2]
    grew = sum(
        each[1] >= each[0] * tolerances.growth and each[1] - each[0] >= LEAST_GROWTH_S
        for each in two
    )
    return Proof(
        probe=WAITS.probe,
        subs=WAITS.subs,
        answer=_waited(met, two, grew),
        measurements=(
            spread("first_wait", tuple(each[0] for each in gaps if each), "s"),
            spread("second_wait", tuple(each[1] for each in two), "s"),
            share("grew", grew, len(two)),
        ),
    )


def _outage_trial(one: Driven) -> Trial:
    return Trial(status=503, retry_after_s=None, driven=(one,))


def _waited(met: list[_Case], two: list[tuple[float, ...]], grew: int) -> Answer:
    if not met:
        return no_effect(say("prove.fault_not_met", status=503))
    if all(case.extra <= 0 for case in met):
        return fails(gap("prove.never_repeated", n=len(met)))
    if not two:
        return unknown(say("prove.one_wait_only"))
    if by_chance(grew, len(two)) <= CHANCE:
        return holds(seen("prove.waits_grew", grew=grew, n=len(two)))
    if 2 * grew <= len(two):
        return fails(gap("prove.waits_did_not_grow", grew=grew, n=len(two)))
    return unknown(say("prove.too_few_waits", grew=grew, n=len(two)))


def by_chance(hits: int, n: int) -> float:
    """How likely a fair coin gives at least so many heads.

    >>> by_chance(5, 5)
    0.03125
    """
    total, ways = 0, 1
    for k in range(n + 1):
        total += ways if k >= hits else 0
        ways = ways * (n - k) // (k + 1)
    return float(total / 2**n)


DRILL = Drill(
    item="3-2-2",
    hypothesis="prove.hypothesis_3_2_2",
    questions=(KINDS, WAITS, BREAKER),
    run=run,
)
