"""What a worker serves changes when files do, and when something that held for a while ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from threading import Event, Thread
from typing import cast

import pytest
from msgspec.structs import replace

from tenken.cli.rim import Rim
from tenken.cli.serving.published import mirror
from tenken.cli.serving.served import Files, read_overlays
from tenken.cli.serving.worker import Current, Reports, Serving, begun
from tenken.config.environment import read_settings
from tenken.config.temporary import Overlay
from tenken.gateway.credentials.leases import Leases
from tenken.gateway.house import House
from tenken.messages.speech import Language, Speech
from tests.cli.serving.test_gateway import DESK, PLATFORM

LONG_S = 30.0
START = datetime(2026, 11, 23, tzinfo=UTC)


class Clock:
    """A moment that a test moves."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment


class Furnished:
    """Takes what it is furnished with."""

    def furnish(self, *_given: object) -> None:
        """Keep nothing of it."""


def test_an_overlay_ends_at_its_time_although_no_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever set it need not be there to take it back, nor a keeper."""
    monkeypatch.setenv("UP_KEY", "any")
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    files, clock, told = Files(folder=tmp_path), Clock(), list[str]()
    start = round(START.timestamp() * 1e6)
    one = Overlay(
        id="o1", subject="route/desk", change="off", actor="hana", reason="why",
        created_at=start, expires_at=start + 60_000_000,
    )  # fmt: skip
    other = replace(one, id="o2", change="rpm=5", expires_at=start + 90_000_000)
    mirror(files.overlays, lambda: (one, other))
    rim = Rim(speech=Speech(Language.EN), settings=read_settings({}), clock=clock)
    serving = Serving(
        source=files,
        begun=begun(files, START),
        door=cast("socket", None),
        reports=Reports(ready=lambda _plan: None, reloaded=lambda plan: told.append(plan.shown)),
    )
    nobody = Furnished()
    current = Current(rim, serving, cast("House", nobody), cast("Leases", nobody))
    seen = []
    for after_s in (0, 59, 60, 61, 90, 200):
        clock.moment = START + timedelta(seconds=after_s)
        current.look()
        route = current.plan.routes["desk"]
        seen.append((route.off, route.limits.rpm))

    assert seen == [(True, 5)] * 2 + [(False, 5)] * 2 + [(False, None)] * 2
    assert len(told) == 2
    assert "+" not in current.plan.shown


def test_who_asked_first_does_not_write_over_who_knows_more(tmp_path: Path) -> None:
    """A keeper that looked just before an overlay was set would take it back for a moment."""
    path, asked, goes_on = tmp_path / "overlays.json", Event(), Event()
    one = Overlay(
        id="o1", subject="route/desk", change="off", actor="hana", reason="why",
        created_at=0, expires_at=1,
    )  # fmt: skip

    def early() -> tuple[Overlay, ...]:
        asked.set()
        assert goes_on.wait(LONG_S)
        return (replace(one, id="before"),)

    first = Thread(target=mirror, args=(path, early))
    second = Thread(target=mirror, args=(path, lambda: (one,)))
    first.start()
    assert asked.wait(LONG_S)
    second.start()
    goes_on.set()
    for thread in (first, second):
        thread.join(LONG_S)

    assert read_overlays(path) == (one,)
