"""What the last inspection found, as its report on this machine says."""

from tenken.console.reports import reports
from tenken.console.showing.blocks import Body, Note, Tile, Tiles, Tone
from tenken.console.view import View
from tenken.readiness.report.document import Document

TONES: dict[str, Tone] = {
    "proved": "good", "configured": "calm", "not_met": "bad", "unknown": "notice",
    "needs_sign_off": "strong",
}  # fmt: skip
COMMAND = "tenken check"


def summary(view: View) -> tuple[Body, ...]:
    """Give the level and the five words, or how to get there."""
    newest = next(iter(reports(view)), None)
    if newest is None:
        return (nothing(view),)
    return (
        tiles(view, newest),
        Note(text=level(view, newest), href="/readiness", link=view.say("see_readiness")),
    )


def nothing(view: View) -> Note:
    """Say how a report comes here."""
    return Note(text=view.say("no_report"), tone="calm", command=COMMAND)


def level(view: View, one: Document) -> str:
    """Tell the level and the gate."""
    gate = gated(view, one)
    made = view.words.moment(round(one.made_at.timestamp() * 1_000_000))
    return view.say("level_line", level=one.level.application, tier=one.tier, gate=gate, made=made)


def gated(view: View, one: Document) -> str:
    """Tell what became of the gate: one of which nothing was asked has let nothing through."""
    if not one.gate.passed:
        return view.say("gate_failed")
    return view.say("gate_passed" if one.gate.asked else "gate_unasked")


def tiles(view: View, one: Document) -> Tiles:
    """Give how many items stand under each of the five words."""
    return Tiles(
        tiles=tuple(
            Tile(name=word, label=view.speech.text(f"wording.word_{word}"), value=count,
                 tone=TONES.get(word, ""))
            for word, count in one.words.items()
        )
    )  # fmt: skip
