"""Whether the workloads that take traffic really scale."""

from collections.abc import Iterator

from tenken.evidence import Answer, Finding, Remark
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, not_visible, partly, seen, unknown
from tenken.readiness.facts.infrastructure import (
    Conflict,
    Platform,
    Scaling,
    Source,
    UnseenBecause,
    Workload,
)
from tenken.readiness.facts.survey import Survey
from tenken.sentence import Sentence, say

BESIDE = (
    "prometheus",
    "grafana",
    "jaeger",
    "loki",
    "alertmanager",
    "otel",
    "datadog",
    "redis",
    "postgres",
    "qdrant",
    "weaviate",
    "milvus",
    "elasticsearch",
    "kibana",
    "mysql",
    "minio",
    "rabbitmq",
    "kafka",
    "zookeeper",
    "tempo",
    "fluent",
    "cert-manager",
    "pgbouncer",
    "chroma",
    "valkey",
)
"""What stands beside an application: it is not what serves the traffic."""
MOST_TOLD = 6
Judgement = Remark | Finding | Sentence


def answer(survey: Survey) -> Answer:
    """Judge every workload that serves, in production where an environment is told."""
    judged = [one for workload in serving(survey) for one in judge(workload, survey)]
    flaws = [one for one in judged if isinstance(one, Finding)]
    if any(isinstance(one, Remark) for one in judged):
        # Beside a service that scales, a pinned input of a module elsewhere may be a small helper.
        remote = {place for one in serving(survey) if (place := _remote_place(one)) is not None}
        flaws = [one for one in flaws if one.place not in remote]
    findings = (*_conflicts(survey), *flaws)
    remarks = tuple(one for one in judged if isinstance(one, Remark))[:MOST_TOLD]
    open_ends = [one for one in judged if isinstance(one, Sentence)]
    open_ends += _unnamed(serving(survey))
    if findings:
        told = tuple(dict.fromkeys(findings))[:MOST_TOLD]
        return partly(remarks, told) if remarks and not _conflicts(survey) else fails(*told)
    if remarks and not open_ends:
        return holds(*remarks)
    if remarks:
        return partly(remarks, tuple(gap(one.id, None, **one.fields) for one in open_ends))
    return unknown(open_ends[0]) if open_ends else _nothing(survey)


def serving(survey: Survey) -> list[Workload]:
    """The workloads that take requests; those nobody could tell, where there is nothing surer."""
    own = [
        one
        for one in survey.infrastructure.workloads
        if one.platform is not Platform.COMPOSE and one.serves is not False and not _is_beside(one)
    ]
    stages = {one.stage for one in own}
    if "prod" in stages:
        own = [one for one in own if one.stage in {"prod", ""}]
    sure = [one for one in own if one.serves]
    # A function beside a service behind a balancer is a helper of its own: it serves nobody.
    sure = [one for one in sure if one.platform is not Platform.FUNCTION] or sure
    return sure or [one for one in own if one.source is not Source.ECS]


def _unnamed(workloads: list[Workload]) -> Iterator[Sentence]:
    """Deploys whose service cannot be told: with different maxima they may well be of one."""
    maxima = {
        high.value: high
        for one in workloads
        if one.source is Source.DEPLOY_FLAGS and not one.name.strip("*")
        for scaling in one.scalings
        if (high := scaling.maximum) is not None and high.value is not None
    }
    if len(maxima) > 1:
        first, second, *_ = maxima.values()
        yield say(
            "probes_2.unnamed_deploys_differ",
            first=first.written, first_at=str(first.place),
            second=second.written, second_at=str(second.place),
        )  # fmt: skip


def _remote_place(workload: Workload) -> Place | None:
    found = [one.maximum for one in workload.scalings if one.kind == "module input"]
    return found[0].place if found and found[0] else None


def _is_beside(workload: Workload) -> bool:
    name = workload.name.lower()
    images = [container.image.lower() for container in workload.containers if container.image]
    own = [image for image in images if not any(word in image for word in BESIDE)]
    return any(word in name for word in BESIDE) or (bool(images) and not own)


def judge(workload: Workload, survey: Survey) -> Iterator[Judgement]:
    """What its scalers say; a service described twice is judged where its scaling stands."""
    if workload.platform is Platform.FUNCTION:
        yield seen("probes_2.function_scales", workload.place, workload=workload.name)
        return
    if workload.kind == "DaemonSet":
        return
    if not workload.scalings:
        yield from _without(workload, survey)
    for scaling in workload.scalings:
        if workload.platform is Platform.FLY:
            yield from _started(scaling, workload)
        else:
            yield _bounds(scaling, workload)


def _started(scaling: Scaling, workload: Workload) -> Iterator[Judgement]:
    """Machines start and stop with the load; how many there are is not in the file."""
    yield seen("probes_2.machines_start", scaling.place, workload=workload.name)
    yield gap("probes_2.machines_counted_elsewhere", scaling.place, workload=workload.name)


def _without(workload: Workload, survey: Survey) -> Iterator[Judgement]:
    if any(other is not workload and other.scalings and _same(other, workload)
           for other in survey.infrastructure.workloads):  # fmt: skip
        return
    stray = [
        one
        for one in survey.infrastructure.stray_scalings
        if workload.platform in {Platform.KUBERNETES, Platform.ECS}
        and one.stage in {workload.stage, ""}
    ]
    for one in stray:
        yield lie(
            "probes_2.scaler_targets_another", one.place, kind=one.kind, target=one.target,
            workload=workload.name,
        )  # fmt: skip
    if not stray:
        yield say("probes_2.no_scaling_stated", workload=workload.name, place=str(workload.place))


def _same(one: Workload, other: Workload) -> bool:
    prefix = one.name.rstrip("*"), other.name.rstrip("*")
    both = one.name == other.name or "*" in {one.name[-1:], other.name[-1:]}
    return one.platform is other.platform and both and (
        prefix[0].startswith(prefix[1]) or prefix[1].startswith(prefix[0])
    )  # fmt: skip


def _bounds(scaling: Scaling, workload: Workload) -> Judgement:
    low, high = scaling.minimum, scaling.maximum
    if high is None or high.value is None:
        written = high.written if high else ""
        return say(
            "probes_2.maximum_not_known",
            workload=workload.name,
            place=str(scaling.place),
            written=written,
        )
    least = low.value if low is not None and low.value is not None else 0.0
    if high.value <= 1:
        return lie(
            "probes_2.maximum_of_one", high.place, workload=workload.name, kind=scaling.kind
        )
    if high.value <= least:
        return lie(
            "probes_2.minimum_is_maximum", high.place, workload=workload.name, value=high.value,
        )  # fmt: skip
    if low is not None and low.value is None:
        return say(
            "probes_2.minimum_not_known",
            workload=workload.name,
            place=str(low.place),
            written=low.written,
        )
    if scaling.lacks_policy:
        return lie("probes_2.target_without_policy", scaling.place, workload=workload.name)
    if scaling.hindrance is not None:
        return lie(
            "probes_2.scaler_never_acts", scaling.hindrance.place, workload=workload.name,
            written=scaling.hindrance.written,
        )  # fmt: skip
    if "cpu" in scaling.signals and not _requests_cpu(workload):
        return lie("probes_2.no_cpu_request", scaling.place, workload=workload.name)
    return seen(
        "probes_2.scales_between",
        scaling.place,
        workload=workload.name,
        low=least,
        high=high.value,
        kind=scaling.kind,
    )


def _requests_cpu(workload: Workload) -> bool:
    own = [container for container in workload.containers if container.name != "istio-proxy"]
    return workload.platform is not Platform.KUBERNETES or any(one.requests_cpu for one in own)


def _conflicts(survey: Survey) -> tuple[Finding, ...]:
    return tuple(
        _conflict(one)
        for one in survey.infrastructure.conflicts
        if one.stage not in {"dev", "stg"} and one.setting != "concurrency"
    )


def _conflict(one: Conflict) -> Finding:
    return lie(
        "probes_2.sources_disagree", one.second.place, workload=one.workload,
        setting=f"wording.setting_{one.setting.replace(' ', '_')}",
        first=one.first.written, first_at=str(one.first.place), second=one.second.written,
    )  # fmt: skip


REMOTE = frozenset(
    {
        UnseenBecause.REMOTE_MODULE,
        UnseenBecause.REMOTE_CHART,
        UnseenBecause.OTHER_TOOL,
        UnseenBecause.REMOTE_BASE,
        UnseenBecause.TEMPLATE,
    }
)


def _nothing(survey: Survey) -> Answer:
    remote = [one for one in survey.infrastructure.unseen if one.because in REMOTE]
    if remote:
        first = remote[0]
        return not_visible(
            say("probes_2.scaling_elsewhere", detail=first.detail, place=str(first.place))
        )
    return unknown(say("probes_2.no_workload"))
