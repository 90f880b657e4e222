"""The process of one detector: the only place at which code that a policy names is run.

It gets the source from whoever started it, over the socket whose number is its argument, and ends
with it. It has no environment and no terminal. A text that takes too long ends it from without;
should nobody be left to do so, an alarm of its own does.
"""

import inspect
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterable
from itertools import islice
from types import CodeType, ModuleType

from tenken.cli.plugging.wire import (
    Answered,
    Ask,
    Begin,
    Raised,
    Ready,
    Refused,
    Saw,
    framed,
    said,
)
from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Text

MEMORY = 1 << 30
MOST = 1000
"""Matches in one text."""
GRACE_S = 5.0
MODULE = "tenken_own_code"
Inspect = Callable[[Text, Context], Iterable[Match]]


def run(stream: socket.socket) -> None:
    """Load what is to be run, then answer until nobody asks."""
    begin = said(stream)
    if not isinstance(begin, Begin):
        return
    function = loaded(begin)
    if isinstance(function, Refused):
        stream.sendall(framed(function))
        return
    stream.sendall(framed(Ready()))
    while True:
        asked = said(stream)
        if isinstance(asked, Ask):
            signal.setitimer(signal.ITIMER_REAL, begin.each_s + GRACE_S)
            stream.sendall(framed(inspected(function, asked)))
            signal.setitimer(signal.ITIMER_REAL, 0)


def loaded(begin: Begin) -> Inspect | Refused:
    """Give the function of a file, or what is wrong with it."""
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module
    try:
        code = compile(begin.source, begin.file, "exec", dont_inherit=True)
        _run(code, module)
    except SyntaxError as error:
        return Refused(why="syntax", line=error.lineno or 1, error=type(error).__name__)
    except BaseException as error:  # noqa: BLE001 - boundary: a stranger's module, even one that exits
        return Refused(why="raises", line=_line(error, begin.file), error=type(error).__name__)
    function = vars(module).get(begin.function)
    if not callable(function):
        return Refused(why="function")
    return function if _takes_two(function) else Refused(why="signature", line=_begins(function))


def inspected(function: Inspect, asked: Ask) -> Answered:
    """Give the matches in a text, or the kind of error in their place."""
    try:
        found = tuple(islice(function(Text(asked.text), asked.context), MOST + 1))
    except BaseException as error:  # noqa: BLE001 - boundary: its fail mode decides, and it is recorded
        return Raised(error=type(error).__name__)
    if len(found) > MOST:
        return Raised(error="TooMany")
    if not all(isinstance(match, Match) for match in found):
        return Raised(error="NoMatch")
    return Saw(matches=found)


def _run(code: CodeType, module: ModuleType) -> None:
    exec(code, vars(module))  # noqa: S102 - a file that the policy on this disk names


def _takes_two(function: Callable[..., object]) -> bool:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return False
    try:
        inspect.signature(function).bind(None, None)
    except (TypeError, ValueError):
        return False
    return True


def _begins(function: object) -> int:
    code = getattr(function, "__code__", None)
    return code.co_firstlineno if isinstance(code, CodeType) else 1


def _line(error: BaseException, file: str) -> int:
    lines = [at.lineno for at in traceback.extract_tb(error.__traceback__) if at.filename == file]
    return (lines[-1] if lines else None) or 1


def _bounded() -> None:
    # A terminal's Ctrl-C is for whoever started this; the alarm ends it without asking Python.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _bounded()
    try:
        run(socket.socket(fileno=int(sys.argv[1])))
    except (EOFError, OSError):
        os._exit(0)  # nobody asks any more
