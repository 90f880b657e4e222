"""What is known of one request when it is over: the record in which gateway and keeper meet.

Everything that comes later (ledger rows, spans, metrics, costs, alerts, samples) is derived from
it. Records are arrays on disk: a field is only ever added at the end, with a default, so that what
was written by an older version is still read.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage

SCHEMA = 1
NOTHING = Decimal(0)
BAD = "bad"

Known = Literal["stated", "derived", "none"]
"""How a field came to be known: said by the caller or a file, worked out, or not at all."""


class Outcome(StrEnum):
    """How a request ended for its caller."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """Before any provider was called: not allowed, malformed, over a limit, shed."""
    BLOCKED = "blocked"
    """A guard stopped it."""
    FAILED = "failed"
    """No target gave an answer."""
    INTERRUPTED = "interrupted"
    """Part of an answer was sent, then an error in its place."""
    CANCELLED = "cancelled"
    """The caller left."""
    UNKNOWN = "unknown"
    """The worker died in between; only its intent is on record."""


class Timings(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Microseconds since the request was there whole; 0 for what did not happen."""

    queued: int = 0
    """Time spent waiting to be admitted."""
    connected: int = 0
    """The call that answered had its connection."""
    first_byte: int = 0
    first_token: int = 0
    """The first piece of text or tool call, not the first event."""
    last: int = 0
    """The last byte was handed to the caller's connection."""
    guarded: int = 0
    """By so much a guard's looks put off the first text, judges and what is held back included."""


class Attempt(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One call to one target; its times count from the request's beginning, in microseconds."""

    target: str
    provider: str
    model: str
    credential: str
    """The credential's id, never the credential."""
    region: str = ""
    failure: Failure | None = None
    status: int = 0
    began: int = 0
    connected: int = 0
    first_byte: int = 0
    first_token: int = 0
    ended: int = 0
    usage: Usage = Usage()
    cost: Decimal = NOTHING
    """US dollars."""
    upstream_id: str = ""
    """The provider's own id of the call."""
    reason: str = ""
    """What was decided after it, and why."""
    hedge: bool = False


class Identity(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Whose request it was, what for, and under which settings."""

    caller: str = ""
    use_case: str = ""
    use_case_known: Known = "none"
    route: str = ""
    session: str = ""
    """A keyed hash."""
    session_known: Known = "none"
    prompt: str = ""
    """`name@sha256`, or a keyed fingerprint of the system part."""
    prompt_known: Known = "none"
    release: str = ""
    settings: str = ""
    """Version of the files."""
    overlays: str = ""
    """Version of what was changed at run time."""
    drill: str = ""
    """The drill this request belongs to; drills count in no KPI."""


class Match(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What a guard found; never the text itself."""

    rule: str
    risk: str
    action: str
    stage: str
    """`inward` or `outward`."""
    score: float = 1.0
    severity: str = ""
    origin: str = ""
    """Who wrote the text."""
    mark: str = ""
    """A keyed hash of the value: the same value has the same mark."""


class Judging(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A question to a judge of the guard's: what it cost, and whether it was of use."""

    judge: str
    stage: str
    """`inward` or `outward`."""
    target: str
    provider: str
    model: str
    took: int
    """Microseconds."""
    failure: str = ""
    """Why it was of no use, in a word; empty where it was."""
    usage: Usage = Usage()
    cost: Decimal = NOTHING


class Exchange(Struct, frozen=True, array_like=True, gc=False):
    """A request from its arrival to its last byte; all but the first two are given by name."""

    id: str
    at: int
    """Microseconds since 1970, UTC, of its arrival."""
    trace: str
    """32 hex digits."""
    span: str
    """Our own, 16 hex digits."""
    parent: str
    """The caller's span; empty where none was sent."""
    sampled: bool
    identity: Identity
    api: Api
    stream: bool
    outcome: Outcome
    status: int
    """What the caller's connection saw."""
    code: str = ""
    """The error code that was answered."""
    finish: str = ""
    """Why the model stopped, in its own word."""
    attempts: tuple[Attempt, ...] = ()
    usage: Usage = Usage()
    """Of all attempts, the wasted ones too."""
    cost: Decimal = NOTHING
    """Of all attempts, and of the judges beside them."""
    timings: Timings = Timings()
    limits: tuple[str, ...] = ()
    """Decisions of limits, budgets and queue that changed something."""
    matches: tuple[Match, ...] = ()
    content: str = ""
    """Whether its masked texts are kept: `kept:` and the id of the key they are sealed with, or
    `withheld:` and why not; empty where nobody asked for that."""
    feedback: str = ""
    """`BAD` where it was rated badly: not as it is settled, but where it is handed on later."""
    client_retry: int = 0
    """How often the caller's own client had tried before."""
    cached: bool = False
    judgings: tuple[Judging, ...] = ()
    """Their tokens stand here alone, their cost in `cost` too."""
    texts: bytes | None = None
    """Its masked texts, sealed (`journal.sealing`); the ledger keeps them apart from the rest.
    None and not empty, and sealed with a last byte that is no zero: no record ends in a zero."""


class Intent(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """That a request is about to cost something: written before a provider is called."""

    id: str
    at: int
    identity: Identity
    api: Api
    stream: bool
    target: str
    model: str
    estimate: Usage = Usage()
    cost: Decimal = NOTHING
    """What was reserved, in US dollars."""
    trace: str = ""
    span: str = ""
