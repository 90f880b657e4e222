"""What the demonstration says: pure, one language at a time."""

from collections.abc import Iterator, Mapping
from itertools import islice

from rich.cells import cell_len

from tenken.cli.asking import recorded
from tenken.cli.demonstrating.play import Outcomes, Survived, Tried
from tenken.cli.demonstrating.stage import KEY, URL
from tenken.drills.prove.proof import Proof
from tenken.evidence import Answer, Holding
from tenken.messages.speech import Speech
from tenken.readiness.catalogue import Catalogue
from tenken.sentence import Sentence

LONG, SHOWN_OF_A_KEY = 32, 11
MARKS: Mapping[Holding, str] = {Holding.HOLDS: "✓", Holding.FAILS: "✗"}
UNSETTLED = "?"
FOUND = (Holding.HOLDS, Holding.PARTLY, Holding.UNKNOWN, Holding.ERROR, Holding.FAILS)
"""What a drill may find, from the best to the worst."""


def before(tried: Tried, speech: Speech) -> Iterator[str]:
    """Tell what the drills found of the application as it is."""
    yield speech.text("demo.before", verdicts=_verdicts(tried.outcomes, speech))


def two_lines(old: Tried, new: Survived, speech: Speech) -> Iterator[str]:
    """Tell what differs between the two: settings, and no line of code."""
    yield speech.text("demo.two_lines")
    for sign, tried in (("-", old), ("+", new)):
        settings = "  ".join(f"{name}={_shown(name, tried.variables)}" for name in (URL, KEY))
        yield f"  {sign} {settings}"


def survived(found: Survived, speech: Speech) -> Iterator[str]:
    """Tell how a question was answered past a dead provider, by the record of it."""
    head = "demo.survived" if found.driven.is_served else "demo.not_survived"
    yield speech.text(head)
    whose, attempts, tokens, cost, *_ = recorded.lines(found.exchange, speech)
    yield from (f"  {line}" for line in (whose, attempts, f"{tokens} · {' '.join(cost.split())}"))


def compared(old: Outcomes, new: Outcomes, catalogue: Catalogue, speech: Speech) -> Iterator[str]:
    """Tell per question what became of it."""
    yield speech.text("demo.compared")
    once = {(item, proof.probe): proof for item, proof in _proofs(old)}
    for item, proof in _proofs(new):
        earlier = once[item, proof.probe]
        words = f"{_verdict(earlier, speech)} → {_verdict(proof, speech)}"
        yield f"  {words}  {_question(item, proof, catalogue, speech)}"
        if proof.answer.holding is not Holding.HOLDS:
            yield from _indented(_against(proof.answer), speech)


def _verdicts(outcomes: Outcomes, speech: Speech) -> str:
    """Give a word per item: a single question that does not hold decides."""
    worst = {
        item: max((proof.answer.holding for proof in found.proofs), key=FOUND.index)
        for item, found in sorted(outcomes.items())
    }
    return ", ".join(f"{item} {_word(holding, speech)}" for item, holding in worst.items())


def _proofs(outcomes: Outcomes) -> Iterator[tuple[str, Proof]]:
    return ((item, proof) for item in sorted(outcomes) for proof in outcomes[item].proofs)


def _verdict(proof: Proof, speech: Speech) -> str:
    """Give mark and word, as wide as the widest, so that the questions stand below each other."""
    holding = proof.answer.holding
    widest = max(cell_len(_word(one, speech)) for one in FOUND)
    word = _word(holding, speech)
    return f"{MARKS.get(holding, UNSETTLED)} {word}{' ' * (widest - cell_len(word))}"


def _word(holding: Holding, speech: Speech) -> str:
    return speech.text(f"prove.holding_{holding}")


def _question(item: str, proof: Proof, catalogue: Catalogue, speech: Speech) -> str:
    found = catalogue.item(item)
    subs = found.subs if found else ()
    titles = [speech.choose(ja=s.title.ja, en=s.title.en) for s in subs if s.id in proof.subs]
    return f"{item} {', '.join(proof.subs)}  {', '.join(titles)}"


def _against(answer: Answer) -> Iterator[Sentence]:
    """Give what speaks against it, or restricts it, or is wanting."""
    yield from (one.sentence for one in answer.findings)
    if answer.missing:
        yield answer.missing


def _indented(said: Iterator[Sentence], speech: Speech) -> Iterator[str]:
    """Give the first of several reasons; the whole of them is in the evidence."""
    return (f"      {speech(one)}" for one in islice(said, 1))


def _shown(name: str, variables: Mapping[str, str]) -> str:
    value = variables[name]
    return f"{value[:SHOWN_OF_A_KEY]}…" if name == KEY and len(value) > LONG else value
