"""The first page: is it well, what does it cost, what is to be done."""

from decimal import Decimal

from msgspec.structs import replace

from tenken.console.pages import inspected, parts
from tenken.console.pages.figures import change, error_share, p95
from tenken.console.showing.blocks import Card, Note, Page, Row, Table, Tile, Tiles, Tone
from tenken.console.view import View
from tenken.keeper.value.work import kpis
from tenken.keeper.value.worth import Standing
from tenken.store.rollups.reading import Rollups
from tenken.store.rollups.totals import Totals
from tenken.store.value.points import KpiPoints

SHOWN_ALERTS = 5
KPI_TONES: dict[Standing, Tone] = {
    "met": "good", "not_met": "bad", "no_data": "calm", "no_target": "",
}  # fmt: skip


def page(view: View) -> Page:
    """Give the page."""
    rollups = view.sums
    now, before = rollups.totals(view.window), rollups.totals(view.before)
    points = rollups.series(view.window, view.grain)
    identity = view.manifest.application.application
    traffic = (
        Card(
            name="traffic", title=view.say("card_traffic"), half=True,
            body=(parts.requests_chart(view, points),),
        ),
        Card(
            name="latency", title=view.say("card_latency"), half=True,
            body=(parts.latency_chart(view, points),),
        ),
        Card(
            name="cost", title=view.say("card_cost"), half=True,
            body=(parts.cost_chart(view, points),),
        ),
    )  # fmt: skip
    whole = view.use_cases is None
    first = Card(
        name="now", title=view.say("card_now"), refresh=True,
        body=(_tiles(view, now, before), *(() if now.requests else (_first_step(view),))),
    )  # fmt: skip
    return Page(
        name="overview",
        title=identity.name,
        lead=view.say("overview_lead", owner=identity.owner, tier=identity.tier),
        windows=view.windows(),
        cards=(
            first,
            *(_watched(view) if whole else ()),
            *traffic,
            *(_aims(view, rollups) if whole else ()),
        ),
    )


def _watched(view: View) -> tuple[Card, ...]:
    budgets = Card(
        name="budgets", title=view.say("card_budgets"), half=True,
        lead=view.say("budgets_lead"), body=(parts.objectives(view),),
    )  # fmt: skip
    return (budgets, _alerts(view))


def _aims(view: View, rollups: Rollups) -> tuple[Card, ...]:
    readiness = Card(
        name="readiness", title=view.say("card_readiness"), half=True,
        body=inspected.summary(view),
    )  # fmt: skip
    return (readiness, _kpis(view, rollups), _goals(view))


def _tiles(view: View, now: Totals, before: Totals) -> Tiles:
    errors, slow = error_share(now), p95(now)
    each = now.cost / now.requests if now.requests else None
    return Tiles(
        tiles=(
            Tile(
                name="requests", label=view.say("tile_requests"), value=now.requests,
                note=change(view, now.requests, before.requests), href=view.at("/traffic"),
            ),
            Tile(
                name="error_share", label=view.say("tile_errors"), value=errors, kind="share",
                note=view.say("tile_errors_note", count=now.errors), tone=_error_tone(errors),
                href=view.at("/reliability") if view.use_cases is None else "",
            ),
            Tile(
                name="p95", label=view.say("tile_p95"), value=slow, kind="seconds",
                note=change(view, slow, p95(before)),
            ),
            Tile(
                name="cost", label=view.say("tile_cost"), value=now.cost, kind="money",
                note=change(view, now.cost, before.cost), href=view.at("/cost"),
            ),
            Tile(
                name="cost_each", label=view.say("tile_cost_each"), value=_cut(each),
                kind="money", note=view.say("tile_tokens_note", count=f"{now.tokens:,}"),
            ),
            Tile(
                name="blocked", label=view.say("tile_blocked"), value=now.blocked,
                note=view.say("tile_blocked_note", count=now.matched),
                href=view.at("/guardrails"),
            ),
        )
    )  # fmt: skip


def _cut(each: Decimal | None) -> Decimal | None:
    return None if each is None else each.quantize(Decimal("0.00000001"))


def _error_tone(share: float | None) -> Tone:
    if share is None:
        return ""
    return "bad" if share >= 0.05 else "notice" if share >= 0.01 else "good"


def _first_step(view: View) -> Note:
    port = view.manifest.application.gateway.port
    return Note(
        text=view.say("no_traffic", port=port),
        link=view.say("see_settings"),
        href="/settings" if view.use_cases is None else "",
    )


def _alerts(view: View) -> Card:
    found = parts.open_alerts(view)
    table = parts.alerts_table(view, found[:SHOWN_ALERTS])
    calm = Note(text=view.say("no_alerts"), tone="good")
    more = Note(text="", href="/alerts", link=view.say("see_alerts"))
    return Card(
        name="alerts", title=view.say("card_alerts", count=len(found)), half=True, refresh=True,
        body=(*parts.or_note(table, calm), more),
    )  # fmt: skip


def _kpis(view: View, rollups: Rollups) -> Card:
    application = view.manifest.application
    kept = {one.kpi: one.value for one in KpiPoints(view.desk.engine).last()}
    found = kpis(application, rollups, now=view.now, environment={}, queries=False)
    kinds = parts.columns(
        view, ("kpi", "text"), ("standing", "tone"), ("value", "whole"), ("unit", "text"),
        ("baseline", "whole"), ("aim", "whole"), ("owner", "text"), ("why", "text"),
    )  # fmt: skip
    rows = []
    for one in found:
        last = kept.get(one.id)
        shown = one if one.value is not None or last is None else replace(one, value=last)
        why = view.speech(one.why) if one.why and shown.value is None else None
        cells = (
            one.id, view.say(f"kpi_{shown.standing}"), shown.value, one.unit, one.baseline,
            one.target, one.owner, why,
        )  # fmt: skip
        rows.append(Row(cells=cells, tone=KPI_TONES[shown.standing]))
    table = Table(name="kpis", label=view.say("table_kpis"), columns=kinds, rows=tuple(rows))
    note = Note(text=view.say("no_kpis"), tone="calm", command="tenken kpi")
    return Card(
        name="kpis", title=view.say("card_kpis"), lead=view.say("kpis_lead"),
        body=tuple(parts.or_note(table, note)),
    )  # fmt: skip


def _goals(view: View) -> Card:
    from_file = view.manifest.application.goals
    kinds = parts.columns(
        view, ("goal", "text"), ("metric", "text"), ("baseline", "whole"), ("aim", "whole"),
        ("unit", "text"), ("due", "text"), ("owner", "text"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                one.id, one.metric, one.baseline, one.target, one.unit, one.due.isoformat(),
                one.owner,
            )
        )
        for one in from_file
    )  # fmt: skip
    table = Table(name="goals", label=view.say("table_goals"), columns=kinds, rows=rows)
    note = Note(text=view.say("no_goals"), tone="calm")
    return Card(
        name="goals", title=view.say("card_goals"), lead=view.say("goals_lead"),
        body=tuple(parts.or_note(table, note)),
    )  # fmt: skip
