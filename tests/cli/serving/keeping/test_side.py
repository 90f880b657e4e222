"""Works beside the drain: each goes on whatever befalls the others."""

from threading import Event

from tenken.cli.serving.keeping.side import Failing, Side, Sides, made_in_time
from tenken.errors import UsageError
from tenken.sentence import Sentence

CAP_S = 30.0


def test_a_work_that_fails_is_told_once_and_tried_again_and_delays_no_other() -> None:
    told = list[Sentence]()
    tried, worked, closed = Event(), Event(), list[str]()
    times = [0]

    def fails(_now: int) -> float:
        times[0] += 1
        tried.set()
        raise OSError("postgresql://user:secret@example.com")

    def works(now: int) -> float:
        assert now == 7
        worked.set()
        return CAP_S

    sides = Sides(
        (
            Side(name="bad", step=fails, close=lambda: closed.append("bad")),
            Side(name="good", step=works, close=lambda: closed.append("good")),
        ),
        now=lambda: 7,
        tell=told.append,
    )
    sides.start()
    assert worked.wait(CAP_S)
    assert tried.wait(CAP_S)
    assert sides.end(within_s=CAP_S) == ()
    assert sorted(closed) == ["bad", "good"]
    assert [one.id for one in told] == ["keeping.failing"]
    assert "secret" not in str(told)


def test_a_work_that_hangs_is_left_and_named() -> None:
    hangs, go = Event(), Event()

    def waits(_now: int) -> float:
        hangs.set()
        go.wait(CAP_S)
        return 0.0

    sides = Sides((Side(name="slow", step=waits),), now=lambda: 0, tell=lambda _said: None)
    sides.start()
    assert hangs.wait(CAP_S)
    assert sides.end(within_s=0.0) == ("slow",)
    go.set()


def test_a_work_that_fails_again_and_again_is_left_longer_up_to_a_minute() -> None:
    waits = [Failing(times, "OSError").wait_s for times in range(1, 9)]

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_work_that_recovers_is_told() -> None:
    told = list[Sentence]()
    sides = Sides((), now=lambda: 0, tell=told.append)
    outcomes = iter((OSError(), OSError(), None))

    def step(_now: int) -> float:
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        return 5.0

    side, failing, pauses = Side(name="sink", step=step), Failing(), list[float]()
    for _ in range(3):
        failing, pause_s = sides._step(side, failing)
        pauses.append(pause_s)

    assert pauses == [1, 2, 5]
    assert [one.id for one in told] == ["keeping.failing", "keeping.works_again"]


def test_a_work_that_cannot_be_made_is_told_by_its_sentence_once_and_made_later() -> None:
    told, closed = list[Sentence](), list[str]()
    sides = Sides((), now=lambda: 0, tell=told.append)
    outcomes = iter((False, False, True))

    def make() -> Side:
        if not next(outcomes):
            raise UsageError("sinks.not_set", name="t")
        return Side(name="t", step=lambda _now: 5.0, close=lambda: closed.append("t"))

    side, failing, pauses = made_in_time("t", make), Failing(), list[float]()
    side.close()
    for _ in range(4):
        failing, pause_s = sides._step(side, failing)
        pauses.append(pause_s)
    side.close()

    assert pauses == [1, 2, 5, 5]
    assert [one.id for one in told] == ["sinks.not_set", "keeping.failing", "keeping.works_again"]
    assert closed == ["t"]
