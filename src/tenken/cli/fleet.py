"""`tenken fleet REPORT...`: one page over the JSON reports of many services."""

from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.diff import read_report
from tenken.cli.rim import Rim
from tenken.cli.writing import write_text
from tenken.readiness.report.html import fleet as page


def fleet(
    ctx: typer.Context,
    reports: Annotated[list[Path], typer.Argument(help="cli.argument_reports")],
    *,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="cli.option_out")] = None,
) -> None:
    """Show many services on one page."""
    rim: Rim = ctx.obj
    documents = [read_report(path, rim.speech) for path in reports]
    shown = page.render(documents, rim.speech, now=rim.clock.now())
    if out is None:
        rim.write(shown)
        return
    write_text(out, shown)
    rim.tell(rim.speech.text("cli.wrote", path=str(out)))
