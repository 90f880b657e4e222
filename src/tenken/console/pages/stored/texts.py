"""The stored texts of one exchange, for those who may see them; each look is on record.

The page says on which keys and settings it rests where there is nothing to show.
"""

from tenken.console.showing.blocks import Card, Choice, Note, Page, Quote
from tenken.console.view import View
from tenken.journal.exchange import Exchange
from tenken.journal.sealing import Unopened
from tenken.journal.texts import KEPT, WITHHELD, Said, Texts, content_of
from tenken.store.browsing.browsing import Browsing
from tenken.store.browsing.lines import Key
from tenken.store.people.audit import Audit, Entry
from tenken.store.people.roles import Role
from tenken.store.texts.texts import SealedTexts, whose_of

NEEDS = Role.OPERATOR
READ = "texts_read"
"""What a look is called in the log of changes."""
HOW = "gateway: {texts: {store: [request, answer], key: {kind: env, name: TENKEN_TEXT_KEY}}}"


def page(view: View) -> Page | None:
    """Give the texts of an exchange."""
    key = Key.read(view.thing)
    one = Browsing(view.desk.engine).whole(key) if key else None
    if one is None or not view.sees(one.identity.use_case):
        return None
    return Page(
        name="texts",
        title=view.say("page_texts"),
        lead=f"{view.words.moment(one.at)} · {one.id}",
        back=Choice(label=view.say("page_exchange"), href=f"/traffic/{view.thing}", chosen=False),
        cards=_cards(view, one),
    )


def card(view: View, one: Exchange) -> Card:
    """Say on an exchange's own page whether its texts are kept, and where to read them."""
    said = content_of(one.content)
    match said.kind:
        case kind if kind == KEPT and view.may(NEEDS):
            note = Note(
                text=view.say("texts_kept"),
                href=f"/traffic/{view.thing}/texts",
                link=view.say("texts_open"),
            )
        case kind if kind == KEPT:
            note = Note(text=view.say("texts_not_yours"), tone="calm")
        case kind if kind == WITHHELD:
            note = Note(text=_withheld(view, said.word), tone="notice")
        case _:
            note = Note(text=view.say("texts_none"), tone="calm", command=HOW)
    return Card(name="texts", title=view.say("card_texts"), half=True, body=(note,))


def _cards(view: View, one: Exchange) -> tuple[Card, ...]:
    said = content_of(one.content)
    if said.kind != KEPT:
        return (card(view, one),)
    audit = Audit(view.desk.engine)
    number = audit.begin(_entry(view, one))
    sealed = SealedTexts(view.desk.engine).of(whose_of(one))
    if sealed is None:
        audit.end(number, "refused")
        return (_told(view, view.say("texts_gone"), calm=True),)
    try:
        texts = view.desk.serving.text_ring().open(sealed, whose=whose_of(one))
    except Unopened as error:
        audit.end(number, "failed")
        return (_told(view, view.speech(error.sentence)),)
    audit.end(number, "done")
    return _shown(view, texts)


def _shown(view: View, texts: Texts) -> tuple[Card, ...]:
    return (
        _part(view, "request", texts.request, cut="request" in texts.cut),
        _part(view, "answer", texts.answer, cut="answer" in texts.cut),
    )


def _part(view: View, part: str, said: tuple[Said, ...], *, cut: bool) -> Card:
    quotes = tuple(
        Quote(name=f"{part}-{number}", label=view.word("who", one.who), text=one.text)
        for number, one in enumerate(said, 1)
    )
    note = Note(text=view.say(f"texts_{part}_cut"), tone="notice")
    none = Note(text=view.say(f"texts_no_{part}"), tone="calm")
    body = (*((note,) if cut else ()), *(quotes or (none,)))
    return Card(name=part, title=view.say(f"card_texts_{part}"), body=body)


def _told(view: View, text: str, *, calm: bool = False) -> Card:
    note = Note(text=text, tone="calm" if calm else "bad")
    return Card(name="texts", title=view.say("card_texts"), body=(note,))


def _withheld(view: View, why: str) -> str:
    return view.say("texts_withheld", why=view.word("withheld", why))


def _entry(view: View, one: Exchange) -> Entry:
    return Entry(
        at=view.now,
        actor=view.visitor.name,
        application=view.desk.application,
        action=READ,
        subject=one.id[:200],
        detail=one.span,
    )
