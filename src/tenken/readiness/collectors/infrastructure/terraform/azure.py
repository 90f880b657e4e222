"""Azure's own places for applications in Terraform: Container Apps and App Service."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.azure.sites import doors, identity
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.terraform.estate import Resource
from tenken.readiness.collectors.infrastructure.values import (
    blocks,
    down,
    figure,
    literal,
    pattern,
    truth,
)
from tenken.readiness.facts.exposure import Exposure, Listener, Opening
from tenken.readiness.facts.infrastructure import (
    Container,
    Platform,
    Scaling,
    Source,
    Variable,
    Workload,
)


def container_app(resource: Resource, body: Node, found: Found) -> None:
    """A service, its bounds and its door."""
    name = pattern(body.at("name")) or resource.name
    template, ingress = down(body, "template"), down(body, "ingress")
    least = figure(resource.path, template, "min_replicas")
    most = figure(resource.path, template, "max_replicas")
    scaling = Scaling(
        place=Place(resource.path, template.line or resource.place.line),
        source=Source.TERRAFORM,
        kind="template",
        target=name,
        minimum=least,
        maximum=most,
        signals=("requests",),
        stage=resource.stage,
    )
    found.workloads.append(
        Workload(
            name=name,
            kind=resource.kind,
            platform=Platform.CONTAINER_APPS,
            source=Source.TERRAFORM,
            place=resource.place,
            serves=True if ingress else None,
            stage=resource.stage,
            containers=tuple(
                _container(resource, one) for one in blocks(template, "container") if one.mapping
            ),
            scalings=(scaling,) if most is not None else (),
            service_account=identity(body),
        )
    )
    if truth(ingress.at("external_enabled")):
        place = Place(resource.path, ingress.line_of("external_enabled"))
        found.exposures.append(
            Exposure(
                opening=Opening.INTERNET, workload=name, place=place, written="external_enabled"
            )
        )
    if truth(ingress.at("allow_insecure_connections")):
        place = Place(resource.path, ingress.line_of("allow_insecure_connections"))
        written = "allow_insecure_connections = true"
        found.listeners.append(
            Listener(place=place, name=name, encrypted=False, public=True, written=written)
        )


def web_app(resource: Resource, body: Node, found: Found) -> None:
    """A site on App Service: whether plain requests are sent on is a setting."""
    name = pattern(body.at("name")) or resource.name
    only = body.at("https_only")
    place = Place(resource.path, body.line_of("https_only")) if only else resource.place
    found.listeners.extend(doors(name, place, truth(only) if only else False))
    if "function" in resource.kind:
        return  # how it scales its plan decides, which may be shared
    settings = body.at("app_settings")
    variables = tuple(
        Variable(name=key, place=Place(resource.path, settings.line_of(key)), value=literal(value))
        for key, value in settings.mapping.items()
    )
    found.workloads.append(
        Workload(
            name=name,
            kind=resource.kind,
            platform=Platform.APP_SERVICE,
            source=Source.TERRAFORM,
            place=resource.place,
            serves=True,
            stage=resource.stage,
            containers=(Container(name=name, place=resource.place, variables=variables),),
            service_account=identity(body),
        )
    )


def _container(resource: Resource, one: Node) -> Container:
    return Container(
        name=pattern(one.at("name")),
        place=Place(resource.path, one.line),
        image=pattern(one.at("image")),
        variables=tuple(
            Variable(
                name=pattern(it.at("name")),
                place=Place(resource.path, it.line),
                value=literal(it.at("value")),
                secret=pattern(it.at("secret_name")) if it.at("secret_name") else None,
            )
            for it in blocks(one, "env")
            if it.mapping
        ),
    )


Handler = Callable[[Resource, Node, Found], None]
HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "azurerm_container_app": container_app,
        "azurerm_linux_web_app": web_app,
        "azurerm_windows_web_app": web_app,
        "azurerm_linux_function_app": web_app,
        "azurerm_windows_function_app": web_app,
    }
)
