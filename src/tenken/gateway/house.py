"""What a target keeps between requests: its connections, its breaker and its retry budget."""

from collections.abc import Callable, Mapping
from typing import Protocol

from tenken.gateway.plan import Plan, Target
from tenken.policy.breaker import Breaker, BreakerPlan
from tenken.policy.retry import RetryBudget
from tenken.transport.limits import PoolLimits
from tenken.transport.upstream import Pool
from tenken.wire.api import Api
from tenken.wire.dialect import Dialect


class Credentials(Protocol):
    """Gives what a target is called with; refreshed off the request path."""

    def headers(self, credential: str) -> tuple[tuple[bytes, bytes], ...]:
        """Give the headers of a credential, as they are now."""
        ...


class Room:
    """One target's state."""

    __slots__ = ("breaker", "budget", "dialects", "head", "pool", "target")

    def __init__(
        self,
        target: Target,
        *,
        dialects: Mapping[Api, Dialect],
        pool: Pool,
        breaker: Breaker,
    ) -> None:
        self.target = target
        self.dialects = dialects
        self.pool = pool
        self.breaker = breaker
        self.budget = RetryBudget()
        host = target.origin.host.encode()
        standard = 443 if target.origin.tls else 80
        if target.origin.port != standard:
            host += b":%d" % target.origin.port
        self.head = (
            b"host: %b\r\ncontent-type: application/json\r\naccept-encoding: identity\r\n" % host
        )


class House:
    """All targets of a plan; what two plans share stays open when one follows the other."""

    def __init__(
        self,
        *,
        dialects: Mapping[str, Mapping[Api, Dialect]],
        breaker: BreakerPlan,
        pool_limits: PoolLimits,
        pool: Callable[[Target, PoolLimits], Pool],
    ) -> None:
        self._dialects = dialects
        self._breaker = breaker
        self._limits = pool_limits
        self._pool = pool
        self._rooms: dict[str, Room] = {}
        self._breakers: dict[tuple[str, str, str], Breaker] = {}

    def furnish(self, plan: Plan) -> None:
        """Make a room for every target of a plan; targets that did not change keep theirs."""
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
                breaker=self._breakers.setdefault(target.key, Breaker(self._breaker)),
            )
        self._rooms = rooms

    def room(self, target: str) -> Room:
        """Give the state of a target."""
        return self._rooms[target]

    def close(self) -> None:
        """Close all connections."""
        for room in self._rooms.values():
            room.pool.close()
