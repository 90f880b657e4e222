"""`tenken diff OLD NEW`: what stands better or worse between two JSON reports."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.printing import console
from tenken.cli.rim import Rim
from tenken.cli.writing import read_bytes
from tenken.readiness.report import changes
from tenken.readiness.report.difference import difference, stood_in
from tenken.readiness.report.document import Document, parse

LARGEST_REPORT = 20_000_000


def diff(
    ctx: typer.Context,
    old: Annotated[Path, typer.Argument(help="cli.argument_old")],
    new: Annotated[Path, typer.Argument(help="cli.argument_new")],
) -> None:
    """Compare two reports; leaves with 1 where something was lost."""
    rim: Rim = ctx.obj
    before, after = read_report(old), read_report(new)
    changed = difference(stood_in(before), stood_in(after))
    console(rim, sys.stdout).print(changes.render(changed, after, rim.speech), end="")
    if changed.lost:
        raise typer.Exit(1)


def read_report(path: Path) -> Document:
    """Read a JSON report that a person named."""
    return parse(read_bytes(path, limit=LARGEST_REPORT), file=str(path))
