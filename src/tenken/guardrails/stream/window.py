"""One choice of a streamed answer: text goes in as it comes, and out when it was looked at.

The end of what was released stays as context. Matches count when nothing that may still come can
change them; so the same text gives the same matches however it was cut.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from tenken.guardrails.folding import fold, lower
from tenken.guardrails.gates import Gates
from tenken.guardrails.leak.overlap import quoted_from
from tenken.guardrails.masking.restoring import Restoring
from tenken.guardrails.match import Match
from tenken.guardrails.screening import NOTHING, Found, Screening, Seen
from tenken.guardrails.stream.holding import ENDS, LONGEST, Waiting, waits_from
from tenken.guardrails.text import Context, Direction, Text

NEAR = 64
"""Characters before the held ones that are looked at with them."""
LABELLED = 48
"""So many of these may hold a word that names what waits: gates are searched for from there."""
STARTED = 8
"""No match that counts begins in what has left; so far back one is looked for all the same."""
BEFORE = 192
"""The same where other readings are made: what was hidden is longer than what it says."""
AT_ONCE = 64
"""What lies further behind is forgotten in pieces of so many."""
STRIDE = 32
"""A look is worth its cost when so many characters are new; the first pieces leave sooner."""
ASKING = 40
"""The same where detectors had to be asked, or where some have to see everything."""
MADE = 256
"""So many answers that nothing may be sent yet are made once, and given again and again."""
READ_ANEW = 128
"""Other readings of the text (decoded ones) are made in steps of so many."""


class Look(Protocol):
    """Asks detectors about a text."""

    def __call__(self, text: Text, context: Context, opened: Iterable[int] | None = None) -> Seen:
        """Ask those whose gates are open; without them, find out first, in every reading."""
        ...


Decide = Callable[[str, Seen], Screening]
"""Of a text and what was seen in it."""


class Released(Struct, frozen=True, kw_only=True):
    """What may be sent on, and what was decided about it."""

    text: str
    screening: Screening
    ended: bool = False
    """Whether the stream was stopped: nothing of it may follow."""
    held: int = 0
    """Characters that wait."""


@cache
def _waits(direction: Direction) -> tuple[Released, ...]:
    """Give what most pieces give: nothing, while so many characters wait."""
    clean = Screening(direction=direction)
    return tuple(Released(text="", screening=clean, held=held) for held in range(MADE))


class Means(Struct, frozen=True, kw_only=True, eq=False):
    """What a window works with."""

    gates: Gates
    active: frozenset[int]
    always: frozenset[int]
    """Those of them that have to see every text."""
    reading: frozenset[int]
    """Those of them that look at other readings."""
    look: Look
    decide: Decide
    waiting: Waiting
    restoring: Restoring | None


class Window:
    """Holds back what cannot be judged yet."""

    def __init__(self, means: Means, context: Context) -> None:
        self._means = means
        self._context = context
        self._waits = _waits(context.direction)
        self._clean = self._waits[0].screening
        self._came: list[str] = []
        """Pieces that no look has seen."""
        self._new = 0
        """Their characters."""
        self._text = self._folded = self._lowered = ""
        """The end of what was released, then what waits."""
        self._start = 0
        """Where the waiting part begins."""
        self._unread = 0
        """Characters since the other readings were made."""
        self._always = means.always
        self._system = context.system if self._always else ""
        self._held = 0
        """Characters that waited after the last look."""
        self._half = self._stride = 1
        """How much has to be new for the next look: the first piece is looked at as it comes."""
        self._paced = 1
        """What it is after a look that asked nobody: it grows from piece to piece."""
        self._ended = False

    def feed(self, text: str) -> Released:
        """Take a piece; gives what may be sent now."""
        self._came.append(text)
        new = self._new = self._new + len(text)
        # Half of it is enough where a clause ends and may leave.
        if new < self._stride and (new < self._half or ENDS.isdisjoint(text)):
            held = self._held + new
            return self._waits[held] if held < MADE else self._released("", self._clean)
        if self._ended:
            self._came.clear()
            return self._released("", self._clean)
        self._take()
        start = self._start
        until = waits_from(self._folded, self._lowered, start, waiting=self._means.waiting)
        if self._system:
            until = min(until, quoted_from(self._lowered, start, self._system))
        if self._paced < STRIDE:
            self._paced = min(STRIDE, self._paced * 2)
        self._next(max(self._paced, (len(self._text) - start) // 8))
        if until == start:
            return self._released("", self._clean)
        return self._step(until)

    def _next(self, stride: int) -> None:
        """Look again when so much is new."""
        self._stride = stride
        self._half = (stride + 1) // 2

    def close(self) -> Released:
        """The stream is over: gives the rest of it."""
        if self._ended:
            return self._released("", self._clean)
        self._take()
        released = self._step(len(self._text), closing=True)
        if released.ended or self._means.restoring is None:
            return released
        return replace(released, text=released.text + self._means.restoring.close())

    def _take(self) -> None:
        text = "".join(self._came)
        folded = fold(text)
        self._text += text
        self._folded += folded
        self._lowered += lower(folded)
        self._unread += len(text)
        self._came.clear()
        self._new = 0
        self._held = len(self._text) - self._start

    def _step(self, until: int, *, closing: bool = False) -> Released:
        seen, cut = self._seen(closing=closing)
        start = self._start
        if seen is NOTHING:
            text = self._text[start:until]
            self._keep(until)
            return self._released(self._restored(text), self._clean)
        if not closing:
            until = self._outside(seen.found, cut, until)
        text = self._text[start:until]
        sure = _sure(seen.found, start - cut, until - cut)
        self._keep(until)
        if not sure and not seen.troubles:
            return self._released(self._restored(text), self._clean)
        return self._decided(text, Seen(found=sure, troubles=seen.troubles))

    def _seen(self, *, closing: bool) -> tuple[Seen, int]:
        """Ask only where a gate opens, or whoever has to see everything; and from where."""
        means = self._means
        anew = closing or (self._unread >= READ_ANEW and bool(means.reading))
        start = self._start
        near = self._lowered[max(0, start - LABELLED) :]
        since = 0 if means.waiting is Waiting.RUNS else max(0, min(start, LABELLED) - STARTED)
        asked = means.gates.opened(near, means.active, since) | self._always
        if asked:
            self._next(max(ASKING, self._stride))
        if anew:
            self._unread = 0
            text = Text(self._text, folded=self._folded, lowered=self._lowered)
            # Without another reading, what is near was looked at whenever something came.
            if closing or self._always or text.views:
                return means.look(text, self._context), 0
        if not asked:
            return NOTHING, 0
        cut = max(0, start - NEAR)
        text = Text(self._text[cut:], folded=self._folded[cut:], lowered=self._lowered[cut:])
        return means.look(text, self._context, asked), cut

    def _outside(self, found: Sequence[Found], cut: int, until: int) -> int:
        """Let no match be cut: give where what may leave ends."""
        length = len(self._text)
        for match in sorted([one.match for one in found], key=_latest_first):
            begin, end = match.start + cut, match.end + cut
            # A match that reaches the end may go on.
            goes_on = end == length and length - begin <= LONGEST
            if begin < until and (until < end or goes_on):
                until = begin
        return max(self._start, until)

    def _decided(self, text: str, seen: Seen) -> Released:
        screening = self._means.decide(text, seen)
        if not screening.blocked:
            return self._released(self._restored("".join(screening.texts)), screening)
        self._ended = True
        self._next(0)
        return self._released(self._restored(self._before(text, seen, screening)), screening)

    def _before(self, text: str, seen: Seen, screening: Screening) -> str:
        """Give what comes before that which stops the stream; nothing if a detector failed."""
        stops = [one.start for one in screening.decisions if one.action == "block"]
        if not stops:
            return ""
        first = min(stops)
        found = tuple(one for one in seen.found if one.match.end <= first)
        return "".join(self._means.decide(text[:first], Seen(found=found)).texts)

    def _keep(self, until: int) -> None:
        """Forget what lies too far behind to say anything of what comes."""
        drop = until - BEFORE
        if drop < AT_ONCE:
            drop = 0
        else:
            self._text = self._text[drop:]
            self._folded = self._folded[drop:]
            self._lowered = self._lowered[drop:]
        self._start = until - drop
        self._held = len(self._text) - self._start

    def _restored(self, text: str) -> str:
        restoring = self._means.restoring
        return restoring.feed(text) if restoring else text

    def _released(self, text: str, screening: Screening) -> Released:
        waiting = 0 if self._ended else self._held + self._new
        return Released(text=text, screening=screening, ended=self._ended, held=waiting)


def _latest_first(match: Match) -> int:
    return -match.start


def _sure(found: Iterable[Found], start: int, until: int) -> tuple[Found, ...]:
    """Give what ends in what leaves now, by its place there.

    What has left already cannot be taken back.
    """
    return tuple(
        [
            Found(match=_from(one.match, start), detector=one.detector)
            for one in found
            if start < one.match.end <= until
        ]
    )


def _from(match: Match, start: int) -> Match:
    return Match(
        risk=match.risk,
        rule=match.rule,
        score=match.score,
        start=max(0, match.start - start),
        end=match.end - start,
        view=match.view,
    )
