"""Requests that may come again under a key of their caller: claimed once, answered once.

Whoever claims a key first serves the request. Others are told that it goes on, or get what was
answered. A claim ends with its request, or at the latest when that must be over: so a worker that
dies blocks a key no longer than its request could have taken.
"""

from typing import Protocol

from msgspec import Struct


class New(Struct, frozen=True, tag=True):
    """Nobody has it: it is the asker's now."""


class Going(Struct, frozen=True, tag=True):
    """The same request goes on."""


class Other(Struct, frozen=True, tag=True):
    """The key stands for another request."""


class Done(Struct, frozen=True, tag=True):
    """It is answered; empty where the answer was too large to be kept."""

    answer: bytes


Claimed = New | Going | Other | Done


class Unavailable(Exception):
    """Nobody can say."""


class Claim(Struct, frozen=True, kw_only=True):
    """A key that is asked for. Times are microseconds since 1970."""

    key: bytes
    """Of one caller: a digest."""
    request: bytes
    """What it stands for: a digest."""
    now: int
    until: int
    """When a claim ends that nobody ends."""


class Repeats(Protocol):
    """Keeps claims and answers."""

    async def claim(self, claim: Claim) -> Claimed:
        """Claim a key; raises Unavailable."""
        ...

    async def keep(self, claim: Claim, answer: bytes, *, until: int) -> None:
        """Put an answer where the claim stands, unless another request has it by now.

        Raises Unavailable.
        """
        ...

    async def release(self, claim: Claim) -> None:
        """End this very claim without an answer; raises Unavailable."""
        ...


def found(claim: Claim, *, request: bytes, until: int, answer: bytes | None) -> Claimed:
    """Say what a row means for whoever asks: `until` is when it ends, as claim or as answer."""
    if until <= claim.now:
        return New()
    if request != claim.request:
        return Other()
    return Going() if answer is None else Done(answer)
