"""Prints the first screen of a report."""

import sys
from pathlib import Path

from tenken.cli.printing import console, width_of
from tenken.cli.rim import Rim
from tenken.readiness.inspection import Report
from tenken.readiness.report import terminal


def show(
    rim: Rim,
    report: Report,
    *,
    saved: Path | None,
    findings: int = 5,
    actions: int = 5,
    brief: bool = False,
) -> None:
    """Print the first screen."""
    screen = terminal.Screen(
        width=width_of(sys.stdout),
        findings=findings,
        actions=actions,
        saved=str(saved) if saved else "",
        brief=brief,
    )
    console(rim, sys.stdout).print(terminal.render(report, rim.speech, screen), end="")
