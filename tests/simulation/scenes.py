"""What happens in one simulated world: drawn from its seed, and from nothing else."""

from collections.abc import Mapping
from random import Random  # noqa: TID251 - chance of a seed, and of nothing else

from msgspec import Struct

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan, Rates, Share
from tenken.gateway.plan import CacheFor, Caller, CallerLimits, Plan, Target
from tenken.policy.admission import AdmissionPlan
from tenken.policy.deadline import Timeouts
from tenken.policy.hedge import HedgePlan
from tests.gateway import ground
from tests.simulation.net import CALM, Weather
from tests.simulation.world import WAYS

REQUESTS = 14
SECONDS = 30.0
STATIC = "Nobody can answer now."
NAMES = ("first", "second", "third")


class Asking(Struct, frozen=True, kw_only=True):
    """One request of a client."""

    id: str
    at_s: float
    api: str
    stream: bool
    deadline_s: float | None
    leaves_s: float | None
    """The client hangs up so long after it asked."""
    pause_s: float
    """Between two reads: a slow client."""
    key: str = ""
    """What makes repetitions one request; empty for none."""


class Extras(Struct, frozen=True, kw_only=True):
    """What a route or a gateway does only where it is asked to."""

    hedge: HedgePlan | None
    cache: CacheFor | None
    static_answer: str
    queue_for_place: bool
    admission: AdmissionPlan


class Scene(Struct, frozen=True, kw_only=True):
    """A whole course of events, before it happens."""

    seed: int
    side: str
    plans: Mapping[str, FaultPlan]
    weather: Mapping[str, Weather]
    dead: frozenset[str]
    askings: tuple[Asking, ...]
    full: tuple[float, float]
    """From when until when nothing can be put on record."""
    limits: CallerLimits
    timeouts: Timeouts
    extras: Extras

    def plan(self, targets: tuple[Target, ...]) -> Plan:
        """Give the gateway's plan."""
        extras = self.extras
        plan = ground.plan_of(
            targets,
            timeouts=self.timeouts,
            hedge=extras.hedge,
            cache=extras.cache,
            static_answer=extras.static_answer,
            queue_for_place=extras.queue_for_place,
        )
        caller = Caller(id="app", routes=frozenset({"desk"}), limits=self.limits)
        plan.callers["app"] = caller  # type: ignore[index]
        return plan


def scene(seed: int) -> Scene:
    """Draw one."""
    chance = Random(seed)  # noqa: S311 - no secrets here
    side = chance.choice(["openai", "openai", "anthropic"])
    names = NAMES[: chance.randint(1, 3)]
    askings = tuple(_asking(chance, side, number) for number in range(REQUESTS))
    full = chance.uniform(0, SECONDS) if chance.random() < 0.15 else SECONDS * 9
    return Scene(
        seed=seed,
        side=side,
        plans={name: _faults(chance, name) for name in names},
        weather={name: _weather(chance) for name in names},
        dead=frozenset(name for name in names if chance.random() < 0.08),
        askings=askings,
        full=(full, full + chance.uniform(1, 10)),
        limits=_limits(chance),
        timeouts=Timeouts(
            connect_s=chance.uniform(0.5, 2),
            ttft_s=chance.uniform(0.5, 4),
            idle_s=chance.uniform(0.5, 4),
            total_s=chance.uniform(1, 12),
        ),
        extras=_extras(chance),
    )


def _extras(chance: Random) -> Extras:
    hedges = HedgePlan(quantile=0.5, share_max=1.0, samples_min=1)
    return Extras(
        hedge=hedges if chance.random() < 0.3 else None,
        cache=CacheFor(ttl_s=5.0, size=1 << 20) if chance.random() < 0.2 else None,
        static_answer=STATIC if chance.random() < 0.1 else "",
        queue_for_place=chance.random() < 0.3,
        admission=AdmissionPlan(
            in_flight_max=chance.choice([100, 100, 2]), queue_max=chance.choice([0, 3])
        ),
    )


def _asking(chance: Random, side: str, number: int) -> Asking:
    apis = [name for name, way in WAYS.items() if way.side == side]
    api = chance.choice(apis)
    return Asking(
        id=f"sim-{number}",
        at_s=chance.uniform(0, SECONDS) if chance.random() < 0.6 else 1.0,
        api=api,
        stream=bool(WAYS[api].ends) and chance.random() < 0.6,
        deadline_s=chance.uniform(0.1, 6) if chance.random() < 0.3 else None,
        leaves_s=chance.uniform(0, 5) if chance.random() < 0.2 else None,
        pause_s=chance.choice([0.0, 0.0, 0.0, 0.3]),
        key=chance.choice(["", "", "", "", "one", "two"]),
    )


def _faults(chance: Random, name: str) -> FaultPlan:
    """Half of the calls go well; the rest meets anything at all."""
    kinds = [kind for kind in Wrong if kind not in {Wrong.NONE, Wrong.HUGE_EVENT}]
    share = chance.choice([0.0, 0.1, 0.4, 0.8])
    drawn = [chance.choice(kinds) for _ in range(4)]
    mix = tuple(
        Share(share=share / len(drawn), fault=_fault(chance, kind)) for kind in drawn if share
    )
    return FaultPlan(
        mix=mix,
        then=Fault(kind=Wrong.TEXT, text=f"{name} says so, and says it at some length. " * 3),
        seed=chance.randrange(1 << 30),
        latency_s=chance.uniform(0, 1.5),
        between_s=chance.choice([0.0, 0.01, 0.2]),
        rates=Rates(rpm=chance.choice([None, None, 3])),
    )


def _fault(chance: Random, kind: Wrong) -> Fault:
    return Fault(
        kind=kind,
        status=chance.choice([400, 401, 404, 408, 413, 429, 500, 502, 503, 529]),
        retry_after_s=chance.choice([None, 0, 1, 30]),
        delay_s=chance.uniform(0, 5),
        after=chance.randint(0, 8),
        text="Something else entirely, in place of what was wanted.",
    )


def _weather(chance: Random) -> Weather:
    if chance.random() < 0.4:
        return CALM
    slow = chance.uniform(0, 0.1)
    return Weather(
        delay_s=(slow / 4, slow),
        pieces=True,
        refused=chance.choice([0.0, 0.2]),
        unanswered=chance.choice([0.0, 0.1]),
        reset=chance.choice([0.0, 0.2]),
        silent=chance.choice([0.0, 0.1]),
    )


def _limits(chance: Random) -> CallerLimits:
    if chance.random() < 0.5:
        return CallerLimits()
    return CallerLimits(
        rpm=chance.choice([None, 8]),
        tpm=chance.choice([None, 20_000]),
        parallel=chance.choice([None, 1, 3]),
    )
