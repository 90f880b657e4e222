"""`tenken fault-proxy`: a TCP proxy that loses connections as planned, until it is stopped."""

import asyncio
import gc
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.rim import Rim
from tenken.cli.writing import read_bytes
from tenken.drills.proxy.control import ProxyControl
from tenken.drills.proxy.line import Lines, lines_from
from tenken.drills.proxy.proxy import FaultProxy
from tenken.errors import UsageError
from tenken.sentence import say
from tenken.transport.server import Server

LARGEST_PLAN = 2_000_000
HIGHEST_PORT = 65_535


def fault_proxy(
    ctx: typer.Context,
    to: Annotated[str, typer.Argument(help="cli.argument_to")],
    *,
    host: Annotated[str, typer.Option(help="cli.option_proxy_host")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="cli.option_proxy_port", min=0, max=65535)] = 9092,
    control_port: Annotated[
        int, typer.Option(help="cli.option_control_port", min=0, max=65535)
    ] = 9093,
    plan: Annotated[Path | None, typer.Option(help="cli.option_lines")] = None,
) -> None:
    """Carry bytes until SIGINT or SIGTERM."""
    rim: Rim = ctx.obj
    lines = lines_from(read_bytes(plan, limit=LARGEST_PLAN), name=str(plan)) if plan else Lines()
    proxy = FaultProxy(_origin(to), lines)
    gc.enable()  # an inspection goes without; this runs for days
    asyncio.run(_serve(rim, proxy, host, (port, control_port)))


async def _serve(rim: Rim, proxy: FaultProxy, host: str, ports: tuple[int, int]) -> None:
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    control = Server(ProxyControl(proxy))
    try:
        await proxy.start(host, ports[0])
        await control.start(host, ports[1])
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError("prove.proxy_cannot_listen", address=host, why=why) from error
    at = "http://{}:{}".format(*control.address)
    rim.say(say("prove.proxy_listens", address="{}:{}".format(*proxy.address), control=at))
    rim.write("PROXY={}:{}".format(*proxy.address))
    sys.stdout.flush()  # a pipe would keep it until the end
    await stopped.wait()
    await proxy.close()
    await control.drain(0)
    rim.say(say("prove.proxy_ended", connections=len(proxy.carried)))


def _origin(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) <= HIGHEST_PORT:
        raise UsageError("prove.no_origin", origin=text)
    return host, int(port)
