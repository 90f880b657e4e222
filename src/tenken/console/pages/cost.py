"""What requests cost and by whom, what tokens went, and how far limits are away."""

from collections.abc import Iterator

from tenken.console.pages import sessions
from tenken.console.pages.figures import change, ratio
from tenken.console.pages.parts import columns, cost_chart, tokens_chart
from tenken.console.showing.blocks import (
    Body,
    Card,
    Meter,
    Meters,
    Note,
    Page,
    Row,
    Table,
    Tile,
    Tiles,
    Tone,
)
from tenken.console.view import View
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.rollups.totals import Asked, Consumed, Dimension, Peak, Totals

DIMENSIONS: tuple[Dimension, ...] = ("model", "use_case", "caller", "release")
HOUR_US = 3_600_000_000
NEAR, TIGHT = 0.6, 0.85


def page(view: View) -> Page:
    """Give the page."""
    rollups = view.sums
    now, before = rollups.totals(view.window), rollups.totals(view.before)
    points = rollups.series(view.window, view.grain)
    return Page(
        name="cost",
        title=view.say("page_cost"),
        windows=view.windows(),
        cards=(
            Card(name="now", title=view.say("card_now"), body=(_tiles(view, now, before),)),
            Card(
                name="cost", title=view.say("card_cost"), half=True,
                body=(cost_chart(view, points),),
            ),
            Card(
                name="tokens", title=view.say("card_tokens"), half=True,
                body=(tokens_chart(view, points),),
            ),
            *(_capacity(view, rollups) if view.use_cases is None else ()),
            sessions.card(view),
            *(_by(view, one, now) for one in DIMENSIONS),
        ),
    )  # fmt: skip


def _tiles(view: View, now: Totals, before: Totals) -> Tiles:
    each = ratio(now.cost, now.requests)
    return Tiles(
        tiles=(
            Tile(name="cost", label=view.say("tile_cost"), value=now.cost, kind="money",
                 note=change(view, now.cost, before.cost)),
            Tile(name="cost_each", label=view.say("tile_cost_each"), value=each, kind="money",
                 note=change(view, each, ratio(before.cost, before.requests))),
            Tile(name="tokens", label=view.say("tile_tokens"), value=now.tokens,
                 note=change(view, now.tokens, before.tokens)),
            Tile(name="read_each", label=view.say("tile_read_each"),
                 value=_whole(ratio(now.read, now.requests))),
            Tile(name="written_each", label=view.say("tile_written_each"),
                 value=_whole(ratio(now.written, now.requests))),
            Tile(name="cache", label=view.say("tile_cache"), kind="share",
                 value=ratio(now.cache_read, now.read)),
        )
    )  # fmt: skip


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _by(view: View, dimension: Dimension, now: Totals) -> Card:
    kinds = columns(
        view, (dimension, "text"), ("requests", "whole"), ("tokens", "whole"), ("cost", "money"),
        ("share", "share"), ("cost_each", "money"),
    )  # fmt: skip
    found = view.sums.consumed(dimension, view.window)
    shares = sorted(found.items(), key=lambda pair: (-pair[1].cost, pair[0]))
    rows = tuple(
        Row(
            cells=(
                name or view.say("unnamed"), one.requests, one.tokens, one.cost,
                ratio(one.cost, now.cost), ratio(one.cost, one.requests),
            ),
            href=view.at("/traffic", **{dimension: name}) if name else "",
        )
        for name, one in shares
    )  # fmt: skip
    label = view.say(f"table_cost_by_{dimension}")
    table = Table(name=f"by_{dimension}", label=label, columns=kinds, rows=rows)
    none = Note(text=view.say("nothing_in_time"), tone="calm")
    return Card(name=table.name, title=label, half=True, body=(table if rows else none,))


# --------------------------------------------------------------------------------- capacity


def _capacity(view: View, rollups: Rollups) -> tuple[Card, Card]:
    """Of the gateway as a whole: not for who sees some of its applications alone."""
    return (
        Card(
            name="headroom", title=view.say("card_headroom"), lead=view.say("headroom_lead"),
            half=True, body=(_headroom(view, rollups),),
        ),
        Card(
            name="forecast", title=view.say("card_forecast"), lead=view.say("forecast_lead"),
            half=True, body=(_forecast(view, rollups),),
        ),
    )  # fmt: skip


def _headroom(view: View, rollups: Rollups) -> Body:
    """Compare the busiest minute of an hour and the spending of today with what is allowed."""
    until = Grain.MINUTE.end(view.now)
    minutes = Window(until - HOUR_US, until)
    today = Window(Grain.DAY.start(view.now), Grain.DAY.end(view.now))
    busiest, taken = rollups.busiest(minutes, Grain.MINUTE), rollups.consumed("caller", today)
    meters = []
    for caller in view.manifest.application.callers:
        most_of, limits = busiest.get(caller.id, Peak()), caller.limits
        used: tuple[tuple[str, float | None, float], ...] = (
            ("rpm", limits.rpm, most_of.requests),
            ("tpm", limits.tpm, most_of.tokens),
            (
                "budget", limits.budget_usd_per_day,
                float(taken.get(caller.id, Consumed()).cost),
            ),
        )  # fmt: skip
        meters += [
            _meter(view, caller.id, kind, most=most, now=now) for kind, most, now in used if most
        ]
    return Meters(meters=tuple(meters)) if meters else Note(
        text=view.say("no_limits"), tone="calm"
    )  # fmt: skip


def _meter(view: View, caller: str, kind: str, *, most: float, now: float) -> Meter:
    used = now / most
    left = max(0.0, 1 - used)
    said = (f"{now:,.2f}", f"{most:,.2f}") if kind == "budget" else (f"{now:,.0f}", f"{most:,.0f}")
    tone: Tone = "bad" if used >= TIGHT else "notice" if used >= NEAR else "good"
    return Meter(
        name=f"{caller}.{kind}", label=view.say(f"limit_{kind}", caller=caller),
        share=left, tone=tone,
        text=view.say("of_limit", now=said[0], most=said[1], left=view.words(left, "share")),
    )  # fmt: skip


def _forecast(view: View, rollups: Rollups) -> Body:
    capacity = view.manifest.application.capacity
    peak = rollups.peak(view.window, Grain.HOUR)
    rows = tuple(_expected(view, capacity.needed_rps, capacity.needed_tpm, peak))
    rows += tuple(
        Row(
            cells=(
                view.say("tokens_of", route=one.route), one.input_p50,
                _each(view, rollups, one.route),
            )
        )
        for one in capacity.tokens
    )  # fmt: skip
    if not rows:
        return Note(text=view.say("no_forecast"), tone="calm")
    kinds = columns(view, ("figure", "text"), ("expected", "whole"), ("actual", "whole"))
    return Table(name="forecast", label=view.say("card_forecast"), columns=kinds, rows=rows)


def _each(view: View, rollups: Rollups, route: str) -> int | None:
    totals = rollups.totals(view.window, Asked(route=route))
    return _whole(ratio(totals.read, totals.requests))


def _expected(view: View, rps: float | None, tpm: float | None, peak: Peak) -> Iterator[Row]:
    busiest, tokens = peak.requests / 3600, peak.tokens / 60
    if rps is not None:
        yield Row(cells=(view.say("busiest_rps"), rps, round(busiest, 3)))
    if tpm is not None:
        yield Row(cells=(view.say("busiest_tpm"), tpm, round(tokens, 1)))
