"""All gates of a worker, and what goes on between them and other workers beside the requests."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from tenken.gateway.probing.far import FarTaking
from tenken.gateway.probing.gate import Alone, Gate, Taking
from tenken.gateway.probing.near import NearTaking
from tenken.policy.breaker import Breaker, State
from tenken.store.turns.turns import FarTurns, Turns

BEAT_S = 1.0
"""How often turns are renewed, and breakers that are open hear of the others."""
Key = tuple[str, str, str]
"""Provider, credential and model: what shares a breaker."""


class Probing:
    """Makes gates; without turns each worker probes by itself."""

    def __init__(
        self,
        near: Turns | None = None,
        far: FarTurns | None = None,
        *,
        who: int = 1,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`near` are the turns of the machine, `far` those of all replicas.

        `who` is a number that no other worker has, `clock` one that the machine's workers share.
        """
        self._near = near
        self._far = far
        self._who = who
        self._clock = clock
        self._woken = asyncio.Event()
        self._gates: dict[Key, Gate] = {}

    def gate(self, key: Key, breaker: Callable[[], Breaker]) -> Gate:
        """Give what stands before the targets of a key."""
        found = self._gates.get(key)
        if found is None:
            found = self._gates[key] = Gate(breaker(), self._taking("\0".join(key)))
        return found

    async def kept(self) -> None:
        """Go on for as long as the worker serves."""
        while True:
            self._woken.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await self._woken.wait()

    async def look(self) -> None:
        """Look at every gate that is not open to all."""
        for gate in tuple(self._gates.values()):
            if gate.breaker.state is not State.CLOSED or gate.owes:
                await gate.look()

    def _taking(self, target: str) -> Taking:
        near: Taking = Alone()
        if self._near is not None:
            near = NearTaking(self._near, target, self._who, clock=self._clock)
        if self._far is None:
            return near
        return FarTaking(
            self._far, target, self._who, near=near, wake=self._woken.set, clock=self._clock
        )
