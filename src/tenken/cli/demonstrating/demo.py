"""`tenken demo`: a real application: what it claims, what is true, and what a gateway changes."""

import asyncio
import signal
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.demonstrating import telling, watched
from tenken.cli.demonstrating.guarded import told
from tenken.cli.demonstrating.modelled import modelled
from tenken.cli.demonstrating.play import Play
from tenken.cli.inspecting.request import Request
from tenken.cli.inspecting.run import inspect
from tenken.cli.inspecting.showing import show
from tenken.cli.rim import Rim
from tenken.cli.writing import read_text, write_text
from tenken.drills.prove.requests import Brief, brief_from
from tenken.errors import TenkenError, UsageError
from tenken.readiness.catalogue import shipped
from tenken.readiness.report.html import page

EXAMPLE = Path("examples/shift-desk-before")
BEHIND = Path("examples/shift-desk")
REQUESTS = "requests.yaml"
REPORT = Path(".tenken/demo.html")
INSPECTION = ".tenken/inspection"
"""Below what is left for the console."""
LIES = 3
DEEDS = 1
LONGEST = 1_000_000
TOLD_TO_END = 143
NEEDED = ("fastapi", "httpx", "openai", "tenacity", "uvicorn")
"""What the example itself needs; `make demo` installs it."""


def demo(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = EXAMPLE,
    *,
    behind: Annotated[Path, typer.Option(help="cli.option_demo_behind")] = BEHIND,
    html: Annotated[Path, typer.Option(help="cli.option_html")] = REPORT,
    model: Annotated[bool, typer.Option("--model", help="cli.option_demo_model")] = False,
) -> None:
    """Inspect the example, prove what is wrong, and prove it again behind the gateway."""
    rim: Rim = ctx.obj
    if model:
        asyncio.run(modelled(rim))
        return
    for folder in (path, behind):
        if not folder.is_dir():
            raise UsageError("cli.no_example", path=str(folder))
    report = inspect(rim, Request(path=path, fail_on=(), keep=False)).report
    write_text(html, page.render(report, rim.speech))
    show(rim, report, saved=html, findings=LIES, actions=DEEDS, brief=True)
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise UsageError("demo.not_installed", names=", ".join(missing))
    requests = behind / REQUESTS
    text = read_text(requests, limit=LONGEST)
    brief = brief_from(text, file=str(requests), environment={})
    try:
        left = html.with_suffix("")
        asyncio.run(_played(rim, brief, path, behind, left=left))
    except asyncio.CancelledError:
        raise typer.Exit(TOLD_TO_END) from None
    except BaseExceptionGroup as group:
        raise _first(group) from None
    inspect(rim, Request(path=path, fail_on=(), state=left / INSPECTION, quiet=True))
    rim.write(f"\n{rim.speech.text('cli.now_your_own')}")


def _first(group: BaseExceptionGroup) -> BaseException:
    """Give what a person can act on, where there is such a thing."""
    ours, _ = group.split(TenkenError)
    return ours.exceptions[0] if ours else group


async def _played(rim: Rim, brief: Brief, example: Path, served: Path, *, left: Path) -> None:
    """Try both sides at once, and tell of them one after the other."""
    _end_in_order()
    catalogue, speech = shipped(), rim.speech
    play = Play(rim, brief, left=left)
    rim.write(f"\n{speech.text('demo.by_fault')}")
    async with asyncio.TaskGroup() as group:
        as_it_is = group.create_task(play.as_it_is(example))
        behind = group.create_task(play.behind(served))
        old = await as_it_is
        play.calm.set()
        play.clear()
        _tell(rim, telling.before(old, speech))
        past = await play.survived
        _tell(rim, telling.two_lines(old, past, speech))
        _tell(rim, telling.survived(past, speech))
        _tell(rim, told(await play.guarded, speech))
    play.clear()
    _tell(rim, telling.compared(old.outcomes, behind.result(), catalogue, speech))
    _tell(rim, watched.told(await play.kept, speech))


def _end_in_order() -> None:
    """Take everything along when told to end: nothing is left running."""
    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _tell(rim: Rim, lines: Iterable[str]) -> None:
    rim.write("\n" + "\n".join(lines))
    sys.stdout.flush()
