"""Whether somebody emits the metric that a panel or an alert names."""

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.readiness.facts.monitoring import Metric, Query
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.gateways.once import once

ENDINGS = Pattern(r"_(?:total|count|sum|bucket|seconds|ms|milliseconds|created|info|avg|max|min)$")
GENERIC = frozenset(
    {
        "http",
        "llm",
        "app",
        "api",
        "gen",
        "genai",
        "request",
        "requests",
        "rpc",
        "db",
        "custom",
        "service",
        "workload",
        "prometheus",
        "otel",
        "python",
        "process",
        "chat",
        "openai",
        "langchain",
        "litellm",
        "tenken",
        "rag",
        "agent",
        "fastapi",
        "logs",
        "starlette",
    }
)
"""First words that many emitters share: another of them may well emit this one."""


class Life(StrEnum):
    """Whether a series is there."""

    LIVE = "live"
    DEAD = "dead"
    """Declared and never written to; or the application emits others under its first word."""
    UNSURE = "unsure"
    """An agent, an instrumentation or another service may emit it."""


class _OfCode(Struct, frozen=True, kw_only=True):
    """The metrics of the code, in one spelling."""

    recorded: frozenset[str]
    idle: frozenset[str]
    """Declared and never written to."""
    heads: frozenset[str]
    """The first words of those that are recorded."""


@lru_cache(maxsize=10_000)  # each panel is held against each metric of the code
def plain(name: str) -> str:
    """One spelling for a metric, whatever back end wrote it."""
    bare = name.rpartition("/")[2].lower().replace(".", "_").replace("-", "_").replace(":", "_")
    while (shorter := ENDINGS.sub("", bare)) != bare:
        bare = shorter
    return bare


def life(metric: Metric, survey: Survey) -> Life:
    """Tell whether a metric is emitted."""
    if metric.from_platform:
        return Life.LIVE
    name = plain(metric.name)
    written = _of_code(survey)
    if _is_among(name, written.recorded):
        return Life.LIVE
    if _is_among(name, written.idle):
        return Life.DEAD
    head = name.partition("_")[0]
    if head in written.heads and head not in GENERIC:
        return Life.DEAD
    return Life.UNSURE


@once
def _of_code(survey: Survey) -> _OfCode:
    metrics = survey.code.metrics
    own = frozenset(map(plain, {one.name for one in metrics if one.recorded}))
    return _OfCode(
        recorded=own,
        idle=frozenset(map(plain, {one.name for one in metrics if not one.recorded})),
        heads=frozenset(one.partition("_")[0] for one in own),
    )


def _is_among(name: str, own: frozenset[str]) -> bool:
    return any(
        name == one or name.endswith(f"_{one}") or one.endswith(f"_{name}") for one in own if one
    )


def dead_metrics(query: Query | None, survey: Survey) -> tuple[str, ...]:
    """The metrics of a query that nobody emits."""
    if query is None:
        return ()
    return tuple(
        dict.fromkeys(one.name for one in query.metrics if life(one, survey) is Life.DEAD)
    )
