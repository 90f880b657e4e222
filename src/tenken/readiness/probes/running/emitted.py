"""Whether somebody emits the metric that a panel or an alert names."""

from enum import StrEnum
from functools import lru_cache

from tenken.pattern import Pattern
from tenken.readiness.facts.monitoring import Metric, Query
from tenken.readiness.facts.survey import Survey

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
    metrics = survey.code.metrics
    own = {plain(one) for one in {metric.name for metric in metrics if metric.recorded}}
    if _is_among(name, own):
        return Life.LIVE
    if _is_among(name, {plain(one.name) for one in metrics if not one.recorded}):
        return Life.DEAD
    head = name.partition("_")[0]
    siblings = {one.partition("_")[0] for one in own}
    if head in siblings and head not in GENERIC:
        return Life.DEAD
    return Life.UNSURE


def _is_among(name: str, own: set[str]) -> bool:
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
