"""What the application's own code does with models, as its collector found it.

Only files whose role is PRODUCTION are in `calls`, `routes`, `prompts` and the like; tests and
examples have fields of their own. What could not be followed is said (`Origin.UNKNOWN`,
`unjudged`), never dropped.
"""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.facts.calls import LlmCall, ModelsAbsent, Operation
from tenken.readiness.facts.telemetry import LogSetup, Propagation, SpanField, Tracing
from tenken.readiness.facts.tree import CollectorProblem, Role


class PromptSource(StrEnum):
    """Where the text of a prompt is kept."""

    INLINE = "inline"
    """A string among other code."""
    MODULE = "module"
    """A module of the repository that holds prompts and little else."""
    FILE = "file"
    ABSENT = "absent"
    """A file that the repository does not hold."""
    REGISTRY_PINNED = "registry_pinned"
    REGISTRY_FLOATING = "registry_floating"
    """A registry, by a label that can move (`latest`, `production`, none)."""
    DATABASE = "database"
    UNKNOWN = "unknown"


class Prompt(Struct, frozen=True, kw_only=True):
    """Instructions that are given to a model."""

    place: Place
    source: PromptSource
    length: int = 0
    """Characters of fixed text."""
    name: str = ""
    """File path, registry name or the constant's name."""
    is_template: bool = False
    """Has placeholders that a template fills."""
    is_composed: bool = False
    """Put together in the code from pieces that are not constant."""
    in_user_role: bool = False
    """Sent as the user's message, not as the system's."""
    followed: bool = True
    """A call was followed back to it; else it was found by where it is kept."""
    slots_apart: bool = False
    """Its file was read: what is filled in stands in the user's turns, and nowhere else."""
    refused: bool = False
    """Whoever fills it in does not take its file."""


class Mixing(Struct, frozen=True, kw_only=True):
    """Text of a user that is put into the instructions themselves."""

    place: Place
    value: str
    """The parameter or expression that comes from outside."""
    how: str
    """`f-string`, `+`, `%`, `format`, `replace`."""
    from_route: bool
    """It is followed from a request; else from an argument of a function nobody could follow."""
    joins_history: bool = False
    """Roles are flattened into one text."""
    in_user_role: bool = False
    """Instructions and what a user sends are one message of the user."""


class Auth(StrEnum):
    """Whether a route asks who is there."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    """Lets everyone in when a variable is unset, or accepts no token."""
    CLAIMED = "claimed"
    """Believes a header that anyone may write: it must be there, and nothing verifies it."""
    ADMITS = "admits"
    """Checks, and goes on with whoever sends nothing or fails the check."""
    NONE = "none"
    UNKNOWN = "unknown"


class Route(Struct, frozen=True, kw_only=True):
    """A door of the application."""

    place: Place
    framework: str
    method: str
    path: str
    function: str
    auth: Auth
    auth_by: str = ""
    """The dependency, decorator or middleware that asks."""
    auth_place: Place | None = None
    is_open_by_design: bool = False
    """Health, readiness, login, docs."""
    reaches_model: bool = False
    validates_input: bool = False
    """Its body is a schema with bounds (lengths, choices), not free text alone."""
    client_chooses_role: bool = False
    """Its body holds messages whose role the client writes, the system's included."""

    @property
    def name(self) -> str:
        """`POST /chat`."""
        return f"{self.method} {self.path}"


class TokenCheck(Struct, frozen=True, kw_only=True):
    """A check of a caller's credential."""

    place: Place
    how: str
    verifies: bool
    """False where the signature or the audience is switched off."""
    shared: bool = False
    """One key for all callers: who it is remains unknown."""
    known_key: bool = False
    """The key that signs stands in the code."""
    by_itself: bool = False
    """A framework that puts it before every request; others stand where a route asks for them."""


class GuardStage(StrEnum):
    """Where a guard stands."""

    INPUT = "input"
    OUTPUT = "output"
    BOTH = "both"


class GuardTopic(StrEnum):
    """What a guard looks for."""

    INJECTION = "injection"
    OFF_TOPIC = "off_topic"
    PII = "pii"
    HARM = "harm"
    GROUNDING = "grounding"


class GuardWeakness(StrEnum):
    """Why a guard that is called stops nothing."""

    RESULT_UNUSED = "result_unused"
    LOGS_ONLY = "logs_only"
    FAILS_OPEN = "fails_open"
    """Its error is swallowed and the call goes on."""
    OFF_BY_DEFAULT = "off_by_default"
    """Runs only when a variable is set."""
    SOMETIMES = "sometimes"
    """Chance, or a word that anyone can write, leads past it."""
    SEES_LITTLE = "sees_little"
    """It looks at another text than what goes by, or at a short piece."""


class Guard(Struct, frozen=True, kw_only=True):
    """A guard that stands in the code."""

    place: Place
    library: str
    stage: GuardStage
    topics: tuple[GuardTopic, ...]
    """Empty where the library's configuration decides and it was not readable."""
    function: str
    calls: tuple[Place, ...] = ()
    """The model calls on whose path it stands."""
    weakness: GuardWeakness | None = None
    bypassed: tuple[Place, ...] = ()
    """Those of the calls that some route reaches without passing it."""
    recorded: bool = False
    """A violation is written to a log, a metric or a table."""
    in_part: tuple[GuardTopic, ...] = ()
    """Topics of which it looks for some kinds only."""


class Limiter(Struct, frozen=True, kw_only=True):
    """A rate limiter; only the provider side keeps a quota."""

    place: Place
    library: str
    inbound: bool
    """Counts callers (per IP or user), not what is sent to a provider."""


GIVEN_KEY = "api_key"  # a text of the code that is used as a key
STORED_KEY = "stored_key"  # a login with a key that lies elsewhere


class Secret(Struct, frozen=True, kw_only=True):
    """Something shaped like a credential; the value itself is never kept."""

    place: Place
    kind: str
    fingerprint: str
    """Eight characters of a keyed digest: tells two apart, tells nothing of the value."""
    role: Role = Role.PRODUCTION


class WeightLoad(Struct, frozen=True, kw_only=True):
    """A place that loads model weights."""

    place: Place
    how: str
    """`torch.load`, `from_pretrained`, `pickle.load` ..."""
    safe: bool | None
    """safetensors only; None where the format is decided elsewhere."""


class WeightFile(Struct, frozen=True, kw_only=True):
    """A tracked file of weights."""

    path: str
    safe: bool


class Assertion(StrEnum):
    """What a test function checks."""

    REAL = "real"
    CONSTANT = "constant"
    """`assert True`, `assert x == x`."""
    NONE = "none"


class TestCase(Struct, frozen=True, kw_only=True):
    """A test function."""

    __test__ = False  # pytest must not collect it

    place: Place
    name: str
    assertion: Assertion
    """REAL by what it compares; that it can fail is tried until one test is known to."""
    skipped: bool = False
    needs: str = ""
    """The variable without which it skips itself."""
    skipped_without_key: bool = False
    """Skips itself when a key is not in the environment."""
    mocks_model: bool = False
    calls_model: bool = False
    drives_application: bool = False
    """Walks through a running application, and checks the answer that comes back."""
    marks: tuple[str, ...] = ()


class ForeignCall(Struct, frozen=True, kw_only=True):
    """A model call or prompt in a language that is recognised and not judged."""

    place: Place
    language: str
    library: str


class SignKind(StrEnum):
    """What a language that is not judged still shows."""

    PROMPT_MODULE = "prompt_module"
    PROVIDER = "provider"
    SCHEMA_OUTPUT = "schema_output"
    SYSTEM_APART = "system_apart"
    BOUNDED_INPUT = "bounded_input"
    SESSION = "session"
    TRACE = "trace"
    SPAN = "span"


class ForeignSign(Struct, frozen=True, kw_only=True):
    """A place that shows something, in a language that is recognised and not judged."""

    place: Place
    kind: SignKind
    detail: str = ""


class Unjudged(Struct, frozen=True, kw_only=True):
    """A file with model calls that could not be read as a syntax tree."""

    place: Place
    reason: str
    """`newer_syntax`, `syntax_error`, `too_deep`, `too_large`, `absent`."""


class Dependency(Struct, frozen=True, kw_only=True):
    """A package that the application declares."""

    name: str
    """Normalised: lower case, dashes."""
    place: Place
    ecosystem: str
    """`pypi` or `npm`."""
    version: str = ""
    role: Role = Role.PRODUCTION
    group: str = ""
    """The extra or group it belongs to; not installed unless somebody asks for it."""


class EnvironmentRead(Struct, frozen=True, kw_only=True):
    """A variable the code reads."""

    name: str
    place: Place


class PeerKind(StrEnum):
    """What stands at the other end."""

    MODEL = "model"
    DATABASE = "database"
    VECTOR = "vector"
    CACHE = "cache"
    QUEUE = "queue"
    STORAGE = "storage"
    SEARCH = "search"
    HTTP = "http"


class Peer(Struct, frozen=True, kw_only=True):
    """Something outside the process that the application depends on."""

    kind: PeerKind
    name: str
    """`openai`, `postgres`, `redis`, `api.example.com` ..."""
    place: Place


class Metric(Struct, frozen=True, kw_only=True):
    """A metric that the code declares."""

    name: str
    place: Place
    library: str
    recorded: bool = True
    """Something that runs writes to it; False where only functions do that nothing calls."""


class CodeFacts(Struct, frozen=True, kw_only=True):
    """What the application's own code does with models."""

    python_files: int = 0
    """Production modules that were looked at."""
    calls: tuple[LlmCall, ...] = ()
    calls_never_made: tuple[LlmCall, ...] = ()
    """In functions that nothing calls, beside others that are called."""
    foreign_calls: tuple[ForeignCall, ...] = ()
    foreign_signs: tuple[ForeignSign, ...] = ()
    """Only where models are called in another language alone."""
    unjudged: tuple[Unjudged, ...] = ()
    models_absent: ModelsAbsent | None = None
    prompts: tuple[Prompt, ...] = ()
    mixings: tuple[Mixing, ...] = ()
    routes: tuple[Route, ...] = ()
    token_checks: tuple[TokenCheck, ...] = ()
    open_origins: tuple[Place, ...] = ()
    """Where every website may send requests with a user's session."""
    guards: tuple[Guard, ...] = ()
    limiters: tuple[Limiter, ...] = ()
    logs: tuple[LogSetup, ...] = ()
    prints: tuple[Place, ...] = ()
    """`print` on the path of a request or at module level of production code."""
    tracings: tuple[Tracing, ...] = ()
    propagations: tuple[Propagation, ...] = ()
    server_logs: tuple[Place, ...] = ()
    """Where the lines of the web server itself are shaped or switched off."""
    log_ids: tuple[Place, ...] = ()
    """Where ids of a trace get into log lines."""
    span_fields: tuple[SpanField, ...] = ()
    secrets: tuple[Secret, ...] = ()
    weight_loads: tuple[WeightLoad, ...] = ()
    weight_files: tuple[WeightFile, ...] = ()
    tests: tuple[TestCase, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    environment: tuple[EnvironmentRead, ...] = ()
    peers: tuple[Peer, ...] = ()
    metrics: tuple[Metric, ...] = ()
    unchecked_tls: tuple[Place, ...] = ()
    """Where the code accepts any certificate."""
    problems: tuple[CollectorProblem, ...] = ()

    @property
    def generations(self) -> Iterator[LlmCall]:
        """The production calls that generate text: what most items speak of."""
        return (call for call in self.calls if call.operation is Operation.GENERATE)
