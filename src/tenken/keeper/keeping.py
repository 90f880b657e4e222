"""Looks after all journals of a machine: each is brought into the ledger, whatever befalls others.

What a store does not take now is tried again, and what it never takes is parked there as it is,
and told: a journal is cleared only of what the store has committed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path

from alembic.util import CommandError
from msgspec import Struct
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from tenken.journal.reader import Damage
from tenken.keeper.collect import Collect
from tenken.keeper.drain import ORPHAN_AGE_US, Drain, Sink, Step
from tenken.sentence import Sentence, say
from tenken.store.faults import Away, Moved, Unfit, kind
from tenken.store.ledger import STORE, Ledger
from tenken.store.parking import Parked

PAUSE_S = 0.25
"""Between two looks at journals that have little to bring."""
AWAY_S = 0.5
AWAY_MAX_S = 5.0
UNFIT_US = 60 * 1_000_000
"""A journal whose record can neither be written nor parked is looked at again so much later."""


class Found(Enum):
    """What a turn came upon."""

    MORE = auto()
    """There is more to bring at once."""
    SOME = auto()
    """What there was is brought."""
    NOTHING = auto()
    AWAY = auto()
    """The store does not answer."""


class _Kept(Struct):
    drain: Drain
    again_at: int = 0
    damage: Damage | None = None


class Keeping:
    """Brings the journals below a folder into a ledger, one batch of each in turn."""

    def __init__(
        self,
        journals: Path,
        *,
        instance: str,
        ledger: Ledger,
        prepare: Callable[[], None],
        beside: Callable[[], None],
        tell: Callable[[Sentence], None],
        others: tuple[Sink, ...] = (),
        room: int | None = None,
    ) -> None:
        """`prepare` brings the store's tables up to date, once it answers.

        `others` must have a segment, too, before it goes, while a journal is within `room` bytes.

        `beside` is done in every turn, whatever else has to reach the same store.
        """
        self._journals = journals
        self._others = others
        self._room = room
        self._instance = instance
        self._ledger = ledger
        self._prepare = prepare
        self._beside = beside
        self._tell = tell
        self._prepared = False
        self._collect = Collect(ledger)
        self._collect_at = 0
        self._unreadable = 0
        self._kept: dict[str, _Kept] = {}
        self._failures = 0

    @property
    def pause_s(self) -> float:
        """Give how long to wait before the next turn, where there is no more to bring at once."""
        if not self._failures:
            return PAUSE_S
        return float(min(AWAY_MAX_S, AWAY_S * 2 ** min(self._failures - 1, 10)))

    def turn(self, now: int, *, alone: bool = False) -> Found:
        """Bring a batch of every journal; `now` is in microseconds since 1970.

        `alone`: no worker lives, so what has begun in these journals and not ended never will.
        """
        judged = now + ORPHAN_AGE_US + 1 if alone else now
        try:
            if not self._prepared:
                self._prepare()
                self._prepared = True
            self._beside()
            found = {self._one(name, judged) for name in self._names()}
            found.add(self._collected(now))
        except (Away, DBAPIError, NoConnection, CommandError) as error:
            # The last: a store whose tables a newer version has made. It is told, and waited for.
            return self._away(error)
        if self._failures:
            self._failures = 0
            self._tell(say("serving.store_back"))
        return next((one for one in (Found.MORE, Found.SOME) if one in found), Found.NOTHING)

    def _names(self) -> tuple[str, ...]:
        if not self._journals.is_dir():
            return ()
        found = (path.name for path in self._journals.iterdir() if path.name.isdigit())
        return tuple(sorted(found, key=int))

    def _one(self, name: str, now: int) -> Found:
        """Bring a batch of one journal."""
        journal = f"{self._instance}/{name}"
        if name not in self._kept:
            folder = self._journals / name
            self._kept[name] = _Kept(
                Drain(
                    folder,
                    journal=journal,
                    ledger=self._ledger,
                    others=self._others,
                    room=self._room,
                )
            )
        kept = self._kept[name]
        if now < kept.again_at:
            return Found.NOTHING
        try:
            step = kept.drain.step(now)
        except Moved:
            return Found.SOME  # another keeper brought it; the position is read anew
        except Unfit as error:
            kept.again_at = now + UNFIT_US
            self._tell(say("serving.record_refused", journal=journal, why=str(error)))
            return Found.NOTHING
        self._told(journal, kept, step)
        if step.more:
            return Found.MORE
        return Found.NOTHING if step.idle else Found.SOME

    def _collected(self, now: int) -> Found:
        """Bring a batch of what workers without a disk have put into the store."""
        if now < self._collect_at:
            return Found.NOTHING
        try:
            step = self._collect.step(now)
        except Moved:
            return Found.SOME
        except Unfit as error:
            self._collect_at = now + UNFIT_US
            self._tell(say("serving.record_refused", journal=STORE, why=str(error)))
            return Found.NOTHING
        if step.orphans:
            self._tell(say("serving.settled_unknown", count=step.orphans, journal=STORE))
        if step.unreadable > self._unreadable:
            self._tell(say("journal.unreadable", count=step.unreadable))
        self._unreadable = step.unreadable
        self._told_parked(STORE, step.parked)
        if step.more:
            return Found.MORE
        return Found.NOTHING if step.idle else Found.SOME

    def _told(self, journal: str, kept: _Kept, step: Step) -> None:
        if step.orphans:
            self._tell(say("serving.settled_unknown", count=step.orphans, journal=journal))
        if step.left:
            self._tell(say("sinks.not_waited_for", journal=journal, count=step.left))
        if step.renewed is not None:
            after = step.renewed.sequence
            self._tell(say("serving.journal_renewed", journal=journal, sequence=after))
        if step.rewound:
            self._tell(say("journal.rewound", journal=journal))
        if (lost := step.lost) is not None:
            since, until = (when(moment) for moment in (lost.since, lost.until))
            self._tell(
                say("journal.lost", journal=journal, count=lost.records, since=since, until=until)
            )
        if step.damage is not None and step.damage != kept.damage:
            self._tell(damaged(journal, step.damage))
        kept.damage = step.damage
        self._told_parked(journal, step.parked)

    def _told_parked(self, journal: str, parked: tuple[Parked, ...]) -> None:
        if parked:
            why = parked[0].why
            self._tell(say("journal.parked", journal=journal, count=len(parked), why=why))

    def _away(self, error: Exception) -> Found:
        if not self._failures:
            self._tell(say("serving.store_away", error=kind(error)))
        self._failures += 1
        return Found.AWAY


def damaged(journal: str, damage: Damage) -> Sentence:
    """Say what is wrong with a journal, and where."""
    return say(
        "serving.journal_damaged",
        journal=journal,
        segment=damage.segment,
        offset=damage.offset,
        what=damage.what,
    )


def when(at: int) -> str:
    """Give a moment as people write it, to the second."""
    return datetime.fromtimestamp(at // 1_000_000, tz=UTC).isoformat()
