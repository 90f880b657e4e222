"""Processes of the demonstration, which end with it: the application, and the gateway."""

import asyncio
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from tenken.config.environment import process_environment
from tenken.errors import UsageError
from tenken.pattern import Pattern

HOST = "127.0.0.1"
SERVING = Pattern(r"http://[0-9.]+:[0-9]+/v1")
ENDS_WITHIN_S = 10.0
SAID_MAX = 1 << 20
BACKLOG = 128


@asynccontextmanager
async def application(folder: Path, variables: Mapping[str, str]) -> AsyncIterator[str]:
    """Serve an application of Python as its README says; gives its address.

    It listens on a socket that is open before it begins: whoever asks too early waits, and needs
    to look for nothing.
    """
    with socket.create_server((HOST, 0), backlog=BACKLOG) as door:
        port = door.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "uvicorn", "app.main:app", "--fd", str(door.fileno()),
            cwd=folder, env=_environment(variables), pass_fds=(door.fileno(),),
            stdout=DEVNULL, stderr=DEVNULL,
        )  # fmt: skip
    try:
        yield f"http://{HOST}:{port}"
    finally:
        await _end(process)


def gateway(folder: Path, variables: Mapping[str, str]) -> AbstractAsyncContextManager[str]:
    """Run `tenken gateway` over a folder; gives the base URL of its API."""
    return _served("gateway", str(folder), variables=variables)


def embedded(cache: Path, language: str) -> AbstractAsyncContextManager[str]:
    """Run `tenken embedded serve`, which says in a language why it cannot; gives its API's URL."""
    variables = {"XDG_CACHE_HOME": str(cache), "TENKEN_LANG": language}
    return _served("embedded", "serve", variables=variables)


@asynccontextmanager
async def _served(*command: str, variables: Mapping[str, str]) -> AsyncIterator[str]:
    """Run a command of ours that serves, on a free port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tenken", *command, "--port", "0",
        env=_environment(variables), stdout=DEVNULL, stderr=PIPE, limit=SAID_MAX,
    )  # fmt: skip
    try:
        yield await _address(process)
    finally:
        await _end(process)


async def _address(process: Process) -> str:
    said: list[str] = []
    while process.stderr and (line := await process.stderr.readline()):
        said.append(line.decode(errors="replace").strip().removeprefix("tenken: "))
        if found := SERVING.search(said[-1]):
            return str(found.group(0))
    raise UsageError("demo.not_started", said=" ".join(said) or "-")


async def _end(process: Process) -> None:
    """Ask it to end, and insist."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(ENDS_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Give what a process is started with: nothing of a person's own settings."""
    own = {"PATH": process_environment().get("PATH", ""), "no_proxy": HOST, "PYTHONUTF8": "1"}
    return {**own, "PYTHONDONTWRITEBYTECODE": "1", **variables}
