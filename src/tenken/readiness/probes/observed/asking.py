"""What else a server of metrics is asked: the metrics of objectives, and how much comes in."""

from collections.abc import Iterator

from tenken.pattern import Pattern
from tenken.readiness.facts.monitoring import Metric, Objective, Query, Tool, Topic
from tenken.readiness.facts.observed.metrics import Wanted
from tenken.readiness.facts.survey import Survey

DAY_HOURS = 24.0
COUNTER = Pattern(r"(?i).*_(?:total|count)")
IN_PROMQL = frozenset({Tool.PROMETHEUS, Tool.GRAFANA, Tool.SLOTH, Tool.PYRRA})
OF_MODELS = frozenset({Topic.TOKENS, Topic.COST, Topic.MODEL, Topic.GUARD, Topic.FIRST_TOKEN})
BRACES = r"\{([^{}]*)\}"
MATCHER = Pattern(r"""([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*"([^"]*)\"""")
ENDING = Pattern(r"(?i)(?:.*_)?(?:status|code|le|outcome|result|error|reason|method)(?:_.*)?")
OPEN = Pattern(r"[$*]|\[\[")
"""A variable of a dashboard, or what could not be resolved."""
RATE, INCREASE = "5m", "7d"
MONTH = "30d"


def objectives(survey: Survey) -> Iterator[Wanted]:
    """The bare metrics of every objective: a share of nothing gives no points either."""
    for one in survey.monitoring.objectives:
        yield from (asked for _, asked in metrics_of(one))


def metrics_of(objective: Objective) -> Iterator[tuple[str, Wanted]]:
    """Each metric of an objective that is asked in PromQL, once, of whom the objective asks it."""
    if objective.tool not in IN_PROMQL:
        return
    for query in objective.queries:
        for metric in query.metrics:
            if "*" not in metric.name:
                asked = selector(query, metric.name)
                yield metric.name, Wanted(tool=Tool.PROMETHEUS, query=asked, hours=DAY_HOURS)


def selector(query: Query, name: str) -> str:
    """A metric with the labels by which a query chooses whose it is.

    What chooses how requests ended is left out: without any error there is no such series.
    """
    match = Pattern(f"{name}{BRACES}").search(query.text)
    kept = [
        f'{label}{how}"{value}"'
        for label, how, value in (MATCHER.findall(match.group(1)) if match else ())
        if not ENDING.fullmatch(label) and not OPEN.search(value)
    ]
    return f"{name}{{{','.join(kept)}}}" if kept else name


def requests_counter(survey: Survey) -> str | None:
    """The counter of requests that the repository itself looks at, of whom it asks it."""
    for query in _queries(survey):
        for metric in query.metrics:
            if _counts_requests(metric):
                return selector(query, metric.name)
    return None


def volume_of(counter: str) -> tuple[Wanted, Wanted, Wanted]:
    """Requests a day of the last week, the busiest moment of a month, hours that were counted."""
    rate = f"sum(rate({counter}[{RATE}]))"
    asked = (
        f"sum(increase({counter}[{INCREASE}])) / 7",
        f"max_over_time({rate}[{MONTH}:{RATE}])",
        f"count_over_time({rate}[{MONTH}:1h])",
    )
    day, peak, hours = (Wanted(tool=Tool.PROMETHEUS, query=one) for one in asked)
    return day, peak, hours


def load_of(counter: str) -> Wanted:
    """Requests a second over the last day."""
    query = f"sum(rate({counter}[{RATE}]))"
    return Wanted(tool=Tool.PROMETHEUS, query=query, hours=DAY_HOURS)


def _queries(survey: Survey) -> Iterator[Query]:
    for objective in survey.monitoring.objectives:
        if objective.tool in IN_PROMQL:
            yield from objective.queries
    for board in survey.monitoring.dashboards:
        if board.tool in IN_PROMQL:
            yield from (query for panel in board.panels for query in panel.queries)
    for alert in survey.monitoring.alerts:
        if alert.tool in IN_PROMQL and alert.query:
            yield alert.query


def _counts_requests(metric: Metric) -> bool:
    topics = set(metric.topics)
    return (
        Topic.TRAFFIC in topics
        and not topics & OF_MODELS
        and COUNTER.fullmatch(metric.name) is not None
    )
