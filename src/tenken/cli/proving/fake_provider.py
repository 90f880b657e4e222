"""`tenken fake-provider`: a provider of models that misbehaves as planned, until it is stopped."""

import asyncio
import gc
import signal
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec.structs import replace

from tenken.cli.rim import Rim
from tenken.cli.writing import read_bytes, write_text
from tenken.drills.prove.doors import Listening, listening
from tenken.drills.provider.plan import FaultPlan, plan_from
from tenken.sentence import say

LARGEST_PLAN = 2_000_000


def fake_provider(
    ctx: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="cli.option_provider_host")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="cli.option_provider_port", min=0, max=65535)] = 9090,
    control_port: Annotated[
        int, typer.Option(help="cli.option_control_port", min=0, max=65535)
    ] = 9091,
    plan: Annotated[Path | None, typer.Option(help="cli.option_plan")] = None,
    seed: Annotated[int | None, typer.Option(help="cli.option_seed", show_default=False)] = None,
    log: Annotated[Path | None, typer.Option(help="cli.option_provider_log")] = None,
) -> None:
    """Serve until SIGINT or SIGTERM."""
    rim: Rim = ctx.obj
    followed = (
        plan_from(read_bytes(plan, limit=LARGEST_PLAN), name=str(plan)) if plan else FaultPlan()
    )
    if seed is not None:
        followed = replace(followed, seed=seed)
    if log:
        write_text(log, "")  # a place that cannot be written to is told now, not at the end
    gc.enable()  # an inspection goes without; this runs for days
    asyncio.run(_serve(rim, followed, (host, port, control_port), log))


async def _serve(rim: Rim, plan: FaultPlan, where: tuple[str, int, int], log: Path | None) -> None:
    host, port, control_port = where
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with listening(plan, host=host, port=port, control_port=control_port) as here:
        _introduce(rim, here)
        await stopped.wait()
        if log:
            write_text(log, _lines(here))
    rim.say(say("prove.provider_ended", calls=len(here.provider.seen)))


def _introduce(rim: Rim, here: Listening) -> None:
    url = "http://{}:{}".format(*here.address)
    control = "http://{}:{}".format(*here.control)
    rim.say(say("prove.provider_listens", url=url, control=control))
    rim.write(f"OPENAI_BASE_URL={url}/v1\nOPENAI_API_KEY=any")
    sys.stdout.flush()  # a pipe would keep it until the end


def _lines(here: Listening) -> str:
    return "".join(f"{msgspec.json.encode(seen).decode()}\n" for seen in here.provider.seen)
