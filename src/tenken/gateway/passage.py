"""What the texts of one request have met: its masks, its matches, and whether it was stopped."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from tenken.gateway.keeping.kept import UNSCREENED, Kept
from tenken.guardrails.guard import Guard
from tenken.guardrails.masking.masks import Masks
from tenken.guardrails.screening import Part, Record, Screening, Trouble
from tenken.guardrails.text import Context, Origin
from tenken.journal.exchange import Match
from tenken.wire.words.agreed import Agreed

MATCHES_MAX = 1_000
"""More are counted in one record."""
MORE = "screening.more"
FAILED = "failed"
"""What is on record in place of an action, where a detector could not answer."""
JUDGE = "judge"
"""What the rules of judges begin with."""
One = TypeVar("One")


class Judges(Protocol):
    """Whoever is asked over the network about the texts of one request."""

    @property
    def listens(self) -> bool:
        """Whether answers are judged."""
        ...

    @property
    def holds(self) -> bool:
        """Whether a stream is shown only when it was judged."""
        ...

    async def settled(self) -> None:
        """Wait for what is said of the request; raises Refusal where that stops it."""
        ...

    async def judge(self, texts: Sequence[str]) -> None:
        """Ask about an answer."""
        ...


class Passage:
    """One request between its guard's two looks."""

    def __init__(
        self, guard: Guard, *, masks: Masks | None, answer: Context, matches: list[Match]
    ) -> None:
        """`matches` is where records are put; `answer` is what an answer is held against."""
        self.guard = guard
        self.masks = masks
        """None where nothing can be put back."""
        self.answer = answer
        self.stopped = ""
        """What the user is told, once something was stopped."""
        self.asked: tuple[Part, ...] = ()
        """The texts of the request as they go on, where judges are asked."""
        self.judges: Judges | None = None
        self.agreed: Agreed | None = None
        """What the answer was asked to be, where that is JSON of a schema."""
        self.raw: list[bytes] = []
        """The answer as its provider gave it, where judges may read it."""
        self.kept: Kept | None = None
        """What is to be stored of its texts, where anything is."""
        self._matches = matches
        self._more = 0

    def note(self, screening: Screening) -> None:
        """Put on record what was found, and whether that stops the request."""
        self._note(screening)
        if screening.blocked:
            self.stopped = self._told(screening)

    def error(self, message: str) -> str:
        """Give an error's text as it may leave: it may quote the request, or hold a key."""
        part = Part(text=message, origin=Origin.ASSISTANT)
        screening = self.guard.screen([part], self.answer, self.masks)
        self._note(screening)
        if screening.blocked:
            return self._told(screening)
        return "".join(self.restored(screening.texts))

    def _note(self, screening: Screening) -> None:
        if not (screening.records or screening.troubles):
            return
        if screening.troubles and self.kept is not None:
            self.kept.withhold(UNSCREENED)
        way = screening.direction.value
        for record in screening.records:
            self._record(_match(record))
        for trouble in screening.troubles:
            name = trouble.detector
            judges = any(one.name == name for one in self.guard.policy.judges)
            self._record(_failed(trouble, f"{JUDGE}.{name}" if judges else name, way))

    def restored(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Put masked values back."""
        masks = self.masks
        if masks is None or masks.empty:
            return tuple(texts)
        return tuple([masks.restored(one) for one in texts])

    def _told(self, screening: Screening) -> str:
        policy = self.guard.policy
        told = screening.told or policy.tell
        return (told.ja if policy.language == "ja" else told.en) or "-"

    def _record(self, match: Match) -> None:
        if len(self._matches) < MATCHES_MAX:
            self._matches.append(match)
            return
        self._more += 1
        self._matches[-1] = Match(
            rule=MORE, risk="", action="", stage=match.stage, score=float(self._more + 1)
        )


def _match(record: Record) -> Match:
    return Match(
        rule=record.rule,
        risk=record.risk,
        action=record.action,
        stage=record.direction.value,
        score=record.score,
        severity=record.severity.value,
        origin=record.origin.value,
        mark=record.mark,
    )


def _failed(trouble: Trouble, rule: str, way: str) -> Match:
    return Match(rule=rule, risk=trouble.error, action=FAILED, stage=way, score=0.0)
