"""`tenken check`: inspects a folder, writes the report asked for, and answers with the gate."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.inspecting import Inspected, Request, inspect
from tenken.cli.printing import console, width_of
from tenken.cli.rim import Rim
from tenken.readiness.report import terminal

PATH = typer.Argument(help="cli.argument_path", show_default=True)


def check(
    ctx: typer.Context,
    path: Annotated[Path, PATH] = Path(),
    *,
    tier: Annotated[str, typer.Option(help="cli.option_tier", metavar="A|B|C")] = "",
    stack: Annotated[str, typer.Option(help="cli.option_stack")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="cli.option_quiet")] = False,
) -> None:
    """Inspect a folder."""
    rim: Rim = ctx.obj
    inspected = inspect(rim, Request(path=path, tier=tier, stack=stack, quiet=quiet))
    show(rim, inspected)
    if not inspected.report.gate.passed:
        raise typer.Exit(1)


def show(rim: Rim, inspected: Inspected) -> None:
    """Print the first screen."""
    screen = terminal.Screen(width=width_of(sys.stdout))
    shown = terminal.render(inspected.report, rim.speech, screen)
    console(rim, sys.stdout).print(shown, end="")
