"""`tenken diff OLD NEW`: what stands better or worse between two JSON reports."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from tenken.cli.printing import console
from tenken.cli.rim import Rim
from tenken.cli.writing import read_bytes
from tenken.messages.speech import Speech
from tenken.readiness.catalogue import shipped
from tenken.readiness.report import changes
from tenken.readiness.report.difference import difference, stood_in
from tenken.readiness.report.document import Document, parse
from tenken.readiness.report.wording import Wording
from tenken.sentence import say

LARGEST_REPORT = 20_000_000


def diff(
    ctx: typer.Context,
    old: Annotated[Path, typer.Argument(help="cli.argument_old")],
    new: Annotated[Path, typer.Argument(help="cli.argument_new")],
) -> None:
    """Compare two reports; leaves with 1 where something was lost."""
    rim: Rim = ctx.obj
    before, after = read_report(old, rim.speech), read_report(new, rim.speech)
    if before.service != after.service:
        rim.say(say("report.other_service", old=before.service, new=after.service))
    changed = difference(stood_in(before), stood_in(after))
    console(rim, sys.stdout).print(changes.render(changed, after, rim.speech), end="")
    if changed.lost:
        raise typer.Exit(1)


def read_report(path: Path, speech: Speech) -> Document:
    """Read a JSON report that a person named, whatever language it was written in."""
    report = parse(read_bytes(path, limit=LARGEST_REPORT), file=str(path))
    names = Wording(speech)
    titles = {item.id: names.both(item.title) for item in shipped().items}
    items = (replace(item, title=titles.get(item.id, item.title)) for item in report.items)
    return replace(report, items=tuple(items))
