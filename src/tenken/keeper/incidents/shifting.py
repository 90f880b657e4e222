"""Shifts a route back to what a version of the settings said of it, as far as an overlay can.

An overlay sets order and shares of targets that the files name for the route today. What else
differs (guards, deadlines, limits, a target that is gone) needs the older files to be published.
"""

from collections.abc import Iterator

from msgspec import Struct

from tenken.config.application import Route
from tenken.errors import UsageError

SAME = ("name", "targets", "weights")


class Shift(Struct, frozen=True, kw_only=True):
    """What an overlay is to say, and what it cannot."""

    change: str
    stays: tuple[str, ...] = ()
    """What differs besides, and stays as it is today."""


def shift(now: Route, before: Route) -> Shift | None:
    """Give the change that brings a route back; None where its targets do not differ.

    Raises UsageError where the version names a target that the route does not have today.
    """
    if now.targets == before.targets and dict(now.weights) == dict(before.weights):
        return None
    strange = [name for name in before.targets if name not in now.targets]
    if strange:
        raise UsageError("incidents.cannot_shift", route=now.name, targets=", ".join(strange))
    return Shift(change=_change(before), stays=tuple(_differing(now, before)))


def _change(before: Route) -> str:
    if not before.weights:
        return f"targets={','.join(before.targets)}"
    given = [share for share in before.weights.values() if share > 0]
    whole = all(float(share).is_integer() for share in given)
    scale = 1.0 if whole or not given else 100 / min(given)
    shares = ((name, round(share * scale)) for name, share in before.weights.items())
    return f"weights={','.join(f'{name}:{share}' for name, share in shares)}"


def _differing(now: Route, before: Route) -> Iterator[str]:
    for name in Route.__struct_fields__:
        if name not in SAME and getattr(now, name) != getattr(before, name):
            yield name
