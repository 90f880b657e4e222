"""This machine, as a gateway sees it: time, chance, and what it keeps in its folder of state."""

import gc
import random
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tenken.clock import Clock
from tenken.errors import UsageError

FINGERPRINT = "fingerprint.key"
FINGERPRINT_BYTES = 32
INSTANCE = "instance"
PARKED = "parked"
"""Beside the journals: how many records the ledger refused, as the keeper last counted them."""
YOUNG = 20_000
"""Objects that come to stay between two looks for cycles: requests and records make none."""
POOL = 5_000
"""So many bytes are drawn at a time."""


class HexPool:
    """Random hex digits, drawn from the system many at a time: each request needs some."""

    __slots__ = ("_at", "_digits")

    def __init__(self) -> None:
        self._digits = ""
        self._at = 0

    def take(self, size: int) -> str:
        """Give so many random bytes in hex; no digit is given twice."""
        at = self._at
        self._at = end = at + 2 * size
        if end <= len(self._digits):
            return self._digits[at:end]
        self._digits = secrets.token_hex(POOL + size)
        self._at = 2 * size
        return self._digits[: 2 * size]


class Machine:
    """Time and chance of this machine."""

    def __init__(self, clock: Clock) -> None:
        self.wall = clock.now
        self.monotonic = time.monotonic
        """To the microsecond, as records tell it; the loop's own clock goes by milliseconds."""
        self.chance = random.Random(secrets.randbits(256)).random  # noqa: S311 - jitter, no secret
        self.token = HexPool().take

    def wall_us(self) -> int:
        """Give the moment in microseconds since 1970."""
        return wall_us()


def spare_memory() -> None:
    """Look for cycles, which commands that soon end do not; seldom, and not in what is here."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
    gc.enable()


def wall_us() -> int:
    """Give the moment in microseconds since 1970."""
    return time.time_ns() // 1000


def session_key(state: Path, name: str, environment: Mapping[str, str]) -> bytes:
    """Give the key by which sessions are hashed: of the variable, else this machine's own."""
    if name:
        return from_environment(name, environment).encode()
    return _kept(state / FINGERPRINT, secrets.token_bytes(FINGERPRINT_BYTES))


def instance_of(journal: Path) -> str:
    """Give the name that these journals have in a store; made with the first of them."""
    return _kept(journal / INSTANCE, secrets.token_hex(8).encode()).decode()


def parked_in(journals: Path) -> int | None:
    """Give how many records the ledger refused; None where no keeper has counted."""
    try:
        return int((journals / PARKED).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def from_environment(name: str, environment: Mapping[str, str]) -> str:
    """Give a variable's value; raises UsageError where it is not set."""
    value = environment.get(name, "").strip()
    if not value:
        raise UsageError("gateway.credential_absent", name=name)
    return value


def _kept(path: Path, new: bytes) -> bytes:
    """Give what a file holds. Of several that would make it one does, and all read the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_bytes(new)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_bytes()
