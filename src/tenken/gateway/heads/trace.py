"""In whose trace a request stands: W3C, else Datadog, else Google."""

from collections.abc import Mapping

import re2
from msgspec import Struct

TRACEPARENT = re2.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
CLOUD_TRACE = re2.compile(rb"([0-9a-fA-F]{32})(?:/([0-9]{1,20}))?(?:;o=([0-9]))?")
HIGH = b",_dd.p.tid="
"""Before the upper half of one of Datadog's, among other tags."""
HEX_16 = re2.compile(rb"[0-9a-f]{16}")
USUAL, DASHES, HEX = 55, b"---", b"0123456789abcdef"
NO_TRACE = "0" * 32
NO_SPAN = "0" * 16

Named = Mapping[bytes, bytes]
READ = (
    b"traceparent",
    b"x-datadog-trace-id",
    b"x-datadog-parent-id",
    b"x-datadog-tags",
    b"x-datadog-sampling-priority",
    b"x-cloud-trace-context",
)
"""The headers that are looked at here."""


class Found(Struct, frozen=True):
    """A trace, and the span in it that asks."""

    trace: str
    parent: str
    sampled: bool


def inherited(named: Named) -> Found | None:
    """Give the trace that a request belongs to, where its head says one."""
    return _w3c(named) or _datadog(named) or _cloud(named)


def _w3c(named: Named) -> Found | None:
    value = named.get(b"traceparent")
    if not value or not (_usual(value) or TRACEPARENT.match(value)):
        return None
    trace, parent = value[3:35].decode(), value[36:52].decode()
    more = value[USUAL:]
    if more and (value.startswith(b"00") or not more.startswith(b"-")):
        return None  # this version has nothing more, and later ones put a dash before it
    if value.startswith(b"ff") or trace == NO_TRACE or parent == NO_SPAN:
        return None
    return Found(trace, parent, sampled=bool(int(value[53:55], 16) & 1))


def _usual(value: bytes) -> bool:
    """Whether it is of the form that nearly all have; a match would cost more."""
    dashes = value[2:3] + value[35:36] + value[52:53]
    return len(value) == USUAL and dashes == DASHES == value.translate(None, HEX)


def _datadog(named: Named) -> Found | None:
    low = _number(named.get(b"x-datadog-trace-id"))
    parent = _number(named.get(b"x-datadog-parent-id"))
    if not low or parent is None:
        return None
    # Not split: whoever asks without a key could have a whole head split, again and again.
    tags = b"," + (named.get(b"x-datadog-tags") or b"")
    high = tags.partition(HIGH)[2].partition(b",")[0]
    upper = high.decode("latin-1") if HEX_16.fullmatch(high) else NO_SPAN
    priority = named.get(b"x-datadog-sampling-priority") or b"1"
    return Found(
        f"{upper}{low:016x}", f"{parent:016x}", sampled=not priority.startswith((b"0", b"-"))
    )


def _cloud(named: Named) -> Found | None:
    value = named.get(b"x-cloud-trace-context")
    match = CLOUD_TRACE.fullmatch(value) if value else None
    if match is None:
        return None
    parent = _number(match[2])
    return Found(
        match[1].decode().lower(),
        f"{parent or 0:016x}" if parent else "",
        sampled=match[3] != b"0",
    )


def _number(value: bytes | None) -> int | None:
    if not value or not value.isdigit() or len(value) > len(str(2**64)):
        return None
    number = int(value)
    return number if number < 2**64 else None
