"""What scales the workloads of a cluster, and what keeps it from ever doing so."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.cluster.manifests import Manifest
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.values import first
from tenken.readiness.facts.infrastructure import Hindrance, Scaling
from tenken.readiness.facts.words.figures import number_in

MOST_UTILISATION = 1_000
"""Percent of what is requested: above ten times the request, no node lets a container get."""
PAUSED = ("autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-scale-out")
PAUSED_AT = "autoscaling.keda.sh/paused-replicas"


def read_scaler(manifest: Manifest, found: Found) -> None:
    """A HorizontalPodAutoscaler, or a ScaledObject of KEDA."""
    spec = manifest.body.at("spec")
    keda = manifest.kind == "ScaledObject"
    target = spec.at("scaleTargetRef")
    found.scalings.append(
        Scaling(
            place=manifest.place_of(target, "name") if target else manifest.place,
            source=manifest.source,
            kind=manifest.kind,
            target=target.at("name").text,
            minimum=manifest.figure(spec, "minReplicaCount" if keda else "minReplicas"),
            maximum=manifest.figure(spec, "maxReplicaCount" if keda else "maxReplicas"),
            signals=tuple(_signals(spec, keda=keda)),
            hindrance=_hindrance(manifest, spec, keda=keda),
            namespace=manifest.namespace,
            stage=manifest.stage,
        )
    )


def _signals(spec: Node, *, keda: bool) -> Iterator[str]:
    if keda:
        yield from (one.at("type").text for one in spec.at("triggers").items)
        return
    if spec.at("targetCPUUtilizationPercentage"):
        yield "cpu"
    for metric in spec.at("metrics").items:
        kind = metric.at("type").text
        yield first(
            metric.at("resource", "name"),
            metric.at(kind[:1].lower() + kind[1:], "metric", "name"),
            metric.at("type"),
        ).text


def _hindrance(manifest: Manifest, spec: Node, *, keda: bool) -> Hindrance | None:
    """It is paused, may not scale up, or every target it has is out of reach."""
    notes = manifest.body.at("metadata", "annotations")
    for key in PAUSED:
        if notes.at(key).text == "true":
            return _at(manifest, notes, key)
    if notes.at(PAUSED_AT):
        return _at(manifest, notes, PAUSED_AT)
    own = ("advanced", "horizontalPodAutoscalerConfig", "behavior") if keda else ("behavior",)
    upwards = spec.at(*own, "scaleUp")
    if upwards.at("selectPolicy").text == "Disabled":
        return _at(manifest, upwards, "selectPolicy")
    return _out_of_reach(manifest, spec, keda=keda)


def _out_of_reach(manifest: Manifest, spec: Node, *, keda: bool) -> Hindrance | None:
    targets = list(_keda_targets(spec) if keda else _targets(spec))
    percents = (number_in(holder.at(key).text) or 0 for holder, key in targets)
    if not targets or any(percent <= MOST_UTILISATION for percent in percents):
        return None
    return _at(manifest, *targets[0])


def _targets(spec: Node) -> Iterator[tuple[Node, str]]:
    """Where each target stands; one that is no share of a request counts as within reach."""
    if spec.at("targetCPUUtilizationPercentage"):
        yield spec, "targetCPUUtilizationPercentage"
    for metric in spec.at("metrics").items:
        kind = metric.at("type").text
        yield metric.at(kind[:1].lower() + kind[1:], "target"), "averageUtilization"


def _keda_targets(spec: Node) -> Iterator[tuple[Node, str]]:
    for trigger in spec.at("triggers").items:
        is_share = trigger.at("type").text in {"cpu", "memory"}
        by_share = first(trigger.at("metricType"), trigger.at("metadata", "type")).text
        counts = is_share and by_share in {"", "Utilization"}
        yield trigger.at("metadata"), "value" if counts else ""


def _at(manifest: Manifest, holder: Node, key: str) -> Hindrance:
    line = holder.line_of(key) or manifest.place.line
    return Hindrance(place=Place(manifest.path, line), written=f"{key}: {holder.at(key).text}")
