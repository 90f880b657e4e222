"""A journal reaches the ledger exactly once, whoever is killed when."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, func, select

from tenken.journal.exchange import Outcome
from tenken.journal.frame import Kind
from tenken.journal.reader import Position, prove, segments
from tenken.journal.writer import Writer, payload_of
from tenken.keeper.drain import ORPHAN_AGE_US, Drain, Step
from tenken.store.engine import opened
from tenken.store.ledger import Applied, Ledger
from tenken.store.migration import migrate
from tenken.store.parking import Parking
from tenken.store.tables import ATTEMPTS, EXCHANGES
from tests.journal.making import AT, exchange, intent


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "worker-0"


def writer(folder: Path, *, boot: str = "b1", segment_bytes: int = 1 << 20) -> Writer:
    return Writer(folder, worker=0, boot=boot, at=AT, segment_bytes=segment_bytes)


def drain(folder: Path, engine: Engine) -> Drain:
    return Drain(folder, journal="w0", ledger=Ledger(engine))


def dry(drained: Drain, *, now: int = AT) -> list[Step]:
    """Step until there is nothing to do."""
    steps = [drained.step(now)]
    while not steps[-1].idle:
        steps.append(drained.step(now))
    return steps


def recorded(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(EXCHANGES.c.id).order_by(EXCHANGES.c.at)))


def ids(*numbers: int) -> list[str]:
    return [exchange(number).id for number in numbers]


def test_what_is_journalled_is_applied_and_cleared_away(folder: Path, engine: Engine) -> None:
    """Over many segments and batches; the newest segment stays."""
    journal = writer(folder, segment_bytes=20_000)
    for number in range(1200):
        journal.intent(intent(number))
        journal.settle(exchange(number))
    journal.close()
    assert len(segments(folder)) > 10

    steps = dry(drain(folder, engine))

    assert recorded(engine) == ids(*range(1200))
    assert [path.stem for path in segments(folder)] == [
        f"{sum(s.removed for s in steps) + 1:012d}"
    ]
    assert dry(drain(folder, engine)) == [Step()]


def test_a_writer_goes_on_after_what_was_cleared_away(folder: Path, engine: Engine) -> None:
    """The chain holds over what is gone."""
    for life in range(3):
        journal = writer(folder, boot=f"b{life}", segment_bytes=2000)
        for number in range(20 * life, 20 * life + 20):
            journal.settle(exchange(number))
        journal.close()
        dry(drain(folder, engine))

    assert recorded(engine) == ids(*range(60))
    assert prove(folder).whole


def test_a_torn_tail_is_waited_for_and_passed_when_a_writer_goes_on(
    folder: Path, engine: Engine
) -> None:
    """The process was killed in a write; what it promised is applied."""
    journal = writer(folder)
    journal.settle(exchange(1))
    journal.close()
    with segments(folder)[0].open("ab") as file:
        file.write(b"TKJ1" + bytes(20))
    drained = drain(folder, engine)
    assert all(step.damage is None for step in dry(drained))

    again = writer(folder, boot="b2")
    again.settle(exchange(2))
    again.close()

    assert all(step.damage is None for step in dry(drained))
    assert recorded(engine) == ids(1, 2)


def test_damage_is_told_and_nothing_behind_it_is_taken(folder: Path, engine: Engine) -> None:
    """Each time, until somebody looks."""
    journal = writer(folder)
    for number in (1, 2, 3):
        journal.settle(exchange(number))
    journal.close()
    [path] = segments(folder)
    content = bytearray(path.read_bytes())
    content[len(content) * 3 // 4] ^= 1
    path.write_bytes(content)

    steps = dry(drain(folder, engine))

    assert recorded(engine) in (ids(1), ids(1, 2))
    assert steps[-1].damage is not None
    assert steps[-1].damage.what == "its checksum is wrong"
    assert segments(folder) == (path,)


def test_an_intent_whose_worker_is_gone_is_settled_as_unknown(
    folder: Path, engine: Engine
) -> None:
    """With what was estimated, as soon as the next life of the worker begins."""
    journal = writer(folder)
    journal.intent(intent(1))
    journal.close()
    drained = drain(folder, engine)
    dry(drained)
    assert recorded(engine) == []

    writer(folder, boot="b2").close()
    dry(drained)

    [one] = Ledger(engine).exchanges(intent(1).id)
    assert (one.outcome, one.cost) == (Outcome.UNKNOWN, intent(1).cost)
    assert [attempt.target for attempt in one.attempts] == ["first"]


def test_an_intent_that_is_too_old_is_settled_and_corrected(folder: Path, engine: Engine) -> None:
    """A worker that was slow and not gone is believed after all."""
    journal = writer(folder)
    journal.intent(intent(1))
    drained = drain(folder, engine)
    dry(drained, now=AT + ORPHAN_AGE_US + 10)
    assert recorded(engine) == ids(1)

    journal.settle(exchange(1))
    journal.close()
    dry(drained, now=AT + ORPHAN_AGE_US + 20)

    assert Ledger(engine).exchanges(exchange(1).id) == (exchange(1),)


@pytest.mark.parametrize("more", [1, 40])
def test_a_journal_whose_disk_went_is_told_and_begun_anew(
    folder: Path, engine: Engine, more: int
) -> None:
    """A container with the same name and an empty disk: shorter or longer than the one before."""
    journal = writer(folder)
    for number in range(10):
        journal.settle(exchange(number))
    journal.intent(intent(10))
    journal.close()
    dry(drain(folder, engine))
    segments(folder)[0].unlink()
    assert drain(folder, engine).step(AT).damage is not None

    other = writer(folder, boot="b2")
    for number in range(20, 20 + more):
        other.settle(exchange(number))
    other.close()
    steps = dry(drain(folder, engine))

    assert [step.renewed is not None for step in steps].count(True) == 1
    assert recorded(engine) == ids(*range(11), *range(20, 20 + more))


def test_files_that_others_put_there_are_damage(folder: Path, engine: Engine) -> None:
    """The beginning is missing: nobody can say what stood there."""
    journal = writer(folder, segment_bytes=2000)
    for number in range(30):
        journal.settle(exchange(number))
    journal.close()
    segments(folder)[0].unlink()

    [step] = dry(drain(folder, engine))

    assert step.damage is not None
    assert recorded(engine) == []


def test_segments_stay_until_every_sink_has_them(folder: Path, engine: Engine) -> None:
    """One that is away keeps them."""

    class Behind:
        def applied(self, _journal: str) -> Applied:
            return Applied(Position(segment=2))

    journal = writer(folder, segment_bytes=2000)
    for number in range(30):
        journal.settle(exchange(number))
    journal.close()

    dry(Drain(folder, journal="w0", ledger=Ledger(engine), others=(Behind(),)))

    assert segments(folder)[0].stem == f"{2:012d}"


DRAINING = """
import sys
from pathlib import Path
from tenken.keeper.drain import Drain
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
drain = Drain(Path(sys.argv[1]), journal="w0", ledger=Ledger(opened(sys.argv[2])))
print("ready", flush=True)
for _ in range(int(sys.argv[3])):
    drain.step(0)
    print("stepped", flush=True)
sys.stdin.read()
"""
WRITING = """
import sys
from pathlib import Path
from tenken.journal.writer import Writer
from tests.journal.making import AT, exchange, intent
life = int(sys.argv[2])
journal = Writer(Path(sys.argv[1]), worker=0, boot=f"b{life}", at=AT, segment_bytes=60000)
number = life * 1000000
while True:
    number += 1
    journal.intent(intent(number))
    journal.settle(exchange(number))
    print(number, flush=True)
"""


def killed(script: str, *arguments: str, after: int) -> list[str]:
    """Run a script, kill it -9 after so many lines, and give all that it said."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        heard = [process.stdout.readline() for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        heard += [line for line in process.stdout if line.endswith("\n")]
    return heard


@pytest.mark.parametrize("seed", range(4))
def test_writer_and_drain_killed_at_any_moment(
    folder: Path, engine: Engine, tmp_path: Path, seed: int
) -> None:
    """Every acknowledged exchange is one row, and no attempt is there twice."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    acknowledged: list[int] = []
    for life in range(2):
        lines = killed(WRITING, str(folder), str(life), after=700 + 137 * seed)
        acknowledged += [int(line) for line in lines]
        killed(DRAINING, str(folder), url, "9", after=1 + (seed + life) % 4)
    writer(folder, boot="last").close()

    steps = dry(drain(folder, engine))

    rows = recorded(engine)
    assert len(rows) == len(set(rows))
    assert set(ids(*acknowledged)) <= set(rows)
    assert len(rows) - len(acknowledged) <= 2 * 2  # written, and killed before it was said
    assert all(step.damage is None for step in steps)
    with engine.connect() as connection:
        attempts = connection.scalar(select(func.count()).select_from(ATTEMPTS)) or 0
    assert 2 * len(rows) - attempts in (0, 1, 2)  # an unknown one has a single attempt


def test_a_record_that_cannot_be_read_stands_aside_and_what_follows_goes_on(
    folder: Path, engine: Engine
) -> None:
    """Of a newer version, with letters that are none, or with no end: nothing of it is lost."""
    sound = payload_of(exchange(2))
    payloads = (
        payload_of(replace(exchange(2), outcome="invented")),
        sound.replace(exchange(2).id.encode(), b"\xff" * len(exchange(2).id)),
        sound[:-1],
    )
    journal = writer(folder)
    journal.settle(exchange(1))
    for payload in payloads:
        journal.written_exchanges((payload,), AT)
    journal.settle(exchange(3))
    journal.close()

    steps = dry(drain(folder, engine))

    parked = [one for step in steps for one in step.parked]
    assert recorded(engine) == ids(1, 3)
    assert tuple(one.payload for one in parked) == payloads
    assert all("cannot be read by this version" in one.why for one in parked)
    assert [one.parked.payload for one in Parking(engine).found(9)] == list(payloads)
    assert all(step.damage is None for step in steps)


def test_a_life_of_a_writer_that_cannot_be_read_stops_the_journal(
    folder: Path, engine: Engine
) -> None:
    """Whose the records behind it are is not known."""
    journal = writer(folder)
    journal.settle(exchange(1))
    journal._put(Kind.OPENED, (b"\x90",), AT)
    journal.settle(exchange(2))
    journal.close()

    steps = dry(drain(folder, engine))

    assert recorded(engine) == ids(1)
    assert steps[-1].damage is not None
    assert "cannot be read by this version" in steps[-1].damage.what


def test_segments_go_and_orphans_are_settled_while_records_keep_coming(
    folder: Path, engine: Engine
) -> None:
    """A busy gateway leaves no moment without any."""
    journal = writer(folder)
    journal.intent(intent(0))
    journal.close()
    journal = writer(folder, boot="b2", segment_bytes=2000)
    drained = drain(folder, engine)
    for number in range(1, 60):
        journal.settle(exchange(number))
        assert drained.step(AT).frames
    journal.close()

    assert len(segments(folder)) == 1
    assert recorded(engine) == ids(*range(60))
