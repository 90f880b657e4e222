"""What the processes of `tenken serve` are told, and how they know that they are to end."""

import os
import signal
import sys
from contextlib import suppress
from typing import TypeVar

import msgspec
from msgspec import Struct

from tenken.cli.rim import Rim, SystemClock
from tenken.config.environment import process_environment, read_settings
from tenken.messages.speech import Language, Speech

Spec = TypeVar("Spec", bound="ChildSpec")
FAILED = 4


class ChildSpec(Struct, frozen=True, kw_only=True):
    """What every process is told."""

    language: str
    state: str
    lifeline: int
    """Reads as ended when the process that started us is gone, however it went."""
    reports: int = -1
    """Where it says that it does its work."""


class WorkerSpec(ChildSpec, frozen=True, kw_only=True):
    """What a worker is told."""

    folder: str
    keys: str
    door: int
    workers: int
    """How many there are, it among them."""


class KeeperSpec(ChildSpec, frozen=True, kw_only=True):
    """What the keeper is told."""

    folder: str
    keys: str
    journals: str
    store: str
    """The file of SQLite."""
    store_env: str
    """The variable with another store's address: the address itself is in no argument."""
    apart: bool = False
    """No workers of its own: those whose journals it brings may live on when it ends."""


def command(module: str, spec: ChildSpec) -> list[str]:
    """Give the command of a process of ours; `-P` keeps the working folder off the path."""
    return [sys.executable, "-P", "-m", module, msgspec.json.encode(spec).decode()]


def told(kind: type[Spec]) -> Spec:
    """Read what this process was told. It ends by its lifeline and SIGTERM, not by Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return msgspec.json.decode(sys.argv[1], type=kind)


def rim_of(spec: ChildSpec) -> Rim:
    """Give the outside world of this process."""
    return Rim(
        speech=Speech(Language(spec.language)),
        settings=read_settings(process_environment()),
        clock=SystemClock(),
    )


def report(spec: ChildSpec, event: str, version: str = "") -> None:
    """Tell who started us; nobody may be there any more."""
    with suppress(BrokenPipeError):
        os.write(spec.reports, f"{event} {version}\n".encode())
