"""`tenken explain ITEM`: one item in full, judged on the repository at hand."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.checklist import find_item, guide_of
from tenken.cli.inspecting.request import Request
from tenken.cli.inspecting.run import inspect
from tenken.cli.printing import console, width_of
from tenken.cli.rim import Rim
from tenken.readiness.report import item as one_item


def explain(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(help="cli.argument_item")],
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    stack: Annotated[str, typer.Option(help="cli.option_stack")] = "",
) -> None:
    """Explain one item."""
    rim: Rim = ctx.obj
    report = inspect(rim, Request(path=path, item=item, stack=guide_of(stack), keep=False)).report
    found = find_item(report.catalogue, item)
    shown = one_item.render(report, found, rim.speech, width=width_of(sys.stdout))
    console(rim, sys.stdout).print(shown, end="")
