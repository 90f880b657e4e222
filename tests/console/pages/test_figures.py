"""Figures that are made of single rows: what sessions took, how breakers stand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.journal.exchange import Exchange, Identity, Known, Outcome
from tenken.journal.reader import Position
from tenken.store.ledger import Batch, Ledger
from tenken.wire.failure import Failure
from tests.console.client import Client
from tests.console.ground import Ground, ground
from tests.journal.making import exchange

NAMED: tuple[tuple[str, Known], ...] = (
    ("a", "stated"), ("a", "stated"), ("a", "derived"), ("b", "stated"), ("c", "none"),
)  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path) as one:
        yield one


def brought(made: Ground, *several: Exchange) -> None:
    """Put them into the ledger."""
    position = Position(segment=1, offset=1, sequence=len(several), previous=b"x" * 16)
    Ledger(made.engine).apply(
        Batch(journal="w0", boot="b", after=Position(), position=position, exchanges=several)
    )


def part(client: Client, path: str, name: str) -> list[dict[str, Any]]:
    """Give the bodies of a part of a page."""
    document = json.loads(client.get(f"/api/v1/{path}").body)
    found: list[dict[str, Any]] = next(
        one["body"] for one in document["parts"] if one["name"] == name
    )
    return found


def test_sessions_are_summed_and_those_without_a_name_left_out(made: Ground) -> None:
    """Median, the largest, and which it was."""
    plain = exchange()
    used = plain.usage
    read = used.input + used.cache_read + used.cache_write + used.cache_write_hour
    each = read + used.output + used.reasoning
    several = [
        replace(plain, id=f"r{number}", at=made.now - 1_000_000 - number,
                identity=Identity(session=session, session_known=known))
        for number, (session, known) in enumerate(
            NAMED
        )
    ]  # fmt: skip
    brought(made, *several)
    tiles, table = part(made.client("hana"), "cost", "sessions")

    assert {one["name"]: one["value"] for one in tiles["figures"]} == {
        "sessions": 2, "median": each, "p95": 3 * each, "largest": 3 * each,
    }  # fmt: skip
    assert [(one["session"], one["requests"]) for one in table["rows"]] == [("a", 3), ("b", 1)]


def test_a_target_that_fails_is_told_as_resting(made: Ground) -> None:
    """By the calls on record; what was called longer ago says nothing of now."""
    plain = exchange()
    failed = [
        replace(
            plain, id=f"r{number}", at=made.now - 20_000_000 + number * 1000,
            attempts=(replace(plain.attempts[0], target="t", failure=Failure.OVERLOADED),),
        )
        for number in range(30)
    ]  # fmt: skip
    brought(made, *failed)
    client = made.client("hana")
    table, turns = part(client, "reliability", "breakers")

    assert [(one["target"], one["opened"]) for one in table["rows"]] == [("t", 1)]
    assert table["rows"][0]["standing"] in {"Open: no calls go", "Half-open: one probe at a time"}
    assert [one["what"] for one in turns["events"]] == ["t: opened"]
    made.later(1200)
    (note,) = part(client, "reliability", "breakers")
    assert note["form"] == "note"


def test_what_no_target_was_left_for_has_failed(made: Ground) -> None:
    """A refusal of 5xx is ours, one of 4xx the caller's, whoever said it; as objectives count."""
    ends = (
        (Outcome.ANSWERED, 200), (Outcome.ANSWERED, 200), (Outcome.REFUSED, 503),
        (Outcome.FAILED, 502), (Outcome.FAILED, 400), (Outcome.REFUSED, 429),
    )  # fmt: skip
    several = [
        replace(exchange(), id=f"r{number}", at=made.now - 1_000_000 - number, outcome=outcome,
                status=status)
        for number, (outcome, status) in enumerate(ends)
    ]  # fmt: skip
    brought(made, *several)
    client = made.client("hana")
    (tiles,) = part(client, "overview", "now")
    shares = {one["name"]: one["value"] for one in tiles["figures"]}
    told = client.get("/?window=1h").text

    assert shares["error_share"] == 0.5
    assert "2 without a whole answer" in told
