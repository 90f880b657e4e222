"""The processes of `tenken serve`: each is started again when it dies, and ends when told to."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from subprocess import DEVNULL

from msgspec import Struct

from tenken.cli.rim import Rim
from tenken.cli.serving.supervising.child import FAILED
from tenken.cli.serving.supervising.restarts import Restarts
from tenken.sentence import say

BEGIN_S = 60.0


class Start(Struct, frozen=True, kw_only=True):
    """How one process is started."""

    name: str
    command: Callable[[int], list[str]]
    """Given where it may report to."""
    gives: tuple[int, ...]
    """Open files that it inherits."""
    heard: Callable[[str, str], None]
    """Is told what it reports: its name, and a line."""
    gone: Callable[[str], None]
    """Is told that it died."""
    needed: bool = True
    """Without it nothing goes on; what is not needed is told, and gone without."""


class Crew:
    """Processes that are kept up."""

    def __init__(self, rim: Rim) -> None:
        self.leaving = asyncio.Event()
        self.failed = 0
        """The exit code of one that never could begin."""
        self._rim = rim
        self._live: dict[str, asyncio.subprocess.Process] = {}
        self._up: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        """Who has come as far as to do its work."""
        self._known_good: set[str] = set()
        """Who once had."""

    async def keep(self, start: Start, until: asyncio.Event) -> None:
        """Run a process, and run it again whenever it dies, until the event is set."""
        restarts = Restarts()
        while not until.is_set():
            code = await self._run(start, until)
            if until.is_set():
                return
            if code > 0 and start.name not in self._known_good:
                # What it has told would only be told again.
                self._without(start, code)
                return
            start.gone(start.name)
            restarts = restarts.after(worked=self._up[start.name].is_set())
            wait_s = restarts.wait_s
            self._rim.say(say("serving.died", name=start.name, code=code, seconds=wait_s))
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await until.wait()

    def _without(self, start: Start, code: int) -> None:
        if start.needed:
            self.failed = self.failed or code
            self.leaving.set()
        else:
            self._rim.say(say("serving.goes_without", name=start.name))

    async def end(self, name: str, *, within_s: float, again: asyncio.Event) -> None:
        """Tell a process to end, tell it again when that is asked for, and make it end at last.

        One that is about to begin is let begin: it has something to bring to an end.
        """
        process = self._live.get(name)
        if process is None:
            return
        with suppress(ProcessLookupError):
            with suppress(TimeoutError):
                async with asyncio.timeout(BEGIN_S):
                    await _ended_or(self._up[name], process)
            process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await _ended_or(again, process)
                    if process.returncode is None:
                        process.terminate()
                    await process.wait()
            if process.returncode is None:
                self._rim.say(say("serving.did_not_end", name=name, seconds=within_s))
                process.kill()
        await process.wait()

    async def _run(self, start: Start, until: asyncio.Event) -> int:
        """Run a process to its end, and hear what it reports; gives its exit code."""
        self._up[start.name].clear()
        heard, tells = os.pipe()
        reader = await _reader(heard)
        try:
            # A group of its own: Ctrl-C at a terminal is said to every process of a group, and
            # one that has not begun would die of it aloud. It is told to end by us, in order.
            process = await asyncio.create_subprocess_exec(
                *start.command(tells),
                stdin=DEVNULL, pass_fds=(*start.gives, tells), process_group=0,
            )  # fmt: skip
        except OSError as error:
            self._rim.say(say("serving.cannot_start", name=start.name, why=str(error)))
            return FAILED
        finally:
            os.close(tells)
        self._live[start.name] = process
        if until.is_set():
            process.terminate()
        try:
            async for line in reader:
                self._up[start.name].set()
                self._known_good.add(start.name)
                start.heard(start.name, line.decode().strip())
            return await process.wait()
        finally:
            del self._live[start.name]


async def _reader(file: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    pipe = os.fdopen(file, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    return reader


async def _ended_or(told: asyncio.Event, process: asyncio.subprocess.Process) -> None:
    async with asyncio.TaskGroup() as group:
        both = [group.create_task(process.wait()), group.create_task(told.wait())]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for one in both:
            one.cancel()
