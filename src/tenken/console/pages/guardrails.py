"""What guards found: how often, of which risk, by which rule, where, and what was done."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tenken.console.pages.figures import ratio
from tenken.console.pages.parts import chart, columns
from tenken.console.showing.blocks import Card, Chart, Note, Page, Row, Table, Tile, Tiles, Tone
from tenken.console.view import View
from tenken.store.reviews import Reviews, Sought
from tenken.store.rollups.totals import MatchTotals, Point, Totals

WAITING = 15
SEVERITY: dict[str, Tone] = {"critical": "bad", "high": "bad", "medium": "notice", "low": "calm"}


def page(view: View) -> Page:
    """Give the page."""
    rollups = view.sums
    matches = rollups.matches(view.window)
    totals = rollups.totals(view.window)
    points = rollups.series(view.window, view.grain)
    return Page(
        name="guardrails",
        title=view.say("page_guardrails"),
        lead=view.say("guardrails_lead"),
        windows=view.windows(),
        cards=(
            Card(
                name="now", title=view.say("card_now"),
                body=(_tiles(view, totals, matches),
                      *(() if matches else (Note(text=view.say("no_guard"), tone="calm"),))),
            ),
            Card(name="over_time", title=view.say("card_over_time"), body=(_chart(view, points),)),
            _by(view, "risk", matches, totals, named=lambda one: one.risk),
            _by(view, "use_case", matches, totals, named=lambda one: one.use_case),
            _rules(view, matches, totals),
            _queue(view),
        ),
    )  # fmt: skip


def _tiles(view: View, totals: Totals, matches: Sequence[MatchTotals]) -> Tiles:
    actions = _counted(matches, lambda one: one.action)
    served = totals.requests or 0
    return Tiles(
        tiles=(
            Tile(name="matched", label=view.say("tile_matched"), value=totals.matched,
                 note=view.say("of_requests", share=view.words(ratio(totals.matched, served),
                                                                "share"))),
            Tile(name="blocked", label=view.say("tile_blocked"), value=totals.blocked,
                 note=view.say("of_requests", share=view.words(ratio(totals.blocked, served),
                                                                "share"))),
            *(
                Tile(name=f"action_{name}", value=count,
                     label=view.say("tile_action", action=view.word("does", name)))
                for name, count in actions.most_common(4)
            ),
        )
    )  # fmt: skip


def _chart(view: View, points: Sequence[Point]) -> Chart:
    lines = (
        ("matched", lambda one: one.matched - min(one.blocked, one.matched), 2),
        ("blocked", lambda one: one.blocked, 3),
    )
    return chart(view, "matches", points, lines, kind="whole", bars=True)


def _counted(matches: Iterable[MatchTotals], named: Callable[[MatchTotals], str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in matches:
        counts[named(one)] += one.matches
    return counts


def _by(
    view: View, name: str, matches: Sequence[MatchTotals], totals: Totals,
    *, named: Callable[[MatchTotals], str],
) -> Card:  # fmt: skip
    kinds = columns(view, (name, "text"), ("matches", "whole"), ("rate", "share"))
    rows = tuple(
        Row(cells=(key, count, ratio(count, totals.requests)))
        for key, count in _counted(matches, named).most_common()
    )
    table = Table(name=f"by_{name}", label=view.say(f"table_by_{name}"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_matches"), tone="calm")
    return Card(name=table.name, title=table.label, half=True, body=(table if rows else none,))


def _rules(view: View, matches: Sequence[MatchTotals], totals: Totals) -> Card:
    kinds = columns(
        view, ("severity", "tone"), ("rule", "text"), ("risk", "text"), ("action", "text"),
        ("stage", "text"), ("matches", "whole"), ("rate", "share"),
    )  # fmt: skip
    counts: Counter[tuple[str, str, str, str, str]] = Counter()
    for one in matches:
        counts[one.severity, one.rule, one.risk, one.action, one.stage] += one.matches
    rows = tuple(
        Row(
            cells=(
                view.word("severity", severity) if severity else None, rule, risk,
                view.word("does", action), view.word("stage", stage), count,
                ratio(count, totals.requests),
            ),
            href=view.at("/traffic", found="1"),
            tone=SEVERITY.get(severity, ""),
        )
        for (severity, rule, risk, action, stage), count in counts.most_common()
    )  # fmt: skip
    table = Table(name="rules", label=view.say("table_rules"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_matches"), tone="calm")
    return Card(name="rules", title=view.say("table_rules"), body=(table if rows else none,))


def _queue(view: View) -> Card:
    kinds = columns(
        view, ("at", "moment"), ("rule", "text"), ("risk", "text"), ("action", "text"),
        ("score", "whole"), ("use_case", "text"), ("id", "code"),
    )  # fmt: skip
    sought = Sought(since=view.window.since, use_cases=view.use_cases)
    found = Reviews(view.desk.engine).items(sought, most=WAITING)
    rows = tuple(
        Row(
            cells=(
                one.at,
                one.rule,
                one.risk,
                view.word("does", one.action),
                one.score,
                one.use_case,
                one.id,
            )
        )
        for one in found
    )
    table = Table(name="queue", label=view.say("table_queue"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_queue"), tone="calm")
    judge = Note(text="", href="/reviews", link=view.say("see_reviews"))
    return Card(
        name="queue", title=view.say("table_queue"), lead=view.say("queue_lead"),
        body=(table if rows else none, judge),
    )  # fmt: skip
