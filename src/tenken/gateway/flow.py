"""One request on its way: what is known so far. Stages read it and fill it in."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Protocol

from msgspec import Struct, field

from tenken.gateway.heads.said import Said
from tenken.gateway.keeping.kept import Kept
from tenken.gateway.passage import Passage
from tenken.gateway.plan import Caller, Plan, Route, Target
from tenken.gateway.prompting.asking import Prompted
from tenken.gateway.way import Way
from tenken.journal.exchange import Identity, Match, Outcome
from tenken.policy.deadline import Deadline, Timeouts
from tenken.store.counters.grip import Taken
from tenken.transport.message import Headers, Request
from tenken.transport.reply import Reply
from tenken.wire.api import Api
from tenken.wire.asked import Asked
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage

NOBODY = Caller(id="", routes=frozenset())
NO_IDENTITY = Identity()
NOTHING = Decimal(0)


class Closing(Protocol):
    """Is told how a request ends, to give its answer again."""

    async def answered(self, flow: "Flow", last: bytes) -> None:
        """Take a whole answer, before its last part is sent."""
        ...

    async def over(self, flow: "Flow") -> None:
        """Be told that everything is over, however it ended."""
        ...


class Rations(Protocol):
    """Gives room at the limits of models and of providers' credentials."""

    async def taken(self, flow: "Flow", asked: Asked, target: Target) -> Taken | None:
        """Take room for one call; None where nothing limits it."""
        ...

    def settle(self, flow: "Flow", trying: "Trying", taken: Taken) -> Awaitable[None] | None:
        """Put what a call has used in place of what it took."""
        ...


class Trace(Struct, frozen=True):
    """Where a request stands in its caller's trace."""

    trace: str
    span: str
    parent: str
    sampled: bool


class Trying(Struct, eq=False):
    """One attempt while it goes; times on the monotonic clock, 0.0 for what has not happened."""

    target: Target
    began: float
    connected: float = 0.0
    first_byte: float = 0.0
    first_token: float = 0.0
    ended: float = 0.0
    status: int = 0
    usage: Usage | None = None
    upstream_id: str = ""
    failure: Failure | None = None
    reason: str = ""
    hedge: bool = False
    """Asked beside another one."""
    sent: bool = False
    """The request has left for the provider."""
    heard: Callable[[], None] | None = None
    """Is told when the first text of a stream is there."""
    lost: bool = False
    """Another one answered first: what was asked is paid for, though nobody tells."""
    answered_bytes: int = 0
    """Of what carried text or tool calls; tokens are estimated from it when nobody tells them."""


REFUSED = frozenset(
    {
        "away", "caller_error", "connect", "context_too_long", "credential", "invalid_response",
        "model_gone", "no_words", "overloaded", "rate_limited", "server_error",
    }
)  # fmt: skip
"""Why a judge said nothing that its provider bills nothing for."""


class Questioned(Struct, eq=False):
    """A question to a judge while it goes; times on the monotonic clock."""

    judge: str
    stage: str
    target: Target
    began: float
    estimate: int
    """Tokens that it reads."""
    ended: float = 0.0
    failure: str = "left"
    usage: Usage | None = None

    def spent(self) -> Usage:
        """Give what it read and wrote, where its provider does not tell: nothing where it refused.

        One that was left, or did not answer in time, has read the question and bills that.
        """
        if self.usage is not None:
            return self.usage
        if self.failure in REFUSED:
            return Usage()
        return Usage(input=self.estimate, source="estimated")


class Flow(Struct, eq=False, kw_only=True):
    """A request between its arrival and its record."""

    request: Request
    reply: Reply
    plan: Plan
    api: Api
    at: int
    """Microseconds since 1970, UTC."""
    began: float
    """The same moment on the monotonic clock, which all other times are told by."""
    id: str = ""
    trace: Trace = Trace("", "", "", sampled=False)
    said: Said = Said()
    """What its head says."""
    caller: Caller = NOBODY
    asked: Asked | None = None
    prompted: Prompted | None = None
    """The prompt that it names, filled in."""
    way: Way | None = None
    """What is known of it before it comes."""
    route: Route | None = None
    identity: Identity = NO_IDENTITY
    released: dict[str, Identity] = field(default_factory=dict)
    """The same with the release that answered, by target; shared by requests that are alike."""
    timeouts: Timeouts = Timeouts()
    deadline: Deadline = Deadline(at=0.0, by="")
    targets: tuple[Target, ...] = ()
    """In the order in which they are asked."""
    larger: tuple[Target, ...] = ()
    """Asked only where the others cannot hold the request."""
    attempts: list[Trying] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    held: Taken | None = None
    """What is reserved of limits, until it is settled."""
    left: tuple[int, ...] = ()
    """What is left of the limits that the caller is told of."""
    told: Headers = ()
    """What the caller is told besides, in headers."""
    matches: list[Match] = field(default_factory=list)
    passage: Passage | None = None
    """What its texts have met, where a guard looks at them."""
    kept: Kept | None = None
    """Its masked texts, where they are to be stored."""
    judgings: list[Questioned] = field(default_factory=list)
    guarded_s: float = 0.0
    """By so much the looks of a guard put off the first text."""
    usage: Usage = Usage()
    cost: Decimal = NOTHING
    finish: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    status: int = 0
    code: str = ""
    queued_s: float = 0.0
    inside: bool = False
    """It holds one of the worker's places."""
    spoke: bool = False
    """Something was written to the caller since the last look at silent streams."""
    committed: bool = False
    """Something of an answer has reached the caller: no other target may be asked."""
    rations: Rations | None = None
    """Whom its calls ask for room, where models or credentials are limited."""
    race: Callable[[Trying], bool] | None = None
    """Where two targets are asked at once: tells whether an attempt is the one that answers."""
    cached: bool = False
    """The answer was given before."""
    closing: "tuple[Closing, ...]" = ()
    """What keeps answers."""
    settled: bool = False

    @property
    def stopped(self) -> str:
        """What the user is told where a guard has stopped the answer; else empty."""
        return self.passage.stopped if self.passage is not None else ""
