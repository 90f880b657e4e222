"""What holds for alerts, whatever watchers say and people do."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field

from tenken.keeper.alerts.signal import SEVERITIES, Signal
from tenken.keeper.alerts.telling import Notice
from tenken.store.watch.alert import State
from tests.keeper.alerts.playing import POLICY, World, signal

KEYS = ("slo/a", "slo/b", "lag")
SAID = st.fixed_dictionaries(
    {},
    optional={
        key: st.tuples(st.booleans(), st.sampled_from(SEVERITIES), st.sampled_from([0.0, 90.0]))
        for key in KEYS
    },
)
PEOPLE = st.sampled_from(["", "", "", "acknowledge", "silence slo/*", "silence lag"])
Turns = list[tuple[int, dict[str, tuple[bool, str, float]], str]]
TURNS = st.lists(st.tuples(st.sampled_from([1, 2, 5, 20, 70]), SAID, PEOPLE), max_size=40)


class Heard(Struct):
    """What receivers have heard: by alert and receiver."""

    reasons: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def take(self, notices: list[Notice]) -> None:
        for one in notices:
            for alert in one.alerts:
                self.reasons.setdefault((alert.id, one.receiver), []).append(one.reason)


def played(turns: Turns) -> tuple[World, Heard]:
    world, heard, at = World(), Heard(), 0
    for minutes, said, people in turns:
        at += minutes
        if people == "acknowledge":
            world.acknowledge("hana", at=at)
        elif people:
            world.silence(people.partition(" ")[2], until=at + 30)
        heard.take(world.turn(*_signals(said), at=at))
        _holds(world)
    return world, heard


def _signals(said: dict[str, tuple[bool, str, float]]) -> list[Signal]:
    return [
        signal(key, firing=firing, severity=severity, for_s=for_s)  # type: ignore[arg-type]
        for key, (firing, severity, for_s) in said.items()
    ]


def _holds(world: World) -> None:
    for key, alert in world.open.items():
        assert alert.key == key
        assert alert.is_open
        assert (alert.fired_at is None) == (alert.state is State.PENDING)
        assert not (alert.told and alert.fired_at is None)


@given(TURNS)
def test_whoever_was_told_hears_the_end_once_and_last(
    turns: Turns,
) -> None:
    """What was told of is open, or its end was told; silenced or not. Nobody else is bothered."""
    world, heard = played(turns)

    running = {alert.id for alert in world.open.values()}
    for (alert, _), reasons in heard.reasons.items():
        assert reasons[0] in {"fired", "escalated"}
        assert ("resolved" in reasons) == (alert not in running)
        assert reasons.count("resolved") <= 1
        assert "resolved" not in reasons[:-1]


@given(TURNS)
def test_the_same_news_has_one_name(
    turns: Turns,
) -> None:
    """No two notices share theirs, and a turn that is repeated gives the same."""
    world, at, names = World(), 0, Counter[str]()
    for minutes, said, _ in turns:
        at += minutes
        again = World(world.policy, dict(world.open), dict(world.ended), world.silences)
        told = world.turn(*_signals(said), at=at)
        names.update(one.id for one in told)
        assert again.turn(*_signals(said), at=at) == told

    assert set(names.values()) <= {1}


@given(TURNS)
def test_steps_are_numbered_without_a_gap(
    turns: Turns,
) -> None:
    """Each alert's steps are as many as it counts."""
    world = World()
    at = 0
    for minutes, said, _ in turns:
        at += minutes
        world.turn(*_signals(said), at=at)

    counted = sum(alert.steps for alert in (*world.open.values(), *world.everybody))
    assert counted == len(world.steps)


@given(st.integers(0, 200))
def test_nothing_is_escalated_before_its_time(minutes: int) -> None:
    """Nor is it forgotten after."""
    world = World()
    world.turn(signal(), at=0)

    told = [one.reason for at in range(1, minutes + 1) for one in world.turn(signal(), at=at)]

    after = POLICY.way("page").escalate_after
    assert after is not None
    assert ("escalated" in told) == (minutes * 60_000_000 >= after)
