"""Services, doors and stores that a CDK program in Python describes."""

from collections.abc import Iterator

from tenken.readiness.collectors.infrastructure.cdk.constructs import Construct, constructs_of
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.facts.exposure import Exposure, Listener, Opening
from tenken.readiness.facts.infrastructure import (
    AtRest,
    Figure,
    Platform,
    Scaling,
    Source,
    Store,
    StoreKind,
    Workload,
)
from tenken.readiness.facts.tree import Role, Tree

BALANCED = frozenset({
    "ApplicationLoadBalancedFargateService", "ApplicationLoadBalancedEc2Service",
    "ApplicationMultipleTargetGroupsFargateService",
})  # fmt: skip
SERVICES = BALANCED | {"FargateService", "Ec2Service"}
POLICIES = frozenset({
    "scale_on_cpu_utilization", "scale_on_memory_utilization", "scale_on_request_count",
    "scale_on_metric", "scale_to_track_custom_metric",
})  # fmt: skip
"""Not `scale_on_schedule`: a clock does not follow the load."""
FUNCTIONS = frozenset({"Function", "PythonFunction", "DockerImageFunction"})
GATEWAYS = frozenset({"RestApi", "LambdaRestApi", "SpecRestApi", "HttpApi"})
"""They answer TLS and nothing else."""
STORES = {
    "Bucket": StoreKind.BUCKET, "Table": StoreKind.TABLE, "TableV2": StoreKind.TABLE,
    "Queue": StoreKind.QUEUE, "LogGroup": StoreKind.LOGS,
}  # fmt: skip
DATABASES = frozenset({"DatabaseInstance", "DatabaseCluster", "ServerlessCluster"})


def read_cdk(tree: Tree, found: Found) -> None:
    """Read every Python file that imports the CDK."""
    for entry in tree.entries:
        if entry.suffix != ".py" or entry.role is not Role.PRODUCTION:
            continue
        text = tree.text(entry.path)
        if isinstance(text, str):
            _read(constructs_of(entry.path, text), found)


def _read(constructs: tuple[Construct, ...], found: Found) -> None:
    for one in constructs:
        if one.name and one.kind in SERVICES:
            found.workloads.append(_service(one, constructs))
        if one.name and one.kind in FUNCTIONS and {"runtime", "code", "entry"} & set(one.given):
            found.workloads.append(_function(one))
        if one.name and one.kind in GATEWAYS:
            found.listeners.append(
                Listener(
                    place=one.place, name=one.name, encrypted=True, public=True, written=one.kind
                )
            )
        if one.name and one.kind in BALANCED:
            _door(one, found)
        elif one.kind == "add_listener" and one.owner:
            found.listeners.append(_listener(one))
        if one.name and (one.kind in STORES or one.kind in DATABASES):
            found.stores.append(_store(one))


def _service(one: Construct, constructs: tuple[Construct, ...]) -> Workload:
    return Workload(
        name=one.name,
        kind=one.kind,
        platform=Platform.ECS,
        source=Source.CDK,
        place=one.place,
        serves=True if one.kind in BALANCED else None,
        scalings=tuple(_scalings(one, constructs)),
        replicas=_figure(one, "desired_count"),
    )


def _function(one: Construct) -> Workload:
    return Workload(
        name=one.name,
        kind=one.kind,
        platform=Platform.FUNCTION,
        source=Source.CDK,
        place=one.place,
        serves=True,
        service_account=one.name,  # the construct makes a role for it
    )


def _scalings(service: Construct, constructs: tuple[Construct, ...]) -> Iterator[Scaling]:
    for one in constructs:
        if one.kind != "auto_scale_task_count" or not one.owner or one.owner != service.variable:
            continue
        moved = tuple(dict.fromkeys(_signals(one, constructs)))
        yield Scaling(
            place=one.place,
            source=Source.CDK,
            kind=one.kind,
            target=service.name,
            minimum=_figure(one, "min_capacity"),
            maximum=_figure(one, "max_capacity"),
            signals=moved,
            lacks_policy=not moved,
        )


def _signals(target: Construct, constructs: tuple[Construct, ...]) -> Iterator[str]:
    for one in constructs:
        by_name = bool(target.variable) and one.owner == target.variable
        at_once = one.on == target.kind and one.owner == target.owner
        if one.kind in POLICIES and (by_name or at_once):
            yield one.kind.removeprefix("scale_on_").partition("_")[0]


def _figure(one: Construct, key: str) -> Figure | None:
    if key not in one.given:
        return None
    return Figure(value=one.number(key), place=one.line_of(key), written=one.says(key))


def _door(one: Construct, found: Found) -> None:
    encrypted = "certificate" in one.given or one.says("protocol") == "HTTPS"
    public = one.says("public_load_balancer") != "False"
    found.listeners.append(
        Listener(
            place=one.line_of("certificate"),
            name=one.name,
            encrypted=encrypted,
            public=public,
            written="certificate" if encrypted else "no certificate",
        )
    )
    if public:
        place = one.line_of("public_load_balancer")
        written = "public load balancer"
        found.exposures.append(
            Exposure(opening=Opening.INTERNET, workload=one.name, place=place, written=written)
        )


def _listener(one: Construct) -> Listener:
    encrypted = "certificates" in one.given or one.says("protocol") == "HTTPS"
    return Listener(
        place=one.place,
        name=one.owner,
        encrypted=encrypted,
        redirects=one.says("default_action") == "redirect",
        written=f"port {one.says('port') or '?'}",
    )


def _store(one: Construct) -> Store:
    key = "storage_encrypted" if one.kind in DATABASES else "encryption"
    return Store(
        kind=STORES.get(one.kind, StoreKind.DATABASE),
        name=one.name,
        resource=one.kind,
        place=one.place,
        at_rest=_at_rest(one),
        setting=one.line_of(key) if key in one.given else None,
        demands_tls=True if one.says("enforce_ssl") == "True" else None,
    )


def _at_rest(one: Construct) -> AtRest:
    if "encryption_key" in one.given or "storage_encryption_key" in one.given:
        return AtRest.CUSTOMER_KEY
    if one.kind in DATABASES:
        said = {"True": AtRest.STATED, "": AtRest.OFF, "False": AtRest.OFF}
        return said.get(one.says("storage_encrypted"), AtRest.UNKNOWN)
    if one.says("encryption") == "UNENCRYPTED":
        return AtRest.OFF
    return AtRest.STATED if one.says("encryption") else AtRest.PLATFORM
