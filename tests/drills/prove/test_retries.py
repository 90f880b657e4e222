"""3-2-2: a drill tells retries that behave from those that only look so."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from tenken.drills.prove.items.outage import Outage, breaker
from tenken.drills.prove.items.retries import (
    BREAKER,
    DRILL,
    KINDS,
    WAITS,
    Trial,
    judge_kinds,
    judge_waits,
)
from tenken.drills.prove.proof import Proof
from tenken.drills.prove.record import Driven, Talk
from tenken.drills.prove.requests import Tolerances
from tenken.drills.provider.seen import Seen
from tenken.evidence import Holding
from tests.drills.prove.making import brief, call, driven
from tests.drills.prove.small import Asked, Model, Said, holdings_of

HEALTHY: Mapping[tuple[str, Talk], int] = {("ask", (("user", 5),)): 1}
LIMITS = Tolerances(quiet_requests=3)


def trials(**answers: Sequence[Driven]) -> tuple[Trial, ...]:
    """One trial per status; `s503=...`; those not given behave."""
    right: dict[int, Sequence[Driven]] = {
        code: [driven(call(0, status=code), status=502)] for code in (400, 401)
    }
    right |= {c: [driven(call(0, status=c), call(1))] for c in (429, 500, 503)}
    right |= {int(name.removeprefix("s")): given for name, given in answers.items()}
    told = [Trial(status=c, retry_after_s=None, driven=tuple(d)) for c, d in right.items()]
    return tuple(told)


@pytest.mark.parametrize(
    ("given", "holding"),
    [
        pytest.param({}, Holding.HOLDS, id="by kind"),
        pytest.param(
            {"s400": [driven(call(0, status=400), call(1, status=400), status=502)]},
            Holding.FAILS,
            id="a 400 asked twice",
        ),
        pytest.param(
            {"s503": [driven(call(0, status=503), text="sorry")]}, Holding.FAILS, id="never again"
        ),
        pytest.param(
            {"s503": [driven(call(0, status=503), call(1), text="sorry")]},
            Holding.FAILS,
            id="asked again and thrown away",
        ),
        pytest.param({"s500": [driven(call(0))]}, Holding.ERROR, id="the fault met nothing"),
        pytest.param({"s500": []}, Holding.ERROR, id="nothing was asked"),
    ],
)
def test_kinds(given: dict[str, Sequence[Driven]], holding: Holding) -> None:
    """Right, wrong, and not exercised."""
    assert judge_kinds(trials(**given), HEALTHY).answer.holding is holding


@pytest.mark.parametrize(("waited", "holding"), [(2.0, Holding.HOLDS), (0.5, Holding.FAILS)])
def test_retry_after_is_honoured(waited: float, holding: Holding) -> None:
    """Asking again before the time that the provider names is a finding."""
    asked = driven(call(0, status=429), call(waited))
    told = Trial(status=429, retry_after_s=2.0, driven=(asked,))

    assert judge_kinds((*trials(), told), HEALTHY).answer.holding is holding


@pytest.mark.parametrize(
    ("status", "second", "holding"),
    [
        pytest.param(401, {"credential": "another0"}, Holding.HOLDS, id="another key"),
        pytest.param(401, {"model": "second"}, Holding.FAILS, id="the same wrong key"),
        pytest.param(400, {"credential": "another0"}, Holding.FAILS, id="a mistake stays one"),
    ],
)
def test_only_what_another_target_may_know_better_is_asked_there(
    status: int, second: dict[str, object], holding: Holding
) -> None:
    """A key may be good elsewhere; a request that is wrong is wrong everywhere."""
    elsewhere = driven(call(0, status=status), call(0, **second))  # type: ignore[arg-type]
    given = trials(**{f"s{status}": [elsewhere]})

    assert judge_kinds(given, HEALTHY).answer.holding is holding


@pytest.mark.parametrize(
    ("calls", "holding"),
    [
        pytest.param([call(0.1, model="second")], Holding.HOLDS, id="another answers"),
        pytest.param(
            [call(0.1, model="second", status=503), call(0.3)], Holding.FAILS, id="then too early"
        ),
    ],
)
def test_a_pause_is_kept_at_the_target_that_asked_for_it(
    calls: list[Seen], holding: Holding
) -> None:
    """Whoever asks another one at once has waited for nobody, and needs not."""
    asked = driven(call(0, status=429), *calls)
    told = Trial(status=429, retry_after_s=2.0, driven=(asked,))

    assert judge_kinds((*trials(), told), HEALTHY).answer.holding is holding


def test_two_equal_calls_in_good_health_are_no_retry() -> None:
    """A request that asks the same twice asks the same twice."""
    twice = [driven(call(0, status=400), call(0, status=400), status=502)]
    known = dict.fromkeys(HEALTHY, 2)
    proof = judge_kinds(trials(s400=twice), known)

    assert "prove.repeated_in_vain" not in {one.sentence.id for one in proof.answer.findings}


def waits(*gaps: tuple[float, ...]) -> Proof:
    """Judge calls with these waits between their tries."""
    asked = []
    for each in gaps:
        at, calls = 0.0, [call(0, status=503)]
        for number, wait in enumerate(each):
            at += wait
            calls.append(call(at, status=200 if number == 1 else 503))
        asked.append(driven(*calls))
    return judge_waits(tuple(asked), HEALTHY, LIMITS)


@pytest.mark.parametrize(
    ("gaps", "holding"),
    [
        pytest.param([(0.5, 1.0)] * 6, Holding.HOLDS, id="doubled"),
        pytest.param([(1.0, 1.0)] * 6, Holding.FAILS, id="constant"),
        pytest.param([(0.001, 0.002)] * 6, Holding.FAILS, id="no wait at all"),
        pytest.param([()] * 6, Holding.FAILS, id="never again"),
        pytest.param([(0.5,)] * 6, Holding.UNKNOWN, id="one wait"),
        pytest.param([(0.5, 1.0)] * 3, Holding.UNKNOWN, id="too few"),
        pytest.param([(0.5, 1.0)] * 4 + [(0.5, 0.5)] * 2, Holding.UNKNOWN, id="may be chance"),
        pytest.param([], Holding.ERROR, id="the fault met nothing"),
    ],
)
def test_waits(gaps: list[tuple[float, ...]], holding: Holding) -> None:
    """Waits grew, did not, or cannot be told."""
    assert waits(*gaps).answer.holding is holding


DOWN = driven(call(0, status=503), status=502)
QUIET = driven(status=503)
BACK = driven(call(9))


@pytest.mark.parametrize(
    ("down", "back", "holding"),
    [
        pytest.param([DOWN] * 4 + [QUIET] * 3, [BACK], Holding.HOLDS, id="opens and closes"),
        pytest.param([DOWN] * 20, [BACK], Holding.FAILS, id="calls for ever"),
        pytest.param([DOWN, QUIET] * 9, [BACK], Holding.FAILS, id="every second one"),
        pytest.param([DOWN] * 4 + [QUIET] * 3, [QUIET], Holding.FAILS, id="never closes"),
        pytest.param(
            [DOWN] * 4 + [QUIET] * 3, [driven(call(9), text="sorry")], Holding.FAILS,
            id="calls and does not answer",
        ),
        pytest.param(
            [DOWN] * 4 + [driven(status=429)] * 3, [BACK], Holding.UNKNOWN, id="its own limit"
        ),
        pytest.param(
            [DOWN] * 4 + [driven(status=0)] * 9, [BACK], Holding.FAILS, id="nothing is answered"
        ),
        pytest.param([QUIET] * 9, [BACK], Holding.ERROR, id="the fault met nothing"),
    ],
)  # fmt: skip
def test_breaker(down: list[Driven], back: list[Driven], holding: Holding) -> None:
    """A breaker opens, and closes again."""
    assert breaker(Outage(down=tuple(down), back=tuple(back)), LIMITS).holding is holding


@pytest.mark.parametrize(
    ("down", "settled"),
    [
        pytest.param([DOWN] * 4 + [QUIET] * 3, True, id="calls have stopped"),
        pytest.param([DOWN] * 4 + [QUIET] * 2, False, id="they may have"),
        pytest.param([driven(call(0), took_s=4.0)] * 4, True, id="they never will"),
        pytest.param([driven(call(0), took_s=4.0)] * 3, False, id="too few to say so"),
        pytest.param([driven(call(0), took_s=2.0)] * 4, False, id="too soon to say so"),
        pytest.param([driven(call(0), took_s=9.0)] * 4 + [QUIET, DOWN], False, id="once they had"),
    ],
)
def test_no_more_is_asked_than_tells_something(down: list[Driven], *, settled: bool) -> None:
    """An application without a breaker need not be waited for to the last request."""
    limits = Tolerances(quiet_requests=3, outage_s=10.0)

    assert Outage(down=tuple(down)).settled(limits) is settled


# -- over loopback


class Careful:
    """Retries by kind, with growing waits, behind a breaker."""

    def __init__(self, *, waits_s: Sequence[float] = (0.05, 0.15), breaks: bool = True) -> None:
        self._waits = waits_s
        self._breaks = breaks
        self._failed = 0
        self._open_until = 0.0

    async def __call__(self, asked: Asked, model: Model) -> Said:
        """Answer, or refuse at once while the breaker is open."""
        now = asyncio.get_running_loop().time
        if self._breaks and now() < self._open_until:
            return Said(503)
        for wait in (*self._waits, None):
            told = await model.call([("user", asked.text)])
            if told.status == 200:
                self._failed = 0
                return Said(200, told.text)
            if told.status not in {429, 500, 503}:
                return Said(502)
            self._failed += 1
            if self._failed >= 4:
                self._open_until = now() + 0.4
                return Said(503)
            if wait is not None:
                await asyncio.sleep(max(wait, told.retry_after_s))
        return Said(502)


async def careless(asked: Asked, model: Model) -> Said:
    """Retry everything, at once and for ever long, and apologise."""
    for _ in range(3):
        told = await model.call([("user", asked.text)])
        if told.status == 200:
            return Said(200, told.text)
    return Said(200, "sorry")


async def deaf(asked: Asked, model: Model) -> Said:
    """Never ask the model."""
    return Said(200, f"fake provider {asked.text} {model is None}")


SHORT = """\
tolerances: {outage_requests: 8, quiet_requests: 3, recover_within_s: 5, repeat: 5}
"""


@pytest.mark.anyio
async def test_careful_is_proved() -> None:
    """All three, from what the provider saw."""
    assert await holdings_of(DRILL, Careful(), brief(SHORT)) == {
        KINDS.probe: "holds", WAITS.probe: "holds", BREAKER.probe: "holds",
    }  # fmt: skip


class FailingOver(Careful):
    """Asks another model at once, and waits before that one is asked again."""

    async def __call__(self, asked: Asked, model: Model) -> Said:
        """Answer from whichever is up."""
        now = asyncio.get_running_loop().time
        if now() < self._open_until:
            return Said(503)
        for name, wait in (("first", 0.0), ("second", 0.1), ("second", 0.0)):
            told = await model.call([("user", asked.text)], model=name)
            if told.status == 200:
                self._failed = 0
                return Said(200, told.text)
            if told.status == 400:
                return Said(502)
            self._failed += 1
            await asyncio.sleep(wait)
        self._open_until = now() + (0.4 if self._failed >= 6 else 0.0)
        return Said(502)


@pytest.mark.anyio
async def test_waits_are_seen_behind_a_failover() -> None:
    """Where the first failure is answered elsewhere, the second target fails once as well."""
    found = await holdings_of(DRILL, FailingOver(), brief(SHORT))

    assert found[WAITS.probe] == "holds"
    assert found[BREAKER.probe] == "holds"
    assert found[KINDS.probe] == "fails"  # both models have one key, which was wrong


@pytest.mark.anyio
async def test_without_a_breaker_only_that_falls() -> None:
    """The other two still stand."""
    found = await holdings_of(DRILL, Careful(breaks=False), brief(SHORT))

    assert found == {KINDS.probe: "holds", WAITS.probe: "holds", BREAKER.probe: "fails"}


@pytest.mark.anyio
async def test_careless_is_caught() -> None:
    """A loop around the call is no retry policy."""
    found = await holdings_of(DRILL, careless, brief(SHORT))

    assert set(found.values()) == {"fails"}


@pytest.mark.anyio
async def test_an_application_that_calls_nobody_proves_nothing() -> None:
    """An error, whatever it answers."""
    assert set((await holdings_of(DRILL, deaf, brief(SHORT))).values()) == {"error"}
