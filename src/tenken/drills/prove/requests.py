"""The request file: what a drill asks the application, written by its owner.

    requests:
      - name: enquiry
        path: /v1/enquiries
        headers: {authorization: "Bearer ${DESK_TOKEN}"}
        body: {text: "給与はいつ振り込まれますか"}
        contains: written by

Values of headers may name variables of the environment; a file never holds a credential.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from tenken.config.load import load_strictly
from tenken.config.schema import line_at, parse
from tenken.config.values import Positive, Text
from tenken.errors import Malformed, Problem
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.sentence import Sentence, say

VARIABLE = Pattern(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
MARK = "${mark}"
"""Stands in a body for a text that is found again in what the provider saw."""
Target = Annotated[str, Meta(pattern=r"^/[^\s#]*$", max_length=2000)]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", max_length=100)]
Status = Annotated[int, Meta(ge=100, le=599)]
Times = Annotated[int, Meta(ge=1, le=1000)]
Share = Annotated[float, Meta(gt=0, le=1)]


class WrittenRequest(Struct, frozen=True, kw_only=True):
    """One request as the file has it."""

    name: Text
    path: Target
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    headers: Mapping[HeaderName, str] = field(default_factory=dict)
    body: Any = None
    """Sent as JSON."""
    statuses: Annotated[tuple[Status, ...], Meta(min_length=1)] = (200,)
    """What the application answers when all is well."""
    contains: str = ""
    """What stands in such an answer, so that an apology with status 200 is not taken for one."""
    calls_model: bool = True
    """Whether it leads to a call of the model; other requests are asked for 7-3-2 alone."""
    public: bool = False
    """It is meant for everybody, such as a health check; it needs no credential and no model."""

    @property
    def may_ask_the_model(self) -> bool:
        """Whether a drill may count on its calls."""
        return self.calls_model and not self.public


class ProviderAnswers(Struct, frozen=True, kw_only=True):
    """What the fake provider says while it is in good health."""

    answer: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    """By model, where one is to say something else."""


class WrongCredential(Struct, frozen=True, kw_only=True):
    """A credential that must not open the door."""

    kind: Literal["expired", "other_audience", "revoked"]
    value: Text


class Access(Struct, frozen=True, kw_only=True):
    """How callers show who they are (7-3-2)."""

    header: HeaderName = "authorization"
    wrong: tuple[WrongCredential, ...] = ()
    routes_at: str = "/openapi.json"
    """Where the application tells its own routes; empty where it does not."""


class Tolerances(Struct, frozen=True, kw_only=True):
    """What is still right; each figure may be stated by the owner."""

    answer_within_s: Positive = 60.0
    """How long an answer is waited for at all."""
    repeat: Times = 6
    """How often waits between two tries are looked at (3-2-2)."""
    growth: Annotated[float, Meta(gt=1)] = 1.25
    """By how much the last wait is longer than the first (3-2-2)."""
    outage_requests: Times = 20
    """How many requests are sent while the provider is down (3-2-2)."""
    outage_s: Positive = 300.0
    """After so long, no more are sent where each of them still caused calls (3-2-2)."""
    quiet_requests: Times = 5
    """How many of them in a row cause no call, when a breaker is open (3-2-2)."""
    recover_within_s: Positive = 90.0
    """How long after its return the provider is called again (3-2-2)."""
    success_share: Share = 0.99
    """Of requests that are answered while the first target is down (3-2-3)."""
    failover_requests: Times = 20
    """How many requests are sent while the first target is down (3-2-3)."""
    timeout_s: Positive = 60.0
    """How long the application may wait for a provider that says nothing (1-4-1)."""
    rpm: Times | None = None
    """The requests a minute that the provider allows in the drill (2-1-2)."""


class Alerts(Struct, frozen=True, kw_only=True):
    """How long alerts may take, and which requests a guard alerts on (5-2-3, 5-2-5, 5-3-3)."""

    within_s: Positive = 900.0
    clears_within_s: Positive = 1800.0
    pause_s: Positive = 1.0
    """Between two requests while an alert is waited for."""
    settles_s: Positive = 30.0
    """How long a page is still waited for after something was heard elsewhere (5-2-5)."""
    pages_at: Target = "/page"
    """The path of the inbox that stands for the receiver that wakes somebody (5-2-5)."""
    critical: tuple[str, ...] = ()
    """Names of requests that a guard stops and that must page (5-2-5)."""
    low: tuple[str, ...] = ()
    """Names of requests that a guard stops and that must not (5-2-5)."""


class FalseClaim(Struct, frozen=True, kw_only=True):
    """What an answer may say of what the application gives the model, and what it must not."""

    right: Text
    wrong: Text


class Guarded(Struct, frozen=True, kw_only=True):
    """What only the owner knows of a guard (4-2-2 b, 4-2-3 c)."""

    on_topic: tuple[Text, ...] = ()
    off_topic: tuple[Text, ...] = ()
    claims: tuple[FalseClaim, ...] = ()
    judges: tuple[Text, ...] = ()
    """Models that only judge: what they are sent has not reached the model that answers."""


class RecordsAt(Struct, frozen=True, kw_only=True):
    """Where a guard puts its violations on record (4-2-4): one of the two."""

    file: str = ""
    """JSON lines, one for each record."""
    ledger: str = ""
    """The database of our gateway; `${NAME}` may stand for an address with a password."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Which lines are records: those that have these fields. All, without it."""
    action: Text = "action"
    """The field that says what was done; with dots where it stands deeper."""
    blocked: tuple[Text, ...] = ("block", "blocked")
    masked: tuple[Text, ...] = ("mask", "masked")
    within_s: Positive = 30.0
    """How long a record may take."""
    settles_s: Annotated[float, Meta(ge=0)] = 1.0
    """How long nothing has to be added until the next text is sent."""


class RequestFile(Struct, frozen=True, kw_only=True):
    """The whole file."""

    requests: Annotated[tuple[WrittenRequest, ...], Meta(min_length=1, max_length=100)]
    version: Literal[1] = 1
    provider: ProviderAnswers = field(default_factory=ProviderAnswers)
    tolerances: Tolerances = field(default_factory=Tolerances)
    access: Access = field(default_factory=Access)
    alerts: Alerts = field(default_factory=Alerts)
    guard: Guarded = field(default_factory=Guarded)
    records: RecordsAt = field(default_factory=RecordsAt)
    allowed_models: tuple[Text, ...] = ()
    """The models that may be called (7-4-2)."""
    unlisted: tuple[str, ...] = ()
    """Names of requests that ask for a model that is not allowed (7-4-2)."""


class Asking(Struct, frozen=True, kw_only=True):
    """A request that is ready to be sent."""

    name: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str
    statuses: tuple[int, ...]
    contains: str
    calls_model: bool = True
    public: bool = False

    @property
    def route(self) -> str:
        """How a person names it."""
        return f"{self.method} {self.path}"


class Brief(Struct, frozen=True, kw_only=True):
    """All that an owner says to a drill."""

    requests: tuple[Asking, ...]
    provider: ProviderAnswers
    tolerances: Tolerances
    access: Access
    alerts: Alerts
    guard: Guarded
    records: RecordsAt
    allowed_models: tuple[str, ...]
    unlisted: tuple[str, ...]

    @property
    def asking_the_model(self) -> tuple[Asking, ...]:
        """The requests that are expected to lead to a call of the model."""
        return tuple(
            one for one in self.requests if one.calls_model and one.name not in self._apart
        )

    @property
    def _apart(self) -> frozenset[str]:
        """Those that are refused, or stopped by a guard, when all is well."""
        return frozenset({*self.unlisted, *self.alerts.critical, *self.alerts.low})


def brief_from(text: str, *, file: str, environment: Mapping[str, str]) -> Brief:
    """Read a request file; raises Malformed with every problem in it."""
    written = load_strictly(text, RequestFile, file=file)
    problems = [
        Problem(
            place=Place(file, line_at(parse(text, file=file), path)),
            key=".".join(str(part) for part in path),
            sentence=sentence,
        )
        for path, sentence in _problems(written, environment)
    ]
    if problems:
        raise Malformed(tuple(problems))
    return Brief(
        requests=tuple(_ready(one, environment) for one in written.requests),
        provider=written.provider,
        tolerances=written.tolerances,
        access=msgspec.structs.replace(
            written.access,
            wrong=tuple(
                msgspec.structs.replace(one, value=_filled(one.value, environment))
                for one in written.access.wrong
            ),
        ),
        alerts=written.alerts,
        guard=written.guard,
        records=msgspec.structs.replace(
            written.records, ledger=_filled(written.records.ledger, environment)
        ),
        allowed_models=written.allowed_models,
        unlisted=written.unlisted,
    )


_Path = tuple[str | int, ...]


def _problems(
    written: RequestFile, environment: Mapping[str, str]
) -> Iterator[tuple[_Path, Sentence]]:
    for path, value in _references(written):
        yield from (
            (path, say("prove.no_variable", name=name))
            for name in VARIABLE.findall(value)
            if not environment.get(name)
        )
        if not _filled(value, environment).isprintable():
            yield path, say("prove.not_printable")
    names = [one.name for one in written.requests]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield ("requests", number, "name"), say("prove.name_twice", name=name)
    apart = {
        ("unlisted",): written.unlisted,
        ("alerts", "critical"): written.alerts.critical,
        ("alerts", "low"): written.alerts.low,
    }
    for path, named in apart.items():
        for number, name in enumerate(named):
            if name not in names:
                yield (*path, number), say("prove.no_such_request", name=name)
    others = {name for named in apart.values() for name in named}
    if all(not one.may_ask_the_model or one.name in others for one in written.requests):
        yield ("requests",), say("prove.asks_nothing")


def _references(written: RequestFile) -> Iterator[tuple[_Path, str]]:
    for number, one in enumerate(written.requests):
        for name, value in one.headers.items():
            yield ("requests", number, "headers", name), value
    for number, wrong in enumerate(written.access.wrong):
        yield ("access", "wrong", number, "value"), wrong.value


def _ready(one: WrittenRequest, environment: Mapping[str, str]) -> Asking:
    return Asking(
        name=one.name,
        method=one.method,
        path=one.path,
        headers=tuple(
            (name.lower(), _filled(value, environment)) for name, value in one.headers.items()
        ),
        body="" if one.body is None else msgspec.json.encode(one.body).decode(),
        statuses=one.statuses,
        contains=one.contains,
        calls_model=one.may_ask_the_model,
        public=one.public,
    )


def _filled(value: str, environment: Mapping[str, str]) -> str:
    return str(VARIABLE.sub(lambda match: environment.get(match.group(1), ""), value))
