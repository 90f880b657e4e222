"""Kubernetes and Knative manifests: workloads, what scales them, how they are reached."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.cluster.manifests import Manifest
from tenken.readiness.collectors.infrastructure.cluster.scalers import read_scaler
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.terraform.google import knative_scaling, traffic
from tenken.readiness.collectors.infrastructure.terraform.mounts import kinds, mounted, started
from tenken.readiness.collectors.infrastructure.values import first
from tenken.readiness.facts.exposure import Exposure, Listener, Opening
from tenken.readiness.facts.identity import Federation, Kept, KeyKind, StaticKey
from tenken.readiness.facts.infrastructure import (
    AtRest,
    Component,
    ComponentKind,
    Container,
    Declaration,
    Platform,
    Store,
    StoreKind,
    Variable,
    Workload,
)

WORKLOADS = frozenset({"Deployment", "StatefulSet", "Rollout", "DaemonSet", "Job", "CronJob"})
DECLARED = frozenset(
    {
        "PrometheusRule",
        "AlertmanagerConfig",
        "ConfigMap",
        "Secret",
        "GrafanaDashboard",
        "SLO",
        "SLI",
        "Service",
        "AlertPolicy",
        "AlertCondition",
        "AlertNotificationTarget",
        "PrometheusServiceLevel",
        "ServiceLevelObjective",
        "Rules",
        "ClusterRules",
        "DatadogMonitor",
        "DatadogSLO",
        "PodMonitoring",
    }
)
KEY_WORDS = (
    "api_key",
    "apikey",
    "secret_access_key",
    "private_key",
    "client_secret",
    "credentials.json",
)


def read_kubernetes(manifests: list[Manifest], found: Found) -> None:
    """Read manifests into `found`; Services decide which workloads take requests."""
    selectors = [
        (one.namespace, one.body.at("spec", "selector"))
        for one in manifests
        if one.kind == "Service" and one.body.at("apiVersion").text == "v1"
    ]
    for manifest in manifests:
        if (handler := HANDLERS.get(manifest.kind)) is not None:
            handler(manifest, found)
        if manifest.kind in WORKLOADS:
            _workload(manifest, selectors, found)
        if manifest.kind in DECLARED:
            _declare(manifest, found)


def _declare(manifest: Manifest, found: Found) -> None:
    found.declarations.append(
        Declaration(
            kind=manifest.kind,
            name=manifest.name,
            address=f"{manifest.kind}/{manifest.name}",
            place=Place(manifest.path, manifest.body.line_of("kind")),
            body=manifest.body,
            source=manifest.source,
            stage=manifest.stage,
        )
    )


def _template(manifest: Manifest) -> Node:
    spec = manifest.body.at("spec")
    if manifest.kind == "CronJob":
        spec = spec.at("jobTemplate", "spec")
    return spec.at("template")


def _workload(manifest: Manifest, selectors: list[tuple[str, Node]], found: Found) -> None:
    template = _template(manifest)
    pod = template.at("spec")
    labels = template.at("metadata", "labels")
    is_batch = manifest.kind in {"Job", "CronJob"}
    served = any(
        selector.mapping
        and all(labels.at(key).text == value.text for key, value in selector.mapping.items())
        for namespace, selector in selectors
        if namespace == manifest.namespace or not namespace or not manifest.namespace
    )
    found.workloads.append(
        Workload(
            name=manifest.name,
            kind=manifest.kind,
            platform=Platform.KUBERNETES,
            source=manifest.source,
            place=manifest.place,
            serves=False if is_batch else (served or None),
            stage=manifest.stage,
            namespace=manifest.namespace,
            containers=_containers(manifest, pod),
            replicas=manifest.figure(manifest.body.at("spec"), "replicas"),
            service_account=pod.at("serviceAccountName").text or None,
        )
    )
    found.components.append(
        Component(
            kind=ComponentKind.WORKLOAD,
            name="Kubernetes",
            words=("kubernetes", "gke", "eks", "aks", "k8s", "cluster", "クラスタ"),
            place=manifest.place,
        )
    )


def _containers(manifest: Manifest, pod: Node) -> tuple[Container, ...]:
    known = kinds(pod.at("volumes").items)
    return tuple(container(manifest, one, known) for one in pod.at("containers").items)


def container(manifest: Manifest, node: Node, volumes: Mapping[str, bool | None]) -> Container:
    """A container of a pod."""
    ports = (one.at("containerPort").number for one in node.at("ports").items)
    return Container(
        name=node.at("name").text,
        place=Place(manifest.path, node.line),
        image=node.at("image").text,
        ports=tuple(int(port) for port in ports if port),
        variables=tuple(_variable(manifest, one) for one in node.at("env").items),
        more_variables=bool(node.at("envFrom")),
        requests_cpu=bool(
            first(node.at("resources", "requests", "cpu"), node.at("resources", "limits", "cpu"))
        ),
        mounts=mounted(node.at("volumeMounts").items, volumes),
        command=started(node),
    )


def _variable(manifest: Manifest, node: Node) -> Variable:
    secret = node.at("valueFrom", "secretKeyRef")
    return Variable(
        name=node.at("name").text,
        place=manifest.place_of(node, "value")
        if node.at("value")
        else Place(manifest.path, node.line),
        value=node.at("value").text if node.at("value") else None,
        secret=secret.at("name").text if secret else None,
    )


def _knative(manifest: Manifest, found: Found) -> None:
    if not manifest.body.at("apiVersion").text.startswith("serving.knative.dev"):
        _core_service(manifest, found)
        return
    template = manifest.body.at("spec", "template")
    annotations = template.at("metadata", "annotations")
    spec = template.at("spec")
    found.workloads.append(
        Workload(
            name=manifest.name,
            kind="Service (Knative)",
            platform=Platform.CLOUD_RUN,
            source=manifest.source,
            place=manifest.place,
            serves=True,
            stage=manifest.stage,
            containers=_containers(manifest, spec),
            scalings=knative_scaling(
                manifest.path, annotations,
                target=manifest.name, source=manifest.source, stage=manifest.stage,
            ),
            concurrency=manifest.figure(spec, "containerConcurrency"),
            timeout_s=manifest.figure(spec, "timeoutSeconds"),
            service_account=spec.at("serviceAccountName").text or None,
            traffic=traffic(manifest.path, manifest.body.at("spec")),
        )
    )  # fmt: skip
    ingress = manifest.body.at("metadata", "annotations", "run.googleapis.com/ingress")
    if ingress.text in {"", "all"}:
        found.exposures.append(
            Exposure(
                opening=Opening.INTERNET,
                workload=manifest.name,
                place=Place(manifest.path, ingress.line or manifest.place.line),
                written=ingress.text or "ingress (default: all)",
            )
        )


def _core_service(manifest: Manifest, found: Found) -> None:
    spec = manifest.body.at("spec")
    if spec.at("type").text != "LoadBalancer":
        return
    notes = manifest.body.at("metadata", "annotations")
    inside = any(
        "internal" in f"{key}={value.text}".lower() for key, value in notes.mapping.items()
    )
    certificate = any("ssl-cert" in key or "tls" in key.lower() for key in notes.mapping)
    for port in spec.at("ports").items:
        number = port.at("port").number
        found.listeners.append(
            Listener(
                place=Place(manifest.path, port.line),
                name=manifest.name,
                # A balancer that passes TCP on may carry TLS of the pod's own.
                encrypted=True
                if certificate or number in {443, 8443}
                else False
                if number == 80
                else None,
                public=not inside,
                written=f"LoadBalancer port {port.at('port').text}",
            )
        )
    if not inside:
        _internet(manifest, found, spec.line_of("type"), "type: LoadBalancer")


def _internet(manifest: Manifest, found: Found, line: int, written: str) -> None:
    found.exposures.append(
        Exposure(
            opening=Opening.INTERNET,
            workload=manifest.name,
            place=Place(manifest.path, line),
            written=written,
        )
    )


def _ingress(manifest: Manifest, found: Found) -> None:
    spec = manifest.body.at("spec")
    notes = manifest.body.at("metadata", "annotations")
    words = {key: value.text.lower() for key, value in notes.mapping.items()}
    encrypted = bool(spec.at("tls").items) or any(
        word in key
        for key in words
        for word in ("managed-certificates", "pre-shared-cert", "certificate-arn")
    )
    redirects = any(
        ("ssl-redirect" in key and value == "true") or "frontendconfig" in key
        for key, value in words.items()
    )
    # nginx redirects by itself as soon as there is a certificate, unless told otherwise.
    refuses = any("ssl-redirect" in key and value == "false" for key, value in words.items())
    allows_plain = any("allow-http" in key and value == "false" for key, value in words.items())
    inside = (
        "internal"
        in first(notes.at("kubernetes.io/ingress.class"), spec.at("ingressClassName")).text
    )
    line = spec.line_of("tls") if spec.at("tls") else manifest.place.line
    found.listeners.append(
        Listener(
            place=Place(manifest.path, line),
            name=manifest.name,
            encrypted=encrypted and not refuses,
            redirects=redirects or allows_plain,
            public=not inside,
            written="Ingress",
        )
    )
    if not inside:
        _internet(manifest, found, manifest.place.line, "Ingress")


def _gateway(manifest: Manifest, found: Found) -> None:
    for listener in manifest.body.at("spec", "listeners").items:
        protocol = listener.at("protocol").text
        if protocol in {"HTTP", "HTTPS", "TLS"}:
            found.listeners.append(
                Listener(
                    place=Place(manifest.path, listener.line_of("protocol")), name=manifest.name,
                    encrypted=protocol != "HTTP", public=None, written=f"Gateway {protocol}",
                )
            )  # fmt: skip


ACCOUNTS = {"iam.gke.io/gcp-service-account": "google", "eks.amazonaws.com/role-arn": "aws",
            "azure.workload.identity/client-id": "azure"}  # fmt: skip


def _account(manifest: Manifest, found: Found) -> None:
    notes = manifest.body.at("metadata", "annotations")
    for key, cloud in ACCOUNTS.items():
        if notes.at(key).text:
            found.federations.append(
                Federation(
                    cloud=cloud,
                    kind=key,
                    place=Place(manifest.path, notes.line_of(key)),
                    limited=True,
                )
            )


def _secret(manifest: Manifest, found: Found) -> None:
    for part in ("stringData", "data"):
        values = manifest.body.at(part)
        for key, value in values.mapping.items():
            if any(word in key.lower() for word in KEY_WORDS) and _is_real(value.text):
                found.static_keys.append(
                    StaticKey(
                        kind=KeyKind.OTHER_KEY
                        if "api" not in key.lower()
                        else KeyKind.PROVIDER_KEY,
                        kept=Kept.IN_FILE,
                        name=key,
                        place=Place(manifest.path, values.line_of(key)),
                    )
                )


def _is_real(text: str) -> bool:
    empty = (
        "",
        "changeme",
        "replace",
        "your",
        "xxx",
        "todo",
        "<",
        "$",
        "placeholder",
        "example",
        "*",
    )
    return len(text) >= 8 and not text.lower().startswith(empty[1:])


def _claim(manifest: Manifest, found: Found) -> None:
    found.stores.append(
        Store(
            kind=StoreKind.DISK, name=manifest.name, resource=manifest.kind, place=manifest.place,
            at_rest=AtRest.UNKNOWN,
        )
    )  # fmt: skip


Handler = Callable[[Manifest, Found], None]
HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "HorizontalPodAutoscaler": read_scaler,
        "ScaledObject": read_scaler,
        "Service": _knative,
        "Ingress": _ingress,
        "Gateway": _gateway,
        "ServiceAccount": _account,
        "Secret": _secret,
        "PersistentVolumeClaim": _claim,
    }
)
