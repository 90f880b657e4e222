"""Which metrics a query names, what they speak of, and who gives them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.monitoring import Metric, Query, Topic

LONGEST_QUERY = 8_000
SHOWN = 2_000
MOST = 1_000
"""Answers that are remembered: the same queries come back with every environment."""
DATADOG = Pattern(
    r"(?:^|[^\w.])([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_*-]+)+|[A-Za-z][A-Za-z0-9_]{3,})\{"
)
GOOGLE = Pattern(r"""metric\.type\s*=\s*(?:starts_with\()?\s*["']([^"']+)["']""")
GOOGLE_MQL = Pattern(r"""(?:fetch\s+\w+\s*::|metric\s+)\s*['"]?([a-z][\w.-]*/[\w./-]+)""")
BURN_RATE = Pattern(r"select_slo_(?:burn_rate|health|budget\w*)\(")
PROM_STRINGS = Pattern(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|`[^`]*`')
PROM_SELECTORS = Pattern(r"\{[^{}]*\}|\[[^\[\]]*\]")
PROM_GROUPING = Pattern(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
PROM_NAME = Pattern(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\(?)")
PROM_WORDS = frozenset({
    "and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "group_left",
    "group_right", "inf", "nan", "start", "end", "atan2",
})  # fmt: skip
NOT_METRICS = frozenset(
    {"logs", "events", "error-tracking", "rum", "ci-pipelines", "spans", "default"}
)
WORD = Pattern(r"[a-z0-9]+")

TOPIC_WORDS: Mapping[Topic, frozenset[str]] = {
    Topic.TOKENS: frozenset({"token", "tokens"}),
    Topic.COST: frozenset({"cost", "costs", "usd", "jpy", "spend", "spending"}),
    Topic.FIRST_TOKEN: frozenset({"ttft", "ttfb", "ftl"}),
    Topic.GUARD: frozenset(
        {
            "guard",
            "guards",
            "guardrail",
            "guardrails",
            "violation",
            "violations",
            "jailbreak",
            "moderation",
            "injection",
            "blocked",
            "blocks",
            "pii",
            "toxicity",
        }
    ),
    Topic.ERRORS: frozenset(
        {
            "error",
            "errors",
            "5xx",
            "failure",
            "failures",
            "failed",
            "exception",
            "exceptions",
            "4xx",
        }
    ),
    Topic.LATENCY: frozenset(
        {"latency", "latencies", "duration", "durations", "p95", "p99", "apdex"}
    ),
    Topic.TRAFFIC: frozenset({"request", "requests", "hits", "rps", "throughput", "requestcount"}),
    Topic.SATURATION: frozenset(
        {
            "cpu",
            "memory",
            "utilization",
            "utilizations",
            "instance",
            "instances",
            "disk",
            "saturation",
            "concurrency",
            "connections",
            "restarts",
            "mem",
            "queue",
            "cpuutilization",
            "memoryutilization",
            "heap",
            "load",
            "pods",
            "replicas",
        }
    ),
    Topic.MODEL: frozenset(
        {
            "llm",
            "genai",
            "openai",
            "anthropic",
            "completion",
            "completions",
            "prompt",
            "prompts",
            "bedrock",
            "refusal",
            "refusals",
            "hallucination",
            "grounding",
            "judge",
            "embedding",
            "vertex",
            "inference",
            "faithfulness",
            "llmobs",
        }
    ),
    Topic.BUDGET: frozenset({"budget"}),
}
OTHER_TOKENS = frozenset({"auth", "csrf", "refresh", "jwt", "oauth", "session", "bucket"})
ERROR_SELECTORS = Pattern(
    r'5xx|5\.\.|"5|status:5|status:error|!status:2|code_class\s*=\s*"?5|@http\.status_code:5'
)

DATADOG_PLATFORM = (
    "gcp.",
    "aws.",
    "azure.",
    "system.",
    "docker.",
    "container.",
    "kubernetes.",
    "kubernetes_state.",
    "trace.",
    "ecs.",
    "postgresql.",
    "redis.",
    "nginx.",
    "datadog.",
    "openai.",
    "anthropic.",
    "ml_obs.",
    "runtime.",
    "process.",
    "kafka.",
    "jvm.",
    "synthetics.",
    "dd.",
    "elasticsearch.",
    "rabbitmq.",
)
PROMETHEUS_PLATFORM = (
    "container_",
    "kube_",
    "node_",
    "process_",
    "go_",
    "python_",
    "istio_",
    "envoy_",
    "nginx_",
    "probe_",
    "machine_",
    "kubelet_",
    "apiserver_",
    "redis_",
    "pg_",
    "prometheus_",
    "alertmanager_",
    "scrape_",
    "cadvisor_",
    "traefik_",
    "dockerstats_",
    "windows_",
    "mysql_",
    "mongodb_",
    "memcached_",
    "rabbitmq_",
    "elasticsearch_",
    "DCGM_FI_",
    "nvidia_smi_",
    "caddy_",
    "haproxy_",
    "coredns_",
    "otelcol_",
    "keda_",
    "litellm_",
    "vllm:",
    "vllm_",
)
GOOGLE_OWN = (
    "custom.googleapis.com/",
    "workload.googleapis.com/",
    "prometheus.googleapis.com/",
    "external.googleapis.com/",
)


@lru_cache(maxsize=MOST)
def topics_of(name: str, text: str = "") -> tuple[Topic, ...]:
    """What a metric speaks of; the query's own selectors tell errors from all requests."""
    spaced = (
        "".join(f" {c.lower()}" if c.isupper() else c for c in name) if "_" not in name else name
    )
    words = frozenset(WORD.findall(spaced.lower())) | frozenset(WORD.findall(name.lower()))
    found = [topic for topic, known in TOPIC_WORDS.items() if words & known]
    if Topic.TOKENS in found and words & OTHER_TOKENS:
        found.remove(Topic.TOKENS)
    if {"first", "token"} <= words:
        found.append(Topic.FIRST_TOKEN)
    if "gen" in words and "ai" in words and Topic.MODEL not in found:
        found.append(Topic.MODEL)
    if text and Topic.ERRORS not in found and ERROR_SELECTORS.search(text):
        found.append(Topic.ERRORS)
    return tuple(found) or (Topic.OTHER,)


def metric(name: str, text: str, *, from_platform: bool) -> Metric:
    """A metric with its topics."""
    return Metric(name=name, topics=topics_of(name, text), from_platform=from_platform)


def query(text: str, place: Place, metrics: Iterable[Metric]) -> Query:
    """A query; not followed where its text is not fully known or names nothing we understand."""
    known = tuple(dict.fromkeys(metrics))
    return Query(text=text[:SHOWN], place=place, metrics=known, followed=bool(known))


def datadog(text: str, place: Place) -> Query:
    """A Datadog metric, log or trace query."""
    return query(text, place, _of_datadog(text[:LONGEST_QUERY]))


@lru_cache(maxsize=MOST)
def _of_datadog(cut: str) -> tuple[Metric, ...]:
    names = [name for name in DATADOG.findall(cut) if name not in NOT_METRICS]
    metrics = [
        metric(name, cut, from_platform=name.startswith(DATADOG_PLATFORM))
        for name in names
        if "*" not in name
    ]
    if not metrics and cut.lstrip().startswith(
        ("logs(", "events(", "error-tracking(", "spans(", "rum(")
    ):
        metrics = [
            Metric(
                name=cut.partition("(")[0].strip(), topics=topics_of(cut, cut), from_platform=True
            )
        ]
    if not metrics and cut.lstrip().startswith("trace-analytics("):
        metrics = [Metric(name="trace-analytics", topics=topics_of(cut, cut), from_platform=True)]
    return tuple(metrics)


def prometheus(text: str, place: Place, recorded: Mapping[str, str] | None = None) -> Query:
    """A PromQL expression; a recorded series stands for what it is recorded from."""
    names = prometheus_names(text[:LONGEST_QUERY])
    sources = [(name, recorded[name]) for name in names if recorded and name in recorded]
    deeper = [
        inner
        for _, expression in sources
        for inner in prometheus_names(expression[:LONGEST_QUERY])
    ]
    own = [name for name in names if not recorded or name not in recorded]
    whole = " ".join([text, *(expression for _, expression in sources)])
    metrics = [
        metric(name, whole, from_platform=name == "up" or name.startswith(PROMETHEUS_PLATFORM))
        for name in (*own, *deeper)
    ]
    return query(text, place, metrics)


def prometheus_names(text: str) -> list[str]:
    """The series that a PromQL expression names."""
    bare = PROM_GROUPING.sub(" ", PROM_SELECTORS.sub(" ", PROM_STRINGS.sub('""', text)))
    return [
        name
        for name, opening in PROM_NAME.findall(bare)
        if not opening and name.lower() not in PROM_WORDS and not name.isdigit() and len(name) > 1
        and not bare[: bare.find(name)].endswith(("0x", "$"))
    ]  # fmt: skip


def google(text: str, place: Place) -> Query:
    """A Cloud Monitoring filter or an MQL query."""
    cut = text[:LONGEST_QUERY]
    names = [*GOOGLE.findall(cut), *GOOGLE_MQL.findall(cut)]
    metrics = [metric(name, cut, from_platform=not name.startswith(GOOGLE_OWN)) for name in names]
    if not metrics and BURN_RATE.search(cut):
        metrics = [Metric(name="slo", topics=(Topic.ERRORS, Topic.OTHER), from_platform=True)]
    return query(text, place, metrics)


def cloudwatch(namespace: str, name: str, place: Place) -> Query:
    """A CloudWatch metric."""
    text = f"{namespace} {name}".strip()
    own = not namespace.startswith(("AWS/", "ECS/", "ContainerInsights"))
    return query(
        text,
        place,
        [metric(name, text, from_platform=not own)] if name and "*" not in name else [],
    )
