"""`tenken demo`: the first minute: a real application, what it claims, and what is true."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.inspecting import Request, inspect
from tenken.cli.printing import console, width_of
from tenken.cli.rim import Rim
from tenken.cli.writing import write_text
from tenken.errors import UsageError
from tenken.readiness.report import terminal
from tenken.readiness.report.html import page

EXAMPLE = Path("examples/shift-desk-before")
REPORT = Path(".tenken/demo.html")


def demo(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = EXAMPLE,
    *,
    html_file: Annotated[Path, typer.Option("--html", help="cli.option_html")] = REPORT,
) -> None:
    """Inspect the example and say what to do next."""
    rim: Rim = ctx.obj
    if not path.is_dir():
        raise UsageError("cli.no_example", path=str(path))
    report = inspect(rim, Request(path=path)).report
    write_text(html_file, page.render(report, rim.speech))
    screen = terminal.Screen(
        width=width_of(sys.stdout), findings=3, actions=5, saved=str(html_file)
    )
    printed = console(rim, sys.stdout)
    printed.print(terminal.render(report, rim.speech, screen), end="")
    printed.print(f"\n{rim.speech.text('cli.now_your_own')}")
