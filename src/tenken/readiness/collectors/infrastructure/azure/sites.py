"""Azure App Service and its functions in Bicep: whether plain requests are sent on."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.azure.bicep import Declared
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.values import down, literal, pattern, truth
from tenken.readiness.facts.exposure import Listener
from tenken.readiness.facts.infrastructure import (
    Container,
    Platform,
    Source,
    Variable,
    Workload,
)

SITE = "Microsoft.Web/sites"


def read_site(path: str, one: Declared, found: Found) -> None:
    """A site has an encrypted address of its own, and answers plain requests if not told else."""
    name = pattern(one.body.at("name")) or one.symbol
    properties = one.body.at("properties")
    only = properties.at("httpsOnly")
    place = Place(path, properties.line_of("httpsOnly") if only else one.line)
    found.listeners.extend(doors(name, place, truth(only) if only else False))
    if "functionapp" in pattern(one.body.at("kind")):
        return  # how it scales its plan decides, which may be shared
    found.workloads.append(
        Workload(
            name=name,
            kind=one.type,
            platform=Platform.APP_SERVICE,
            source=Source.BICEP,
            place=Place(path, one.line),
            serves=True,
            containers=(_container(path, name, one, properties),),
            service_account=identity(one.body),
        )
    )


def doors(name: str, place: Place, only: bool | None) -> Iterator[Listener]:
    """The encrypted address, and the plain one where requests are not sent on to it."""
    written = "httpsOnly" if only else "httpsOnly is not set"
    yield Listener(
        place=place, name=f"https://{name}", encrypted=True, public=True, written=written
    )
    if only is not True:
        yield Listener(
            place=place,
            name=f"http://{name}",
            encrypted=False if only is False else None,
            public=True,
            written=written,
        )


def identity(body: Node) -> str | None:
    """The kind of identity that an application has, in Bicep or in a block of Terraform."""
    return pattern(down(body, "identity").at("type")) or None


def _container(path: str, name: str, one: Declared, properties: Node) -> Container:
    settings = properties.at("siteConfig", "appSettings")
    return Container(
        name=name,
        place=Place(path, one.line),
        variables=tuple(
            Variable(
                name=pattern(it.at("name")),
                place=Place(path, it.line),
                value=literal(it.at("value")),
            )
            for it in settings.items
            if it.mapping
        ),
        more_variables=True,
    )
