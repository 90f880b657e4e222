"""`tenken check`: inspects a folder, writes the report asked for, and answers with the gate."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from tenken.cli.checklist import guide_of
from tenken.cli.inspecting.request import Request
from tenken.cli.inspecting.run import inspect
from tenken.cli.looking.where import Live
from tenken.cli.rim import Rim
from tenken.cli.writing import write_text
from tenken.errors import UsageError
from tenken.messages.speech import Speech
from tenken.readiness.gating.baseline import baseline_of, encode
from tenken.readiness.gating.gate import conditions
from tenken.readiness.inspection import Report

TERMINAL = "terminal"
SHOWING = "tenken.cli.inspecting.showing"
REPORTS = "tenken.readiness.report"
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "html": f"{REPORTS}.html.page",
        "md": f"{REPORTS}.formats.markdown",
        "json": f"{REPORTS}.json_report",
        "sarif": f"{REPORTS}.formats.sarif",
        "junit": f"{REPORTS}.formats.junit",
        "badge": f"{REPORTS}.formats.badge",
        "checklist": f"{REPORTS}.formats.checklist",
        "brief": f"{REPORTS}.html.brief",
        "oscal": f"{REPORTS}.formats.oscal",
    }
)
"""Format → the module whose `render` writes it."""


def check(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    format_: Annotated[str, typer.Option("--format", "-f", help="cli.option_format")] = TERMINAL,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="cli.option_out")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="cli.option_html")] = None,
    tier: Annotated[str, typer.Option(help="cli.option_tier", metavar="A|B|C")] = "",
    fail_on: Annotated[str, typer.Option(help="cli.option_fail_on")] = "",
    baseline: Annotated[Path | None, typer.Option(help="cli.option_baseline")] = None,
    write_baseline: Annotated[Path | None, typer.Option(help="cli.option_write_baseline")] = None,
    state: Annotated[Path | None, typer.Option(help="cli.option_state")] = None,
    evidence: Annotated[list[Path] | None, typer.Option(help="cli.option_evidence")] = None,
    live: Annotated[str, typer.Option(help="cli.option_live", metavar="URL")] = "",
    token_env: Annotated[str, typer.Option(help="cli.option_live_token_env", metavar="NAME")] = "",
    approvals: Annotated[Path | None, typer.Option(help="cli.option_approvals")] = None,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    catalogue: Annotated[list[Path] | None, typer.Option(help="cli.option_catalogue")] = None,
    stack: Annotated[str, typer.Option(help="cli.option_stack")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="cli.option_quiet")] = False,
) -> None:
    """Inspect a folder."""
    rim: Rim = ctx.obj
    _known(format_)
    request = Request(
        path=path,
        tier=tier,
        catalogues=tuple(catalogue or ()),
        platform=platform,
        environment=environment,
        evidence=tuple(evidence or ()),
        live=Live(url=live, token_env=token_env) if live else None,
        approvals=approvals,
        state=state,
        fail_on=conditions(fail_on),
        baseline=baseline,
        stack=guide_of(stack),
        quiet=quiet,
        needed=(SHOWING if format_ == TERMINAL else FORMATS[format_],),
    )
    inspected = inspect(rim, request)
    _write_beside(rim, inspected.report, html=html, baseline=write_baseline)
    if format_ == TERMINAL:
        importlib.import_module(SHOWING).show(rim, inspected.report, saved=html)
    else:
        kept = inspected.kept if format_ == "json" else ""
        _give(rim, kept or _rendered(format_, inspected.report, rim.speech), out)
    if not inspected.report.gate.passed:
        raise typer.Exit(1)


def _write_beside(rim: Rim, report: Report, *, html: Path | None, baseline: Path | None) -> None:
    if html:
        write_text(html, _rendered("html", report, rim.speech))
    if baseline:
        write_text(baseline, encode(baseline_of(report.catalogue, report.verdicts)))


def _give(rim: Rim, text: str, out: Path | None) -> None:
    if out is None:
        rim.write(text)
        return
    write_text(out, text)
    rim.tell(rim.speech.text("cli.wrote", path=str(out)))


def _known(name: str) -> None:
    if name != TERMINAL and name not in FORMATS:
        known = ", ".join([TERMINAL, *FORMATS])
        raise UsageError("cli.no_such_format", format=name, known=known)


def _rendered(name: str, report: Report, speech: Speech) -> str:
    render: Callable[[Report, Speech], str] = importlib.import_module(FORMATS[name]).render
    return render(report, speech)
