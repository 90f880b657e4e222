"""The page of settings tells each of them, and whose keys open the door."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenken.gateway.settings.keyring import Entry
from tests.console.ground import SETTINGS, Ground, ground

LISTS = """
alerts:
  receivers:
    - {name: chat, kind: slack, url_env: CHAT_HOOK}
  routes:
    page: {receivers: [chat], escalate_after_minutes: 15, escalate_to: [chat]}
"""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path, settings=SETTINGS + LISTS) as one:
        yield one


def table(made: Ground, name: str) -> list[dict[str, Any]]:
    """Give the rows of a table of the page."""
    answer = made.client("hana").get(f"/api/v1/settings?table={name}")
    rows: list[dict[str, Any]] = json.loads(answer.body)["rows"]
    return rows


def test_what_stands_in_lists_is_told(made: Ground) -> None:
    """Each entry by itself, with its line; a list of names as names."""
    told = {row["setting"]: row for row in table(made, "stated")}
    first = LISTS.splitlines().index("    - {name: chat, kind: slack, url_env: CHAT_HOOK}")
    line = SETTINGS.count("\n") + first + 1

    assert told["alerts.receivers.0.kind"]["value"] == "slack"
    assert told["alerts.receivers.0.kind"]["place"] == f"tenken.yaml:{line}"
    assert told["alerts.routes.page.escalate_to"]["value"] == "chat"
    assert [row for row in told.values() if row["value"] is None] == []


def test_keys_are_told_by_their_first_characters(made: Ground) -> None:
    """The newest first, with their caller and how they stand; no digest is shown."""
    at = datetime.fromtimestamp(made.now / 1e6, UTC)
    day = timedelta(days=1)
    made.keys = (
        Entry(prefix="tk-1", caller="desk", sha256="ab" * 32, created_at=at - 9 * day,
              revoked_at=at - day),
        Entry(prefix="tk-2", caller="desk", sha256="cd" * 32, created_at=at - 8 * day,
              expires_at=at - day),
        Entry(prefix="tk-3", caller="desk", sha256="ef" * 32, created_at=at - 7 * day,
              expires_at=at + day),
    )  # fmt: skip
    rows = table(made, "keys")

    assert [(one["key"], one["standing"]) for one in rows] == [
        ("tk-3", "good"), ("tk-2", "expired"), ("tk-1", "revoked"),
    ]  # fmt: skip
    assert "efef" not in made.client("ken").get("/settings").text
