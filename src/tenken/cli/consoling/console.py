"""`tenken console`: shows what is known of an application, in a browser."""

import gc
import signal
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.consoling.running import Console, Ends, allowed, run
from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.door import opened_door
from tenken.cli.serving.served import Files
from tenken.errors import UsageError
from tenken.sentence import say
from tenken.store.people.audit import Audit


def console(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
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
    files = Files(
        folder=path.absolute(), platform=platform, environment=environment,
        kept=state.absolute() if state else None,
        ring=keys.absolute() if keys else None,
    )  # fmt: skip
    application = files.manifest(rim.clock.now().date()).application
    settings = application.console
    if verify:
        with store_of(files, application.gateway.store) as engine:
            _verify(rim, Audit(engine))
        return
    if not settings.on:
        raise UsageError("console.not_on")
    where = host or settings.host
    allowed(settings, where)
    with (
        store_of(files, application.gateway.store) as engine,
        opened_door(rim, where, settings.port if port is None else port) as door,
    ):
        one = Console(rim=rim, files=files, settings=settings, engine=engine, door=door)
        run(one, Ends(signal.SIGTERM, signal.SIGINT))


def _verify(rim: Rim, audit: Audit) -> None:
    broken = audit.broken()
    if broken is not None:
        raise UsageError("console.chain_broken", number=broken)
    rim.say(say("console.chain_whole"))
