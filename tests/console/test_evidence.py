"""`GET /api/v1/evidence`: lines as they were signed, for machines with a token and viewers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tenken.console.doors.secret import digest
from tenken.store.people.people import People, Token
from tenken.store.proofs.lines import Proofs
from tests.console.client import Client
from tests.console.ground import Ground, ground

GOOD = {"authorization": "Bearer tkc_good"}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Ground]:
    """Give a console whose store holds three lines, a minute between them."""
    with ground(tmp_path) as one:
        for number in range(3):
            Proofs(one.engine).add(
                one.now + number * 60_000_000, lambda before: f"after [{before[:5]}]"
            )
        token = Token(
            prefix="tkc_test12", name="ci", application="shift-desk", created_by="admin",
            created_at=one.now, expires_at=one.now + 10**9,
        )  # fmt: skip
        People(one.engine).add_token(digest("tkc_good"), token)
        yield one


def test_a_machine_reads_lines_as_they_stand(made: Ground) -> None:
    """All of them, or those since a moment."""
    client = Client(made.app)
    every = client.get("/api/v1/evidence", **GOOD)
    later = client.get("/api/v1/evidence?since=2026-11-19T12:00:30%2B00:00", **GOOD)

    assert every.text == "after []\nafter [after]\nafter [after]\n"
    assert every.headers["content-type"].startswith("application/x-ndjson")
    assert later.text.count("\n") == 2


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer tkc_wrong"}])
def test_nobody_else_does(made: Ground, headers: dict[str, str]) -> None:
    """A line names the service and its faults."""
    assert Client(made.app).get("/api/v1/evidence", **headers).status == 401


def test_what_is_no_moment_is_refused(made: Ground) -> None:
    """Rather than answered with everything."""
    assert Client(made.app).get("/api/v1/evidence?since=yesterday", **GOOD).status == 400
