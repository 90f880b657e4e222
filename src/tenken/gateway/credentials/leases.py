"""All credentials of a gateway: renewed beside the requests, which only read what is there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from msgspec.structs import replace

from tenken.gateway.credentials.lease import Called, Lease, NoCredential, Source
from tenken.gateway.credentials.renewal import (
    LOOK_S,
    again_after_s,
    heeds_refusal,
    renew_after_s,
)
from tenken.gateway.plan import Target
from tenken.sentence import Sentence, say
from tenken.transport.threads import in_a_thread
from tenken.wire.splice import Body

MICRO = 1_000_000
FIRST_S = 5.0
"""How long a start waits for the first ones."""
SLOW_S = 60.0
"""A source that takes longer has failed; what it gives later is thrown away."""
MEANWHILE_S = 60.0
"""How long one that the settings no longer name may serve for the one that they name now."""
SAID_MAX = 200
READ_MAX = 2_000
WORD_MAX = 40
"""No word that tells why is longer; tokens, and addresses with one in them, are."""


class _Held:
    """One credential: what is good now, and how it is going with the next."""

    __slots__ = (
        "failures", "heeded", "heeded_us", "lease", "name", "settled", "source", "wake",
    )  # fmt: skip

    def __init__(self, name: str, source: Source) -> None:
        self.name = name
        self.source = source
        self.lease: Lease | None = None
        self.heeded = False
        """A refusal of this lease by the provider was heeded."""
        self.heeded_us = 0
        self.failures = 0
        self.settled = asyncio.Event()
        """It was asked for once, with success or not."""
        self.wake = asyncio.Event()

    def left_s(self, now_us: int) -> float:
        """Give for how long what is there is good."""
        return (self.lease.expires_us - now_us) / MICRO if self.lease else 0.0


def shown(error: Exception) -> str:
    """Give what an error says, without what may be a token: services echo what they were sent.

    >>> shown(ValueError("bad assertion eyJ" + 40 * "x"))
    'ValueError: bad assertion …'
    """
    words = f"{type(error).__name__}: {error}"[:READ_MAX].split()
    return " ".join(["…" if len(word) > WORD_MAX else word for word in words])[:SAID_MAX]


async def waited(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, no longer than so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class Leases:
    """Gives header lines by credential. Tokens are in no other value, and in no text."""

    def __init__(
        self,
        *,
        wall_us: Callable[[], int],
        chance: Callable[[], float],
        tell: Callable[[Sentence], None],
        wait: Callable[[asyncio.Event, float], Awaitable[None]] = waited,
    ) -> None:
        self._wall_us = wall_us
        self._chance = chance
        self._tell = tell
        self._wait = wait
        self._fixed: Mapping[str, bytes] = {}
        self._held: dict[str, _Held] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    def furnish(self, fixed: Mapping[str, bytes], sources: Mapping[str, Source]) -> None:
        """Take over what the platform file names now; what did not change keeps its lease.

        What changed serves as it was for a moment, until the new one is there.
        """
        before, self._fixed = self._fixed, fixed
        for name in [*self._held]:
            if name not in sources:
                self._drop(name)
        for name, source in sources.items():
            old = self._held.get(name)
            if old is not None and old.source == source:
                continue
            held = _Held(name, source)
            held.lease = self._meanwhile(old.lease if old else None, before.get(name))
            if old is not None:
                self._drop(name)
            self._held[name] = held
            self._begin(held)

    def _meanwhile(self, lease: Lease | None, lines: bytes | None) -> Lease | None:
        if lease is None and lines is not None:
            lease = Lease(lines=lines)
        if lease is None:
            return None
        until_us = self._wall_us() + round(MEANWHILE_S * MICRO)
        return replace(lease, expires_us=min(lease.expires_us, until_us))

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renew them while inside; the first ones are waited for, but not for long."""
        failed: Exception | None = None
        async with asyncio.TaskGroup() as group:
            self._group = group
            for held in self._held.values():
                self._begin(held)
            with suppress(TimeoutError):
                async with asyncio.timeout(FIRST_S):
                    for held in [*self._held.values()]:
                        await held.settled.wait()
            try:
                yield
            except Exception as error:  # noqa: BLE001 - leaves as it is, not in a group
                failed = error
            finally:
                self._group = None
                for name in [*self._tasks]:
                    self._tasks.pop(name).cancel()
        if failed is not None:
            raise failed

    def lines(
        self,
        target: Target,
        *,
        host: bytes,
        path: bytes,
        headers: tuple[tuple[bytes, bytes], ...],
        body: Body,
    ) -> bytes:
        """Give the header lines of a POST; raises NoCredential."""
        fixed = self._fixed.get(target.credential)
        if fixed is not None:
            return fixed
        now_us = self._wall_us()
        held = self._held.get(target.credential)
        lease = held.lease if held else None
        if lease is None or lease.expires_us <= now_us:
            raise NoCredential(target.credential)
        if lease.signer is None:
            return lease.lines
        called = Called(
            method=b"POST",
            host=host,
            path=path,
            headers=headers,
            body=body,
            region=target.region,
            at_us=now_us,
        )
        return lease.signer.lines(called)

    def refused(self, credential: str) -> None:
        """A provider did not take it: ask for a new one, once for each that was obtained."""
        held = self._held.get(credential)
        if held is None:
            return
        now_us = self._wall_us()
        if heeds_refusal(heeded=held.heeded, since_s=(now_us - held.heeded_us) / MICRO):
            held.heeded, held.heeded_us = True, now_us
            held.wake.set()

    def _begin(self, held: _Held) -> None:
        if self._group is not None:
            self._tasks[held.name] = self._group.create_task(self._keep(held))

    def _drop(self, name: str) -> None:
        del self._held[name]
        if task := self._tasks.pop(name, None):
            task.cancel()

    async def _keep(self, held: _Held) -> None:
        """Renew one credential for as long as it is named."""
        while True:
            await self._renew(held)
            held.settled.set()
            await self._until_due(held)

    async def _renew(self, held: _Held) -> None:
        asked_us = self._wall_us()
        try:
            async with asyncio.timeout(SLOW_S):
                lease = await in_a_thread(held.source.fetch, name="credential")
        except Exception as error:  # noqa: BLE001 - a vendor's library raises what it likes
            held.failures += 1
            if held.failures == 1:
                self._tell(self._not_renewed(held, error))
            return
        if held.failures:
            self._tell(say("gateway.credential_back", name=held.name))
        if lease.static and (held.lease is None or not held.lease.static):
            self._tell(say("gateway.static_key_found", name=held.name, what=lease.static))
        if lease.lasts_s is not None:
            lease = replace(lease, expires_us=asked_us + round(lease.lasts_s * MICRO))
        held.lease, held.failures, held.heeded = lease, 0, False

    def _not_renewed(self, held: _Held, error: Exception) -> Sentence:
        why = shown(error)
        left_s = held.left_s(self._wall_us())
        if left_s <= 0:
            return say("gateway.credential_none", name=held.name, why=why)
        return say("gateway.credential_old", name=held.name, why=why, seconds=round(left_s))

    async def _until_due(self, held: _Held) -> None:
        held.wake.clear()
        began_us = self._wall_us()
        after_s = self._after_s(held)
        while (left_s := after_s - (self._wall_us() - began_us) / MICRO) > 0:
            await self._wait(held.wake, min(left_s, LOOK_S))
            if held.wake.is_set():
                return

    def _after_s(self, held: _Held) -> float:
        if held.failures or held.lease is None:
            return again_after_s(held.failures, chance=self._chance())
        if held.lease.again_s is not None:
            return held.lease.again_s
        return renew_after_s(held.left_s(self._wall_us()))
