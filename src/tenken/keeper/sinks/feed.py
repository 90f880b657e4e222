"""Feeds one sink: with what stands in the journals of this machine, and with what it is owed.

It has positions of its own and waits for nobody. What the other end does not take now is read
again later; a position is written once what stands before it was taken, so that a keeper that is
killed gives a batch twice at worst. While the store is away it goes on from where it knows it is.
What callers wrote into ids and names is masked first.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from msgspec import Struct

from tenken.keeper.sinks.following import Following, Piece, Shared
from tenken.keeper.sinks.plain import shown
from tenken.keeper.sinks.receiver import Later, Receiver
from tenken.sentence import Sentence, say
from tenken.store.faults import Away
from tenken.store.ledger import Applied
from tenken.store.owed.owed import Owed
from tenken.store.owed.tally import NOTHING, Tally
from tenken.store.sinks.positions import Positions

PAUSE_S = 0.5
"""Between two looks when there was nothing more."""
AGAIN_S = 1.0
AGAIN_MAX_S = 60.0
OWED_AT_ONCE = 500
MICRO = 1_000_000


class Lag(Struct, frozen=True, kw_only=True):
    """How far a sink is behind."""

    bytes: int = 0
    """Of this machine's journals."""
    seconds: float = 0.0
    """Since it last had everything."""
    failures: int = 0
    """How often in a row its other end did not take what it was given."""


class _Followed(Struct):
    """One journal and where the sink is in it."""

    following: Following
    applied: Applied
    unsaved: Tally = NOTHING
    saved: bool = True
    damaged: bool = False
    """What stands behind a place is not read, and so not given."""


class Feed:
    """Feeds one sink."""

    def __init__(
        self,
        name: str,
        receiver: Receiver,
        *,
        journals: Path,
        instance: str,
        positions: Positions,
        owed: Owed,
        mine: Callable[[int], bool],
        tell: Callable[[Sentence], None],
        shared: Shared | None = None,
    ) -> None:
        """`mine` tells whether it is this keeper that gives what is owed, of all that might.

        `shared` holds what other sinks of this keeper have read of the same journals.
        """
        self.name = name
        self._receiver = receiver
        self._journals = journals
        self._instance = instance
        self._positions = positions
        self._owed = owed
        self._mine = mine
        self._tell = tell
        self._shared = shared or Shared()
        self._followed: dict[str, _Followed] = {}
        self._unreadable = 0
        self._failures = 0
        self._whole_at: int | None = None

    def step(self, now: int) -> float:
        """Hand over a batch of each journal; gives seconds to rest. Raises Away at first."""
        try:
            # All of them, each time: one that has much to bring does not keep the others waiting.
            more = [self._journal(name, now) for name in self._names()]
            more.append(self._give_owed(now))
        except Later as later:
            return self._put_off(later)
        if self._failures:
            self._failures = 0
            self._tell(say("sinks.takes_again", name=self.name))
        if any(more):
            return 0.0
        if not any(one.damaged for one in self._followed.values()):
            self._whole_at = now
        elif self._whole_at is None:
            self._whole_at = now - round(2 * PAUSE_S * MICRO)  # it never had all: late from here
        return PAUSE_S

    def finish(self, now: Callable[[], int]) -> None:
        """Hand over what is left, where the other end takes it, and let go of that."""
        with closing(self._receiver), suppress(Away):
            while not self._failures and not self.step(now()):
                pass

    def lag(self, now: int) -> Lag:
        """Give how far it is behind, for another thread."""
        since = now if self._whole_at is None else self._whole_at
        behind = sum(one.following.behind(one.applied) for one in [*self._followed.values()])
        late = (now - since) / MICRO
        return Lag(
            bytes=behind,
            seconds=late if late > 2 * PAUSE_S or self._failures else 0.0,
            failures=self._failures,
        )

    def _names(self) -> tuple[str, ...]:
        if not self._journals.is_dir():
            return ()
        found = (path.name for path in self._journals.iterdir() if path.name.isdigit())
        return tuple(sorted(found, key=int))

    def _journal(self, name: str, now: int) -> bool:
        """Hand over a batch of one journal; tells whether there is more."""
        journal = f"{self._instance}/{name}"
        if name not in self._followed:
            applied = self._positions.applied(journal)
            following = Following(self._journals / name, self._shared)
            self._followed[name] = _Followed(following, applied)
        one = self._followed[name]
        piece = one.following.piece(one.applied)
        one.damaged = piece.damage is not None
        if piece.reached != one.applied:
            self._hand_over(one, piece, now)
        if not one.saved:
            self._save(journal, one)
        return piece.more

    def _hand_over(self, one: _Followed, piece: Piece, now: int) -> None:
        tally = Tally(skipped=piece.skipped)
        if piece.exchanges:
            tally = tally.plus(self._receiver.deliver(piece.exchanges, now))
        one.applied = piece.reached
        one.unsaved = one.unsaved.plus(tally)
        one.saved = False

    def _save(self, journal: str, one: _Followed) -> None:
        try:
            self._positions.save(journal, one.applied, one.unsaved)
        except Away:
            return  # written with the next batch: until then this process alone knows
        one.unsaved, one.saved = NOTHING, True

    def _give_owed(self, now: int) -> bool:
        """Hand over a batch of what is owed; tells whether there is more."""
        try:
            due = self._owed.due(OWED_AT_ONCE + self._unreadable)
            exchanges = {one.number: shown(one.exchange) for one in due if one.exchange}
            # What this version cannot read stays for another, and is passed over meanwhile.
            self._unreadable = len(due) - len(exchanges)
            # Asked last, since it is written down: where nothing is owed nothing is written.
            if not exchanges or not self._mine(now):
                return False
            tally = self._receiver.deliver(tuple(exchanges.values()), now)
            self._owed.given(tuple(exchanges), tally)
        except Away:
            return False
        return len(exchanges) >= OWED_AT_ONCE

    def _put_off(self, later: Later) -> float:
        if not self._failures:
            self._tell(say("sinks.put_off", name=self.name, why=later.why))
        self._failures += 1
        if later.after_s is not None:
            return min(AGAIN_MAX_S, max(AGAIN_S, later.after_s))
        return float(min(AGAIN_MAX_S, AGAIN_S * 2 ** min(self._failures - 1, 10)))
