"""Below which message of a channel a later one goes: below the first that told of its alerts."""

from tenken.config.operating.alerting import Receiver
from tenken.keeper.alerts.receivers.slack import Below, stamp
from tenken.store.watch.outbox import Delivery, Outbox, Progress

LOUD = frozenset({"fired", "repeated", "escalated"})
"""What somebody has to see now, who looks at the channel and at no thread."""
TRIES = 3
"""After so many it goes without a thread: the first message may have been taken away."""


class Threads:
    """Finds them among the deliveries. Raises Away."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def below(self, receiver: Receiver, one: Delivery) -> Below | None:
        """Give where a delivery goes; None for a message of its own.

        One of several alerts that were told of apart belongs to no thread.
        """
        if receiver.channel is None or one.attempts >= TRIES:
            return None
        first = {self._first(one, alert) for alert in one.alerts.split()}
        if len(first) != 1 or not (thread := first.pop()):
            return None
        return Below(thread=thread, loud=one.reason in LOUD)

    def _first(self, one: Delivery, alert: str) -> str:
        for other in self._outbox.of_alert(alert):
            arrived = other.state is Progress.SENT and other.receiver == one.receiver
            if arrived and other.id != one.id and (found := stamp(other.answer)):
                return found
        return ""
