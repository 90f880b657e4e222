"""`tenken serve`: workers that answer, a keeper beside them, and who keeps them all up."""

import asyncio
import fcntl
import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from tenken.cli.rim import Rim
from tenken.cli.serving.door import opened_door, shown_of
from tenken.cli.serving.gateway import told
from tenken.cli.serving.keeping.addressing import check
from tenken.cli.serving.served import Files
from tenken.cli.serving.supervising.child import KeeperSpec, WorkerSpec, command
from tenken.cli.serving.supervising.consoled import console_of
from tenken.cli.serving.supervising.crew import Crew, Start
from tenken.cli.serving.supervising.publisher import Publisher
from tenken.cli.serving.supervising.roll import Roll
from tenken.cli.serving.worker import LOOK_S, Begun, Ending, begun
from tenken.config.environment import process_environment
from tenken.config.manifest import Manifest
from tenken.config.serving import GatewaySettings
from tenken.errors import UsageError
from tenken.gateway.settings.credentials import credentials
from tenken.journal.keys import sealing_key
from tenken.sentence import say

WORKER = "tenken.cli.serving.supervising.supervised"
KEEPER = "tenken.cli.serving.supervising.keep"
BEYOND_S = 5.0
"""What a worker gets beyond the time for its streams."""
KEEPER_S = 60.0
"""A keeper ends by itself long before, unless its store neither answers nor fails."""


class Serve(Struct, frozen=True, kw_only=True):
    """What is run."""

    files: Files
    first: Begun
    door: socket
    lifeline: int

    @property
    def settings(self) -> GatewaySettings:
        """Give how it is run."""
        return self.first.manifest.application.gateway


def serve(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
    keys: Annotated[Path | None, typer.Option(help="cli.option_gateway_keys")] = None,
    host: Annotated[str, typer.Option(help="cli.option_gateway_host")] = "",
    port: Annotated[
        int | None, typer.Option(help="cli.option_gateway_port", min=0, max=65535)
    ] = None,
    workers: Annotated[
        int, typer.Option(help="cli.option_serve_workers", min=0, max=32, show_default=False)
    ] = 0,
) -> int:
    """Serve until told to end."""
    rim: Rim = ctx.obj
    files = Files(
        folder=path.absolute(), platform=platform, environment=environment,
        kept=state.absolute() if state else None,
        ring=keys.absolute() if keys else None,
    )  # fmt: skip
    first = begun(files, rim.clock.now())
    if not first.plan.keys:
        raise UsageError("gateway.no_callers")
    check(first.manifest.application, process_environment())
    settings = first.manifest.application.gateway
    shown = shown_of(files, settings, rim.say)
    with (
        alone(files.state),
        lifelined() as lifeline,
        opened_door(
            rim, host or settings.host, settings.port if port is None else port, shown=shown
        ) as door,
    ):
        run = Serve(files=files, first=first, door=door, lifeline=lifeline)
        gc.enable()  # an inspection goes without; this runs for days
        return asyncio.run(_supervise(rim, run, workers or settings.workers))


async def _supervise(rim: Rim, run: Serve, workers: int) -> int:
    ending = Ending(asyncio.get_running_loop(), names=(signal.SIGTERM, signal.SIGINT))
    publisher = Publisher(rim, run.files, run.first.read, needs=_credentials)
    crew = Crew(rim)
    ready = asyncio.Event()
    names = [f"worker {number}" for number in range(1, workers + 1)]
    roll = Roll(
        names,
        all_ready=lambda: _all_ready(rim, run, ready),
        all_new=lambda v: _told_new(rim, v),
    )
    workers_end, keeper_end, console_ends = (asyncio.Event() for _ in range(3))
    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(crew.keep(_worker(rim, run, name, roll), workers_end))
        group.create_task(
            crew.keep(keeper_of(rim, run.files, run.settings, run.lifeline), keeper_end)
        )
        if run.first.manifest.application.console.on:
            group.create_task(_console(rim, run, crew, ready=ready, ends=console_ends))
        await until_told(ending, crew, publisher)
        for event in (console_ends, ready, workers_end):
            event.set()
        await crew.end("console", within_s=BEYOND_S, again=ending.at_once)
        run.door.close()  # when the last worker has closed it, too, who comes is refused at once
        within_s = run.settings.unready_s + run.settings.drain_s + BEYOND_S
        async with asyncio.TaskGroup() as leaving:
            for name in names:
                leaving.create_task(crew.end(name, within_s=within_s, again=ending.at_once))
        keeper_end.set()
        await crew.end("keeper", within_s=KEEPER_S, again=asyncio.Event())
    return crew.failed


async def _console(
    rim: Rim, run: Serve, crew: Crew, *, ready: asyncio.Event, ends: asyncio.Event
) -> None:
    """Keep the console up, from when all workers serve: they go first on a machine of one core."""
    await ready.wait()
    await crew.keep(console_of(rim, run.files, run.lifeline), ends)


def _all_ready(rim: Rim, run: Serve, ready: asyncio.Event) -> None:
    told(rim, run.first, run.door, run.first.plan)
    ready.set()


async def until_told(ending: Ending, crew: Crew, publisher: Publisher) -> None:
    hangups = ending.hangups
    while not (ending.told.is_set() or crew.leaving.is_set()):
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await ending.told.wait()
        publisher.look(again=ending.hangups > hangups)
        hangups = ending.hangups


def _credentials(manifest: Manifest) -> None:
    """Raise for a provider's credential that is not here: a worker that begins anew would end."""
    credentials(manifest, process_environment())
    sealing_key(manifest, process_environment())


def _worker(rim: Rim, run: Serve, name: str, roll: Roll) -> Start:
    spec = WorkerSpec(
        language=rim.speech.language,
        state=str(run.files.state.absolute()),
        lifeline=run.lifeline,
        folder=str(run.files.folder),
        keys=str(run.files.keys),
        door=run.door.fileno(),
        workers=roll.count,
    )

    def heard(who: str, line: str) -> None:
        event, _, version = line.partition(" ")
        roll.heard(who, event, version)

    return Start(
        name=name,
        command=lambda reports: command(WORKER, replace(spec, reports=reports)),
        gives=(run.lifeline, run.door.fileno()),
        heard=heard,
        gone=roll.gone,
    )


def keeper_of(
    rim: Rim, files: Files, settings: GatewaySettings, line: int, *, apart: bool = False
) -> Start:
    """Give how a keeper is started; `apart` where it has no workers beside it."""
    spec = KeeperSpec(
        language=rim.speech.language,
        state=str(files.state.absolute()),
        lifeline=line,
        folder=str(files.folder),
        keys=str(files.keys),
        journals=str(files.within(settings.journal.path)),
        store=str(files.within(settings.store.path)),
        store_env=settings.store.url_env,
        apart=apart,
    )
    return Start(
        name="keeper",
        command=lambda reports: command(KEEPER, replace(spec, reports=reports)),
        gives=(line,),
        heard=lambda _name, _line: None,
        gone=lambda _name: None,
    )


def _told_new(rim: Rim, version: str) -> None:
    rim.say(say("gateway.reloaded", version=version))


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Hold the folder of state; raises UsageError where somebody else does."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(state / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError("serving.already", path=str(state)) from error
    else:
        yield
    finally:
        os.close(lock)


@contextmanager
def lifelined() -> Iterator[int]:
    """Give what processes that inherit it can read when we are gone, and not before."""
    reads, writes = os.pipe()
    try:
        yield reads
    finally:
        os.close(reads)
        os.close(writes)
