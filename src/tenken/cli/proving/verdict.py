"""How the outcome of a drill is told: per question a word, what was seen, and the figures."""

from collections.abc import Iterator

from tenken.drills.prove.drill import Drill, Outcome
from tenken.drills.prove.proof import Proof
from tenken.evidence import Holding, Measurement
from tenken.messages.speech import Speech

PROVED, NOT_MET, NOT_EXERCISED = 0, 1, 3


def exit_code(outcome: Outcome) -> int:
    """0 where all holds, 1 where it does not, 3 where nothing was exercised."""
    holdings = {proof.answer.holding for proof in outcome.proofs}
    if Holding.ERROR in holdings:
        return NOT_EXERCISED
    return PROVED if holdings <= {Holding.HOLDS} else NOT_MET


def lines(drill: Drill, title: str, outcome: Outcome, speech: Speech) -> Iterator[str]:
    """Tell an outcome in one language."""
    yield f"{drill.item} {title}"
    yield f"  {speech.text(drill.hypothesis)}"
    for proof in outcome.proofs:
        yield ""
        yield from _proof(proof, speech)


def _proof(proof: Proof, speech: Speech) -> Iterator[str]:
    subs = f"{', '.join(proof.subs)}  " if proof.subs else ""
    yield f"  {subs}{speech.text(f'prove.holding_{proof.answer.holding}')}  {proof.probe}"
    yield from (f"     {speech(sentence)}" for sentence in proof.answer.sentences())
    yield from (f"     {_figure(one, speech)}" for one in proof.measurements if one.n)


def _figure(one: Measurement, speech: Speech) -> str:
    name = speech.text(f"prove.measured_{one.name}")
    value = speech.text(f"prove.unit_{one.unit}", value=f"{one.value:.3g}")
    between = "" if one.low is None or one.high is None else f" [{one.low:.3g} … {one.high:.3g}]"
    return f"{name}: {value}{between}, n = {one.n}"
