"""Keys of callers: made here, shown once, kept as their SHA-256 only.

A key is `tk-`, eight characters that people can tell it by, and 256 random bits. The file is
replaced in one rename, so a gateway that reads it sees the old keys or the new ones.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from tenken.errors import UsageError
from tenken.gateway.plan import Key

NAME = "keys.json"
PREFIX_BYTES = 4
KEY_BYTES = 32
LARGEST = 16 << 20
Moment = Annotated[datetime, Meta(tz=True)]


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key as it is kept."""

    prefix: str
    """What people tell it by: its first characters."""
    caller: str
    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")]
    created_at: Moment
    expires_at: Moment | None = None
    revoked_at: Moment | None = None


class Keyring(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All keys."""

    version: int = 1
    keys: tuple[Entry, ...] = ()

    def good(self, now: datetime) -> tuple[Key, ...]:
        """Give the keys that open something now, as a plan holds them."""
        return tuple(
            Key(
                caller=entry.caller,
                sha256=bytes.fromhex(entry.sha256),
                prefix=entry.prefix,
                expires_at=round(entry.expires_at.timestamp() * 1e6) if entry.expires_at else None,
            )
            for entry in self.keys
            if entry.revoked_at is None and (entry.expires_at is None or entry.expires_at > now)
        )


class Made(Struct, frozen=True, kw_only=True):
    """A new key: the only moment at which it is seen."""

    key: str
    entry: Entry
    ring: Keyring


def made(
    ring: Keyring,
    *,
    caller: str,
    now: datetime,
    expires_at: datetime | None,
    chance: Callable[[int], str],
) -> Made:
    """Make a key for a caller; its other keys stay good, so that one can replace another."""
    prefix = f"tk-{chance(PREFIX_BYTES)}"
    key = f"{prefix}-{chance(KEY_BYTES)}"
    entry = Entry(
        prefix=prefix,
        caller=caller,
        sha256=hashlib.sha256(key.encode()).hexdigest(),
        created_at=now,
        expires_at=expires_at,
    )
    return Made(key=key, entry=entry, ring=replace(ring, keys=(*ring.keys, entry)))


def revoked(ring: Keyring, prefix: str, *, now: datetime) -> Keyring:
    """Close a key for good; raises UsageError where none begins so."""
    if not any(entry.prefix == prefix and entry.revoked_at is None for entry in ring.keys):
        known = ", ".join(entry.prefix for entry in ring.keys if entry.revoked_at is None)
        raise UsageError(
            "gateway.no_such_key", prefix=prefix[:40], known=known or "wording.none_there"
        )
    return replace(
        ring,
        keys=tuple(
            replace(entry, revoked_at=now) if entry.prefix == prefix else entry
            for entry in ring.keys
        ),
    )


def read_ring(path: Path) -> Keyring:
    """Read the keys; none where there is no file. Raises UsageError where it is none of ours."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return Keyring()
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise UsageError("cli.cannot_read", path=str(path), detail=detail) from error
    if len(content) > LARGEST:
        raise UsageError("cli.too_large", path=str(path), limit=LARGEST)
    try:
        return msgspec.json.decode(content, type=Keyring)
    except msgspec.DecodeError as error:
        raise UsageError("gateway.bad_ring", path=str(path), why=str(error)) from error


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Let nobody else change the keys meanwhile: a revocation must not be written over."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write_ring(path: Path, ring: Keyring) -> None:
    """Replace the file in one step; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as stream:
        os.fchmod(stream.fileno(), 0o600)  # one that was left behind may have been another's
        stream.write(msgspec.json.format(msgspec.json.encode(ring), indent=2))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    # A name is on the disk when its folder is: a revocation must not come back with a power cut.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
