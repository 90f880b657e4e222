"""Gateways in front of models, as files of the repository set them up, whoever made them.

What a gateway does for a call (waits, tries again, answers from elsewhere, screens) is told in the
words that a call of the code itself is told in: `LlmCall` takes it over as its own.
"""

from enum import StrEnum

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.facts.calls import ABSENT, Fallback, Retry, Stated, Target, Wrapping
from tenken.readiness.facts.code import Guard, Metric
from tenken.readiness.facts.monitoring import Alert, Objective
from tenken.readiness.facts.telemetry import Tracing
from tenken.readiness.facts.tree import CollectorProblem


class Product(StrEnum):
    """Whose gateway it is; the word that images and start commands name it by."""

    TENKEN = "tenken"
    LITELLM = "litellm"
    ENVOY = "envoy-ai-gateway"


class GatewayRoute(Struct, frozen=True, kw_only=True):
    """A name that callers ask for, and what the gateway does for it."""

    name: str
    """A `*` at its end takes every name that begins so."""
    place: Place
    targets: tuple[Target, ...] = ()
    timeout: Stated = ABSENT
    retry: Retry | None = None
    """None where its file states none; the gateway's own default may hold."""
    fallbacks: tuple[Fallback, ...] = ()
    breaker: Wrapping | None = None
    limiter: Wrapping | None = None
    guards: tuple[Guard, ...] = ()
    """`calls` is empty: who reaches the route is found out later."""
    is_served: bool = True
    """Somebody may call it."""


class PolicyRule(Struct, frozen=True, kw_only=True):
    """What a guard policy does about a risk, and about those below it without a rule of theirs."""

    risk: str
    action: str
    """The strongest of its directions: `shadow`, `flag`, `mask`, `block`."""
    place: Place
    tests: int = 0
    """Texts that are tried on it."""
    waived_until: str = ""
    """Somebody accepts that it only watches, until this day."""


class PolicyData(Struct, frozen=True, kw_only=True):
    """A type of data as a guard policy classifies it."""

    type: str
    data_class: str
    treatment: str
    place: Place


class GuardPolicy(Struct, frozen=True, kw_only=True):
    """A guard policy that can be served."""

    path: str
    rules: tuple[PolicyRule, ...]
    """Those that ship and hold, too."""
    data: tuple[PolicyData, ...] = ()
    """Those that the file states."""
    masks: tuple[str, ...] = ()
    """The kinds of data that never leave or arrive as they are."""


class Gateway(Struct, frozen=True, kw_only=True):
    """A gateway that a file sets up."""

    product: Product
    place: Place
    routes: tuple[GatewayRoute, ...]
    urls: tuple[str, ...] = ()
    """Where its callers reach it, as the application's own file says."""
    services: tuple[str, ...] = ()
    """How the names of the services begin that its controller makes for it."""
    policy: GuardPolicy | None = None
    refused: Place | None = None
    """Where its guard policy is wrong, so that it is not served."""
    tracing: Tracing | None = None
    """Each call becomes a span, and the spans leave it."""
    alerts: tuple[Alert, ...] = ()
    """What it tells somebody of by itself."""
    metrics: tuple[Metric, ...] = ()
    """The series that it emits, where somebody can read them."""
    records_at: Place | None = None
    """Where it is set that what was screened is kept beyond the machine; None where it is not."""

    def named(self, model: str) -> tuple[GatewayRoute, ...]:
        """The routes that a name leads to: one, or one more for each environment of its own."""
        exact = tuple(one for one in self.routes if one.name == model)
        wide = (one for one in self.routes if one.name.endswith("*"))
        fitting = (one for one in wide if model.startswith(one.name.removesuffix("*")))
        return exact or tuple(fitting)[:1]


class GatewayFacts(Struct, frozen=True, kw_only=True):
    """What the files of a repository say of gateways."""

    gateways: tuple[Gateway, ...] = ()
    objectives: tuple[Objective, ...] = ()
    """Of `tenken.yaml`; those without a query our gateway counts, of the calls through it."""
    problems: tuple[CollectorProblem, ...] = ()
