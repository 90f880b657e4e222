"""Scripts of what is asked from counters, and what they answer."""

from hypothesis import strategies as st

from tenken.store.counters.counters import MINUTELY, Counters, Held, Kind, Over, Want
from tenken.store.counters.grip import Taken, grip_of

LIMITS = {Kind.REQUESTS: 4, Kind.TOKENS: 100, Kind.PARALLEL: 3, Kind.MONEY: 200}
WANTS = st.builds(
    lambda kind, name, share: (kind, name, LIMITS[kind] * share // 100),
    st.sampled_from(Kind),
    st.sampled_from(["a", "b"]),
    st.integers(0, 110),
)
TAKE = st.tuples(
    st.just("take"),
    st.lists(WANTS, min_size=1, max_size=4, unique_by=lambda want: want[:2]),
    st.floats(0, 20),
)
PUT = st.tuples(st.just("put"), st.integers(0, 5), st.integers(0, 150))
SCRIPTS = st.lists(TAKE | TAKE | PUT, min_size=1, max_size=40)
START = 100_000.0
DAY_S = 86_400


async def played(script: list[tuple[object, ...]], counters: tuple[Counters, ...]) -> list[object]:
    """Play a script, each step by the next of the counters that share; give the answers.

    Who took something is who gives it back.
    """
    now, answers, open_ = START, list[object](), list[tuple[Counters, Held]]()
    for number, (step, what, how) in enumerate(script):
        who = counters[number % len(counters)]
        if step == "take":
            assert isinstance(what, list)
            assert isinstance(how, float)
            now += how
            wants = tuple(_want(*one, now=now) for one in what)
            found = await who.reserve(wants, now=now)
            if isinstance(found, Held):
                open_.append((who, found))
                answers.append((found.second, found.used))
            else:
                answers.append((found.want, found.used, round(found.after_s, 6)))
        elif open_:
            assert isinstance(what, int)
            assert isinstance(how, int)
            owner, held = open_.pop(what % len(open_))
            actual = tuple(want.amount * how // 100 for want in held.wants)
            await owner.settle(held, actual, now=now)
    return answers


KINDS = st.sets(st.sampled_from(Kind), min_size=1)


async def held_and_named(
    script: list[tuple[object, ...]], counters: Counters, kinds: set[Kind], *, both: bool
) -> list[object]:
    """Play a script on two holds, and by name in between; give the answers.

    The holds are on limits of these kinds, one of them on those of the other too where `both`.
    """
    a, b = _limits("a", kinds), _limits("b", kinds)
    limits = {"a": a + b if both else a, "b": b}
    holds = {name: grip_of(counters, wants, _told(wants)) for name, wants in limits.items()}
    now, answers, open_ = START, list[object](), list[Taken]()
    for step, what, how in script:
        if step == "take":
            assert isinstance(what, list)
            assert isinstance(how, float)
            now += how
            kind, name, amount = what[0]
            if len(what) > 1:
                by_name = await counters.reserve((_want(*what[1], now=now),), now=now)
                answers.append(isinstance(by_name, Held) and by_name.used)
            each, nano = (amount, 0) if kind is Kind.TOKENS else (1, amount)
            tokens = (each,) * [want.kind for want in limits[name]].count(Kind.TOKENS)
            day = int(now // DAY_S)
            hold = holds[name]
            found = hold.at_once(tokens, nano, day, now) or await hold.reserve(
                tokens, nano, day, now=now
            )
            if isinstance(found, Over):
                answers.append((found.want.kind, found.used, round(found.after_s, 6)))
            else:
                open_.append(found)
                answers.append(found.left)
        elif open_:
            assert isinstance(what, int)
            assert isinstance(how, int)
            taken = open_.pop(what % len(open_))
            waiting = taken.settle(how, 2 * how, served=how > 0, now=now)
            if waiting is not None:
                await waiting
    return answers


def _told(wants: tuple[Want, ...]) -> tuple[int, ...]:
    return tuple([at for at, want in enumerate(wants) if want.kind in MINUTELY])


def _limits(name: str, kinds: set[Kind]) -> tuple[Want, ...]:
    fixed = [Want(kind, name, 1, LIMITS[kind]) for kind in (Kind.REQUESTS, Kind.PARALLEL)]
    every = (*fixed, Want(Kind.TOKENS, name, 0, 100), Want(Kind.MONEY, name, 0, 200))
    return tuple([want for want in every if want.kind in kinds])


def _want(kind: Kind, name: str, amount: int, *, now: float) -> Want:
    period = 0 if kind in MINUTELY or kind is Kind.PARALLEL else int(now // DAY_S)
    return Want(kind, name, amount, LIMITS[kind], period)
