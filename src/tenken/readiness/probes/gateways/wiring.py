"""Which calls go through a gateway that a file of the repository sets up, and which go past it."""

from enum import StrEnum

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.readiness.facts.calls import LlmCall
from tenken.readiness.facts.gateways import Gateway
from tenken.readiness.facts.infrastructure import Container, Workload
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.gateways.addresses import Address, addresses

URL = Pattern(r"^(https?)://(?:[^/@]*@)?(\[[0-9A-Fa-f:]+\]|[^/:?#]+)(?::([0-9]{1,5}))?(?:[/?#]|$)")
PORTS = {"http": "80", "https": "443"}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - a name to know
PROVIDERS = (
    "api.openai.com", "openai.azure.com", "api.anthropic.com", "googleapis.com", "amazonaws.com",
    "api.mistral.ai", "api.cohere.", "api.groq.com", "api.together.", "openrouter.ai",
    "api.deepseek.com", "api.x.ai", "services.ai.azure.com", "cognitiveservices.azure.com",
)  # fmt: skip


class Way(StrEnum):
    """How a call reaches a model."""

    THROUGH = "through"
    PAST = "past"
    """Straight to a provider."""
    OPEN = "open"
    """To an address of which no file says whose it is, or to one that was not followed."""


class Led(Struct, frozen=True, kw_only=True):
    """A call, an address it goes to, and the gateway there."""

    call: LlmCall
    way: Way
    address: Address
    gateway: Gateway | None = None


def led(call: LlmCall, survey: Survey) -> tuple[Led, ...]:
    """Give every way of a call."""
    return tuple(_led(call, one, survey) for one in addresses(call, survey))


def _led(call: LlmCall, address: Address, survey: Survey) -> Led:
    if address.url is None:
        return Led(call=call, way=Way.OPEN, address=address)
    if not address.url or is_vendor(address):
        known = bool(call.provider) or bool(address.url)
        return Led(call=call, way=Way.PAST if known else Way.OPEN, address=address)
    gateway = next(
        (one for one in survey.gateways.gateways if _stands_at(one, address, survey)), None
    )
    way = Way.OPEN if gateway is None else Way.THROUGH
    return Led(call=call, way=way, address=address, gateway=gateway)


def is_vendor(address: Address) -> bool:
    """It is an address of a provider itself."""
    return any(host in (address.url or "") for host in PROVIDERS)


def _stands_at(gateway: Gateway, address: Address, survey: Survey) -> bool:
    """Its callers' file says so, or the workload of that name runs it and it is the only one."""
    url = address.url or ""
    if any(_door(one) == _door(url) for one in gateway.urls):
        return True
    if gateway.services:
        return _host(url).partition(".")[0].startswith(gateway.services)
    alike = [one for one in survey.gateways.gateways if one.product is gateway.product]
    return len(alike) == 1 and _runs_there(gateway, _host(url), address, survey)


def _runs_there(gateway: Gateway, host: str, address: Address, survey: Survey) -> bool:
    if host in LOOPBACK:
        beside = address.workload.containers if address.workload else ()
        return any(_runs(box, gateway) for box in beside)
    label = host.partition(".")[0]
    private = "." not in host or host.endswith((".svc", ".svc.cluster.local", ".internal"))
    named = (one for one in survey.infrastructure.workloads if private and label in _names(one))
    return any(_runs(box, gateway) for one in named for box in one.containers)


def _names(workload: Workload) -> frozenset[str]:
    return frozenset({workload.name, *(box.name for box in workload.containers)})


def _runs(box: Container, gateway: Gateway) -> bool:
    """Its image or its start command names the product."""
    return gateway.product.value in f"{box.image} {box.command}".lower()


def _door(url: str) -> tuple[str, str, str]:
    """What an address is known by; its path says which API is spoken."""
    found = URL.match(url.strip())
    if found is None:
        return "", url, ""
    scheme, host, port = found.group(1), found.group(2), found.group(3)
    return scheme, host.strip("[]").lower(), port or PORTS[scheme]


def _host(url: str) -> str:
    return _door(url)[1]
