"""`tenken gateway`: one worker that serves the routes of `tenken.yaml`."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Annotated

import typer
import uvloop

from tenken.cli.rim import Rim
from tenken.cli.serving.door import opened_door, shown_of
from tenken.cli.serving.served import Files
from tenken.cli.serving.supervising.at_start import at_next_start
from tenken.cli.serving.worker import Begun, Ending, Reports, Serving, begun, serve
from tenken.errors import TenkenError, UsageError
from tenken.gateway.plan import Plan
from tenken.guardrails.policy.loading import POLICY_NAMES
from tenken.sentence import Sentence, say

DIGITS = 16
"""Of a policy's digest."""


def gateway(
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
) -> None:
    """Serve until told to end."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, environment=environment, kept=state, ring=keys)
    first = begun(files, rim.clock.now())
    if not first.plan.keys:
        raise UsageError("gateway.no_callers")
    settings = first.manifest.application.gateway
    shown = shown_of(files, settings, rim.say)
    with opened_door(
        rim, host or settings.host, settings.port if port is None else port, shown=shown
    ) as door:
        reports = _reports(rim, files, first, door)
        serving = Serving(source=files, begun=first, door=door, reports=reports)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_told(rim, serving))


async def _until_told(rim: Rim, serving: Serving) -> None:
    loop = asyncio.get_running_loop()
    await serve(rim, serving, Ending(loop, names=(signal.SIGTERM, signal.SIGINT)))


def _reports(rim: Rim, files: Files, first: Begun, door: socket) -> Reports:
    def reloaded(plan: Plan) -> None:
        rim.say(say("gateway.reloaded", version=plan.shown))
        with suppress(TenkenError):  # changed again meanwhile: told at the next look
            now = files.manifest(rim.clock.now().date())
            for sentence in at_next_start(first.manifest.application, now.application):
                rim.say(sentence)

    return Reports(ready=lambda plan: told(rim, first, door, plan), reloaded=reloaded)


def told(rim: Rim, first: Begun, door: socket, plan: Plan) -> None:
    """Say where what is served, and with which keys that it should not need."""
    if sentence := first.named.told:
        rim.say(sentence)
    if unpriced := [target.id for target in plan.targets.values() if not target.priced]:
        rim.say(say("pricing.unpriced", models=", ".join(unpriced)))
    rim.say(guarding(plan))
    host, port = door.getsockname()[:2]
    rim.say(
        say(
            "gateway.serving",
            routes=len(plan.routes),
            scheme="https" if first.manifest.application.gateway.tls else "http",
            host=host,
            port=port,
            version=plan.version,
            journal=first.manifest.application.gateway.journal.durability,
        )
    )


def guarding(plan: Plan) -> Sentence:
    """Tell whether texts are looked at, and by which policy."""
    if plan.guard is None:
        return say("gateway.unguarded", path=POLICY_NAMES[0])
    policy = plan.guard.policy.digest.removeprefix("sha256:")[:DIGITS]
    return say("gateway.guarded", policy=policy)
