"""A list goes on behind its last row, whatever ids callers have chosen."""

import json
from pathlib import Path

from msgspec.structs import replace

from tests.console.ground import ground
from tests.console.pages.test_figures import brought
from tests.journal.making import exchange

LONGEST = 128
"""Characters that an id of a caller's may have."""


def test_every_request_is_come_by_once(tmp_path: Path) -> None:
    """Also where they have the longest of ids, which the address of what follows names."""
    with ground(tmp_path) as made:
        several = [
            replace(
                exchange(number),
                at=made.now - 1_000 - number,
                id=f"{number:03}".ljust(LONGEST, "x"),
            )
            for number in range(120)
        ]
        brought(made, *several)
        client = made.client("hana")
        seen: list[str] = []
        path: str | None = "/api/v1/traffic?table=exchanges"
        while path and len(seen) < 500:
            table = json.loads(client.get(path).body)
            seen += [row["id"] for row in table["rows"]]
            more = (table["more"] or "").partition("#")[0]
            path = f"/api/v1/traffic{more}&table=exchanges" if more else None

    assert seen == [one.id for one in several]
