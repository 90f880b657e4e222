"""`tenken demo`: the first minute: a real application, what it claims, and what is true."""

from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.check import show
from tenken.cli.inspecting.run import Request, inspect
from tenken.cli.rim import Rim
from tenken.cli.writing import write_text
from tenken.errors import UsageError
from tenken.readiness.report.html import page

EXAMPLE = Path("examples/shift-desk-before")
REPORT = Path(".tenken/demo.html")
LIES = 3


def demo(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = EXAMPLE,
    *,
    html: Annotated[Path, typer.Option(help="cli.option_html")] = REPORT,
) -> None:
    """Inspect the example and say what to do next."""
    rim: Rim = ctx.obj
    if not path.is_dir():
        raise UsageError("cli.no_example", path=str(path))
    report = inspect(rim, Request(path=path, fail_on=(), keep=False)).report
    write_text(html, page.render(report, rim.speech))
    show(rim, report, saved=html, findings=LIES)
    rim.write(f"\n{rim.speech.text('cli.now_your_own')}")
