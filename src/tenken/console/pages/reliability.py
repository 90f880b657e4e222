"""How the targets do: calls, failures by class, latency, and what saved a request."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tenken.console.pages.figures import change, error_share, percentile, ratio
from tenken.console.pages.parts import columns, errors_chart, latency_chart, objectives
from tenken.console.showing.blocks import (
    Body,
    Card,
    Event,
    Note,
    Page,
    Row,
    Table,
    Tile,
    Tiles,
    Timeline,
    Tone,
)
from tenken.console.view import View
from tenken.keeper.breakers import Replayed, replayed
from tenken.store.browsing.newest import Newest
from tenken.store.rollups.totals import EMPTY, AttemptTotals, Histogram, Totals

BAD, WORSE = 0.01, 0.05
LATELY_US = 15 * 60 * 1_000_000
MOST_CALLS = 5_000
TURNS = 20
BREAKER_TONES: dict[str, Tone] = {"closed": "good", "half_open": "notice", "open": "bad"}


def page(view: View) -> Page:
    """Give the page."""
    rollups = view.sums
    attempts = rollups.attempts(view.window)
    now, before = rollups.totals(view.window), rollups.totals(view.before)
    points = rollups.series(view.window, view.grain)
    return Page(
        name="reliability",
        title=view.say("page_reliability"),
        windows=view.windows(),
        cards=(
            Card(name="now", title=view.say("card_now"), body=(_tiles(view, now, before),)),
            _breakers(view),
            _targets(view, attempts),
            Card(
                name="errors", title=view.say("card_errors"), half=True,
                body=(errors_chart(view, points),),
            ),
            Card(
                name="latency", title=view.say("card_latency"), half=True,
                body=(latency_chart(view, points),),
            ),
            _failures(view, attempts),
            Card(
                name="budgets", title=view.say("card_budgets"), half=True,
                lead=view.say("budgets_lead"), body=(objectives(view),),
            ),
        ),
    )  # fmt: skip


def _tiles(view: View, now: Totals, before: Totals) -> Tiles:
    errors = error_share(now)
    return Tiles(
        tiles=(
            Tile(name="error_share", label=view.say("tile_errors"), value=errors, kind="share",
                 note=change(view, errors, error_share(before)), tone=_tone(errors)),
            Tile(name="calls", label=view.say("tile_calls"), value=now.attempts,
                 note=change(view, now.attempts, before.attempts)),
            Tile(name="retries", label=view.say("tile_retries"), value=now.retries,
                 note=view.say("of_requests",
                               share=view.words(ratio(now.retries, now.requests), "share"))),
            Tile(name="fallbacks", label=view.say("tile_fallbacks"), value=now.fallbacks,
                 note=view.say("of_requests",
                               share=view.words(ratio(now.fallbacks, now.requests), "share"))),
            Tile(name="interrupted", label=view.say("tile_interrupted"), value=now.interrupted),
            Tile(name="cached", label=view.say("tile_cached"), value=now.cached),
        )
    )  # fmt: skip


def _tone(share: float | None) -> Tone:
    if share is None:
        return ""
    return "bad" if share >= WORSE else "notice" if share >= BAD else "good"


def _breakers(view: View) -> Card:
    """How each target's breaker stands, by the calls of the last minutes."""
    found = view.desk.recent.once(("breakers",), view.now, lambda: _replayed(view))
    kinds = columns(
        view, ("target", "text"), ("standing", "tone"), ("since", "moment"), ("opened", "whole")
    )
    rows = tuple(
        Row(
            cells=(one.target, view.say(f"breaker_{one.state}"), one.since, one.opened),
            tone=BREAKER_TONES[one.state],
        )
        for one in found.stands
    )
    table = Table(name="breakers", label=view.say("card_breakers"), columns=kinds, rows=rows)
    turns = Timeline(
        events=tuple(
            Event(
                at=one.at, tone=BREAKER_TONES[one.state.value],
                what=view.say(f"turned_{one.state.value}", target=one.target),
            )
            for one in found.turns[-TURNS:]
        )
    )  # fmt: skip
    none = Note(text=view.say("no_calls_lately"), tone="calm")
    body: tuple[Body, ...] = (table, turns) if found.turns else (table,)
    return Card(
        name="breakers", title=view.say("card_breakers"), lead=view.say("breakers_lead"),
        body=body if rows else (none,),
    )  # fmt: skip


def _replayed(view: View) -> Replayed:
    lines = Newest(view.desk.engine).calls(view.now - LATELY_US, MOST_CALLS)
    return replayed(lines, view.now)


def _targets(view: View, attempts: Sequence[AttemptTotals]) -> Card:
    kinds = columns(
        view, ("target", "text"), ("standing", "tone"), ("provider", "text"), ("model", "text"),
        ("calls", "whole"), ("failed", "whole"), ("failed_share", "share"), ("p50", "seconds"),
        ("p95", "seconds"), ("tokens", "whole"), ("cost", "money"),
    )  # fmt: skip
    by: dict[tuple[str, str, str], list[AttemptTotals]] = defaultdict(list)
    for one in attempts:
        by[one.target, one.provider, one.model].append(one)
    rows = tuple(_target(view, names, found) for names, found in sorted(by.items()))
    table = Table(name="targets", label=view.say("table_targets"), columns=kinds, rows=rows)
    none = Note(text=view.say("nothing_in_time"), tone="calm")
    return Card(
        name="targets", title=view.say("table_targets"), lead=view.say("targets_lead"),
        body=(table if rows else none,),
    )  # fmt: skip


def _target(view: View, names: tuple[str, str, str], found: Sequence[AttemptTotals]) -> Row:
    target, provider, model = names
    calls = sum(one.calls for one in found)
    failed = sum(one.calls for one in found if one.failure)
    answers = _joined([one.duration for one in found if not one.failure])
    share = ratio(failed, calls)
    tone = _tone(share)
    return Row(
        cells=(
            target, view.say(f"target_{tone or 'good'}"), provider, model, calls, failed, share,
            percentile(answers, 0.5), percentile(answers, 0.95),
            sum(one.input_tokens + one.output_tokens for one in found),
            sum((one.cost for one in found), start=Totals().cost),
        ),
        tone=tone,
    )  # fmt: skip


def _joined(histograms: Sequence[Histogram]) -> Histogram:
    return tuple(map(sum, zip(*histograms, strict=True))) if histograms else EMPTY


def _failures(view: View, attempts: Sequence[AttemptTotals]) -> Card:
    kinds = columns(
        view, ("failure", "text"), ("target", "text"), ("calls", "whole"), ("share", "share")
    )
    total = sum(one.calls for one in attempts)
    by: dict[tuple[str, str], int] = defaultdict(int)
    for one in attempts:
        if one.failure:
            by[one.failure, one.target] += one.calls
    rows = tuple(
        Row(cells=(view.word("failed", failure), target, calls, ratio(calls, total)))
        for (failure, target), calls in _most(by)
    )
    table = Table(name="failures", label=view.say("table_failures"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_failures"), tone="good")
    return Card(
        name="failures", title=view.say("table_failures"), half=True,
        body=(table if rows else none,),
    )  # fmt: skip


def _most(by: Mapping[tuple[str, str], int]) -> list[tuple[tuple[str, str], int]]:
    return sorted(by.items(), key=lambda pair: (-pair[1], pair[0]))
