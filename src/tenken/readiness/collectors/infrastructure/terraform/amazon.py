"""Amazon resources in Terraform: ECS services, what scales them, listeners, keys and roles."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.ecs import containers
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.terraform.estate import Resource
from tenken.readiness.collectors.infrastructure.values import (
    address,
    down,
    figure,
    first,
    literal,
    pattern,
    truth,
)
from tenken.readiness.facts.exposure import Exposure, Listener, Opening
from tenken.readiness.facts.identity import Federation, Kept, KeyKind, StaticKey
from tenken.readiness.facts.infrastructure import (
    Container,
    Platform,
    Scaling,
    Source,
    Variable,
    Workload,
)

SCALABLE_NAMESPACE = "ecs"


def ecs(resources: Iterable[Resource], found: Found) -> None:
    """ECS services, joined with their task definitions, and the targets that scale them."""
    several = tuple(resources)
    tasks = {one.address: one for one in several if one.kind == "aws_ecs_task_definition"}
    targets = [_target(one, several) for one in several if one.kind == "aws_appautoscaling_target"]
    for one in several:
        if one.kind == "aws_ecs_service":
            body = one.body()
            task = tasks.get(address(body.at("task_definition")))
            found.workloads.append(_service(one, body, task))
    found.scalings.extend(target for target in targets if target)


def _service(resource: Resource, body: Node, task: Resource | None) -> Workload:
    path = resource.path
    definition = task.body() if task else None
    role = definition.at("task_role_arn") if definition else None
    return Workload(
        name=pattern(body.at("name")) or resource.name,
        kind=resource.kind,
        platform=Platform.ECS,
        source=Source.TERRAFORM,
        place=resource.place,
        serves=True
        if body.at("load_balancer") or body.at("service_connect_configuration")
        else None,
        stage=resource.stage,
        containers=containers(task.path, definition.at("container_definitions"))
        if task and definition
        else (),
        replicas=figure(path, body, "desired_count"),
        service_account=(address(role) or pattern(role)) if role else None,
    )


def _target(resource: Resource, several: tuple[Resource, ...]) -> Scaling | None:
    body = resource.body()
    if literal(body.at("service_namespace")) not in {SCALABLE_NAMESPACE, None}:
        return None
    name = pattern(body.at("resource_id")).rpartition("/")[2]
    return Scaling(
        place=resource.place,
        source=Source.TERRAFORM,
        kind=resource.kind,
        target=name or "*",
        minimum=figure(resource.path, body, "min_capacity"),
        maximum=figure(resource.path, body, "max_capacity"),
        lacks_policy=not _has_policy(resource, several),
        stage=resource.stage,
    )


def _has_policy(resource: Resource, resources: Iterable[Resource]) -> bool:
    """A policy refers to this scalable target, or names the same resource."""
    own = pattern(resource.body().at("resource_id"))
    for one in resources:
        if one.kind == "aws_appautoscaling_policy":
            body = one.body()
            reference = body.at("resource_id")
            if address(reference) == resource.address or pattern(reference) == own:
                return True
    return False


def listener(resource: Resource, body: Node, found: Found) -> None:
    """A load balancer's listener; a redirect to HTTPS is no plain door."""
    protocol = literal(body.at("protocol"))
    if protocol not in {"HTTP", "HTTPS", "TLS"}:
        return
    action = down(body, "default_action")
    redirect = down(action, "redirect")
    found.listeners.append(
        Listener(
            place=resource.place,
            name=resource.name,
            encrypted=protocol != "HTTP",
            redirects=literal(action.at("type")) == "redirect"
            and literal(first(redirect.at("protocol"), action.at("protocol"))) == "HTTPS",
            public=True,
            written=f"port {pattern(body.at('port'))} {protocol}",
        )
    )


def public_balancer(resource: Resource, body: Node, found: Found) -> None:
    """A load balancer that faces the internet."""
    if truth(body.at("internal")) is not True:
        found.exposures.append(
            Exposure(
                opening=Opening.INTERNET,
                workload="*",
                place=Place(resource.path, body.line_of("internal")),
                written=f"{resource.kind} internal = false",
            )
        )


def access_key(resource: Resource, _body: Node, found: Found) -> None:
    """A key of an IAM user: it never expires by itself."""
    found.static_keys.append(
        StaticKey(
            kind=KeyKind.ACCESS_KEY,
            kept=Kept.MADE_HERE,
            name=resource.address,
            place=resource.place,
        )
    )


def client_secret(resource: Resource, _body: Node, found: Found) -> None:
    """A password of an Entra application."""
    found.static_keys.append(
        StaticKey(
            kind=KeyKind.CLIENT_SECRET,
            kept=Kept.MADE_HERE,
            name=resource.address,
            place=resource.place,
        )
    )


def open_id_provider(resource: Resource, _body: Node, found: Found) -> None:
    """An identity provider whose tokens AWS takes."""
    found.federations.append(
        Federation(cloud="aws", kind=resource.kind, place=resource.place, limited=None)
    )


def azure_federation(resource: Resource, body: Node, found: Found) -> None:
    """A federated credential names the one subject that may come."""
    found.federations.append(
        Federation(
            cloud="azure",
            kind=resource.kind,
            place=resource.place,
            limited=bool(body.at("subject")),
        )
    )


def gateway(resource: Resource, _body: Node, found: Found) -> None:
    """What answers TLS and nothing else."""
    found.listeners.append(
        Listener(
            place=resource.place,
            name=resource.name,
            encrypted=True,
            public=True,
            written=resource.kind,
        )
    )


def distribution(resource: Resource, body: Node, found: Found) -> None:
    """CloudFront: what it does with plain requests is said for each behaviour."""
    policy = down(body, "default_cache_behavior").at("viewer_protocol_policy")
    said = literal(policy)
    if said:
        found.listeners.append(
            Listener(
                place=Place(resource.path, policy.line),
                name=resource.name,
                encrypted=said in {"redirect-to-https", "https-only"},
                public=True,
                written=f"viewer_protocol_policy {said}",
            )
        )


def runner(resource: Resource, body: Node, found: Found) -> None:
    """App Runner ends TLS itself; how far it scales a configuration of its own says."""
    image = down(body, "source_configuration", "image_repository")
    environment = down(image, "image_configuration").at("runtime_environment_variables")
    found.workloads.append(
        Workload(
            name=pattern(body.at("service_name")) or resource.name,
            kind=resource.kind,
            platform=Platform.APP_RUNNER,
            source=Source.TERRAFORM,
            place=resource.place,
            serves=True,
            stage=resource.stage,
            containers=(_function_container(resource, environment),),
            service_account=pattern(down(body, "instance_configuration").at("instance_role_arn"))
            or None,
        )
    )


def function(resource: Resource, body: Node, found: Found) -> None:
    """A function: its instances come and go without any setting."""
    environment = down(body, "environment").at("variables")
    found.workloads.append(
        Workload(
            name=pattern(first(body.at("function_name"), body.at("name"))) or resource.name,
            kind=resource.kind,
            platform=Platform.FUNCTION,
            source=Source.TERRAFORM,
            place=resource.place,
            serves=True,
            stage=resource.stage,
            containers=(_function_container(resource, environment),),
            service_account=pattern(body.at("role")) or None,
        )
    )


def _function_container(resource: Resource, environment: Node) -> Container:
    return Container(
        name=resource.name,
        place=resource.place,
        variables=tuple(
            Variable(
                name=name,
                place=Place(resource.path, environment.line_of(name)),
                value=literal(value),
            )
            for name, value in environment.mapping.items()
        ),
    )


Handler = Callable[[Resource, Node, Found], None]
HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "aws_lb_listener": listener,
        "aws_alb_listener": listener,
        "aws_lb": public_balancer,
        "aws_alb": public_balancer,
        "aws_iam_access_key": access_key,
        "aws_iam_openid_connect_provider": open_id_provider,
        "azuread_application_password": client_secret,
        "azuread_service_principal_password": client_secret,
        "azuread_application_federated_identity_credential": azure_federation,
        "azurerm_federated_identity_credential": azure_federation,
        "aws_lambda_function": function,
        "aws_lambda_function_url": gateway,
        "aws_apigatewayv2_api": gateway,
        "aws_api_gateway_rest_api": gateway,
        "google_api_gateway_gateway": gateway,
        "aws_cloudfront_distribution": distribution,
        "aws_apprunner_service": runner,
        "google_cloudfunctions2_function": function,
    }
)
