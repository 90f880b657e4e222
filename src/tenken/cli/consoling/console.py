"""`tenken console`: shows what is known of applications, in a browser."""

import gc
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.consoling.running import Console, Ends, allowed, run
from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.door import opened_door
from tenken.cli.serving.served import Files
from tenken.config.application import Application
from tenken.errors import UsageError
from tenken.sentence import say
from tenken.store.people.audit import Audit


def console(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="cli.argument_paths")] = None,
    *,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
    keys: Annotated[Path | None, typer.Option(help="cli.option_gateway_keys")] = None,
    host: Annotated[str, typer.Option(help="cli.option_console_host")] = "",
    port: Annotated[
        int | None, typer.Option(help="cli.option_console_port", min=0, max=65535)
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="cli.option_console_verify")] = False,
) -> None:
    """Answer until told to end, or say whether the log of changes is whole."""
    rim: Rim = ctx.obj
    gc.enable()  # an inspection goes without; this runs for days
    folders = paths or [Path()]
    if len(folders) > 1 and (state or keys):
        raise UsageError("console.state_of_one")
    several = [
        Files(
            folder=folder.absolute(), platform=platform, environment=environment,
            kept=state.absolute() if state else None,
            ring=keys.absolute() if keys else None,
        )
        for folder in folders
    ]  # fmt: skip
    today = rim.clock.now().date()
    read = [(files, files.manifest(today).application) for files in several]
    first = read[0][1].console
    where = host or first.host
    for _, application in () if verify else read:
        if not application.console.on:
            raise UsageError("console.not_on")
        allowed(application.console, where)
    with ExitStack() as stack:
        shown = [_opened(stack, files, application) for files, application in read]
        if verify:
            for one in shown:
                _verify(rim, Audit(one.engine))
            return
        door = opened_door(rim, where, first.port if port is None else port)
        run(rim, shown, stack.enter_context(door), Ends(signal.SIGTERM, signal.SIGINT))


def _opened(stack: ExitStack, files: Files, application: Application) -> Console:
    return Console(
        files=files,
        name=application.application.name,
        settings=application.console,
        engine=stack.enter_context(store_of(files, application.gateway.store)),
    )


def _verify(rim: Rim, audit: Audit) -> None:
    broken = audit.broken()
    if broken is not None:
        raise UsageError("console.chain_broken", number=broken)
    rim.say(say("console.chain_whole"))
