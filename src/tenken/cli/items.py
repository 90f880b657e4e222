"""`tenken items`: the checklist, an item of it whole, or what a move to another stack undoes."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from tenken.cli.checklist import find_item, guide_of, whole_catalogue
from tenken.cli.printing import console
from tenken.cli.rim import Rim
from tenken.errors import UsageError
from tenken.evidence import Method
from tenken.readiness.catalogue import Catalogue, Item
from tenken.readiness.moves import proved_again
from tenken.readiness.probes.observed.unasked import why_not
from tenken.readiness.report import listing

FORMATS = ("text", "json")


def items(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(help="cli.argument_item")] = "",
    *,
    section: Annotated[str, typer.Option(help="cli.option_section")] = "",
    method: Annotated[str, typer.Option(help="cli.option_method")] = "",
    gates: Annotated[bool, typer.Option("--hard-gates", help="cli.option_hard_gates")] = False,
    catalogue: Annotated[list[Path] | None, typer.Option(help="cli.option_catalogue")] = None,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(help="cli.option_compare", metavar="OLD NEW")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="cli.option_items_format")] = "text",
) -> None:
    """List the checklist."""
    rim: Rim = ctx.obj
    every = whole_catalogue(catalogue or [])
    if format_ not in FORMATS:
        raise UsageError("cli.no_such_format", format=format_, known=", ".join(FORMATS))
    chosen = _chosen(every, item=item, section=section, method=method, gates=gates)
    if format_ == "json":
        rim.write(msgspec.json.format(msgspec.json.encode(chosen), indent=2).decode())
        return
    if compare:
        shown = _compared(every, compare, rim)
    elif item:
        shown = listing.whole(chosen[0], rim.speech, why_not)
    else:
        shown = listing.lines(every, chosen, rim.speech)
    console(rim, sys.stdout).print(shown, end="")


def _compared(every: Catalogue, compare: tuple[str, str], rim: Rim) -> Text:
    old, new = (guide_of(name) for name in compare)
    again = proved_again(every) if old != new else ()
    return listing.moved(again, new, rim.speech)


def _chosen(every: Catalogue, *, item: str, section: str, method: str, gates: bool) -> list[Item]:
    if item:
        return [find_item(every, item)]
    known = [one.id for one in every.sections]
    if section and section not in known:
        raise UsageError("cli.no_such_section", section=section, known=", ".join(known))
    if method and method not in set(Method):
        raise UsageError("cli.no_such_method", method=method, known=", ".join(Method))
    return [
        one
        for part in every.sections
        if not section or part.id == section
        for one in part.items
        if (not method or one.decides == method) and (one.hard_gate or not gates)
    ]
