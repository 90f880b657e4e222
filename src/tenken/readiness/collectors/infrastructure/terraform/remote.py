"""Modules kept elsewhere: what they are given can say how a service scales."""

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.terraform.estate import RemoteCall
from tenken.readiness.collectors.infrastructure.values import figure, pattern, truth
from tenken.readiness.facts.infrastructure import Figure, Platform, Scaling, Source, Workload

SERVICE = Pattern(r"(?i)\b(ecs|fargate)\b|cloud-?_?run")
NOT_A_SERVICE = Pattern(r"(?i)cluster|alarm|observab|monitor|iam|network|vpc|job|\bwaf\b")
MINIMUM = ("min_", "minimum_")
MAXIMUM = ("max_", "maximum_")
WORKER = Pattern(r"(?i)worker|queue|cron|batch|scheduler|migrat")
SWITCHES = ("autoscaling_enabled", "enable_autoscaling", "create_autoscaling")
NOT_BOUNDS = Pattern(
    r"(?i)percent|healthy|memory|cpu|size|age|timeout|request|concurren|retention"
)


def remote_service(call: RemoteCall, found: Found) -> None:
    """A service whose bounds are inputs of its module; any other module says nothing here."""
    if not SERVICE.search(call.source) or NOT_A_SERVICE.search(call.source.rpartition("//")[2]):
        return
    low, high = _bound(call, MINIMUM), _bound(call, MAXIMUM)
    if high is None or any(truth(call.inputs.at(switch)) is False for switch in SWITCHES):
        return
    name = pattern(call.inputs.at("name")) or call.name
    place = Place(call.path, call.inputs.line)
    scaling = Scaling(
        place=high.place,
        source=Source.TERRAFORM,
        kind="module input",
        target=name,
        minimum=low,
        maximum=high,
        stage=call.stage,
    )
    is_run = "run" in call.source.lower()
    found.workloads.append(
        Workload(
            name=name,
            kind=f"module {call.source[:80]}",
            platform=Platform.CLOUD_RUN if is_run else Platform.ECS,
            source=Source.TERRAFORM,
            place=place,
            serves=_serves(call, name, is_run=is_run),
            stage=call.stage,
            scalings=(scaling,),
        )
    )


def _serves(call: RemoteCall, name: str, *, is_run: bool) -> bool | None:
    if WORKER.search(f"{name} {call.name}"):
        return False
    return True if is_run or call.inputs.at("container_port") else None


def _bound(call: RemoteCall, words: tuple[str, ...]) -> Figure | None:
    for key in call.inputs.mapping:
        if any(word in key for word in words) and not NOT_BOUNDS.search(key):
            return figure(call.path, call.inputs, key)
    return None
