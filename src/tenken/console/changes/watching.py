"""Alerts are taken in hand, and kept quiet for a while."""

from tenken.console.changes.change import Done, Filled, refused, text
from tenken.console.view import View
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.silences import Silence, Silences

SECOND_US = 1_000_000
LENGTHS = {"15m": 900, "1h": 3600, "4h": 14_400, "1d": 86_400, "7d": 604_800}
REASON_MAX = 400


def acknowledge(view: View, filled: Filled) -> Done:
    """Take an alert in hand: no repeats, no escalation."""
    name = text(filled, "id")
    if not Alerts(view.desk.engine).acknowledge(name, actor=view.visitor.name, at=view.now):
        raise refused("nothing_to_acknowledge")
    return Done(to=f"/alerts/{name}" if name.isalnum() else "/alerts", told="acknowledged")


def silence(view: View, filled: Filled) -> Done:
    """Tell nobody of some alerts for a while."""
    length = LENGTHS.get(filled.get("for", ""))
    if length is None:
        raise refused("field_bad", name="for", most=10)
    pattern = text(filled, "subject")
    if not pattern.strip("*/ "):
        raise refused("pattern_all")
    one = Silence(
        id=view.desk.chance(9),
        pattern=pattern,
        owner=view.visitor.name,
        reason=text(filled, "reason", most=REASON_MAX),
        created_at=view.now,
        expires_at=view.now + length * SECOND_US,
    )
    Silences(view.desk.engine).add(one)
    return Done(to="/alerts#silences", told="silenced")


def unsilence(view: View, filled: Filled) -> Done:
    """End a silence before its time."""
    name = text(filled, "id")
    if not Silences(view.desk.engine).withdraw(name, actor=view.visitor.name, at=view.now):
        raise refused("no_such_overlay")
    return Done(to="/alerts#silences", told="unsilenced")
