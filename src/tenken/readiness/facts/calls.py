"""A call of a model in the application's code, with what is stated around it."""

from enum import StrEnum

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.facts.tree import Role


class Origin(StrEnum):
    """How a value came to be known."""

    LITERAL = "literal"
    """Read in the code, or followed to a constant of the repository."""
    DEFAULT = "default"
    """The default of a setting, a variable or a parameter: can be changed when it runs."""
    ENVIRONMENT = "environment"
    """Comes from outside (environment, secret store), with no default here."""
    UNKNOWN = "unknown"
    """Stated, but not followed to its value."""
    ABSENT = "absent"
    """Not stated: the library's own default rules."""


class Stated(Struct, frozen=True, kw_only=True):
    """A setting of a call: its value as text, and how that is known."""

    origin: Origin
    value: str = ""
    """The value as text where it is known; for ENVIRONMENT the name of the variable."""
    place: Place | None = None
    may_be_none: bool = False
    """A variable that may be unset, and is then None without a word."""
    is_one_of_several: bool = False
    """Who calls decides; the value is one of those that were found."""
    among: tuple[str, ...] = ()
    """All of them, where more than one is known."""

    @property
    def is_stated(self) -> bool:
        """Somebody chose it: in the code, as a default or in the environment."""
        return self.origin in {Origin.LITERAL, Origin.DEFAULT, Origin.ENVIRONMENT}

    @property
    def number(self) -> float | None:
        """The value as a number, where it is one."""
        try:
            return float(self.value) if self.value else None
        except ValueError:
            return None


ABSENT = Stated(origin=Origin.ABSENT)


class Operation(StrEnum):
    """What a call asks of a provider."""

    GENERATE = "generate"
    EMBED = "embed"
    MODERATE = "moderate"
    OTHER = "other"
    """Images, speech, transcription."""


class RetryBy(StrEnum):
    """Who retries."""

    CLIENT = "client"
    """The library, with a number that the code states."""
    DECORATOR = "decorator"
    """tenacity, stamina, backoff."""
    LOOP = "loop"
    """A loop of the application's own."""
    FRAMEWORK = "framework"
    """`.with_retry`, a litellm router and the like."""


class Backoff(StrEnum):
    """How the waits between attempts grow."""

    EXPONENTIAL = "exponential"
    FIXED = "fixed"
    NONE = "none"
    UNKNOWN = "unknown"


class Unreachable(StrEnum):
    """Why a retry or a fallback never runs when the call raises."""

    SWALLOWED = "swallowed"
    """Something below catches the error and returns, so nothing arrives here."""
    OTHER_ERRORS = "other_errors"
    """The handler catches only errors that this call does not raise."""
    AFTER_RETURN = "after_return"
    """It stands behind a return or a raise."""
    NEVER_TRUE = "never_true"
    """Its condition is a constant that is false."""


class Retry(Struct, frozen=True, kw_only=True):
    """A retry that is in effect around a call."""

    by: RetryBy
    name: str
    """`openai`, `tenacity`, `while` ..."""
    place: Place
    attempts: Stated = ABSENT
    depends_on_error: bool | None = None
    """Retries only what can get better (429, 5xx, timeouts); None where it could not be told."""
    backoff: Backoff = Backoff.UNKNOWN
    unreachable: Unreachable | None = None
    unreachable_at: Place | None = None
    """Where the error is lost before it arrives here."""
    bypassed: Place | None = None
    """A way to the call that does not pass it."""
    spares: Place | None = None
    """Where errors that the request is to blame for are taken out before they arrive here."""

    @property
    def is_off(self) -> bool:
        """Zero retries, or one attempt: a policy that is stated, and that never retries."""
        if self.by is RetryBy.CLIENT:
            return self.attempts.number == 0
        return self.attempts.number is not None and self.attempts.number <= 1


class Target(Struct, frozen=True, kw_only=True):
    """A place that answers: provider and model, as far as known."""

    provider: str
    model: Stated
    region: str = ""


class Fallback(Struct, frozen=True, kw_only=True):
    """Another way to an answer when the call raises."""

    how: str
    """`except`, `with_fallbacks`, `fallbacks=`, `router` ..."""
    place: Place
    target: Target | None = None
    """None where it answers without a model (a fixed text, a cache)."""
    unreachable: Unreachable | None = None
    unreachable_at: Place | None = None
    """Where the error is lost."""


class Idle(StrEnum):
    """Why a breaker or a limiter that stands around a call never acts."""

    TOO_HIGH = "too_high"
    """It waits for more failures, or allows more calls, than there ever are."""
    PER_CALL = "per_call"
    """It is built anew for each call, so it remembers nothing."""
    IGNORES_ALL = "ignores_all"
    """It leaves every error out of its count."""


class Wrapping(Struct, frozen=True, kw_only=True):
    """Something that stands around a call: a breaker or a limiter."""

    library: str
    place: Place
    idle: Idle | None = None
    bypassed: Place | None = None
    """A way to the call that does not pass it."""


class Flow(StrEnum):
    """How the caller waits for the answer."""

    SYNC = "sync"
    ASYNC = "async"
    """Awaited in the request."""
    QUEUE = "queue"
    """In a task or worker outside the request."""


class LlmCall(Struct, frozen=True, kw_only=True):
    """One place where the code calls a model."""

    place: Place
    library: str
    """`openai`, `anthropic`, `langchain`, `http` ..."""
    provider: str
    """`openai`, `azure`, `anthropic`, `google`, `vertex`, `bedrock` ...; empty where unknown."""
    function: str
    """Dotted name of the function it stands in, such as `app.chat.answer`."""
    operation: Operation = Operation.GENERATE
    role: Role = Role.PRODUCTION
    model: Stated = ABSENT
    base_url: Stated = ABSENT
    """Where the client is pointed elsewhere, such as at a gateway."""
    region: str = ""
    targets: tuple[Target, ...] = ()
    """Every place it can go to: branches of a factory, deployments of a router."""
    is_fallback: bool = False
    """It stands in the handler of another call."""
    client: Place | None = None
    """Where its client is built; None where that was not found."""
    by_token: Place | None = None
    """Where its client is given the cloud's short-lived tokens in place of a key."""
    by_key: Place | None = None
    """Where its client is given a key that a variable holds."""
    timeout: Stated = ABSENT
    retries: tuple[Retry, ...] = ()
    retries_unknown: bool = False
    """The client's settings could not be followed, so a retry may be stated there."""
    fallbacks: tuple[Fallback, ...] = ()
    breakers: tuple[Wrapping, ...] = ()
    limiters: tuple[Wrapping, ...] = ()
    max_tokens: Stated = ABSENT
    streaming: bool = False
    structured: bool = False
    """The answer is asked for, or parsed, against a schema."""
    parse_lost: Place | None = None
    """Where it is parsed, and goes on as it came whatever the parser says."""
    span: Place | None = None
    """A span that the code opens around it."""
    flow: Flow = Flow.SYNC
    routes: tuple[str, ...] = ()
    """`POST /chat` of every route it can be reached from."""


class ModelsAbsent(Struct, frozen=True, kw_only=True):
    """The proof that production calls no model and reaches nothing that might."""

    python_files: int
    other_files: int
    """Shell scripts and pages that were read as well."""
    optional: tuple[str, ...] = ()
    """Packages that would call models, declared in extras or groups alone."""
