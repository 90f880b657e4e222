"""The checklist itself as text: a line an item, one item whole, and what a move undoes."""

from collections.abc import Callable, Iterable, Iterator

from rich.text import Text

from tenken.messages.speech import Speech
from tenken.readiness.catalogue import Catalogue, Item
from tenken.readiness.moves import ProveAgain
from tenken.readiness.report.wording import Wording, visible
from tenken.sentence import Sentence

WhyNot = Callable[[str], Sentence | None]
"""Why a question of the running system is not asked; None where it is."""


def lines(catalogue: Catalogue, chosen: Iterable[Item], speech: Speech) -> Text:
    """A line for each chosen item below the title of its section."""
    names = Wording(speech)
    wanted = {item.id for item in chosen}
    shown = Text()
    for section in catalogue.sections:
        items = [item for item in section.items if item.id in wanted]
        if not items:
            continue
        shown.append(f"{section.id}  {names.both(section.title)}\n", "bold")
        for item in items:
            gate = f" · {speech.text('report.hard_gate')}" if item.hard_gate else ""
            method = names.method(item.decides)
            shown.append(f"  {item.id:<6} ").append(names.both(item.title))
            shown.append(f"  {method}{gate}\n", "dim")
    return shown


def whole(item: Item, speech: Speech, why_not: WhyNot) -> Text:
    """Everything the checklist says of one item."""
    names = Wording(speech)
    shown = Text(f"{item.id} {names.both(item.title)}\n", "bold")
    for heading, said in _blocks(item, names, speech, why_not):
        shown.append("\n").append(f"{heading}\n", "bold")
        for line in said:
            shown.append(f"  {line}\n")
    return shown


def _blocks(
    item: Item, names: Wording, speech: Speech, why_not: WhyNot
) -> Iterator[tuple[str, list[str]]]:
    say = speech.text
    yield say("report.item_asks"), [names.both(item.explanation), names.both(item.why)]
    decided = [f"{names.method(item.decides)} → {names.grade(item.needed)}"]
    if item.hard_gate:
        decided.append(say("report.hard_gate"))
    decided += [f"{names.tier(tier)}: {names.grade(item.demanded(tier))}" for tier in item.tiers]
    yield say("report.item_decided"), decided
    if item.subs:
        subs = (
            f"({sub.id}) {names.both(sub.title)}: {names.method(sub.decides)}" for sub in item.subs
        )
        yield say("report.item_parts"), list(subs)
    if item.signature:
        role = names.role(item.signature.role)
        days = say("report.item_days", days=item.signature.max_days)
        yield (
            say("report.item_signature"),
            [names.signature(item.signature.kind), f"{role}, {days}"],
        )
    if item.probes.runtime:
        yield say("report.item_observed"), list(_observed(item, speech, why_not))
    yield say("report.item_cheats"), [names.both(cheat.text) for cheat in item.cheats]
    for stack, guide in item.guides.items():
        text = visible(speech.choose(ja=guide.ja, en=guide.en))
        yield (
            say("report.item_guide", stack=names.stack(stack)),
            [text, f"→ {names.where(guide)}"],
        )


def _observed(item: Item, speech: Speech, why_not: WhyNot) -> Iterator[str]:
    for use in item.probes.runtime:
        unasked = why_not(use.probe)
        supports = speech.text("report.item_supports") if use.supports else ""
        told = speech(unasked) if unasked else supports
        yield f"{use.probe} ({told})" if told else use.probe


def moved(again: Iterable[ProveAgain], stack: str, speech: Speech) -> Text:
    """What to prove again, why, and where it will show on the new stack."""
    names = Wording(speech)
    every = list(again)
    head = speech.text("report.moved", count=len(every), stack=names.stack(stack))
    shown = Text(f"{head}\n\n", "bold")
    for one in every:
        because = speech.text(f"report.moved_{one.because.value}")
        shown.append(f"  {one.item.id:<6} ", "bold").append(names.both(one.item.title))
        shown.append(f"  {because}\n", "dim")
        guide = one.item.guides.get(stack)
        if guide:
            shown.append(f"         → {names.where(guide)}\n")
    return shown
