"""Claims and answers that replicas share, in Valkey or Redis.

Each key is a hash that the server forgets by itself: a claim when its request must be over, an
answer when its time has come. One script a step, so that of two askers one is first.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from tenken.store.repeats.repeats import (
    Claim,
    Claimed,
    Done,
    Going,
    New,
    Other,
    Unavailable,
)

PREFIX = "{tenken}repeat:"
BUDGET_S = 0.25
MILLI = 1000
CLAIM = """
-- ARGV: the request, when its claim ends, milliseconds until then
local request = redis.call('HGET', KEYS[1], 'request')
if not request then
  redis.call('HSET', KEYS[1], 'request', ARGV[1], 'claim', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {0}
end
if request ~= ARGV[1] then return {1} end
local answer = redis.call('HGET', KEYS[1], 'answer')
if answer then return {3, answer} end
return {2}
"""
KEEP = """
-- ARGV: the request, the answer, milliseconds for which it is kept
local request = redis.call('HGET', KEYS[1], 'request')
if request and request ~= ARGV[1] then return {0} end
redis.call('HSET', KEYS[1], 'request', ARGV[1], 'answer', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {1}
"""
RELEASE = """
-- ARGV: the request, when its claim ends
local row = redis.call('HMGET', KEYS[1], 'request', 'claim', 'answer')
if row[1] == ARGV[1] and row[2] == ARGV[2] and not row[3] then redis.call('DEL', KEYS[1]) end
return {1}
"""


class Scripted(Protocol):
    """A script that the server knows."""

    async def __call__(self, *, keys: Sequence[str], args: Sequence[bytes | int]) -> Any:
        """Run it."""
        ...


class Server(Protocol):
    """What is used of a client of Valkey."""

    def register_script(self, script: str) -> Scripted:
        """Make a script known."""
        ...


class ValkeyRepeats:
    """The store that replicas share."""

    def __init__(
        self,
        server: Server,
        *,
        errors: tuple[type[Exception], ...],
        budget_s: float = BUDGET_S,
    ) -> None:
        """`errors` are the client's own, beside those of time and network."""
        self._claim = server.register_script(CLAIM)
        self._keep = server.register_script(KEEP)
        self._release = server.register_script(RELEASE)
        self._errors: tuple[type[Exception], ...] = (OSError, TimeoutError, *errors)
        self._budget_s = budget_s

    async def claim(self, claim: Claim) -> Claimed:
        """Claim a key."""
        answer = await self._run(
            self._claim, claim, (claim.request, claim.until, _left(claim, claim.until))
        )
        match answer:
            case [0]:
                return New()
            case [1]:
                return Other()
            case [2]:
                return Going()
            case [3, bytes() as kept]:
                return Done(kept)
            case _:
                raise Unavailable("an answer that is none of ours")

    async def keep(self, claim: Claim, answer: bytes, *, until: int) -> None:
        """Put an answer where the claim stands."""
        await self._run(self._keep, claim, (claim.request, answer, _left(claim, until)))

    async def release(self, claim: Claim) -> None:
        """End a claim."""
        await self._run(self._release, claim, (claim.request, claim.until))

    async def _run(self, script: Scripted, claim: Claim, args: tuple[bytes | int, ...]) -> Any:
        try:
            async with asyncio.timeout(self._budget_s):
                return await script(keys=[PREFIX + claim.key.hex()], args=args)
        except self._errors as error:
            raise Unavailable(type(error).__name__) from error


def _left(claim: Claim, until: int) -> int:
    return max(1, (until - claim.now) // MILLI)
