"""Tells a backend what was said of answers, one thing after another, from where it was last."""

from collections.abc import Callable, Sequence

from tenken.journal.exchange import Exchange
from tenken.journal.feedback import FeedbackKind
from tenken.keeper.sinks.feedback.forms import Form
from tenken.keeper.sinks.posting import LATER, Posting, Refused
from tenken.keeper.sinks.receiver import Later
from tenken.sentence import Sentence, say
from tenken.store.feedback.following import Following, Told

AT_ONCE = 50
PAUSE_S = 5.0
AGAIN_S = 1.0
AGAIN_MAX_S = 60.0
JSON = {"content-type": "application/json"}
WAITS = LATER - {404}
"""404: the backend has no such trace, as healthy ones may be left out. It never will."""


class Forward:
    """Tells one backend."""

    def __init__(
        self,
        name: str,
        posting: Posting,
        *,
        form: Form,
        following: Following,
        service: str,
        mine: Callable[[int], bool],
        tell: Callable[[Sentence], None],
    ) -> None:
        """`mine` tells whether it is this keeper that does it, of all that might."""
        self._name = name
        self._posting = posting
        self._form = form
        self._following = following
        self._service = service
        self._mine = mine
        self._tell = tell
        self._failures = 0

    def step(self, now: int) -> float:
        """Tell what is new; gives seconds to rest. Raises Away.

        A keeper that is killed tells a thing twice at worst.
        """
        if not self._mine(now):
            return PAUSE_S
        found = self._following.next(AT_ONCE)
        try:
            refused = [str(why) for one in found if (why := self._sent(one)) is not None]
        except Later as later:
            return self._put_off(later)
        if refused:
            many, first = len(refused), refused[0]
            self._tell(say("sinks.refused", name=self._name, count=many, why=first))
        if self._failures:
            self._failures = 0
            self._tell(say("sinks.takes_again", name=self._name))
        return 0.0 if len(found) == AT_ONCE else PAUSE_S

    def _sent(self, one: Told) -> Refused | None:
        """Send one thing; gives why it was refused, where it was. Raises Later."""
        why = None
        if one.kind is not FeedbackKind.LINK:
            letter = self._form(one, self._service)
            try:
                self._posting.post(letter.body, JSON, below=letter.path)
            except Refused as refused:
                why = refused
        self._following.reached(one.number)
        return why

    def _put_off(self, later: Later) -> float:
        if not self._failures:
            self._tell(say("sinks.put_off", name=self._name, why=later.why))
        self._failures += 1
        if later.after_s is not None:
            return min(AGAIN_MAX_S, max(AGAIN_S, later.after_s))
        return float(min(AGAIN_MAX_S, AGAIN_S * 2 ** min(self._failures - 1, 10)))


class Rated:
    """Owes backends of traces those of badly rated answers, which they may have left out."""

    def __init__(
        self,
        following: Following,
        sinks: tuple[str, ...],
        *,
        exchanges: Callable[[str], Sequence[Exchange]],
        mine: Callable[[int], bool],
    ) -> None:
        """`exchanges` gives what is on record under a request's id."""
        self._following = following
        self._sinks = sinks
        self._exchanges = exchanges
        self._mine = mine

    def step(self, now: int) -> float:
        """Owe what is new; gives seconds to rest. Raises Away."""
        if not self._mine(now):
            return PAUSE_S
        found = self._following.next(AT_ONCE)
        if found:
            bad = dict.fromkeys(one.request for one in found if one.good is False)
            badly = [one for name in bad for one in self._exchanges(name)]
            self._following.owe_traces(self._sinks, badly)
            self._following.reached(found[-1].number)
        return 0.0 if len(found) == AT_ONCE else PAUSE_S
