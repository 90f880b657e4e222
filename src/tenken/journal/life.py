"""What a writer says of itself in its journal: when it began, how far it may go, that it ended.

A disk may lose what was written and not brought onto it when its machine dies, and nothing that
is left tells how much that was. So a writer that counts its losses never gives more numbers than a
mark allows that is on the disk already. What may be missing after its death is at most the rest
of them, and the next life leaves these numbers out: the hole stays to be seen.
"""

from msgspec import Struct


class Opened(Struct, frozen=True, kw_only=True, array_like=True):
    """The first payload of a segment."""

    at: int
    """Microseconds since 1970, UTC."""
    boot: str
    """A random name of the process's life."""
    torn: int = 0
    """Bytes of a torn tail that the segment before ends with."""
    machine: str = ""
    """A name of the machine's life: while it lasts, what its kernel has is not lost."""
    reserved: int = 0
    """The last number that may be given; 0 where losses are not counted."""
    lost: int = 0
    """So many records may be missing before this one."""
    lost_since: int = 0
    """Microseconds since 1970: what came before is here."""


class Mark(Struct, frozen=True, kw_only=True, array_like=True):
    """What is written before a group is brought onto the disk."""

    at: int
    reserved: int
    ended: bool = False
    """The writer was closed: nothing is missing behind this."""


class Tail(Struct, frozen=True, kw_only=True):
    """How a journal ends, for a writer that goes on after it."""

    number: int = 0
    """Of the last segment."""
    sequence: int = 0
    previous: bytes = bytes(16)
    torn: int = 0
    """Bytes."""
    opened: Opened | None = None
    mark: Mark | None = None
    reserved: int = 0
    """The last number that may have been given."""


class Missing(Struct, frozen=True, kw_only=True):
    """What may be gone with a machine."""

    records: int
    """At most."""
    since: int
    """Microseconds since 1970."""
    reserved: int
    """The last number that may have been given."""


def missing(tail: Tail, *, machine: str) -> Missing | None:
    """Give what the life before may have lost; None where that is nothing, or was not counted."""
    life, mark = tail.opened, tail.mark
    if life is None or (mark is not None and mark.ended):
        return None
    if machine and machine == life.machine:
        return None  # the kernel that had it is still there
    if tail.reserved <= tail.sequence:
        return None
    return Missing(
        records=tail.reserved - tail.sequence,
        since=mark.at if mark else life.at,
        reserved=tail.reserved,
    )
