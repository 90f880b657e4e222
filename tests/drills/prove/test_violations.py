"""The drill on records: an honest log is told from one that leaves out, adds or misnames."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.drills.prove.items import violations
from tenken.drills.prove.proof import Proof
from tenken.drills.prove.requests import Brief
from tenken.errors import UsageError
from tenken.evidence import FindingKind, Holding
from tenken.journal.exchange import Match
from tenken.journal.reader import Position
from tenken.store.engine import opened
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tests.drills.prove.making import brief
from tests.drills.prove.small import Asked, Behaviour, Model, Said, proofs_of
from tests.drills.prove.test_guards import ORDER, THREAT, VALUES, plain
from tests.journal.making import exchange

pytestmark = pytest.mark.anyio
Write = Callable[[str, str], None]
"""Puts an action on a route on record."""
TWO = """\
  - name: stream
    path: /stream
    body: {text: "hello ${mark}"}
    contains: fake provider
"""


def app(write: Write, *, stops: bool = True) -> Behaviour:
    """An application with a guard on both ways, and its records."""

    def looked(text: str, route: str, order: bool) -> str | None:
        if order:
            write("block", route)
            return None if stops else text
        masked = VALUES.sub("[masked]", text)
        if masked != text:
            write("mask", route)
        return masked if stops else text

    async def behave(asked: Asked, model: Model) -> Said:
        text = looked(asked.text, asked.route, ORDER.search(plain(asked.text)) is not None)
        if text is None:
            return Said(400, "not answered")
        told = await model.call([("user", text)])
        shown = looked(told.text, asked.route, THREAT.search(told.text) is not None)
        return Said(200, shown or "stopped")

    return behave


def records_in(file: Path, more: str = "") -> Brief:
    at = f"records: {{file: '{file}', fields: {{event: guard}}, within_s: 0.05, settles_s: 0}}\n"
    return brief(more + at)


def log(file: Path, left_out: Callable[[int, str, str], bool] = lambda *_: False) -> Write:
    """Writes a line for each but those left out, among other lines."""
    count = 0

    def write(action: str, route: str) -> None:
        nonlocal count
        count += 1
        with file.open("a") as stream:
            stream.write('{"event": "request"}\nnot json\n')
            if not left_out(count, action, route):
                stream.write(json.dumps({"event": "guard", "action": action}) + "\n")

    return write


async def proved(behaviour: Behaviour, said: Brief) -> Proof:
    found = await proofs_of(violations.DRILL, behaviour, said)
    return found[violations.RECORDS.probe]


async def test_a_guard_that_records_all_is_proved(tmp_path: Path) -> None:
    """What was stopped and masked, on both ways and routes, is on record."""
    file = tmp_path / "guard.jsonl"
    file.write_text('{"event": "guard", "action": "block"}\n')  # of yesterday

    found = await proved(app(log(file)), records_in(file, TWO))

    assert found.answer.holding is Holding.HOLDS
    measured = found.measurements[0]
    assert measured.value == 1.0
    assert (measured.n or 0) >= 30


@pytest.mark.parametrize(
    ("left_out", "holding"),
    [
        pytest.param(lambda *_: True, Holding.FAILS, id="no record at all"),
        pytest.param(lambda _n, _a, route: "stream" in route, Holding.PARTLY, id="one route"),
        pytest.param(lambda _n, action, _r: action == "mask", Holding.PARTLY, id="blocks alone"),
        pytest.param(lambda count, *_: count % 2 == 0, Holding.PARTLY, id="a sample"),
        pytest.param(lambda count, *_: count == 7, Holding.PARTLY, id="all but one"),
    ],
)
async def test_what_is_on_no_record_is_found(
    tmp_path: Path, left_out: Callable[[int, str, str], bool], holding: Holding
) -> None:
    """However few they are."""
    file = tmp_path / "guard.jsonl"

    found = await proved(app(log(file, left_out)), records_in(file, TWO))

    assert found.answer.holding is holding
    assert any(one.sentence.id == "prove.violation_unrecorded" for one in found.answer.findings)


async def test_a_record_of_what_was_let_through_is_a_lie(tmp_path: Path) -> None:
    """The action was only written down."""
    file = tmp_path / "guard.jsonl"

    found = await proved(app(log(file), stops=False), records_in(file))

    assert found.answer.holding is Holding.FAILS
    assert {one.kind for one in found.answer.findings} == {FindingKind.LIE}


async def test_a_record_of_something_else_is_told(tmp_path: Path) -> None:
    """A block that is called a mask."""
    file = tmp_path / "guard.jsonl"
    write = log(file)

    found = await proved(app(lambda _action, route: write("mask", route)), records_in(file))

    assert found.answer.holding is Holding.PARTLY
    assert [one.sentence.id for one in found.answer.findings] == ["prove.record_of_other"]


async def test_a_guard_that_stops_nothing_settles_nothing(tmp_path: Path) -> None:
    """There is nothing that could have been recorded."""
    file = tmp_path / "guard.jsonl"

    found = await proved(app(lambda *_: None, stops=False), records_in(file))

    assert found.answer.holding is Holding.UNKNOWN


async def test_our_own_records_are_read_in_the_ledger(tmp_path: Path) -> None:
    """Matches of requests that came since the drill began."""
    engine = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(engine)
    ledger, number = Ledger(engine), 0

    def write(action: str, _route: str) -> None:
        nonlocal number
        number += 1
        match = Match(rule="r", risk="pii.phone", action=action, stage="inward")
        one = replace(exchange(number), matches=(match,))
        batch = Batch(
            journal="w", boot="b", after=at(number - 1), position=at(number), exchanges=(one,)
        )
        ledger.apply(batch)

    write("block", "")
    said = brief(f"records: {{ledger: '{tmp_path}/ledger.db', within_s: 5, settles_s: 0}}\n")
    found = await proved(app(write), said)
    engine.dispose()

    assert found.answer.holding is Holding.HOLDS


def at(sequence: int) -> Position:
    if not sequence:
        return Position()
    return Position(segment=1, offset=sequence * 100, sequence=sequence, previous=b"x" * 16)


async def test_where_the_records_are_has_to_be_said() -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError, match="no_records"):
        await proofs_of(violations.DRILL, app(lambda *_: None), brief())
