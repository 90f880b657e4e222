"""An alert goes its way, and whoever was told of it hears how it ends."""

from msgspec.structs import replace

from tenken.keeper.alerts.policy import MINUTE, Policy, Way
from tenken.keeper.alerts.telling import STEPS_MOST
from tenken.store.watch.alert import State
from tests.keeper.alerts.playing import POLICY, World, signal


def test_what_fires_is_told_and_its_end_too() -> None:
    """Once each, to the receivers of its severity."""
    world = World()

    fired = world.turn(signal(), at=0)
    still = world.turn(signal(), at=1)
    cleared = world.turn(signal(firing=False), at=2)
    ended = world.turn(signal(firing=False), at=3)

    assert [(one.receiver, one.reason) for one in fired] == [("pager", "fired")]
    assert (still, cleared) == ([], [])
    assert [(one.receiver, one.reason) for one in ended] == [("pager", "resolved")]
    assert world.open == {}


def test_it_must_be_so_for_as_long_as_it_says() -> None:
    """What passes before is told to nobody, and nothing of it is kept."""
    world = World()

    assert world.turn(signal(for_s=120), at=0) == []
    assert world.only.state is State.PENDING
    assert world.turn(signal(firing=False), at=1) == []
    assert (world.open, world.ended) == ({}, {})

    world.turn(signal(for_s=120), at=2)
    assert [one.reason for one in world.turn(signal(for_s=120), at=4)] == ["fired"]


def test_nobody_acknowledges_and_others_are_told() -> None:
    """Once, after the minutes that were agreed on."""
    world = World()
    world.turn(signal(), at=0)

    assert world.turn(signal(), at=14) == []
    escalated = world.turn(signal(), at=15)
    assert {one.receiver for one in escalated} == {"pager", "lead"}
    assert {one.reason for one in escalated} == {"escalated"}
    assert world.only.standing == "escalated"
    assert world.turn(signal(), at=40) == []


def test_who_acknowledges_has_it_in_hand() -> None:
    """Those who were told hear of it; it is neither repeated nor escalated."""
    world = World()
    world.turn(signal(), at=0)
    world.acknowledge("hana", at=5)

    heard = world.turn(signal(), at=6)
    assert [(one.receiver, one.reason) for one in heard] == [("pager", "acknowledged")]
    assert all(world.turn(signal(), at=at) == [] for at in (20, 60, 600))


def test_it_is_repeated_while_nobody_acknowledges() -> None:
    """Each time as long after the last word."""
    world = World()
    world.turn(signal(), at=0)
    world.turn(signal(), at=15)

    assert world.turn(signal(), at=15 + 59) == []
    assert {one.reason for one in world.turn(signal(), at=15 + 60)} == {"repeated"}


def test_a_silence_holds_news_back_and_no_end() -> None:
    """Told before, it is told when it is over; untold, it is told once the silence is."""
    world = World()
    world.turn(signal(), at=0)
    world.silence("slo/*", until=60)
    assert world.turn(signal(), at=20) == []
    assert world.only.standing == "silenced"
    world.turn(signal(firing=False), at=21)
    assert [one.reason for one in world.turn(signal(firing=False), at=22)] == ["resolved"]

    other = signal("slo/other")
    assert world.turn(other, at=30) == []
    assert [one.reason for one in world.turn(other, at=60)] == ["fired"]


def test_what_becomes_worse_is_told_anew() -> None:
    """By the way of its new severity, also when somebody had it in hand; never less severe."""
    world = World()
    world.turn(signal(severity="ticket"), at=0)
    world.acknowledge("hana", at=1)
    world.turn(signal(severity="ticket"), at=2)

    told = world.turn(signal(severity="page"), at=3)
    assert [(one.receiver, one.reason) for one in told] == [("pager", "fired")]
    world.turn(signal(severity="ticket"), at=4)
    assert world.only.severity == "page"
    assert world.only.told == ("channel", "pager")


def test_what_belongs_together_is_told_together() -> None:
    """The first waits for others; a pager has one of each."""
    policy = replace(POLICY, group_wait=MINUTE, one_by_one=frozenset({"lead"}))
    world = World(policy)

    assert world.turn(signal("slo/a", severity="info"), at=0) == []
    both = [signal("slo/a", severity="info"), signal("slo/b", severity="info")]
    told = world.turn(*both, at=1)

    sizes = [(one.receiver, len(one.alerts)) for one in told]
    assert sorted(sizes) == [("channel", 2), ("lead", 1), ("lead", 1)]


def test_what_comes_and_goes_is_told_less_and_less() -> None:
    """A thing that is wrong every other two minutes for a day makes few messages."""
    world = World()

    told = [
        one
        for minute in range(24 * 60)
        for one in world.turn(signal(firing=minute % 4 < 2, severity="ticket"), at=minute)
    ]

    assert 0 < len(told) <= 8


def test_what_comes_and_goes_for_weeks_has_so_many_steps() -> None:
    """Its rows do not grow for ever; what matters is written, and each message is another."""
    world = World(replace(POLICY, ways={"page": Way(receivers=("pager",), repeat=MINUTE)}))
    ids: list[str] = []

    for minute in range(3000):
        ids += [one.id for one in world.turn(signal(firing=minute % 3 != 0), at=minute)]
    world.acknowledge("hana", at=3000)
    assert len(world.steps) < STEPS_MOST + 10
    assert len(ids) == len(set(ids)) > 1000

    for minute in range(3000, 3100):
        world.turn(signal(firing=False), at=minute)
    assert [step.what for step in world.steps][-2:] == ["acknowledged", "resolved"]


def test_nobody_speaks_of_it_any_more() -> None:
    """Its rule is gone, or its watcher: it ends, and says so."""
    world = World()
    world.turn(signal(), at=0)

    assert world.turn(at=10) == []
    ended = world.turn(at=61)

    assert [one.reason for one in ended] == ["resolved"]
    assert [step.what for step in world.steps][-1] == "unheard"


def test_what_nobody_sees_any_more_is_not_said_to_be_over() -> None:
    """Nothing is measured: it stays, it goes on waiting for somebody, and ends as not known."""
    world = World()
    world.turn(signal(), at=0)
    unknown = signal(firing=False, known=False)

    escalated = world.turn(unknown, at=20)
    ended = world.turn(unknown, at=61)

    assert {one.reason for one in escalated} == {"escalated"}
    assert {one.reason for one in ended} == {"resolved"}
    [alert] = world.everybody
    assert alert.lost_sight_of


def test_a_watcher_that_fails_ends_nothing() -> None:
    """That it says nothing does not mean that its rule is gone."""
    world = World()
    broken = signal("watch/objectives", severity="ticket", kind="watch")
    world.turn(signal(), at=0)
    for minute in range(1, 180):
        world.turn(broken, at=minute)

    assert set(world.open) == {"slo/answers", "watch/objectives"}
    world.turn(signal(firing=False), broken, at=180)
    world.turn(signal(firing=False), broken, at=181)
    [alert] = world.everybody
    assert not alert.lost_sight_of


def test_of_two_who_speak_of_one_thing_none_calms_what_the_other_sees() -> None:
    """Whichever comes last."""
    for several in (
        [signal(), signal(firing=False)],
        [signal(firing=False), signal()],
    ):
        world = World()
        assert [one.reason for one in world.turn(*several, at=0)] == ["fired"]


def test_a_clock_that_is_set_back_holds_no_page_up() -> None:
    """What was written an hour ahead waits from now on, and not until that hour has come."""
    world = World(replace(POLICY, group_wait=MINUTE))
    world.turn(signal(), at=60)
    world.turn(signal("slo/slow", for_s=60), at=60)

    world.turn(signal(), signal("slo/slow", for_s=60), at=0)
    told = world.turn(signal(), signal("slo/slow", for_s=60), at=1)

    assert [(one.reason, len(one.alerts)) for one in told] == [("fired", 2)]
    escalated = world.turn(signal(), signal("slo/slow", for_s=60), at=16)
    assert {one.reason for one in escalated} == {"escalated"}


def test_a_message_is_of_so_many_alerts_at_most() -> None:
    """A storm must not make one that no receiver takes."""
    world = World()

    told = world.turn(*(signal(f"slo/{number:03}") for number in range(120)), at=0)

    assert [len(one.alerts) for one in told] == [50, 50, 20]
    assert len({one.id for one in told}) == 3


def test_a_severity_without_a_way_is_told_to_nobody() -> None:
    """It stands all the same: where somebody else pages, alerts are seen and not sent."""
    world = World(Policy())

    assert world.turn(signal(), at=0) == []
    assert world.only.state is State.FIRING
