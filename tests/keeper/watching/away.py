"""A receiver of alerts that is away for a while, and what it heard in the end."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from tenken.keeper.alerts.signal import Signal
from tests.keeper.alerts.playing import signal
from tests.keeper.alerts.vendors import Answer, Came

S = 1_000_000


class Wrong(Struct, frozen=True):
    """Something that is wrong for a while."""

    key: str
    since: int
    until: int


def wrongs(starts: Iterable[int], *, lasting: int) -> tuple[Wrong, ...]:
    """Give things that go wrong at these moments, and well again."""
    return tuple(
        Wrong(f"budget/team-{number}/used-up", at, at + lasting)
        for number, at in enumerate(starts)
    )


def signals(several: tuple[Wrong, ...], now: int) -> tuple[Signal, ...]:
    """Say of each whether it is so now."""
    return tuple(signal(one.key, firing=one.since <= now < one.until) for one in several)


class Hook:
    """Takes messages, and refuses them while it is away."""

    def __init__(self) -> None:
        self.away = False
        self.refused = 0
        self.taken: list[Came] = []

    def answer(self, came: Came) -> Answer:
        """Answer as a webhook does."""
        if self.away:
            self.refused += 1
            return 503, "away", {}
        self.taken.append(came)
        return 200, "ok", {}

    def heard(self) -> list[tuple[str, str]]:
        """Give what was heard of which alert, in order."""
        return [
            (str(came.body["reason"]), str(alert["key"]))
            for came in self.taken
            for alert in came.body["alerts"]
        ]

    def compared(self, several: tuple[Wrong, ...]) -> dict[str, int]:
        """Hold what was heard against what was wrong."""
        heard = self.heard()
        counts, keys = Counter(heard), {one.key for one in several}
        ids = [came.headers["x-tenken-delivery"] for came in self.taken]
        return {
            "wrong": len(keys),
            "refused": self.refused,
            "messages": len(ids),
            "begun": sum(counts["fired", key] > 0 for key in keys),
            "ended": sum(counts["resolved", key] > 0 for key in keys),
            "told_twice": sum(count > 1 for count in counts.values()),
            "messages_twice": len(ids) - len({*ids}),
            "ended_before_begun": sum(
                heard.index(("resolved", key)) < heard.index(("fired", key))
                for key in keys
                if {("resolved", key), ("fired", key)} <= counts.keys()
            ),
        }
