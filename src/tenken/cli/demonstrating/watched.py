"""The keeper at work on what the demonstration has journalled: an alert, its end, and verdicts.

The keeper's own works are stepped here by a clock that is moved on, so that nobody waits for the
end of an alert; what reaches the webhook goes over HTTP.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from msgspec import Struct

from tenken.cli.demonstrating.left import STORE, settled
from tenken.cli.demonstrating.observed import observed
from tenken.cli.demonstrating.webhook import Message, Webhook
from tenken.cli.rim import Rim
from tenken.cli.serving.keeping.outlook import Outlook
from tenken.cli.serving.keeping.side import Side
from tenken.cli.serving.keeping.watching import Watched, watching
from tenken.cli.serving.machine import instance_of, wall_us
from tenken.cli.serving.served import Files
from tenken.evidence import Evidence, Holding
from tenken.journal.exchange import Exchange
from tenken.journal.reader import Placed, Position, frames, record_of
from tenken.keeper.drain import Drain
from tenken.messages.speech import Speech
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate

RECEIVER = "demo"
MINUTE_US = 60_000_000
LATER = 30
"""Minutes that the clock is moved on: by then it is over, and stays so."""


class Kept(Struct, frozen=True, kw_only=True):
    """What became of the journal."""

    requests: int
    began: tuple[Message, ...]
    """What the webhook was told, and then that it was over."""
    ended: tuple[Message, ...]
    seen: tuple[Evidence, ...]


def alerts_to(url: str, speech: Speech) -> dict[str, Any]:
    """Give the part of `tenken.yaml` that sends pages there."""
    one = {"name": RECEIVER, "kind": "webhook", "url": url, "allow_private": True}
    return {
        "language": str(speech.language),
        "receivers": [one],
        "routes": {"page": {"receivers": [RECEIVER]}},
        "group_wait_seconds": 0,
    }


def kept(rim: Rim, example: Path, folder: Path, heard: Webhook) -> Kept:
    """Keep what was journalled, watch it, watch it again when that is over, and observe it."""
    files = Files(folder=folder)
    journals = files.state / "journal"
    with ExitStack() as stack:
        engine = opened(f"sqlite:///{files.state / STORE}")
        stack.callback(engine.dispose)
        migrate(engine)
        exchanges = _drained(journals, Ledger(engine))
        watched = Watched(
            outlook=Outlook(files, rim.clock.now),
            engine=engine,
            journals=journals,
            instance=instance_of(journals),
            environment={},
        )
        began, ended = _alerts(tuple(watching(watched)), heard)
        settled(engine, rim.speech)
    seen = observed(rim, example, folder, exchanges)
    return Kept(requests=len(exchanges), began=began, ended=ended, seen=seen)


def told(found: Kept, speech: Speech) -> Iterator[str]:
    """Tell what arrived, and what was seen."""
    holds = bool(found.began and found.ended)
    yield speech.text("demo.alerted" if holds else "demo.not_alerted")
    for one in found.began[:1]:
        yield speech.text("demo.alert_began", title=one.title)
    for one in found.ended[:1]:
        yield speech.text("demo.alert_ended", minutes=LATER, title=one.title)
    yield speech.text("demo.observed", requests=found.requests, items=_items(found.seen))


def _alerts(
    sides: tuple[Side, ...], heard: Webhook
) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    now = wall_us()
    for side in sides:
        side.step(now)
    began = heard.first(1)
    for later in (LATER, LATER + 2, LATER + 4):
        for side in sides:
            side.step(now + later * MINUTE_US)
    ended = heard.first(len(began) + 1)[len(began) :]
    for side in sides:
        side.close()
    return began, ended


def _drained(journals: Path, ledger: Ledger) -> tuple[Exchange, ...]:
    """Bring the journals into the ledger; gives what is in them."""
    found: list[Exchange] = []
    for folder in sorted(path for path in journals.iterdir() if path.name.isdigit()):
        drain = Drain(folder, journal=f"{instance_of(journals)}/{folder.name}", ledger=ledger)
        for one in frames(folder, after=Position()):
            record = record_of(one.frame) if isinstance(one, Placed) else None
            found += [record] if isinstance(record, Exchange) else []
        while drain.step(wall_us()).more:
            pass
    return tuple(found)


def _items(seen: tuple[Evidence, ...]) -> str:
    """Give the questions that hold, by item."""
    every = (one for one in seen if one.answer.holding is Holding.HOLDS)
    return ", ".join(dict.fromkeys(" ".join((one.item, *one.subs)) for one in every)) or "-"
