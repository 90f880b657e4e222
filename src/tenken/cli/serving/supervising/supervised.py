"""A worker as `tenken serve` starts it: listens at the door that it is given."""

import asyncio
import signal
import socket
from pathlib import Path

import uvloop

from tenken.cli.rim import Rim
from tenken.cli.serving.published import Published
from tenken.cli.serving.supervising.child import FAILED, WorkerSpec, report, rim_of, told
from tenken.cli.serving.worker import Ending, Reports, Serving, begun, serve
from tenken.cli.writing import SAID, why
from tenken.errors import TenkenError, UsageError
from tenken.journal.writer import JournalFull
from tenken.sentence import say


def run() -> int:
    """Serve until told to end; gives the exit code."""
    spec = told(WorkerSpec)
    rim = rim_of(spec)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(rim, spec))
    except TenkenError as error:
        return rim.refuse(error)
    except OSError as error:
        if error.errno not in SAID:
            raise
        path = str(error.filename or spec.state)
        return rim.refuse(UsageError("cli.cannot_write", path=path, detail=why(error)))
    except JournalFull as error:
        rim.say(say("serving.no_journal", why=str(error)))
        return FAILED
    return 0


async def _serve(rim: Rim, spec: WorkerSpec) -> None:
    source = Published(folder=Path(spec.folder), kept=Path(spec.state), ring=Path(spec.keys))
    reports = Reports(
        ready=lambda plan: report(spec, "ready", plan.shown),
        reloaded=lambda plan: report(spec, "reloaded", plan.shown),
    )
    loop = asyncio.get_running_loop()
    ending = Ending(loop, names=(signal.SIGTERM,))
    loop.add_reader(spec.lifeline, _parent_gone, loop, spec.lifeline, ending)
    with socket.socket(fileno=spec.door) as door:
        first = begun(source, rim.clock.now())
        serving = Serving(
            source=source, begun=first, door=door, reports=reports, workers=spec.workers
        )
        await serve(rim, serving, ending)


def _parent_gone(loop: asyncio.AbstractEventLoop, lifeline: int, ending: Ending) -> None:
    loop.remove_reader(lifeline)
    ending.tell()


if __name__ == "__main__":
    raise SystemExit(run())
