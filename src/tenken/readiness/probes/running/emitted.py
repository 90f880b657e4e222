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
    """The application emits its own metrics under this name's first word, and not this one."""
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
    own = {plain(one) for one in {metric.name for metric in survey.code.metrics}}
    if any(
        name == one or name.endswith(f"_{one}") or one.endswith(f"_{name}") for one in own if one
    ):
        return Life.LIVE
    head = name.partition("_")[0]
    siblings = {one.partition("_")[0] for one in own}
    if head in siblings and head not in GENERIC:
        return Life.DEAD
    return Life.UNSURE


def dead_metrics(query: Query | None, survey: Survey) -> tuple[str, ...]:
    """The metrics of a query that nobody emits."""
    if query is None:
        return ()
    return tuple(
        dict.fromkeys(one.name for one in query.metrics if life(one, survey) is Life.DEAD)
    )
