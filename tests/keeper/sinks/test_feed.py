"""A sink gets everything, waits for nobody, and holds nobody up."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine

from tenken.journal.exchange import Outcome
from tenken.journal.reader import segments
from tenken.journal.writer import Writer
from tenken.keeper.collect import Collect
from tenken.keeper.drain import ORPHAN_AGE_US, Drain
from tenken.keeper.sinks import following
from tenken.keeper.sinks.following import Following, Shared
from tenken.store.ledger import Applied, Ledger
from tenken.store.owed.counts import counted
from tenken.store.owed.owed import Owed
from tenken.store.sinks.positions import Positions
from tenken.store.sinks.replaying import Span, replay
from tenken.store.tables import FRAMES
from tests.journal.making import AT, exchange, intent
from tests.keeper.sinks.feeding import Held, fed, feed_of


def writer(journals: Path, *, boot: str = "b1", segment_bytes: int = 1 << 20) -> Writer:
    return Writer(journals / "0", worker=0, boot=boot, at=AT, segment_bytes=segment_bytes)


def journalled(
    journals: Path, *numbers: int, boot: str = "b1", segment_bytes: int = 1 << 20
) -> None:
    journal = writer(journals, boot=boot, segment_bytes=segment_bytes)
    for number in numbers:
        journal.intent(intent(number))
        journal.settle(exchange(number))
    journal.close()


def drain(journals: Path, engine: Engine, *sinks: str) -> Drain:
    others = tuple(Positions(engine, sink) for sink in sinks)
    ledger = Ledger(engine, sinks=sinks)
    return Drain(journals / "0", journal="i/0", ledger=ledger, others=others)


def dry(drained: Drain, *, now: int = AT) -> None:
    while not drained.step(now).idle:
        pass


def ids(*numbers: int) -> list[str]:
    return [exchange(number).id for number in numbers]


def test_all_that_is_journalled_is_handed_over_once(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over many segments, batches, lives of the writer and of the feed."""
    monkeypatch.setattr(following, "FRAMES", 7)
    journalled(tmp_path, *range(50), segment_bytes=4000)
    held = Held()
    fed(feed_of(held, tmp_path, engine))
    journalled(tmp_path, *range(50, 60), boot="b2")

    fed(feed_of(held, tmp_path, engine))

    assert held.taken == ids(*range(60))
    assert counted(engine)["held"].exchanges == 60


def test_a_segment_stays_until_every_sink_has_it(tmp_path: Path, engine: Engine) -> None:
    """One that is away keeps its part; the ledger and the others go on."""
    journalled(tmp_path, *range(40), segment_bytes=4000)
    here, away = Held(), Held(there=False)
    first, second = (
        feed_of(here, tmp_path, engine, name="a"),
        feed_of(away, tmp_path, engine, name="b"),
    )
    drained = drain(tmp_path, engine, "a", "b")
    before = segments(tmp_path / "0")

    dry(drained)
    fed(first)
    assert second.step(AT) > 0
    dry(drained)

    assert here.taken == ids(*range(40))
    assert Ledger(engine).exchanges(ids(39)[0])
    assert segments(tmp_path / "0") == before

    away.there = True
    fed(second)
    dry(drained)

    assert away.taken == ids(*range(40))
    assert len(segments(tmp_path / "0")) == 1
    assert [one.id for one in away.told] == ["sinks.put_off", "sinks.takes_again"]


def test_what_is_not_taken_is_asked_for_again_later_and_later(
    tmp_path: Path, engine: Engine
) -> None:
    """Up to a minute, and told once."""
    journalled(tmp_path, 1)
    held = Held(there=False)
    feed = feed_of(held, tmp_path, engine)

    rests = [feed.step(AT) for _ in range(8)]

    assert rests == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(held.told) == 1
    assert feed.lag(AT + 5_000_000).failures == 8
    assert feed.lag(AT).bytes > 0


def test_a_feed_that_is_killed_gives_a_batch_twice_at_worst(
    tmp_path: Path, engine: Engine
) -> None:
    """Between the other end's taking it and the position's being written."""
    journalled(tmp_path, *range(10))
    held = Held()
    feed = feed_of(held, tmp_path, engine)
    saved, feed._save = feed._save, lambda *_: None  # type: ignore[method-assign]
    fed(feed)
    assert saved is not None

    fed(feed_of(held, tmp_path, engine))

    assert held.taken == ids(*range(10)) * 2


def test_a_sink_that_comes_later_begins_with_what_is_still_there(
    tmp_path: Path, engine: Engine
) -> None:
    """The first segments are gone; the chain goes on from what follows."""
    journalled(tmp_path, *range(40), segment_bytes=4000)
    dry(drain(tmp_path, engine))
    journalled(tmp_path, *range(40, 45), boot="b2")
    held = Held()

    fed(feed_of(held, tmp_path, engine))

    assert held.taken[-5:] == ids(*range(40, 45))
    assert held.taken == ids(*range(45 - len(held.taken), 45))


def test_other_files_are_read_from_their_beginning(tmp_path: Path, engine: Engine) -> None:
    """The disk was another one: what stands there is new."""
    journalled(tmp_path, *range(5))
    held = Held()
    fed(feed_of(held, tmp_path, engine))
    for path in segments(tmp_path / "0"):
        path.unlink()
    journalled(tmp_path, *range(5, 8), boot="b2")

    fed(feed_of(held, tmp_path, engine))

    assert held.taken == ids(*range(8))


def test_a_sink_before_damage_has_not_got_everything(tmp_path: Path, engine: Engine) -> None:
    """It falls behind for as long as that stands, although nothing more can be read."""
    journalled(tmp_path, 1, 2)
    held = Held()
    feed = feed_of(held, tmp_path, engine)
    fed(feed)
    assert feed.lag(AT).seconds == 0.0
    journalled(tmp_path, 3, boot="b2")
    segment = segments(tmp_path / "0")[-1]
    content = bytearray(segment.read_bytes())
    content[content.index(b"req-000003")] ^= 1
    segment.write_bytes(content)

    feed.step(AT + 60_000_000)

    assert held.taken == ids(1, 2)
    assert feed.lag(AT + 60_000_000).seconds == 60.0
    fresh = feed_of(Held(), tmp_path, engine, name="fresh")
    fed(fresh)
    assert fresh.lag(AT + 60_000_000).seconds >= 60.0


def test_nothing_behind_damage_is_read(tmp_path: Path, engine: Engine) -> None:
    """As the ledger does; it is tried again each time."""
    journalled(tmp_path, *range(6))
    [path] = segments(tmp_path / "0")
    content = bytearray(path.read_bytes())
    content[len(content) * 3 // 4] ^= 1
    path.write_bytes(content)
    held = Held()
    feed = feed_of(held, tmp_path, engine)

    fed(feed)
    fed(feed)

    assert held.taken == ids(*range(len(held.taken)))
    assert 0 < len(held.taken) < 6


def test_a_request_that_never_ended_reaches_sinks_as_unknown(
    tmp_path: Path, engine: Engine
) -> None:
    """It stands in no journal: the ledger owes it."""
    journal = writer(tmp_path)
    journal.intent(intent(1))
    journal.close()
    held = Held()
    feed = feed_of(held, tmp_path, engine)
    drained = drain(tmp_path, engine, "held")
    dry(drained)
    fed(feed)
    assert held.taken == []

    dry(drained, now=AT + ORPHAN_AGE_US + 2)
    [due] = Owed(engine, "held").due(10)
    fed(feed)

    assert due.exchange is not None
    assert due.exchange.outcome is Outcome.UNKNOWN
    assert held.taken == ids(1)
    assert Owed(engine, "held").debt().exchanges == 0


def test_records_of_workers_without_a_disk_are_owed_until_they_are_given(
    tmp_path: Path, engine: Engine
) -> None:
    """To each sink by itself."""
    rows = [
        {"boot": "b", "sequence": n, "kind": 3, "payload": msgspec.msgpack.encode(exchange(n))}
        for n in range(20)
    ]
    with engine.begin() as connection:
        connection.execute(FRAMES.insert(), rows)
    collect = Collect(Ledger(engine, sinks=("a", "b")))
    while not collect.step(AT).idle:
        pass
    here, away = Held(), Held(there=False)
    first = feed_of(here, tmp_path, engine, name="a")
    second = feed_of(away, tmp_path, engine, name="b")

    fed(first)
    second.step(AT)
    assert (here.taken, away.taken) == (ids(*range(20)), [])
    away.there = True
    fed(second)

    assert away.taken == ids(*range(20))
    assert counted(engine)["b"].sent == 20


def test_a_store_that_is_away_holds_up_no_sink(tmp_path: Path, engine: Engine) -> None:
    """Where it knows already how far it is; the position is written when the store is back."""
    journalled(tmp_path, 1)
    held = Held()
    feed = feed_of(held, tmp_path, engine)
    fed(feed)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE positions RENAME TO gone")
    journalled(tmp_path, 2, boot="b2")

    fed(feed)
    assert held.taken == ids(1, 2)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO positions")
    fed(feed)

    assert Positions(engine, "held").applied("i/0").boot == "b2"
    assert counted(engine)["held"].exchanges == 2


def test_what_is_left_is_handed_over_in_the_end(tmp_path: Path, engine: Engine) -> None:
    """And the other end is let go of, whether it takes it or not."""
    journalled(tmp_path, *range(3))
    held, away = Held(), Held(there=False)

    feed_of(held, tmp_path, engine, name="a").finish(lambda: AT)
    feed_of(away, tmp_path, engine, name="b").finish(lambda: AT)

    assert held.taken == ids(*range(3))
    assert (held.closed, away.closed) == (True, True)


def test_sinks_side_by_side_read_a_batch_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one that is behind reads for itself, as if it were alone."""
    monkeypatch.setattr(following, "FRAMES", 10)
    journalled(tmp_path, *range(60))
    shared = Shared()
    first, second, late = (Following(tmp_path / "0", shared) for _ in range(3))
    alone = Following(tmp_path / "0")
    at = behind = Applied()
    for _ in range(8):
        piece = first.piece(at)
        assert second.piece(at) is piece
        assert alone.piece(at) == piece
        at = piece.reached

    taken: list[str] = []
    while (piece := late.piece(behind)).reached != behind:
        behind = piece.reached
        taken += [one.id for one in piece.exchanges]
    assert taken == ids(*range(60))


def test_a_journal_that_is_nearly_full_waits_for_the_ledger_alone(
    tmp_path: Path, engine: Engine
) -> None:
    """Requests go before sinks; the ledger gives a sink again what it missed."""
    journalled(tmp_path, 0, segment_bytes=4000)
    held = Held()
    feed = feed_of(held, tmp_path, engine)
    fed(feed)
    held.there = False
    journalled(tmp_path, *range(1, 40), boot="b2", segment_bytes=4000)
    whole = sum(path.stat().st_size for path in segments(tmp_path / "0"))
    drained = Drain(
        tmp_path / "0",
        journal="i/0",
        ledger=Ledger(engine, sinks=("held",)),
        others=(Positions(engine, "held"),),
        room=whole // 2,
    )

    steps = [drained.step(AT)]
    while not steps[-1].idle:
        steps.append(drained.step(AT))
    left = sum(path.stat().st_size for path in segments(tmp_path / "0"))
    assert sum(step.left for step in steps) > 0
    assert whole // 4 < left <= whole // 2

    held.there = True
    fed(feed)
    assert 1 < len(held.taken) < 40
    assert counted(engine)["held"].skipped > 0
    assert replay(engine, "held", Span(since=AT, until=AT + 40)) == 40
    fed(feed)
    assert set(held.taken) == set(ids(*range(40)))


def test_where_nothing_is_owed_nobody_asks_whose_it_is(tmp_path: Path, engine: Engine) -> None:
    """A lease is written down: an idle keeper writes nothing."""
    asked: list[int] = []
    feed = feed_of(Held(), tmp_path, engine)

    def mine(now: int) -> bool:
        asked.append(now)
        return True

    feed._mine = mine
    fed(feed)
    assert asked == []

    Ledger(engine, sinks=("held",)).record([exchange(1)])
    fed(feed)

    assert asked == [AT]
