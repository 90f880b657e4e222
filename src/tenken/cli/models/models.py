"""`tenken models`: what the models of an application cost, when they end, and what is wrong."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec.structs import replace
from rich.table import Table

from tenken.cli.printing import console
from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files
from tenken.cli.writing import read_bytes, write_text
from tenken.config.manifest import Manifest
from tenken.config.schema import nearest
from tenken.errors import UsageError
from tenken.models.check import Weight, check, models_end
from tenken.models.known import VENDORS, Models, Row, write_models
from tenken.models.own import row_of
from tenken.models.rebuild import read_wheel
from tenken.sentence import say

Action = Literal["list", "show", "check", "rebuild"]
LONGEST_WHEEL = 200 << 20
WRONG = 1


def models(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_models_action")] = "list",
    name: Annotated[str, typer.Argument(help="cli.argument_models_name")] = "",
    *,
    path: Annotated[Path, typer.Option(help="cli.argument_path")] = Path(),
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    wheel: Annotated[Path | None, typer.Option(help="cli.option_models_wheel")] = None,
    as_of: Annotated[str, typer.Option(help="cli.option_models_as_of")] = "",
    out: Annotated[Path | None, typer.Option(help="cli.option_models_out")] = None,
    now: Annotated[str, typer.Option(help="cli.option_models_now")] = "",
) -> None:
    """Do one thing with what is known of models."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform)
    today = _date(now) if now else rim.clock.now().date()
    known = files.models()
    match action:
        case "rebuild":
            made = _rebuilt(wheel, as_of)
            _kept(rim, known, made, out or files.table)
        case "show":
            _table(rim, [(name, row) for row in _named(known, name)])
        case "list":
            _table(rim, _used(files.manifest(today), known))
        case "check":
            _check(rim, files.manifest(today), known, today)


def _rebuilt(wheel: Path | None, as_of: str) -> Models:
    if wheel is None:
        raise UsageError("pricing.no_wheel")
    if not as_of:
        raise UsageError("pricing.no_as_of")
    package = " ".join(wheel.name.split("-")[:2])
    return read_wheel(read_bytes(wheel, limit=LONGEST_WHEEL), name=package, as_of=_date(as_of))


def _kept(rim: Rim, known: Models, made: Models, out: Path) -> None:
    write_text(out, write_models(made).decode())
    changed = sum(known.rows.get(key) != row for key, row in made.rows.items())
    day = made.origin.as_of.isoformat()
    rim.say(say("pricing.rebuilt", count=len(made.rows), date=day, path=str(out), changed=changed))


def _named(known: Models, name: str) -> list[Row]:
    found = [row for vendor in VENDORS if (row := known.find(vendor, name))]
    if not found:
        near = nearest(name, {model for _, model in known.rows})
        raise UsageError(
            "pricing.unknown" if near else "pricing.unlike_any", name=name, nearest=near
        )
    return found


def _used(manifest: Manifest, known: Models) -> list[tuple[str, Row]]:
    used = ((one, row_of(one, manifest.vendors, known)) for one in manifest.application.models)
    return [(one.id, replace(row, retires_on=models_end(one, row))) for one, row in used]


def _check(rim: Rim, manifest: Manifest, known: Models, today: date) -> None:
    found = check(manifest.application, vendors=manifest.vendors, models=known, today=today)
    if not manifest.application.models:
        rim.say(say("pricing.no_models"))
    for one in found:
        place = "" if one.at is None else f"{manifest.place('models', one.at)}: "
        rim.write(f"{place}{rim.speech(one.sentence)}")
    if not found:
        rim.say(say("pricing.fine", date=known.origin.as_of.isoformat()))
    if any(one.weight is Weight.WRONG for one in found):
        raise typer.Exit(WRONG)


def _table(rim: Rim, rows: Sequence[tuple[str, Row]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("model", "provider", "input", "output", "context", "end", "source"):
        table.add_column(
            rim.speech.text(f"pricing.column_{column}"),
            justify="right" if column in {"input", "output", "context"} else "left",
            # A source is there to be followed: it is never cut, however narrow the terminal.
            min_width=max((len(row.source) for _, row in rows), default=0)
            if column == "source"
            else None,
        )
    for name, row in rows:
        table.add_row(
            name,
            row.provider,
            _shown(row.input),
            _shown(row.output),
            f"{row.context_tokens:,}" if row.context_tokens else "-",
            _shown(row.retires_on),
            row.source or "-",
        )
    console(rim, sys.stdout).print(table)


def _shown(value: object) -> str:
    return "-" if value is None else str(value)


def _date(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise UsageError("pricing.bad_date", given=given) from error
