"""`tenken kpi`: what KPIs are, and what answers bring and cost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.machine import wall_us
from tenken.cli.serving.served import Files
from tenken.config.application import Application
from tenken.config.environment import process_environment
from tenken.config.operating.expression import COUNTED, KINDS, PARTS
from tenken.keeper.value.work import DAY_US, kpis, value_of
from tenken.keeper.value.worth import Measured, Worth
from tenken.sentence import Sentence, say
from tenken.store.rollups.reading import Rollups, Window


def kpi(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    days: Annotated[float, typer.Option(help="cli.option_kpi_days", min=0.01, max=3660)] = 28.0,
    names: Annotated[bool, typer.Option("--names", help="cli.option_kpi_names")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="cli.option_kpi_json")] = False,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
) -> None:
    """Tell each KPI, then value and cost."""
    rim: Rim = ctx.obj
    if names:
        rim.write("\n".join(_names()))
        return
    files = Files(folder=path, platform=platform, environment=environment, kept=state)
    texts = files.texts()
    manifest = texts.manifest(rim.clock.now().date())
    application, now = manifest.application, wall_us()
    window = Window(now - round(days * DAY_US), now)
    with store_of(files, application.gateway.store) as engine:
        rollups = Rollups(engine)
        found = kpis(application, rollups, now=now, environment=process_environment())
        brought = value_of(application, rollups, window)
    if as_json:
        rim.write(_json(rim, found, brought))
        return
    if not found:
        rim.say(say("kpi.none", file=texts.file))
    for one in found:
        rim.write(_line(rim, one))
    for sentence in worth_told(application, brought, file=texts.file):
        rim.write(rim.speech(sentence))


def worth_told(application: Application, found: Worth, *, file: str) -> Iterator[Sentence]:
    """Say what was brought, what it cost and what is left."""
    currency = found.currency
    if found.value is not None and found.successes is not None:
        yield say(
            "kpi.worth_value",
            value=_figure(found.value), currency=currency, successes=_figure(found.successes),
        )  # fmt: skip
    elif application.value.success:
        yield say("kpi.worth_no_data", success=application.value.success)
    else:
        yield say("kpi.worth_none", file=file)
    parts = ", ".join(f"{one.name} {_figure(one.amount)}" for one in found.costs)
    yield say(
        "kpi.worth_cost",
        cost=_figure(found.cost), currency=currency, parts=parts, requests=found.requests,
    )  # fmt: skip
    if found.net is not None and found.roi is not None:
        yield say(
            "kpi.worth_roi", net=_figure(found.net), currency=currency, roi=_figure(found.roi)
        )


def _line(rim: Rim, one: Measured) -> str:
    value = "-" if one.value is None else f"{_figure(one.value)} {one.unit}".strip()
    told = [one.id, value, rim.speech(say(f"kpi.{one.standing}"))]
    if one.target is not None:
        told.append(f"{rim.speech(say('kpi.column_target'))} {_figure(one.target)}")
    if one.why is not None:
        told.append(rim.speech(one.why))
    return "  ".join(told)


def _json(rim: Rim, found: tuple[Measured, ...], brought: Worth) -> str:
    every = [
        {
            "id": one.id, "owner": one.owner, "unit": one.unit, "value": one.value,
            "baseline": one.baseline, "target": one.target, "standing": one.standing,
            "why": rim.speech(one.why) if one.why else None,
        }
        for one in found
    ]  # fmt: skip
    worth = {
        "currency": brought.currency, "successes": brought.successes, "value": brought.value,
        "cost": brought.cost, "costs": brought.costs, "net": brought.net, "roi": brought.roi,
        "cost_per_success": brought.per_success, "requests": brought.requests,
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode({"kpis": every, "worth": worth})).decode()


def _names() -> Iterator[str]:
    yield from COUNTED
    yield from (f"feedback.{kind}.{part}" for kind in KINDS for part in PARTS)
    yield "impact.<unit>"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
