"""Parts that several pages show: the state of objectives, open alerts, charts of traffic."""

from collections.abc import Callable, Iterator, Sequence

from tenken.config.operating.objectives import Slo
from tenken.console.pages.figures import error_share, over, p50, p95, steps, ttft95
from tenken.console.showing.blocks import (
    Body,
    Chart,
    Column,
    Kind,
    Meter,
    Meters,
    Note,
    Row,
    Series,
    Table,
    Tone,
)
from tenken.console.view import View
from tenken.keeper.objectives.burning import Burning, burning
from tenken.keeper.objectives.measuring import Measuring
from tenken.store.rollups.grain import Grain
from tenken.store.rollups.totals import Point, Totals
from tenken.store.watch.alert import Alert, Severity
from tenken.store.watch.alerts import Alerts

LITTLE = 0.25
SEVERITY_TONES: dict[Severity, Tone] = {"page": "bad", "ticket": "notice", "info": "calm"}


def chart(
    view: View, name: str, points: Sequence[Point],
    lines: Sequence[tuple[str, Callable[[Totals], float | None], int]],
    *, kind: Kind, bars: bool,
) -> Chart:  # fmt: skip
    """Give a chart of sums over the time that is looked at."""
    at = steps(view.window, view.grain)
    return Chart(
        name=name,
        label=view.say(f"chart_{name}"),
        unit=view.say(f"unit_{name}"),
        kind=kind,
        drawn="bars" if bars else "lines",
        at=at,
        step_us=view.grain.us,
        series=tuple(
            Series(name=key, label=view.say(f"series_{key}"), colour=colour,
                   values=over(at, points, told))
            for key, told, colour in lines
        ),
    )  # fmt: skip


def requests_chart(view: View, points: Sequence[Point]) -> Chart:
    """Give requests by how they ended."""
    lines = (
        ("answered", lambda one: one.answered, 0),
        ("refused", lambda one: one.turned_away, 2),
        ("blocked", lambda one: one.blocked, 3),
        ("cancelled", lambda one: one.cancelled, 5),
        ("errors", lambda one: one.errors, 1),
    )
    return chart(view, "requests", points, lines, kind="whole", bars=True)


def latency_chart(view: View, points: Sequence[Point]) -> Chart:
    """Give how long answers took."""
    lines = (("p50", p50, 0), ("p95", p95, 1), ("ttft95", ttft95, 4))
    return chart(view, "latency", points, lines, kind="seconds", bars=False)


def errors_chart(view: View, points: Sequence[Point]) -> Chart:
    """Give the share of requests that failed."""
    return chart(
        view, "error_share", points, (("errors", error_share, 1),), kind="share", bars=False
    )


def cost_chart(view: View, points: Sequence[Point]) -> Chart:
    """Give what requests cost."""
    lines = (("cost", lambda one: float(one.cost), 0),)
    return chart(view, "cost", points, lines, kind="money", bars=True)


def tokens_chart(view: View, points: Sequence[Point]) -> Chart:
    """Give tokens in and out."""
    lines = (("read", lambda one: one.read, 0), ("written", lambda one: one.written, 4))
    return chart(view, "tokens", points, lines, kind="whole", bars=True)


def objectives(view: View) -> Body:
    """Give what is left of each budget; whether one burns too fast is told by its alerts."""
    slos = view.manifest.application.slos
    if not slos:
        return Note(text=view.say("no_slos"), tone="calm")
    counted = [one for one in slos if one.counts and one.query is None]
    if not counted:
        return Note(text=view.say("no_counted_slos"), tone="calm")
    measuring = Measuring(view.sums)
    return Meters(meters=tuple(_meter(view, one, measuring) for one in counted))


def _meter(view: View, slo: Slo, measuring: Measuring) -> Meter:
    minutes = round(slo.window_minutes)
    until = Grain.HOUR.end(view.now)  # whole hours are read from few sums
    state = burning(slo, (), {minutes: measuring.counts(slo, until, minutes)})
    good = state.counts.good / state.counts.total if state.counts.total else None
    return Meter(
        name=slo.name,
        label=slo.name,
        share=None if state.budget_left is None else max(0.0, min(1.0, state.budget_left)),
        text=_left(view, state),
        note=view.say(
            "slo_note", indicator=view.word("indicator", slo.sli),
            target=f"{slo.target_percent:g}%", days=f"{slo.window_days:g}",
            now=view.words(good, "share"),
        ),
        tone=_budget_tone(state),
        href=view.at("/traffic", use_case=slo.use_case or "", route=slo.route or ""),
    )  # fmt: skip


def _left(view: View, state: Burning) -> str:
    if state.budget_left is None:
        return view.say("no_data")
    if state.budget_left < 0:
        return view.say("budget_overdrawn", share=view.words(-state.budget_left, "share"))
    return view.say("budget_left", share=view.words(state.budget_left, "share"))


def _budget_tone(state: Burning) -> Tone:
    if state.budget_left is None:
        return "calm"
    if state.budget_left <= 0:
        return "bad"
    return "notice" if state.budget_left < LITTLE else "good"


def open_alerts(view: View) -> tuple[Alert, ...]:
    """Give alerts that have not ended, the most urgent first."""
    ranks = {"page": 0, "ticket": 1, "info": 2}
    found = (one for one in Alerts(view.desk.engine).open() if one.state.value != "pending")
    return tuple(sorted(found, key=lambda one: (ranks[one.severity], -one.since)))


def alerts_table(view: View, alerts: Sequence[Alert], *, name: str = "alerts") -> Table:
    """Give a list of alerts."""
    keys: tuple[tuple[str, Kind], ...] = (
        ("severity", "tone"),
        ("what", "text"),
        ("standing", "text"),
        ("since", "moment"),
    )
    return Table(
        name=name,
        label=view.say(f"table_{name}"),
        columns=tuple(
            Column(key=key, label=view.say(f"column_{key}"), kind=kind) for key, kind in keys
        ),
        rows=tuple(_alert_row(view, one) for one in alerts),
    )


def _alert_row(view: View, one: Alert) -> Row:
    return Row(
        cells=(
            view.say(f"severity_{one.severity}"), view.speech(one.what),
            view.say(f"standing_{one.standing}"), one.since,
        ),
        href=f"/alerts/{one.id}",
        tone=SEVERITY_TONES[one.severity] if one.is_open else "",
    )  # fmt: skip


def columns(view: View, *kinds: tuple[str, Kind]) -> tuple[Column, ...]:
    """Give heads by key and kind."""
    return tuple(
        Column(key=key, label=view.say(f"column_{key}"), kind=kind) for key, kind in kinds
    )


def or_note(table: Table, note: Note) -> Iterator[Body]:
    """Give a table, or what to do where it has no rows."""
    yield table if table.rows else note
