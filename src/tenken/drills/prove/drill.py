"""What a drill is: a sentence that may turn out false, and the way to try it."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from tenken.drills.prove.bench import Bench
from tenken.drills.prove.proof import Proof, no_effect
from tenken.sentence import Sentence


class Question(Struct, frozen=True, kw_only=True):
    """A drill probe of the catalogue, and the sub-criteria that it speaks to."""

    probe: str
    subs: tuple[str, ...] = ()


class Outcome(Struct, frozen=True, kw_only=True):
    """All that a drill found."""

    proofs: tuple[Proof, ...]
    models: tuple[str, ...] = ()
    """The models that the provider was asked for."""


class Drill(Struct, frozen=True, kw_only=True):
    """One item's drill."""

    item: str
    hypothesis: str
    """The id of the sentence that is tried."""
    questions: tuple[Question, ...]
    run: Callable[[Bench], Awaitable[Outcome]]
    hears_alerts: bool = False
    """It waits for alerts where the application's alerting sends them: at its own inbox."""


def nothing_exercised(questions: tuple[Question, ...], why: Sentence) -> Outcome:
    """The outcome where the fault could not be given: an error, for every question."""
    answer = no_effect(why)
    return Outcome(
        proofs=tuple(Proof(probe=one.probe, subs=one.subs, answer=answer) for one in questions)
    )
