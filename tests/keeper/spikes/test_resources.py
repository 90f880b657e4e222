"""More CPU, memory, instances or connections than usual are seen; on first contact nothing is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.config.operating.spikes import RESOURCES, Resource, SpikeSettings
from tenken.keeper.sinks.metrics.processes import connections
from tenken.keeper.spikes.baseline import DAY, HOUR_US, WEEK
from tenken.keeper.spikes.resources import look, watch
from tenken.keeper.spikes.sampling import EVERY_S, KEPT_US, Sampling, Used
from tenken.messages.speech import Language, Speech
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.resources.resources import QUARTER_US, Resources, Taken

NOW = 500_000 * HOUR_US + 10 * 60_000_000
MINUTE_US = 60_000_000
SETTINGS = SpikeSettings()
USUAL = {"cpu": 1.0, "memory": 800.0, "instances": 3.0, "connections": 200.0}


def past(measure: Resource, hours: int, value: float | None = None) -> list[Taken]:
    """Give quarters of an hour, one an hour, that were as usual."""
    usual = USUAL[measure] if value is None else value
    return [
        Taken(measure=measure, at=(NOW // HOUR_US - ago) * HOUR_US, value=usual, samples=15)
        for ago in range(1, hours + 1)
    ]


def now(measure: Resource, value: float, *, samples: int = 10) -> Taken:
    return Taken(measure=measure, at=NOW - NOW % QUARTER_US, value=value, samples=samples)


@pytest.mark.parametrize("measure", RESOURCES)
@pytest.mark.parametrize("hours", [24, 5 * DAY, 5 * WEEK])
def test_far_more_than_usual_is_seen(measure: Resource, hours: int) -> None:
    """By each season that is known; what is as usual is not."""
    usual, much = USUAL[measure], 4 * USUAL[measure]
    history = past(measure, hours)

    assert look(measure, [*history, now(measure, much)], SETTINGS, NOW).spikes
    assert not look(measure, [*history, now(measure, 1.2 * usual)], SETTINGS, NOW).spikes


@pytest.mark.parametrize("measure", RESOURCES)
def test_nothing_is_told_on_first_contact(measure: Resource) -> None:
    """Neither before a day is known, nor of a few minutes, nor of nothing at all."""
    much = 100 * USUAL[measure]

    assert not look(measure, [*past(measure, 23), now(measure, much)], SETTINGS, NOW).spikes
    few = now(measure, much, samples=3)
    assert not look(measure, [few], SETTINGS, NOW).spikes
    assert not look(measure, [], SETTINGS, NOW).spikes
    idle = past(measure, 3 * WEEK, 0.0)
    assert not look(measure, [*idle, now(measure, 0.0)], SETTINGS, NOW).spikes


@pytest.mark.parametrize("measure", RESOURCES)
def test_little_is_no_spike_however_rare(measure: Resource) -> None:
    """A second instance beside one, or a few connections where there were none."""
    little = {"cpu": 0.2, "memory": 200.0, "instances": 2.0, "connections": 40.0}[measure]
    usual = {"instances": 1.0}.get(measure, 0.0)

    assert not look(
        measure, [*past(measure, WEEK, usual), now(measure, little)], SETTINGS, NOW
    ).spikes


def test_signals_say_what_and_by_how_much() -> None:
    """In both languages, one for each resource that is watched."""
    taken = [*past("cpu", 5 * WEEK), now("cpu", 6.0)]

    told = watch(taken, SETTINGS, NOW)

    assert [(one.key, one.firing) for one in told] == [
        ("spike/-/cpu", True), ("spike/-/memory", False), ("spike/-/instances", False),
        ("spike/-/connections", False),
    ]  # fmt: skip
    english, japanese = (Speech(one)(told[0].what) for one in (Language.EN, Language.JA))
    assert english.startswith("CPU of all processes: 6 cores, usually 1 cores")
    assert "6 cores" in japanese
    assert watch(taken, SpikeSettings(resources=()), NOW) == ()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


def test_machines_are_added_up(engine: Engine) -> None:
    """Each by its mean of a quarter of an hour; what is old goes."""
    resources, start = Resources(engine), NOW - NOW % QUARTER_US
    for minute in range(4):
        resources.add("a", start + minute * MINUTE_US, {"cpu": 1.0 + minute, "instances": 1.0})
        resources.add("b", start + minute * MINUTE_US, {"cpu": 0.5, "instances": 1.0})
    resources.add("a", start - KEPT_US, {"cpu": 9.0})
    resources.add("a", start, {})

    resources.forget(start - KEPT_US + 1)

    assert resources.since(0) == (
        Taken(measure="cpu", at=start, value=3.0, samples=4),
        Taken(measure="instances", at=start, value=2.0, samples=4),
    )


def test_a_sample_is_what_processes_used_since_the_last(engine: Engine) -> None:
    """One that began meanwhile is counted from its next; so a restart is no spike."""
    resources, start = Resources(engine), NOW - NOW % QUARTER_US
    found = iter((
        Used(cpu_s={1: 100.0, 2: 50.0}, resident_bytes=300_000_000, connections=7),
        Used(cpu_s={1: 130.0, 3: 900.0}, resident_bytes=500_000_000, connections=9),
        None,
    ))  # fmt: skip
    sampling = Sampling(resources, instance="a", used=lambda: next(found))

    rests = [sampling.step(start + minute * MINUTE_US) for minute in range(3)]

    assert rests == [EVERY_S] * 3
    assert {one.measure: (one.value, one.samples) for one in resources.since(0)} == {
        "cpu": (0.5, 1), "memory": (400.0, 2), "connections": (8.0, 2), "instances": (1.0, 3),
    }  # fmt: skip


def test_connections_are_counted_as_the_system_tells_them(tmp_path: Path) -> None:
    """Files are none; of a process that is gone there are none."""
    (tmp_path / "7/fd").mkdir(parents=True)
    for number, to in enumerate(("socket:[11]", "/dev/null", "socket:[12]", "pipe:[3]")):
        (tmp_path / f"7/fd/{number}").symlink_to(to)

    assert connections([7, 8], proc=tmp_path) == 2
