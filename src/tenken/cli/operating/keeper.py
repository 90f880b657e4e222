"""`tenken keeper`: the keeper without workers, beside gateways that run on their own."""

import asyncio
import gc
import signal
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.rim import Rim
from tenken.cli.serving.keeping.addressing import check
from tenken.cli.serving.serve import KEEPER_S, alone, keeper_of, lifelined, until_told
from tenken.cli.serving.served import Files
from tenken.cli.serving.supervising.crew import Crew
from tenken.cli.serving.supervising.publisher import Publisher
from tenken.cli.serving.worker import Ending, Read, read_from
from tenken.config.environment import process_environment
from tenken.sentence import say


def keeper(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
    keys: Annotated[Path | None, typer.Option(help="cli.option_gateway_keys")] = None,
) -> int:
    """Keep until told to end; gives the exit code."""
    rim: Rim = ctx.obj
    files = Files(
        folder=path.absolute(), platform=platform, environment=environment,
        kept=state.absolute() if state else None,
        ring=keys.absolute() if keys else None,
    )  # fmt: skip
    read = read_from(files, rim.clock.now())
    check(read.manifest.application, process_environment())
    with alone(files.state), lifelined() as line:
        gc.enable()  # an inspection goes without; this runs for days
        return asyncio.run(_supervise(rim, files, read, line))


async def _supervise(rim: Rim, files: Files, read: Read, line: int) -> int:
    ending = Ending(asyncio.get_running_loop(), names=(signal.SIGTERM, signal.SIGINT))
    publisher, crew, ends = Publisher(rim, files, read), Crew(rim), asyncio.Event()
    settings = read.manifest.application.gateway
    start = keeper_of(rim, files, settings, line, apart=True)
    rim.say(say("keeping.keeps", journals=str(files.within(settings.journal.path))))
    async with asyncio.TaskGroup() as group:
        group.create_task(crew.keep(start, ends))
        await until_told(ending, crew, publisher)
        ends.set()
        await crew.end("keeper", within_s=KEEPER_S, again=ending.at_once)
    return crew.failed
