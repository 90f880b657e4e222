"""What a target keeps between requests: its connections, its breaker and its retry budget."""

from collections.abc import Callable, Mapping
from typing import Protocol

from tenken.gateway.plan import Plan, Target
from tenken.gateway.probing.gate import Gate
from tenken.gateway.probing.probing import Probing
from tenken.policy.breaker import Breaker, BreakerPlan, State
from tenken.policy.retry import RetryBudget
from tenken.transport.limits import PoolLimits
from tenken.transport.upstream import Pool
from tenken.wire.api import Api
from tenken.wire.dialect import Dialect
from tenken.wire.splice import Body

LEFT_MAX = 64
OWN_NAME = b"tenken"
"""In `Via`, by which a gateway that calls itself is found."""


class Credentials(Protocol):
    """Gives what a target is called with; renewed off the request path."""

    def lines(
        self,
        target: Target,
        *,
        host: bytes,
        path: bytes,
        headers: tuple[tuple[bytes, bytes], ...],
        body: Body,
    ) -> bytes:
        """Give the header lines of a POST, as they are now; raises NoCredential."""
        ...

    def refused(self, credential: str) -> None:
        """Be told that a provider did not take it."""
        ...


class Room:
    """One target's state."""

    __slots__ = (
        "base", "breaker", "budget", "dialects", "gate", "head", "host", "line", "path", "pool",
        "query", "target", "way",
    )  # fmt: skip

    def __init__(
        self,
        target: Target,
        *,
        dialects: Mapping[Api, Dialect],
        pool: Pool,
        gate: Gate,
    ) -> None:
        self.target = target
        self.dialects = dialects
        self.pool = pool
        self.gate = gate
        self.breaker = gate.breaker
        """Asked by itself only for what is no probe."""
        self.budget = RetryBudget()
        host = target.origin.host.encode()
        standard = 443 if target.origin.tls else 80
        if target.origin.port != standard:
            host += b":%d" % target.origin.port
        self.host = host
        self.base = target.base_path.encode()
        self.query = target.query.encode()
        self.head = (
            b"host: %b\r\ncontent-type: application/json\r\naccept-encoding: identity\r\n"
            b"via: 1.1 %b\r\n"
        ) % (host, OWN_NAME)
        self.turn_to("")

    def turn_to(self, path: str) -> None:
        """Write down how calls of a path below the base begin: nearly all are of one."""
        way = self.base + path.encode()
        if self.query:
            way += (b"&" if b"?" in way else b"?") + self.query
        self.path = path
        self.way = way
        """What stands in the request's first line."""
        self.line = b"POST %b HTTP/1.1\r\n%b" % (way, self.head)


class House:
    """All targets of a plan; what two plans share stays open when one follows the other."""

    def __init__(
        self,
        *,
        dialects: Mapping[str, Mapping[Api, Dialect]],
        breaker: BreakerPlan,
        pool_limits: PoolLimits,
        pool: Callable[[Target, PoolLimits], Pool],
        probing: Probing | None = None,
    ) -> None:
        """Without `probing` this worker shares its targets with nobody."""
        self._dialects = dialects
        self._breaker = breaker
        self._limits = pool_limits
        self._pool = pool
        self._rooms: dict[str, Room] = {}
        self._probing = probing or Probing()

    def furnish(self, plan: Plan) -> None:
        """Make a room for every target of a plan; targets that did not change keep theirs.

        What the plan names no more stays for the requests that have begun under the one before.
        """
        rooms: dict[str, Room] = {}
        for target in plan.targets.values():
            old = self._rooms.get(target.id)
            if old is not None and old.target == target:
                rooms[target.id] = old
                continue
            rooms[target.id] = Room(
                target,
                dialects=self._dialects[target.dialect],
                pool=self._pool(target, self._limits),
                gate=self._probing.gate(target.key, lambda: Breaker(self._breaker)),
            )
        left = {name: room for name, room in self._rooms.items() if name not in rooms}
        for name in tuple(left)[:-LEFT_MAX]:
            left.pop(name).pool.close()
        self._rooms = {**left, **rooms}

    def room(self, target: str) -> Room:
        """Give the state of a target."""
        return self._rooms[target]

    def states(self) -> Mapping[str, State]:
        """Give the state of each target's breaker."""
        return {name: room.breaker.state for name, room in self._rooms.items()}

    def close(self) -> None:
        """Close all connections."""
        for room in self._rooms.values():
            room.pool.close()
