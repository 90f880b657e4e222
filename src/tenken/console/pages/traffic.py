"""Single exchanges: looked for by what they have in common, and one of them from end to end."""

from tenken.console.pages.parts import columns, requests_chart
from tenken.console.pages.stages import waterfall
from tenken.console.pages.stored.texts import card as texts_card
from tenken.console.showing.blocks import (
    Asked,
    Card,
    Choice,
    Fact,
    Facts,
    Kind,
    Note,
    Page,
    Row,
    Table,
    Tone,
)
from tenken.console.showing.reasons import reason
from tenken.console.view import LONGEST_KEY, View
from tenken.journal.exchange import Exchange, Outcome
from tenken.store.browsing.browsing import Browsing
from tenken.store.browsing.lines import Key, Line, Sought
from tenken.store.feedback.feedback import FeedbackBook
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.totals import Asked as Summed
from tenken.store.rollups.totals import Dimension

NAMED: tuple[Dimension, ...] = ("use_case", "route", "caller", "model", "release")
FILTERS = (*NAMED, "outcome", "status", "found", "session", "id", "before", "live")
ROWS = 50
DAY_US = 86_400_000_000
"""Names of the last day are offered; any other can be asked for in the address."""
TONES: dict[Outcome, Tone] = {
    Outcome.ANSWERED: "", Outcome.REFUSED: "notice", Outcome.BLOCKED: "strong",
    Outcome.CANCELLED: "calm",
}  # fmt: skip
KINDS: tuple[tuple[str, Kind], ...] = (
    ("at", "moment"), ("outcome", "tone"), ("status", "whole"), ("use_case", "text"),
    ("caller", "text"), ("model", "text"), ("tries", "whole"), ("matches", "whole"),
    ("tokens", "whole"), ("cost", "money"), ("took", "seconds"), ("id", "code"),
)  # fmt: skip


def page(view: View) -> Page:
    """Give the explorer."""
    asked = Summed(
        use_case=_named(view, "use_case"), route=_named(view, "route"),
        caller=_named(view, "caller"), model=_named(view, "model"),
        release=_named(view, "release"),
    )  # fmt: skip
    points = view.sums.series(view.window, view.grain, asked)
    live = view.asked("live") == "1"
    cards = (
        Card(
            name="over_time", title=view.say("card_over_time"),
            lead=view.say("over_time_lead"), body=(requests_chart(view, points),),
        ),
        _exchanges(view, live=live),
    )  # fmt: skip
    return Page(
        name="traffic",
        title=view.say("page_traffic"),
        windows=view.windows(),
        filters=_filters(view),
        cards=cards,
    )


def _exchanges(view: View, *, live: bool) -> Card:
    sought = _sought(view)
    before = view.asked("before", most=LONGEST_KEY)
    behind = Key.read(before) if before and not live else None
    found = Browsing(view.desk.engine).page(sought, behind=behind, most=ROWS)
    more = view.here(before=found.following.written()) if found.following and not live else ""
    table = Table(
        name="exchanges",
        label=view.say("table_exchanges"),
        columns=columns(view, *KINDS),
        rows=tuple(_row(view, one) for one in found.lines),
        more=more,
    )
    switch = Note(
        text=view.say("live_on") if live else "",
        href=view.here(live="" if live else "1", before=""),
        link=view.say("live_stop" if live else "live_start"),
    )
    cut = (Note(text=view.say("search_cut"), tone="notice"),) if found.cut else ()
    empty = () if table.rows else (Note(text=view.say("no_exchanges"), tone="calm"),)
    return Card(
        name="exchanges", title=view.say("table_exchanges"), refresh=live,
        body=(switch, *cut, *((table,) if table.rows else ()), *empty),
    )  # fmt: skip


def _named(view: View, name: str) -> str | None:
    return view.asked(name) or None


def _sought(view: View) -> Sought:
    status = view.asked("status")
    outcome = view.asked("outcome")
    return Sought(
        window=view.window,
        use_case=_named(view, "use_case"),
        route=_named(view, "route"),
        caller=_named(view, "caller"),
        model=_named(view, "model"),
        release=_named(view, "release"),
        outcome=Outcome(outcome) if outcome in tuple(Outcome) else None,
        status=int(status) if status.isascii() and status.isdigit() and len(status) < 4 else None,
        found={"1": True, "0": False}.get(view.asked("found")),
        session=view.asked("session") or None,
        id=view.asked("id") or None,
        use_cases=view.use_cases,
    )


def _row(view: View, one: Line) -> Row:
    return Row(
        cells=(
            one.at, view.say(f"outcome_{one.outcome.value}"), one.status or None, one.use_case,
            one.caller, one.model or None, one.tries, one.found, one.read + one.written, one.cost,
            one.last_us / 1_000_000, one.id,
        ),
        href=f"/traffic/{one.key.written()}",
        tone="bad" if one.status >= 500 else TONES.get(one.outcome, "bad"),
    )  # fmt: skip


def _filters(view: View) -> tuple[Asked, ...]:
    rollups = view.sums
    until = Grain.HOUR.end(view.now)
    lately = Window(until - DAY_US, until)
    drills = Summed(drills=True)
    fields = [
        _select(view, name, sorted({*rollups.consumed(name, lately, drills)} - {""}))
        for name in NAMED
    ]
    outcomes = tuple((one.value, view.say(f"outcome_{one.value}")) for one in Outcome)
    statuses = tuple((one, f"{one}xx") for one in ("2", "4", "5"))
    found = (("1", view.say("found_yes")), ("0", view.say("found_no")))
    return (
        *fields,
        _choice(view, "outcome", outcomes),
        _choice(view, "status", statuses),
        _choice(view, "found", found),
        Asked(name="id", label=view.say("filter_id"), value=view.asked("id"), required=False),
    )


def _select(view: View, name: str, known: list[str]) -> Asked:
    chosen = view.asked(name)
    names = known if not chosen or chosen in known else [*known, chosen]
    return _choice(view, name, tuple((one, one) for one in names))


def _choice(view: View, name: str, options: tuple[tuple[str, str], ...]) -> Asked:
    return Asked(
        name=name, label=view.say(f"filter_{name}"), kind="select", value=view.asked(name),
        options=(("", view.say("any")), *options), required=False,
    )  # fmt: skip


# ----------------------------------------------------------------------------- one exchange


def exchange(view: View) -> Page | None:
    """Give one exchange from end to end."""
    key = Key.read(view.thing)
    one = Browsing(view.desk.engine).whole(key) if key else None
    if one is None or not view.sees(one.identity.use_case):
        return None
    outcome = view.say(f"outcome_{one.outcome.value}")
    return Page(
        name="exchange",
        title=view.say("exchange_title", outcome=outcome),
        lead=f"{view.words.moment(one.at)} · {one.id}",
        back=Choice(label=view.say("page_traffic"), href="/traffic", chosen=False),
        cards=(
            Card(
                name="waterfall", title=view.say("card_waterfall"),
                lead=view.say("waterfall_lead"), body=(waterfall(view, one),),
            ),
            Card(name="facts", title=view.say("card_facts"), half=True, body=(_facts(view, one),)),
            Card(name="usage", title=view.say("card_usage"), half=True, body=(_usage(view, one),)),
            _attempts(view, one),
            _matches(view, one),
            texts_card(view, one),
            # What was said is told by a request's id alone, which two applications may share.
            *((_feedback(view, one),) if view.use_cases is None else ()),
        ),
    )  # fmt: skip


def _facts(view: View, one: Exchange) -> Facts:
    who = one.identity
    known: tuple[tuple[str, str | int | None, str], ...] = (
        ("outcome", view.say(f"outcome_{one.outcome.value}"), ""),
        ("status", one.status or None, ""),
        ("code", one.code or None, ""),
        ("finish", one.finish or None, ""),
        ("use_case", who.use_case, _same(view, "use_case", who.use_case)),
        ("route", who.route, _same(view, "route", who.route)),
        ("caller", who.caller, _same(view, "caller", who.caller)),
        ("session", who.session or None, _same(view, "session", who.session)),
        ("prompt", who.prompt or None, ""),
        ("release", who.release or None, _same(view, "release", who.release)),
        ("settings", who.settings or None, ""),
        ("overlays", who.overlays or None, ""),
        ("drill", who.drill or None, ""),
        ("api", one.api.value, ""),
        ("trace", one.trace or None, ""),
        ("span", one.span or None, ""),
        ("limits", ", ".join(one.limits) or None, ""),
    )
    codes = {"trace", "span", "session", "prompt", "release", "settings", "overlays"}
    return Facts(
        facts=tuple(
            Fact(name=name, label=view.say(f"column_{name}"), value=value, href=href,
                 kind="code" if name in codes else "text")
            for name, value, href in known
            if value is not None
        )
    )  # fmt: skip


def _same(view: View, name: str, value: str) -> str:
    return view.at("/traffic", **{name: value}) if value else ""


def _usage(view: View, one: Exchange) -> Facts:
    usage = one.usage
    figures: tuple[tuple[str, float | None, Kind], ...] = (
        ("input", usage.input, "whole"), ("cache_read", usage.cache_read, "whole"),
        ("cache_write", usage.cache_write + usage.cache_write_hour, "whole"),
        ("output", usage.output, "whole"), ("reasoning", usage.reasoning, "whole"),
    )  # fmt: skip
    facts = [
        Fact(name=name, label=view.say(f"column_{name}"), value=value, kind=kind)
        for name, value, kind in figures
    ]
    source = view.say("column_usage_source")
    return Facts(
        facts=(
            *facts,
            Fact(name="usage_source", label=source, value=view.word("usage", usage.source)),
            Fact(name="cost", label=view.say("column_cost"), value=one.cost, kind="money"),
            Fact(
                name="took", label=view.say("column_took"), kind="seconds",
                value=one.timings.last / 1_000_000,
            ),
        )
    )  # fmt: skip


def _attempts(view: View, one: Exchange) -> Card:
    kinds = columns(
        view, ("number", "whole"), ("target", "text"), ("provider", "text"), ("model", "text"),
        ("region", "text"), ("failure", "tone"), ("status", "whole"), ("took", "seconds"),
        ("tokens", "whole"), ("cost", "money"), ("reason", "text"), ("upstream_id", "code"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                number, each.target, each.provider, each.model, each.region or None,
                view.word("failed", each.failure.value) if each.failure else None,
                each.status or None,
                max(0, each.ended - each.began) / 1_000_000,
                each.usage.input + each.usage.output, each.cost,
                reason(view.speech, each.reason) or None,
                each.upstream_id or None,
            ),
            tone="bad" if each.failure else "",
        )
        for number, each in enumerate(one.attempts, 1)
    )  # fmt: skip
    table = Table(name="attempts", label=view.say("table_attempts"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_attempts"), tone="calm")
    return Card(name="attempts", title=view.say("table_attempts"), body=(table if rows else none,))


def _matches(view: View, one: Exchange) -> Card:
    kinds = columns(
        view, ("severity", "tone"), ("risk", "text"), ("rule", "text"), ("action", "text"),
        ("stage", "text"), ("score", "whole"), ("origin", "text"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                view.word("severity", each.severity) if each.severity else None, each.risk,
                each.rule, view.word("does", each.action), view.word("stage", each.stage),
                each.score, each.origin or None,
            ),
            tone="strong" if each.action == "block" else "",
        )
        for each in one.matches
    )  # fmt: skip
    table = Table(name="matches", label=view.say("table_matches"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_matches"), tone="calm")
    return Card(
        name="matches", title=view.say("table_matches"), half=True, body=(table if rows else none,)
    )


def _feedback(view: View, one: Exchange) -> Card:
    kinds = columns(
        view, ("at", "moment"), ("kind", "text"), ("value", "whole"), ("unit", "text"),
        ("via", "text"),
    )  # fmt: skip
    heard = FeedbackBook(view.desk.engine).of(one.id)
    rows = tuple(
        Row(cells=(each.at, each.kind, each.value, each.unit or None, each.via)) for each in heard
    )
    table = Table(name="feedback", label=view.say("table_feedback"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_feedback"), tone="calm")
    return Card(
        name="feedback", title=view.say("table_feedback"), half=True,
        body=(table if rows else none,),
    )  # fmt: skip
