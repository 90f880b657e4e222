"""Brings what is in the outbox to its receivers: each in its order, none waiting for another."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future

from msgspec.structs import replace

from tenken.keeper.alerts.message import SECOND
from tenken.keeper.alerts.posting import NotSent
from tenken.store.watch.leases import Leases
from tenken.store.watch.outbox import Delivery, Outbox, Progress

LEASE = "deliveries"
LEASE_S = 60.0
REST_S = 2.0
AT_ONCE = 8
"""To one receiver, one after the other, before its other messages are looked at again."""
MOST = 500
FIRST_WAIT_S = 5.0
LAST_WAIT_S = 300.0
ASKED_WAIT_S = 3600.0
"""The longest that a receiver may ask for."""
GIVEN_UP_AFTER = 24 * 3600 * SECOND
Send = Callable[[Delivery, int], str]
"""Hands a delivery over; gives what is noted of the answer, raises NotSent."""


class Deliver:
    """Sends what is due, where this keeper holds the lease."""

    def __init__(
        self, outbox: Outbox, leases: Leases, *, holder: str, send: Send, works: Executor
    ) -> None:
        """`works` sends to several receivers at once; it is ended with this."""
        self._outbox = outbox
        self._leases = leases
        self._holder = holder
        self._send = send
        self._works = works
        self._sending: dict[str, Future[None]] = {}

    def step(self, now: int) -> float:
        """Begin to send what is due; gives seconds to rest. Raises Away."""
        if not self._leases.hold(LEASE, self._holder, now, LEASE_S):
            return REST_S
        for receiver in [name for name, sending in self._sending.items() if sending.done()]:
            self._sending.pop(receiver).result()
        due = ready(self._outbox.waiting(MOST), now)
        for receiver, several in due.items():
            if receiver not in self._sending:
                sending = self._works.submit(self._sent, several, now)
                self._sending[receiver] = sending
        return REST_S

    def close(self) -> None:
        """Let the next keeper have it at once."""
        self._works.shutdown(wait=False, cancel_futures=True)
        self._leases.give_back(LEASE, self._holder)

    def _sent(self, several: Sequence[Delivery], now: int) -> None:
        for one in several:
            self._outbox.note(self._tried(one, now))

    def _tried(self, one: Delivery, now: int) -> Delivery:
        try:
            return arrived(one, self._send(one, now), now)
        except NotSent as failure:
            return failed(one, failure, now)
        except Exception as error:  # noqa: BLE001 - the boundary: one message's fault is its own
            # Its kind alone: what it says may hold an address or a key.
            return failed(one, NotSent(type(error).__name__), now)


def ready(waiting: Iterable[Delivery], now: int) -> Mapping[str, Sequence[Delivery]]:
    """Give what is to be sent now by receiver: never what it has yet to hear the beginning of.

    Otherwise somebody would hear that it is over, and then that it has begun.
    """
    ahead: Mapping[str, set[str]] = defaultdict(set)
    found: dict[str, list[Delivery]] = defaultdict(list)
    for one in waiting:
        alerts = set(one.alerts.split())
        due = _is_due(one, now) and not alerts & ahead[one.receiver]
        if due and len(found[one.receiver]) < AT_ONCE:
            found[one.receiver].append(one)
        ahead[one.receiver] |= alerts
    return {receiver: several for receiver, several in found.items() if several}


def _is_due(one: Delivery, now: int) -> bool:
    """Tell whether its time has come; one that no wait explains was written by a wrong clock."""
    too_far = one.due_at > now + round(ASKED_WAIT_S * SECOND)
    return not one.attempts or one.due_at <= now or too_far


def arrived(one: Delivery, answer: str, now: int) -> Delivery:
    """Give a delivery that its receiver has."""
    return replace(
        one, state=Progress.SENT, attempts=one.attempts + 1, ended_at=now, answer=answer
    )


def failed(one: Delivery, failure: NotSent, now: int) -> Delivery:
    """Give a delivery that is to be tried again later, or not at all."""
    attempts = one.attempts + 1
    if failure.final or now - one.created_at >= GIVEN_UP_AFTER:
        return replace(
            one, state=Progress.GIVEN_UP, attempts=attempts, ended_at=now, answer=failure.why
        )
    wait_s = min(LAST_WAIT_S, FIRST_WAIT_S * 2 ** min(attempts - 1, 10))
    if failure.after_s is not None:
        wait_s = min(max(failure.after_s, 1.0), ASKED_WAIT_S)
    due_at = now + round(wait_s * SECOND)
    return replace(one, attempts=attempts, due_at=due_at, answer=failure.why)
