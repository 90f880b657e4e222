"""What a head says of its request, read once: a client that keeps its connection sends it again.

Whatever is not as it should be is refused by the stage whose matter it is.
"""

from collections.abc import Callable

import re2
from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.heads.trace import READ, Found, Named, inherited
from tenken.gateway.house import OWN_NAME
from tenken.gateway.plan import Caller, Plan
from tenken.transport.message import Request, every

PLAIN_ID = re2.compile(r"[A-Za-z0-9._:-]{1,128}")
JSON = b"application/json"
DEPTH_MAX = 2
ID_BYTES = 16
DIGITS_MAX = 3
DAY_S = 86_400.0
ID, RETRIES = b"x-request-id", b"x-stainless-retry-count"
READ_TIMEOUT, NODE_TIMEOUT = b"x-stainless-read-timeout", b"x-stainless-timeout"
"""What official clients wait for, in seconds: those for Python, and those for Node."""
ITS_OWN = frozenset({ID, RETRIES, *READ})
"""Headers in which a request says something of its own that is looked at."""


class Known(Struct, frozen=True):
    """Whose key a head has, under one plan."""

    plan: Plan
    caller: Caller
    until: float
    """When the key ends, in microseconds since 1970."""


class Whose:
    """Where it is kept whose key it is, by who has found out."""

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: Known | None = None


class Own(Struct, frozen=True, gc=False):
    """What a request says of its own; the next one on its connection says something else."""

    id: str = ""
    """The request's own id, where it has one that is plain."""
    found: Found | None = None
    """The trace that it belongs to."""
    retries: int = 0
    """How often it had tried before."""


class Said(Struct, frozen=True, kw_only=True):
    """All that stages look at in a head."""

    id: str = ""
    """As its own."""
    found: Found | None = None
    """As its own."""
    owns: bool = False
    """It may say something of its own: there are headers of that name."""
    via: bytes = b""
    """Lines of the header in which whoever passed it on has said so."""
    loops: bool = False
    """We have passed it on twice. Once is a gateway behind a gateway; twice, one calls itself."""
    json: bool = True
    """Its body is said to be JSON, or nothing is said."""
    use_case: str = ""
    session: bytes = b""
    prompt: str | None = None
    drill: str = ""
    read_s: float | None = None
    """How long the client waits for bytes."""
    within_s: float | None = None
    """How long it waits for all of the answer."""
    retries: int = 0
    """As its own."""
    whose: Whose | None = None


def said_by(request: Request) -> Said:
    """Give what the head of a request says."""
    said = request.notes.taken
    if not isinstance(said, Said):
        request.notes.taken = said = _read_head(request)
    if not said.owns:
        return said
    own = own_of(request.named)
    return replace(said, id=own.id, found=own.found, retries=own.retries)


def named(request: Request, chance: Callable[[int], str]) -> str:
    """Give the request's own id, or a new one."""
    return said_by(request).id or f"req-{chance(ID_BYTES)}"


def own_of(named: Named) -> Own:
    """Read what a request says of its own."""
    stated = _text(named.get(ID))
    plain = stated if stated and PLAIN_ID.fullmatch(stated) else ""
    return Own(plain, inherited(named), _count(named.get(RETRIES)))


def _read_head(request: Request) -> Said:
    """Read a head, but for what it says of its own: requests that share notes share this."""
    named = request.named
    kind = named.get(b"content-type") or JSON
    passed = every(request.headers, b"via")
    prompt = named.get(b"x-tenken-prompt")
    return Said(
        owns=not ITS_OWN.isdisjoint(named),
        via=b"".join([b"via: %b\r\n" % value for value in passed]),
        loops=_ours(passed) >= DEPTH_MAX,
        json=kind.lower().startswith(JSON),
        use_case=_text(named.get(b"x-tenken-use-case"))[:128],
        session=named.get(b"x-tenken-session") or b"",
        prompt=None if prompt is None else _text(prompt),
        drill=_text(named.get(b"x-tenken-drill"))[:128],
        read_s=_seconds(named.get(READ_TIMEOUT) or named.get(NODE_TIMEOUT), unit=1.0),
        within_s=_seconds(named.get(b"x-request-timeout-ms"), unit=0.001),
        whose=Whose(),
    )


def _ours(passed: tuple[bytes, ...]) -> int:
    """Count how often we have passed it on."""
    ways = [one for value in passed for one in value.split(b",")]
    return sum([one.strip().rpartition(b" ")[2].lower() == OWN_NAME for one in ways])


def _text(value: bytes | None) -> str:
    return value.decode("latin-1") if value else ""


def _seconds(value: bytes | None, *, unit: float) -> float | None:
    try:
        seconds = float(value) * unit if value else 0.0
    except ValueError:
        return None
    return seconds if 0 < seconds < DAY_S else None


def _count(said: bytes | None) -> int:
    """Give how often the caller's own client has tried before, as it says."""
    return int(said) if said and len(said) <= DIGITS_MAX and said.isdigit() else 0
