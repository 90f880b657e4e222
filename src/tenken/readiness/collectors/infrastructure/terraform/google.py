"""Google Cloud resources in Terraform: Cloud Run, who may call it, as whom it runs, its stores."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.terraform.estate import Resource
from tenken.readiness.collectors.infrastructure.terraform.mounts import kinds, mounted, started
from tenken.readiness.collectors.infrastructure.values import (
    address,
    blocks,
    down,
    figure,
    first,
    literal,
    pattern,
    to_number,
)
from tenken.readiness.facts.exposure import Admission, Exposure, Listener, Opening
from tenken.readiness.facts.identity import Federation, Kept, KeyKind, StaticKey
from tenken.readiness.facts.infrastructure import (
    Container,
    Figure,
    Platform,
    Scaling,
    Source,
    TrafficShare,
    Variable,
    Workload,
)

SCALE_KEYS = {
    "autoscaling.knative.dev/minScale": "minimum",
    "autoscaling.knative.dev/maxScale": "maximum",
}


def cloud_run(resource: Resource, body: Node, found: Found) -> None:
    """`google_cloud_run_v2_service` and `google_cloud_run_v2_job`."""
    template = down(body, "template")
    is_job = resource.kind.endswith("_job")
    inner = down(template, "template") if is_job else template
    path = resource.path
    found.workloads.append(
        Workload(
            name=pattern(body.at("name")) or resource.name,
            kind=resource.kind,
            platform=Platform.CLOUD_RUN,
            source=Source.TERRAFORM,
            place=resource.place,
            serves=not is_job,
            stage=resource.stage,
            containers=_containers(path, inner),
            scalings=() if is_job else scalings_v2(resource, body, template),
            concurrency=figure(path, template, "max_instance_request_concurrency"),
            timeout_s=_seconds(path, template, "timeout"),
            service_account=account(inner.at("service_account")),
            traffic=traffic(path, body),
        )
    )
    if not is_job and literal(body.at("ingress")) in {None, "INGRESS_TRAFFIC_ALL"}:
        _internet(resource, body, found, body.line_of("ingress"))
    if literal(body.at("invoker_iam_disabled")) == "true":
        _unasked(resource, body, found)


def _unasked(resource: Resource, body: Node, found: Found) -> None:
    """The platform does not ask who calls, whomever the permissions name."""
    found.exposures.append(
        Exposure(
            opening=Opening.UNAUTHENTICATED,
            workload=_target(resource, body),
            place=Place(resource.path, body.line_of("invoker_iam_disabled")),
            written="invoker_iam_disabled",
        )
    )


def cloud_run_v1(resource: Resource, body: Node, found: Found) -> None:
    """`google_cloud_run_service`: the Knative form, with its settings in annotations."""
    template = down(body, "template")
    spec = down(template, "spec")
    annotations = down(template, "metadata").at("annotations")
    path = resource.path
    found.workloads.append(
        Workload(
            name=pattern(body.at("name")) or resource.name,
            kind=resource.kind,
            platform=Platform.CLOUD_RUN,
            source=Source.TERRAFORM,
            place=resource.place,
            serves=True,
            stage=resource.stage,
            containers=_containers(path, spec),
            scalings=knative_scaling(
                path,
                annotations,
                target=_target(resource, body),
                source=Source.TERRAFORM,
                stage=resource.stage,
            ),
            concurrency=figure(path, spec, "container_concurrency"),
            timeout_s=figure(path, spec, "timeout_seconds"),
            service_account=account(spec.at("service_account_name")),
            traffic=traffic(path, body),
        )
    )
    ingress = down(body, "metadata").at("annotations", "run.googleapis.com/ingress")
    if literal(ingress) in {None, "all"}:
        _internet(resource, body, found, ingress.line or body.line)


def _target(resource: Resource, body: Node) -> str:
    return pattern(body.at("name")) or resource.name


def _internet(resource: Resource, body: Node, found: Found, line: int) -> None:
    found.exposures.append(
        Exposure(
            opening=Opening.INTERNET,
            workload=_target(resource, body),
            place=Place(resource.path, line),
            written=literal(body.at("ingress")) or "ingress (default: all)",
        )
    )


def account(node: Node) -> str | None:
    """The service account as written or referred to; None where none is stated."""
    return (address(node) or pattern(node)) if node else None


def _containers(path: str, spec: Node) -> tuple[Container, ...]:
    known = kinds(blocks(spec, "volumes"))
    return tuple(container(path, one, known) for one in blocks(spec, "containers"))


def container(path: str, node: Node, volumes: Mapping[str, bool | None]) -> Container:
    """A `containers` block."""
    ports = (down(port).at("container_port").number for port in blocks(node, "ports"))
    return Container(
        name=pattern(node.at("name")),
        place=Place(path, node.line),
        image=pattern(node.at("image")),
        ports=tuple(int(port) for port in ports if port),
        variables=tuple(variable(path, one) for one in blocks(node, "env")),
        requests_cpu=bool(down(node, "resources").at("requests", "cpu")),
        mounts=mounted(blocks(node, "volume_mounts"), volumes),
        command=started(node),
    )


def variable(path: str, node: Node) -> Variable:
    """An `env` block: a literal, or a secret."""
    source = first(
        down(node, "value_source", "secret_key_ref"), down(node, "value_from", "secret_key_ref")
    )
    secret = first(source.at("secret"), source.at("name"))
    return Variable(
        name=pattern(node.at("name")),
        place=Place(path, node.line_of("value") or node.line),
        value=literal(node.at("value")),
        secret=(pattern(secret) or "") if secret else None,
    )


def scalings_v2(resource: Resource, body: Node, template: Node) -> tuple[Scaling, ...]:
    """The `scaling` block of a revision; a service-level one has a minimum only."""
    block = down(template, "scaling")
    service = down(body, "scaling")
    stated = block if block.mapping else service
    if not stated.mapping:
        return ()
    return (
        Scaling(
            place=Place(resource.path, stated.line),
            source=Source.TERRAFORM,
            kind="scaling",
            target=_target(resource, body),
            minimum=figure(resource.path, stated, "min_instance_count"),
            maximum=figure(resource.path, stated, "max_instance_count"),
            signals=("requests",),
            stage=resource.stage,
        ),
    )


def knative_scaling(
    path: str, annotations: Node, *, target: str, source: Source, stage: str
) -> tuple[Scaling, ...]:
    """`autoscaling.knative.dev/minScale` and `maxScale`."""
    bounds = {
        SCALE_KEYS[key]: figure(path, annotations, key)
        for key in SCALE_KEYS
        if annotations.at(key)
    }
    if not bounds:
        return ()
    placed = next(one.place for one in bounds.values() if one)
    return (
        Scaling(
            place=placed, source=source, kind="autoscaling.knative.dev", target=target,
            minimum=bounds.get("minimum"), maximum=bounds.get("maximum"),
            signals=("requests",), stage=stage,
        ),
    )  # fmt: skip


def traffic(path: str, body: Node) -> tuple[TrafficShare, ...]:
    """The `traffic` blocks, in their order."""
    shares = []
    for block in blocks(body, "traffic"):
        percent = figure(path, block, "percent")
        if percent is not None:
            revision = first(
                block.at("revision"), block.at("revision_name"), block.at("revisionName")
            )
            shares.append(
                TrafficShare(
                    percent=percent,
                    revision=pattern(revision) or "latest",
                    tag=pattern(block.at("tag")),
                )
            )
    return tuple(shares)


def _seconds(path: str, parent: Node, key: str) -> Figure | None:
    stated = figure(path, parent, key)
    if stated is None or stated.value is not None:
        return stated
    return Figure(
        value=to_number(stated.written.removesuffix("s")),
        place=stated.place,
        written=stated.written,
    )


def invoker(resource: Resource, body: Node, found: Found) -> None:
    """Who may call a Cloud Run service."""
    members = [one for one in (body.at("member"), *body.at("members").items) if one]
    if literal(body.at("role")) not in {None, "roles/run.invoker"}:
        return
    key = "member" if body.at("member") else "members"
    target = first(body.at("name"), body.at("service"))
    place = Place(resource.path, body.line_of(key))
    accounts = tuple(_account(one) for one in members)
    if accounts and all(one.startswith(NAMED_ACCOUNT) for one in accounts):
        admission = Admission(workload=pattern(target), accounts=accounts, place=place)
        found.admissions.append(admission)
    everyone = next((it for one in members if (it := literal(one)) in EVERYONE), "")
    if not everyone:
        return
    found.exposures.append(
        Exposure(
            opening=Opening.UNAUTHENTICATED,
            workload=pattern(target),
            place=place,
            written=everyone,
        )
    )


def _account(member: Node) -> str:
    """`google_service_account.x.member` is one service account, whatever its address."""
    is_own = member.tag == "!ref" and "google_service_account." in member.text
    is_own = is_own and member.text.endswith(".member")
    return "serviceAccount:*" if is_own else pattern(member)


EVERYONE = frozenset({"allUsers", "allAuthenticatedUsers"})
"""The second is everyone who has an account somewhere."""
NAMED_ACCOUNT = ("serviceAccount:", "group:", "user:")


def service_account_key(resource: Resource, _body: Node, found: Found) -> None:
    """A key made by Terraform: long-lived, and in the state."""
    found.static_keys.append(
        StaticKey(
            kind=KeyKind.SERVICE_ACCOUNT_KEY,
            kept=Kept.MADE_HERE,
            name=resource.address,
            place=resource.place,
        )
    )


def pool_provider(resource: Resource, body: Node, found: Found) -> None:
    """A workload identity pool that takes another's tokens."""
    condition = body.at("attribute_condition")
    found.federations.append(
        Federation(
            cloud="google", kind=resource.kind, place=resource.place,
            limited=bool(condition) and literal(condition) not in {"", "true"},
        )
    )  # fmt: skip


def workload_identity(resource: Resource, body: Node, found: Found) -> None:
    """A Kubernetes service account that may act as a Google one."""
    members = [pattern(one) for one in (body.at("member"), *body.at("members").items)]
    if literal(body.at("role")) == "roles/iam.workloadIdentityUser" and any(
        ".svc.id.goog[" in one for one in members
    ):
        found.federations.append(
            Federation(cloud="google", kind=resource.kind, place=resource.place, limited=True)
        )


def http_proxy(resource: Resource, body: Node, found: Found) -> None:
    """A load balancer's plain door, unless its URL map only redirects."""
    url_map = address(body.at("url_map"))
    block = next(
        (one for one in resource.scope.module.resources if ".".join(one.labels) == url_map), None
    )
    redirect = down(block.body, "default_url_redirect").at("https_redirect") if block else ABSENT
    found.listeners.append(
        Listener(
            place=resource.place, name=resource.name, encrypted=False,
            redirects=literal(redirect) == "true", public=True, written="HTTP",
        )
    )  # fmt: skip


def https_proxy(resource: Resource, _body: Node, found: Found) -> None:
    """A load balancer's encrypted door."""
    found.listeners.append(
        Listener(
            place=resource.place, name=resource.name, encrypted=True, public=True, written="HTTPS"
        )
    )


Handler = Callable[[Resource, Node, Found], None]
HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "google_cloud_run_v2_service": cloud_run,
        "google_cloud_run_v2_job": cloud_run,
        "google_cloud_run_service": cloud_run_v1,
        "google_cloud_run_v2_service_iam_member": invoker,
        "google_cloud_run_v2_service_iam_binding": invoker,
        "google_cloud_run_service_iam_member": invoker,
        "google_cloud_run_service_iam_binding": invoker,
        "google_service_account_key": service_account_key,
        "google_iam_workload_identity_pool_provider": pool_provider,
        "google_service_account_iam_member": workload_identity,
        "google_service_account_iam_binding": workload_identity,
        "google_compute_target_http_proxy": http_proxy,
        "google_compute_region_target_http_proxy": http_proxy,
        "google_compute_target_https_proxy": https_proxy,
        "google_compute_region_target_https_proxy": https_proxy,
    }
)
