"""What the last inspections found: level, gate, items, what expires, how it went over time."""

from collections.abc import Sequence
from datetime import datetime

from tenken.console.pages import inspected
from tenken.console.pages.inspected import TONES
from tenken.console.pages.parts import columns
from tenken.console.reports import reports
from tenken.console.showing.blocks import (
    Body,
    Card,
    Choice,
    Fact,
    Facts,
    Note,
    Page,
    Row,
    Table,
    Tone,
)
from tenken.console.view import View
from tenken.readiness.report.document import Document, GradeCode, ItemEntry, Said

SOON_DAYS = 30
DAY_US = 86_400_000_000
WORDS = ("not_met", "needs_sign_off", "unknown", "configured", "proved")
ACTIONS = 8
GRADES: dict[GradeCode, str] = {
    "E0": "none", "E1": "declared", "E2": "configured", "E3": "observed", "E4": "exercised",
}  # fmt: skip


def page(view: View) -> Page:
    """Give the page."""
    found = reports(view)
    if not found:
        return Page(
            name="readiness", title=view.say("page_readiness"),
            cards=(
                Card(
                    name="none", title=view.say("card_no_report"), body=(inspected.nothing(view),)
                ),
            ),
        )  # fmt: skip
    newest = found[0]
    return Page(
        name="readiness",
        title=view.say("page_readiness"),
        lead=inspected.level(view, newest),
        cards=(
            Card(name="words", title=view.say("card_words"), body=tuple(_words(view, newest))),
            Card(
                name="actions", title=view.say("card_actions"), half=True,
                body=(_actions(view, newest),),
            ),
            Card(
                name="expires", title=view.say("card_expires"), half=True,
                lead=view.say("expires_lead", days=SOON_DAYS), body=(_expires(view, newest),),
            ),
            _items(view, newest),
            _history(view, found),
        ),
    )  # fmt: skip


def _words(view: View, one: Document) -> tuple[Body, ...]:
    sign = Note(text="", href="/signing", link=view.say("see_signing"))
    stopped = (_stopped(view, one),) if one.gate.stopped_by else ()
    return (inspected.tiles(view, one), *stopped, sign)


def _stopped(view: View, one: Document) -> Table:
    """Give what keeps the gate shut, each with the item that it is about."""
    titles = {each.id: each.title for each in one.items}
    kinds = columns(view, ("item", "text"), ("reason", "text"))
    rows = tuple(
        Row(
            cells=(item or None, _of_item(view, _said(view, said), titles.get(item, ""))),
            href=f"/readiness/{item}" if item in titles else "",
            tone="bad",
        )
        for said in one.gate.stopped_by
        for item in (str(said.fields.get("item", "")),)
    )
    label = view.say("table_stopped")
    return Table(name="stopped", label=label, columns=kinds, rows=rows)


def _of_item(view: View, said: str, title: str) -> str:
    return view.speech.text("report.of_item", said=said, title=title) if title else said


def _actions(view: View, one: Document) -> Body:
    kinds = columns(view, ("items", "text"), ("effort", "text"), ("remedy", "text"))
    rows = tuple(
        Row(
            cells=(
                ", ".join(each.items), view.speech.text(f"wording.effort_{each.effort}"),
                f"{each.text} `{each.command}`" if each.command else each.text,
            ),
            href=f"/readiness/{each.items[0]}" if each.items else "",
        )
        for each in one.actions[:ACTIONS]
    )  # fmt: skip
    table = Table(name="actions", label=view.say("card_actions"), columns=kinds, rows=rows)
    return table if rows else Note(text=view.say("no_actions"), tone="good")


def _expires(view: View, one: Document) -> Body:
    kinds = columns(view, ("day", "day"), ("item", "text"), ("title", "text"))
    until = view.now + SOON_DAYS * DAY_US
    soon = sorted(
        (_us(each.expires_at), each.id, each.title)
        for each in one.items
        if each.expires_at is not None and _us(each.expires_at) < until
    )
    rows = tuple(
        Row(cells=(at, name, title), href=f"/readiness/{name}", tone="bad")
        for at, name, title in soon
    )
    table = Table(name="expires", label=view.say("card_expires"), columns=kinds, rows=rows)
    return table if rows else Note(text=view.say("nothing_expires"), tone="calm")


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _items(view: View, one: Document) -> Card:
    kinds = columns(
        view, ("item", "text"), ("word", "tone"), ("title", "text"), ("grade", "text"),
        ("needed", "text"), ("gate", "text"), ("findings", "whole"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                each.id, view.speech.text(f"wording.word_{each.word.value}"), each.title,
                _grade(view, each.grade), _grade(view, each.needed_grade),
                view.say("hard_gate") if each.hard_gate else None,
                len(each.findings),
            ),
            href=f"/readiness/{each.id}",
            tone=TONES.get(each.word.value, ""),
        )
        for each in sorted(one.items, key=lambda each: WORDS.index(each.word.value))
    )  # fmt: skip
    return Card(
        name="items", title=view.say("table_items"),
        body=(Table(name="items", label=view.say("table_items"), columns=kinds, rows=rows),),
    )  # fmt: skip


def _tone(one: Document) -> Tone:
    if not one.gate.passed:
        return "bad"
    return "good" if one.gate.asked else "calm"


def _history(view: View, found: Sequence[Document]) -> Card:
    words = columns(view, ("proved", "whole"), ("configured", "whole"), ("not_met", "whole"))
    kinds = (
        *columns(view, ("at", "moment"), ("commit", "code"), ("level", "whole")),
        *words,
        *columns(view, ("gate", "tone")),
    )
    rows = tuple(
        Row(
            cells=(
                _us(one.made_at), (one.repository.commit or "")[:12] or None,
                one.level.application,
                *(_count(one, word) for word in ("proved", "configured", "not_met")),
                inspected.gated(view, one),
            ),
            tone=_tone(one),
        )
        for one in found
    )  # fmt: skip
    table = Table(name="history", label=view.say("table_history"), columns=kinds, rows=rows)
    return Card(name="history", title=view.say("table_history"), body=(table,))


def _said(view: View, one: Said) -> str:
    """Say again in the reader's language what a report says in its own."""
    said = view.speech.text(one.id, **one.fields)
    return one.text if said.startswith(one.id) else said


def _grade(view: View, code: GradeCode) -> str:
    return view.speech.text(f"wording.grade_{GRADES[code]}")


def _count(one: Document, word: str) -> int:
    return sum(each.word.value == word for each in one.items)


# --------------------------------------------------------------------------------- one item


def item(view: View) -> Page | None:
    """Give one item of the newest report."""
    newest = next(iter(reports(view)), None)
    one = next((each for each in newest.items if each.id == view.thing), None) if newest else None
    if one is None:
        return None
    return Page(
        name="item",
        title=f"{one.id} {one.title}",
        back=Choice(label=view.say("page_readiness"), href="/readiness", chosen=False),
        cards=(
            Card(name="facts", title=view.say("card_standing"), body=(_standing(view, one),)),
            *_remedy(view, one),
            *_signing(view, one),
            _findings(view, one),
            _evidence(view, one),
        ),
    )


def _standing(view: View, one: ItemEntry) -> Facts:
    known: tuple[tuple[str, str | None], ...] = (
        ("word", view.speech.text(f"wording.word_{one.word.value}")),
        ("outcome", view.speech.text(f"wording.outcome_{one.outcome.value}")),
        ("grade", _grade(view, one.grade)),
        ("needed", _grade(view, one.needed_grade)),
        ("decides", view.speech.text(f"wording.method_{one.decides.value}")),
        ("gate", view.say("hard_gate") if one.hard_gate else None),
        ("signed", f"{one.signed.name} ({one.signed.role})" if one.signed else None),
        ("reason", " ".join(_said(view, said) for said in one.reasons) or None),
    )
    return Facts(
        facts=tuple(
            Fact(name=name, label=view.say(f"column_{name}"), value=value)
            for name, value in known
            if value is not None
        )
    )


def _remedy(view: View, one: ItemEntry) -> tuple[Card, ...]:
    if one.remedy is None:
        return ()
    note = Note(text=one.remedy.text, command=one.remedy.command or "")
    return (Card(name="remedy", title=view.say("card_remedy"), body=(note,)),)


def _signing(view: View, one: ItemEntry) -> tuple[Card, ...]:
    if one.asked is None:
        return ()
    note = Note(
        text=view.say("signed_here"), href=f"/signing/{one.id}", link=view.say("see_signing_item")
    )
    return (Card(name="signing", title=view.say("sign"), body=(note,)),)


def _findings(view: View, one: ItemEntry) -> Card:
    kinds = columns(view, ("kind", "tone"), ("what", "text"), ("place", "code"))
    rows = tuple(
        Row(
            cells=(
                view.speech.text(f"wording.kind_{each.kind.value}"), _said(view, each),
                f"{each.path}:{each.line}" if each.path else None,
            ),
            tone="bad" if each.kind.value == "lie" else "notice",
        )
        for each in one.findings
    )  # fmt: skip
    table = Table(name="findings", label=view.say("table_findings"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_findings"), tone="calm")
    return Card(name="findings", title=view.say("table_findings"), body=(table if rows else none,))


def _evidence(view: View, one: ItemEntry) -> Card:
    kinds = columns(
        view, ("at", "moment"), ("probe", "code"), ("holding", "text"), ("grade", "text"),
        ("observer", "text"), ("expires_at", "moment"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                _us(each.observed_at), each.probe, view.word("holding", each.holding.value),
                _grade(view, each.grade), each.observer or None,
                _us(each.expires_at) if each.expires_at else None,
            )
        )
        for each in one.evidence
    )  # fmt: skip
    table = Table(name="evidence", label=view.say("table_evidence"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_evidence"), tone="calm")
    return Card(name="evidence", title=view.say("table_evidence"), body=(table if rows else none,))
