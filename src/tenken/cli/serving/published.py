"""What `tenken serve` gives its workers: one file with the settings that were found good.

Workers read this and not the files that people edit. So all of them see the same bytes, a worker
that is started again while a file has a mistake serves what the others serve, and a mistake is
told once.
"""

import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tenken.cli.serving.served import Files, Stamp, Texts, stamp_of
from tenken.cli.writing import read_bytes
from tenken.config.temporary import Overlay
from tenken.errors import UsageError

NAME = "settings.json"
LONGEST = 8_000_000


class Settings(Struct, frozen=True, kw_only=True):
    """Settings under the version that every answer names."""

    version: str
    texts: Texts


class Published(Files, frozen=True, kw_only=True):
    """The published file in place of those that people edit."""

    def texts(self) -> Texts:
        """Read what was published; raises UsageError."""
        return read_settings(self.state).texts

    def changed(self, texts: Texts) -> Stamp:  # noqa: ARG002 - of whichever texts
        """Give what tells by a look whether anything else is published."""
        return tuple(
            stamp_of(path) for path in (self.state / NAME, self.keys, self.table, self.overlays)
        )


def publish(state: Path, settings: Settings) -> None:
    """Replace the file in one step: a worker reads the old one or the new one."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    _replaced(state / NAME, msgspec.json.encode(settings))


def mirror(path: Path, standing: Callable[[], Sequence[Overlay]]) -> None:
    """Replace the file of overlays where they are other ones: workers look at its stamp.

    They are asked for while nobody else writes it: who has asked before may know fewer.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        overlays = standing()
        content = msgspec.json.encode(overlays)
        before = read_bytes(path, limit=LONGEST) if path.exists() else b"[]"
        if content != before:
            _replaced(path, content)
    finally:
        os.close(lock)


def _replaced(path: Path, content: bytes) -> None:
    draft = path.with_suffix(f".{os.getpid()}.new")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(content)
    draft.replace(path)


def read_settings(state: Path) -> Settings:
    """Read what was published; raises UsageError where that is nothing of ours."""
    path = state / NAME
    try:
        return msgspec.json.decode(read_bytes(path, limit=LONGEST), type=Settings)
    except msgspec.DecodeError as error:
        raise UsageError("serving.bad_published", path=str(path), why=str(error)) from error
