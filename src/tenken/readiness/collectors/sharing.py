"""Jobs that a second process takes over while this one is busy with work of its own.

The second process is a copy of this one: it sees all that was read so far without being told.
Whoever is free takes the next job, so that neither waits long for the other. A job that comes back
without a result, because the copy was killed, say, is done here.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import DecodeError, Raw, msgpack

Result_co = TypeVar("Result_co", covariant=True)
MANY_FILES = 300
"""With fewer a second process is made and heard for longer than it helps."""
MAX_JOBS = 200
"""A number is a byte, and a pipe holds far more of them: handing the jobs out never blocks."""
STEPS_BACK = 5
"""Of a copy's priority: of three processes on two cores the one that all wait for goes first."""


class Job(Generic[Result_co]):
    """Work that needs no other job; its result, of one kind, is asked for later."""

    def __init__(self, kind: type[Result_co], work: Callable[[], Result_co]) -> None:
        self._kind = kind
        self._work = work
        self._results: list[Result_co] = []

    def result(self) -> Result_co:
        """Give the result; the work is done now where nobody has done it."""
        if not self._results:
            self._results.append(self._work())
        return self._results[0]

    def hear(self, told: bytes | Raw) -> None:
        """Take the result as another process told it."""
        self._results = [msgpack.decode(told, type=self._kind)]


class Second:
    """The second process, at work until no job is left."""

    def __init__(self, jobs: Sequence[Job[object]]) -> None:
        self._jobs = jobs
        self._waiting = _handed_out(len(jobs))
        self._answers, answers = os.pipe()
        self._is_at_work = True
        self._process = os.fork()
        if self._process == 0:
            _live_as_copy(jobs, self._waiting, answers)
        os.close(answers)

    def finish(self) -> None:
        """Do what is still waiting, then hear the results of the second process."""
        _do(self._jobs, self._waiting)
        os.close(self._waiting)
        with os.fdopen(self._answers, "rb") as answers:
            told = answers.read()
        os.waitpid(self._process, 0)
        self._is_at_work = False
        for number, result in _heard(told).items():
            self._jobs[number].hear(result)

    def stop(self) -> None:
        """End the second process where nobody has waited for it."""
        if not self._is_at_work:
            return
        self._is_at_work = False
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        for one in (self._waiting, self._answers):
            os.close(one)


def second_core() -> bool:
    """A copy of this process can be made, and has a core to run on."""
    # A copy of a process with threads may hold a lock that nobody gives back.
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


def _handed_out(jobs: int) -> int:
    """Give the end of a pipe that holds the numbers of jobs: who reads one has taken it."""
    if jobs > MAX_JOBS:
        raise ValueError(jobs)
    taken, given = os.pipe()
    os.write(given, bytes(range(jobs)))
    os.close(given)
    return taken


def _do(jobs: Sequence[Job[object]], waiting: int) -> list[int]:
    """Do jobs until none is waiting; gives their numbers."""
    done: list[int] = []
    while taken := os.read(waiting, 1):
        jobs[taken[0]].result()
        done.append(taken[0])
    return done


def _live_as_copy(jobs: Sequence[Job[object]], waiting: int, answers: int) -> None:
    """All that the copy ever does; it never returns into the work of the original."""
    ended = 1
    try:
        os.nice(STEPS_BACK)
        done = _do(jobs, waiting)
        told = {number: Raw(msgpack.encode(jobs[number].result())) for number in done}
        with os.fdopen(answers, "wb") as stream:
            stream.write(msgpack.encode(told))
        ended = 0
    finally:
        os._exit(ended)


def _heard(told: bytes) -> Mapping[int, Raw]:
    """The results by their numbers; none of a process that was ended from outside."""
    try:
        return msgpack.decode(told, type=dict[int, Raw])
    except DecodeError:
        return {}
