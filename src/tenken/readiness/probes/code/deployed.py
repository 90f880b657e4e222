"""What becomes of tracing where the application runs: variables decide after the code did."""

import json
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.facts.infrastructure import (
    Container,
    Platform,
    Source,
    Variable,
    Workload,
)
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.telemetry import Needed, Tracing
from tenken.readiness.facts.words.switches import (
    AGENT_ADDRESSES,
    DISABLERS,
    DROPS,
    GUARD_WORDS,
    ONLY_WATCHES,
    SAMPLING_RULES,
)

BEFORE_PRODUCTION = ("dev", "stg", "stag", "test", "local")
NO = frozenset({"", "0", "false", "no", "off", "none"})
BY_PLATFORM = {
    Platform.CLOUD_RUN: ("K_SERVICE", "K_REVISION", "K_CONFIGURATION", "PORT"),
    Platform.KUBERNETES: ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"),
    Platform.ECS: ("ECS_CONTAINER_METADATA_URI", "ECS_CONTAINER_METADATA_URI_V4"),
    Platform.RENDER: ("RENDER", "RENDER_SERVICE_ID", "PORT"),
    Platform.CONTAINER_APPS: ("CONTAINER_APP_NAME", "CONTAINER_APP_REVISION"),
}
"""Variables that platforms give to whatever they run, after their documentation."""
READY_MADE = ("postgres", "redis", "mysql", "mongo", "nginx", "traefik", "grafana", "prometheus")
AGENT_IMAGES = ("datadog", "dd-agent", "serverless-init")
SIDECARS_ONLY = frozenset({Platform.CLOUD_RUN, Platform.CONTAINER_APPS, Platform.RENDER})
"""Platforms without a machine of one's own, where an agent runs beside the application or not."""


def guard_off(survey: Survey) -> Variable | None:
    """The variable that has the code's guards only watch where the application runs."""
    read = {one.name for one in survey.code.environment}
    workloads = [
        one
        for one in survey.infrastructure.workloads
        if not one.stage.startswith(BEFORE_PRODUCTION) and one.source is not Source.COMPOSE
    ]
    variables = (one for box in _containers(workloads) for one in box.variables)
    return next(
        (
            one
            for one in variables
            if any(word in one.name for word in GUARD_WORDS)
            and (one.value or "").lower() in ONLY_WATCHES
            and one.name in read
        ),
        None,
    )


def is_set(asked: Needed, survey: Survey) -> bool:
    """Tell whether the deployed form, an image or the platform gives a setting its value."""
    workloads = survey.infrastructure.workloads
    if any(asked.name in BY_PLATFORM.get(one.platform, ()) for one in workloads):
        return not asked.values
    live = [one for one in workloads if not one.stage.startswith(BEFORE_PRODUCTION)]
    boxes = (one.variables for one in _containers(live or workloads))
    images = (one.variables for one in survey.infrastructure.images)
    return any(_gives(one, asked) for variables in (*boxes, *images) for one in variables)


def _gives(one: Variable, asked: Needed) -> bool:
    """A value that comes from elsewhere may be the right one."""
    if one.name.upper() != asked.name.upper():
        return False
    value = one.value.lower() if one.value is not None else None
    if value is None:
        return True
    return value in asked.values if asked.values else value not in NO


def tracings(survey: Survey) -> tuple[Tracing, ...]:
    """The tracing libraries, with what the variables of the deployed form make of them."""
    workloads = [
        one
        for one in survey.infrastructure.workloads
        if not one.stage.startswith(BEFORE_PRODUCTION)
    ]
    variables = [
        one
        for box in _containers(workloads)
        for one in box.variables
        if one.name in DISABLERS or one.name in DROPS or _samples_nothing(one)
    ]
    return tuple(
        _told(_switched(one, variables), workloads, survey) for one in survey.code.tracings
    )


def _containers(workloads: Iterable[Workload]) -> Iterator[Container]:
    return (box for one in workloads for box in one.containers)


def _switched(one: Tracing, variables: Iterable[Variable]) -> Tracing:
    for variable in variables:
        value = (variable.value or "").lower()
        if _belongs(variable.name, one.library):
            if DISABLERS.get(variable.name) == value or _samples_nothing(variable):
                one = replace(one, sampled_off=one.sampled_off or variable.place)
            if DROPS.get(variable.name) == value:
                one = replace(one, drops_content=one.drops_content or variable.place)
    return one


def _belongs(name: str, library: str) -> bool:
    """`DD_...` speaks to ddtrace, `OTEL_...` to OpenTelemetry; others are told apart by name."""
    prefixes = {"DD_": "ddtrace", "OTEL_": "opentelemetry", "LANG": "lang"}
    return any(
        name.startswith(prefix) and library.startswith(of) for prefix, of in prefixes.items()
    )


def _samples_nothing(variable: Variable) -> bool:
    """Every rule of the list keeps nothing."""
    if variable.name != SAMPLING_RULES or not variable.value:
        return False
    try:
        rules = json.loads(variable.value)
    except ValueError:
        return False
    return (
        isinstance(rules, list)
        and bool(rules)
        and all(isinstance(one, dict) and one.get("sample_rate") == 0 for one in rules)
    )


def _started(one: Tracing, workloads: list[Workload], survey: Survey) -> Tracing:
    """What starts only with a variable needs it where the application is deployed."""
    if one.off_unless is None or is_set(one.off_unless, survey):
        return replace(one, off_unless=None)
    live = [it for it in workloads if it.source is not Source.COMPOSE or it.stage == "prod"]
    own = [box for box in _containers(live) if box.variables and not _is_ready_made(box)]
    known = own and not any(box.more_variables or "*" in box.name for box in own)
    return replace(one, lost_at=own[0].place) if known else one


def _is_ready_made(box: Container) -> bool:
    """A database or a cache beside the application."""
    return any(word in box.image for word in READY_MADE)


def _told(one: Tracing, workloads: list[Workload], survey: Survey) -> Tracing:
    """Spans that go to an agent or a collector need one where the application is deployed."""
    one = _started(one, workloads, survey)
    if one.lost_at is not None:
        return one
    deployed = [it for it in workloads if it.source is not Source.COMPOSE and it.containers]
    if one.library == "ddtrace":
        alone = [it for it in deployed if it.platform in SIDECARS_ONLY and it.serves is not False]
        lost = bool(alone) and not any(_reaches_agent(box) for box in _containers(deployed))
        return replace(one, lost_at=alone[0].place) if lost else one
    other = next((it for it in _containers(deployed) if _other_name(it, one)), None)
    return one if other is None else replace(one, lost_at=_other_name(other, one))


def _reaches_agent(box: Container) -> bool:
    return any(word in box.image for word in AGENT_IMAGES) or any(
        one.name in AGENT_ADDRESSES for one in box.variables
    )


def _other_name(box: Container, one: Tracing) -> Place | None:
    """The container sets a variable of nearly the name that the code reads, and not that one."""
    wanted = one.endpoint_variable
    if not wanted or any(it.name == wanted for it in box.variables):
        return None
    near = (it for it in box.variables if it.name.endswith(f"_{wanted}"))
    return next((it.place for it in near), None)
