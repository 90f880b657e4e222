"""How what was observed is told: per question a word, what was seen, and the figures."""

from collections.abc import Iterable, Iterator

from tenken.evidence import Evidence, Holding, Measurement
from tenken.messages.speech import Speech

SEEN, NOT_MET, NOTHING_SEEN = 0, 1, 3


def exit_code(seen: Iterable[Evidence]) -> int:
    """0 where all that was settled holds, 1 where something does not, 3 where nothing was."""
    holdings = {one.answer.holding for one in seen}
    if holdings & {Holding.FAILS, Holding.PARTLY}:
        return NOT_MET
    return SEEN if Holding.HOLDS in holdings else NOTHING_SEEN


def lines(evidence: Evidence, title: str, speech: Speech) -> Iterator[str]:
    """Tell one piece of evidence in one language."""
    subs = f" {', '.join(evidence.subs)}" if evidence.subs else ""
    word = speech.text(f"prove.holding_{evidence.answer.holding}")
    yield f"{evidence.item}{subs}  {word}  {title}"
    yield f"     {evidence.probe}"
    yield from (f"     {speech(sentence)}" for sentence in evidence.answer.sentences())
    yield from (f"     {_figure(one, speech)}" for one in evidence.measurements if one.n)
    yield ""


def _figure(one: Measurement, speech: Speech) -> str:
    name = speech.text(f"observed.measured_{one.name}")
    value = speech.text(f"observed.unit_{one.unit}", value=f"{one.value:.4g}")
    between = "" if one.low is None or one.high is None else f" [{one.low:.4g} … {one.high:.4g}]"
    return f"{name}: {value}{between}, n = {one.n}"
