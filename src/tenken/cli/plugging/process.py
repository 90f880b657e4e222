"""One detector's process, as seen from without: asked within a time, ended and begun again.

A text is looked at in a process of its own, since nothing else ends code that loops: a pattern of
Python's own `re` that backtracks holds up every thread beside it.
"""

import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

import msgspec

from tenken.cli.plugging.wire import (
    Answered,
    Ask,
    Begin,
    Ready,
    Refused,
    Said,
    TooLarge,
    answered,
    framed,
)
from tenken.guardrails.detector import Unable

LOADS_S = 10.0
"""For the file to load: packages that it imports may be large."""
FIRST_S, LONGEST_S = 0.1, 30.0
"""How long it is left alone after it was ended, and at most when it is ended again and again."""
Clock = Callable[[], float]


class Child:
    """A process that runs."""

    def __init__(self, begin: Begin) -> None:
        self._stream, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "tenken.cli.plugging.child", str(number)],
                pass_fds=[number],
                env={},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.end = weakref.finalize(self, _end, self._process, self._stream)
        self.say(begin, LOADS_S)

    def say(self, message: Said, within_s: float) -> None:
        """Tell it something; raises TimeoutError, OSError, TooLarge."""
        content = framed(message)
        self._stream.settimeout(within_s)
        self._stream.sendall(content)

    def answer(self, within_s: float) -> Answered:
        """Wait for what it says; raises TimeoutError, OSError, EOFError, DecodeError."""
        return answered(self._stream, time.monotonic() + within_s)


class Process:
    """Asks a detector about texts; begins its process again where it was ended."""

    def __init__(self, begin: Begin, *, clock: Clock = time.monotonic) -> None:
        self._begin = begin
        self._clock = clock
        self._lock = Lock()
        self._child: Child | None = None
        self._ready = False
        self._began = self._again = 0.0
        self._ended = 0
        """So many times in a row."""

    def load(self) -> Refused | None:
        """Begin at once and wait for it; gives what is wrong with the file."""
        try:
            self._child = Child(self._begin)
            said = self._child.answer(LOADS_S)
        except TimeoutError:
            said = Refused(why="slow")
        except (OSError, EOFError, msgspec.DecodeError, TooLarge):
            said = Refused(why="crashes")
        if isinstance(said, Ready):
            self._ready = True
            return None
        self.close()
        return said if isinstance(said, Refused) else Refused(why="crashes")

    def ask(self, asked: Ask) -> Answered:
        """Give its answer; raises Unable where it has none in time."""
        each = self._begin.each_s
        if not self._lock.acquire(timeout=each):
            raise Unable("Busy")
        try:
            return self._answer(self._standing(), asked, each)
        finally:
            self._lock.release()

    def close(self) -> None:
        """End it."""
        if self._child is not None:
            self._child.end()
        self._child, self._ready = None, False

    def _answer(self, child: Child, asked: Ask, each: float) -> Answered:
        until = time.monotonic() + each
        try:
            child.say(asked, each)
            said = child.answer(max(0.0, until - time.monotonic()))
        except TooLarge as error:
            raise Unable("TooLarge") from error
        except TimeoutError as error:
            self._gone()
            raise Unable("Hung") from error
        except (OSError, EOFError, msgspec.DecodeError) as error:
            self._gone()
            raise Unable("Crashed") from error
        self._ended = 0
        return said

    def _standing(self) -> Child:
        """Give the process; while it loads again nobody waits for it."""
        if self._child is None:
            self._started()
        child = self._child
        if child is None or (not self._ready and not self._loaded(child)):
            raise Unable("Away")
        return child

    def _started(self) -> None:
        now = self._clock()
        if now < self._again:
            return
        self._began = now
        with suppress(OSError):
            self._child = Child(self._begin)

    def _loaded(self, child: Child) -> bool:
        try:
            self._ready = isinstance(child.answer(0.0), Ready)
        except TimeoutError:
            if self._clock() - self._began > LOADS_S:
                self._gone()
            return False
        except (OSError, EOFError, msgspec.DecodeError):
            self._gone()
            return False
        if not self._ready:
            self._gone()
        return self._ready

    def _gone(self) -> None:
        self.close()
        pause = min(LONGEST_S, FIRST_S * 2**self._ended)
        self._ended = min(self._ended + 1, 16)
        self._again = self._clock() + pause


def _end(process: subprocess.Popen[bytes], stream: socket.socket) -> None:
    stream.close()
    process.kill()
    process.wait()
