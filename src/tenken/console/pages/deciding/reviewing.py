"""What the guard did, judged by people: one match after another, and what follows from it."""

from collections.abc import Iterator

from tenken.console.changes.judging import WHY_MAX, address, found_at, sought_of
from tenken.console.pages.parts import columns, or_note
from tenken.console.showing.blocks import (
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
    Tone,
)
from tenken.console.view import View
from tenken.keeper.reviewing import proposals
from tenken.store.browsing.lines import Key
from tenken.store.people.roles import Role
from tenken.store.reviews import Item, Reviews, Sought

FILTERS = ("risk", "rule", "judged")
LISTED = 100
MOST_READ = 10_000
SEVERITY: dict[str, Tone] = {"critical": "bad", "high": "bad", "medium": "notice", "low": "calm"}


def page(view: View) -> Page:
    """Give the queue, the newest first; or what was judged."""
    items = Reviews(view.desk.engine).items(sought_of(view), most=LISTED)
    kinds = columns(
        view, ("at", "moment"), ("rule", "text"), ("risk", "text"), ("action", "text"),
        ("severity", "tone"), ("score", "whole"), ("mark", "code"), ("use_case", "text"),
        ("verdict", "text"), ("judged_by", "text"),
    )  # fmt: skip
    rows = tuple(_row(view, one) for one in items)
    table = Table(name="reviews", label=view.say("table_queue"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_queue"), tone="calm")
    more = Note(text="", href="/proposals", link=view.say("see_proposals"))
    return Page(
        name="reviews",
        title=view.say("page_reviews"),
        lead=view.say("reviews_lead"),
        back=_back(view, "guardrails"),
        filters=tuple(_filters(view)),
        cards=(
            Card(
                name="reviews", title=view.say("table_queue"), body=(*or_note(table, none), more)
            ),
        ),
    )  # fmt: skip


def _back(view: View, page: str) -> Choice:
    return Choice(label=view.say(f"page_{page}"), href=f"/{page}", chosen=False)


def _filters(view: View) -> Iterator[Asked]:
    for name in ("risk", "rule"):
        yield Asked(
            name=name, label=view.say(f"column_{name}"), value=view.asked(name), required=False
        )
    yield Asked(
        name="judged", label=view.say("column_standing"), kind="select",
        value=view.asked("judged"), required=False,
        options=(("", view.say("judged_no")), ("1", view.say("judged_yes"))),
    )  # fmt: skip


def _row(view: View, one: Item) -> Row:
    said = one.judgement
    return Row(
        cells=(
            one.at, one.rule, one.risk, view.word("does", one.action), _severity(view, one),
            round(one.score, 2),
            one.mark or None, one.use_case or None, _verdict(view, one),
            said.judged_by if said else None,
        ),
        href=view.at(f"/reviews/{address(one)}", risk=view.asked("risk"), rule=view.asked("rule")),
        tone=SEVERITY.get(one.severity, ""),
    )  # fmt: skip


def _severity(view: View, one: Item) -> str | None:
    return view.word("severity", one.severity) if one.severity else None


def _verdict(view: View, one: Item) -> str | None:
    return view.say(f"verdict_{one.judgement.is_true}".lower()) if one.judgement else None


# -------------------------------------------------------------------------------- one match


def match(view: View) -> Page | None:
    """Give one match, and the form that judges it."""
    one = found_at(view, view.thing)
    if one is None:
        return None
    return Page(
        name="review",
        title=f"{one.rule} · {one.risk}",
        back=_back(view, "reviews"),
        cards=(
            Card(
                name="facts", title=view.say("card_match"), half=True,
                body=(_facts(view, one), _exchange(view, one)),
            ),
            Card(
                name="judge", title=view.say("judge"), lead=view.say("judge_lead"), half=True,
                body=tuple(_form(view, one)),
            ),
        ),
    )  # fmt: skip


def _facts(view: View, one: Item) -> Facts:
    said = one.judgement
    told: tuple[tuple[str, str | float | None], ...] = (
        ("action", view.word("does", one.action)), ("stage", view.word("stage", one.stage)),
        ("severity", _severity(view, one)),
        ("score", round(one.score, 2)), ("origin", one.origin), ("mark", one.mark),
        ("use_case", one.use_case), ("route", one.route), ("caller", one.caller),
        ("release", one.release), ("verdict", _verdict(view, one)),
        ("judged_by", said.judged_by if said else None), ("reason", said.why if said else None),
    )  # fmt: skip
    at = Fact(name="at", label=view.say("column_at"), value=one.at, kind="moment")
    facts = (
        Fact(name=name, label=view.say(f"column_{name}"), value=value)
        for name, value in told
        if value
    )
    return Facts(facts=(at, *facts))


def _exchange(view: View, one: Item) -> Note:
    key = Key(one.at, one.id, one.span)
    return Note(text="", href=f"/traffic/{key.written()}", link=view.say("see_exchange"))


def _form(view: View, one: Item) -> Iterator[Body]:
    if not view.may(Role.OPERATOR):
        yield Note(text=view.say("judge_not_yours"), tone="calm")
        return
    yield Form(
        path="/reviews/judge",
        label=view.say("verdict_true"),
        buttons=(
            ("verdict", "true", view.say("verdict_true")),
            ("verdict", "false", view.say("verdict_false")),
        ),
        fields=(
            Asked(name="id", label="", kind="hidden", value=address(one)),
            Asked(name="risk", label="", kind="hidden", value=view.asked("risk")),
            Asked(name="rule", label="", kind="hidden", value=view.asked("rule")),
            Asked(
                name="why", label=view.say("field_why"), hint=view.say("why_hint", most=WHY_MAX),
                first=True,
            ),
            Asked(
                name="sample", label=view.say("field_sample"), kind="area", required=False,
                hint=view.say("sample_hint"),
            ),
        ),
    )  # fmt: skip


# -------------------------------------------------------------------------------- proposals


def proposed(view: View) -> Page:
    """Give lines for the policy, of what was judged."""
    sought = Sought(judged=True, use_cases=view.use_cases)
    items = Reviews(view.desk.engine).items(sought, most=MOST_READ)
    lines = "\n".join(proposals(items))
    text: Body = Note(text=view.say("no_proposals"), tone="calm")
    if lines:
        text = Quote(name="proposals", label="policy.yaml", text=lines)
    return Page(
        name="proposals",
        title=view.say("page_proposals"),
        lead=view.say("proposals_lead"),
        back=_back(view, "reviews"),
        cards=(
            Card(
                name="proposals", title=view.say("judged_count", count=len(items)), body=(text,)
            ),
        ),
    )  # fmt: skip
