"""What people sign: which items wait for whom, what the text is, and what was signed here."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from tenken.console.beheld import Asking, asking, hindered
from tenken.console.changes.signing import LENGTHS
from tenken.console.pages import inspected
from tenken.console.pages.deciding.standing import TONES, standing
from tenken.console.pages.parts import columns
from tenken.console.reports import reports
from tenken.console.showing.blocks import (
    Act,
    Asked,
    Body,
    Card,
    Choice,
    Fact,
    Facts,
    Form,
    Note,
    Page,
    Quote,
    Row,
    Table,
)
from tenken.console.view import View
from tenken.readiness.catalogue import Item, shipped
from tenken.readiness.report.document import Document, ItemEntry
from tenken.store.people.signing import Kept, SignOffs

WORDS = ("awaited", "expired", "changed", "not_counted", "noted", "open", "since", "signed")


def page(view: View) -> Page:
    """Give the items that take a signature, those that wait first."""
    report = next(iter(reports(view)), None)
    body = (inspected.nothing(view),) if report is None else _listed(view, report)
    return Page(
        name="signing",
        title=view.say("page_signing"),
        lead=view.say("signing_lead"),
        back=Choice(label=view.say("page_readiness"), href="/readiness", chosen=False),
        cards=(Card(name="items", title=view.say("table_signing"), body=body),),
    )


def _listed(view: View, report: Document) -> tuple[Body, ...]:
    kinds = columns(
        view, ("item", "text"), ("standing", "tone"), ("title", "text"), ("sign_role", "text"),
        ("signed_by", "text"), ("until", "text"),
    )  # fmt: skip
    own = SignOffs(view.desk.engine)
    kept, roles = (
        own.all(view.desk.application),
        own.roles(view.visitor.name, view.desk.application),
    )
    found = [
        (one, standing(view, report, one, _of(kept, one)))
        for one in report.items
        if one.asked is not None
    ]
    found.sort(key=lambda pair: WORDS.index(pair[1].state))
    rows = tuple(
        Row(
            cells=(
                one.id, view.say(f"signature_{how.state}"), one.title,
                role_name(view, one.asked.role if one.asked else "", roles), how.by or None,
                how.until or None,
            ),
            href=f"/signing/{one.id}",
            tone=TONES[how.state],
        )
        for one, how in found
    )  # fmt: skip
    table = Table(name="signing", label=view.say("table_signing"), columns=kinds, rows=rows)
    older = Note(text=view.say("no_asked"), tone="calm", command=inspected.COMMAND)
    return (table if rows else older,)


def role_name(view: View, role: str, own: frozenset[str] = frozenset()) -> str:
    """Give a role of the checklist as people call it, and whether it is one's own."""
    said = view.speech.text(f"wording.role_{role}")
    name = role if said.startswith("wording.") else said
    return view.say("own_role", role=name) if role in own else name


def _of(kept: Sequence[Kept], item: ItemEntry) -> tuple[Kept, ...]:
    return tuple(one for one in kept if one.item == item.id)


# --------------------------------------------------------------------------------- one item


def item(view: View) -> Page | None:
    """Give what is signed at one item, and the form."""
    asked = asking(view, view.thing)
    if asked is None:
        return None
    kept = _of(SignOffs(view.desk.engine).all(view.desk.application), asked.item)
    return Page(
        name="signing_item",
        title=f"{asked.item.id} {asked.item.title}",
        back=Choice(label=view.say("page_signing"), href="/signing", chosen=False),
        cards=(
            Card(
                name="facts", title=view.say("card_standing"), half=True,
                body=(_facts(view, asked, kept),),
            ),
            Card(
                name="brief", title=view.say("card_brief"), half=True,
                body=tuple(_brief(view, asked.item)),
            ),
            Card(
                name="texts", title=view.say("card_texts"), lead=view.say("texts_lead"),
                body=tuple(_texts(view, asked)),
            ),
            Card(name="sign", title=view.say("sign"), body=tuple(_form(view, asked))),
            _kept(view, kept),
        ),
    )  # fmt: skip


def _facts(view: View, asked: Asking, kept: Sequence[Kept]) -> Facts:
    how = standing(view, asked.report, asked.item, kept)
    known: tuple[tuple[str, str | None], ...] = (
        ("standing", view.say(f"signature_{how.state}")),
        ("signed_by", how.by or None),
        ("until", how.until or None),
        ("sign_role", role_name(view, asked.rule.role)),
        ("what_signed", view.say(f"kind_{asked.rule.kind.value}")),
        ("at_most", view.say("days", count=asked.rule.max_days)),
        ("inspected_at", view.words.moment(round(asked.report.made_at.timestamp() * 1_000_000))),
        ("commit", (asked.report.repository.commit or "")[:12] or None),
    )
    return Facts(
        facts=tuple(
            Fact(name=name, label=view.say(f"column_{name}"), value=value)
            for name, value in known
            if value
        )
    )


@cache
def _shipped() -> Mapping[str, Item]:
    return {one.id: one for one in shipped().items}


def sign_roles() -> tuple[str, ...]:
    """Give the roles that the checklist knows."""
    return tuple(sorted({one.signature.role for one in _shipped().values() if one.signature}))


def _brief(view: View, entry: ItemEntry) -> Iterator[Body]:
    """What the item asks and why; an item of the house's own list has its title alone."""
    found = _shipped().get(entry.id)
    if found is not None:
        for both in (found.explanation, found.why):
            yield Note(text=view.speech.choose(ja=both.ja, en=both.en))
    title = "" if found else entry.title
    yield Note(text=title, href=f"/readiness/{entry.id}", link=view.say("see_item"))


def _texts(view: View, asked: Asking) -> Iterator[Body]:
    kinds = columns(view, ("text", "code"), ("standing", "tone"), ("sha256", "code"))
    rows = tuple(
        Row(
            cells=(one.name, view.say(f"text_{one.state}"), one.entry.sha256),
            tone="good" if one.state == "same" else "bad",
        )
        for one in asked.texts
    )
    table = Table(name="texts", label=view.say("card_texts"), columns=kinds, rows=rows)
    yield table if rows else Note(text=view.say("no_texts"), tone="calm")
    for number, one in enumerate(asked.texts, 1):
        if one.state == "same":
            label = f"{one.name} · SHA-256 {one.entry.sha256}"
            yield Quote(name=f"text_{number}", label=label, text=one.content)


def _form(view: View, asked: Asking) -> Iterator[Body]:
    against = hindered(view, asked)
    if against is not None:
        yield Note(text=view.speech(against), tone="notice", command=_command(asked))
        return
    if not view.visitor.email:
        yield Note(text=view.say("sign_by_password"), tone="notice", command=_command(asked))
    if asked.tier == "A" and any(one.authors is None for one in asked.texts):
        yield Note(text=view.say("authors_unknown"), tone="notice")
    name = view.visitor.full_name or view.visitor.name
    lengths = [(days, one) for one, days in LENGTHS.items() if days < asked.rule.max_days]
    options = [(str(days), view.say(f"length_{one}")) for days, one in sorted(lengths)]
    longest = str(asked.rule.max_days)
    options.append((longest, view.say("days", count=asked.rule.max_days)))
    wording = "not_needed" if asked.rule.only_exempts else "statement"
    yield Form(
        path="/signing/sign",
        label=view.say("sign_as", name=name, role=role_name(view, asked.rule.role)),
        confirm=view.say("sign_confirm", item=asked.item.id, name=name),
        tone="strong",
        fields=(
            Asked(name="item", label="", kind="hidden", value=asked.item.id),
            Asked(name="seen", label="", kind="hidden", value=asked.seen),
            Asked(
                name=wording, label=view.say(f"field_{wording}"), kind="area",
                hint=view.say(f"{wording}_hint"),
            ),
            Asked(
                name="days", label=view.say("field_days"), kind="select", value=longest,
                options=tuple(options),
            ),
        ),
    )  # fmt: skip


def _command(asked: Asking) -> str:
    said = "--not-needed" if asked.rule.only_exempts else "--statement"
    return f'tenken sign {asked.item.id} --name "…" --email "…" {said} "…"'


def _kept(view: View, kept: Sequence[Kept]) -> Card:
    kinds = columns(
        view, ("at", "moment"), ("signed_by", "text"), ("email", "text"), ("login_by", "text"),
        ("statement", "text"), ("until", "text"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                one.at, one.full_name, one.email or None, one.issuer or view.say("by_password"),
                one.statement, one.expires_on,
            ),
            acts=_withdraw(view, one) if one.user == view.visitor.name else (),
        )
        for one in kept
    )  # fmt: skip
    table = Table(name="signoffs", label=view.say("table_signoffs"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_signoffs"), tone="calm")
    return Card(name="signoffs", title=view.say("table_signoffs"), body=(table if rows else none,))


def _withdraw(view: View, one: Kept) -> tuple[Act, ...]:
    act = Act(
        path="/signing/withdraw", label=view.say("sign_back"), tone="bad",
        confirm=view.say("sign_back_confirm", item=one.item), hidden=(("id", one.id),),
    )  # fmt: skip
    return (act,)
