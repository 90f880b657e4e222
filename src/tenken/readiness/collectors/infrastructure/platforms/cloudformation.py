"""CloudFormation and SAM templates: functions, gateways, listeners and stores."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.collectors.infrastructure.values import literal, truth
from tenken.readiness.facts.exposure import Listener
from tenken.readiness.facts.infrastructure import (
    AtRest,
    Container,
    Platform,
    Source,
    Store,
    StoreKind,
    Variable,
    Workload,
)
from tenken.readiness.facts.tree import Role, Tree

PLACES = Pattern(
    r"(?i)(^|/)(template[^/]*|[^/]*(cloudformation|cfn|stack|sam)[^/]*)\.(ya?ml|json|template)$"
    r"|(^|/)(cloudformation|cfn|sam|infra(structure)?|aws|stacks?|deploy(ment)?s?)/([^/]+/)*[^/]+\.(ya?ml|json|template)$"
)
"""Every format of settings ends like this: the path has to tell, and then the text."""
SUFFIXES = frozenset({".yaml", ".yml", ".json", ".template"})
MARK = "AWS::"
MAX_SIZE = 400_000
FUNCTIONS = frozenset({"AWS::Serverless::Function", "AWS::Lambda::Function"})
GATEWAYS = frozenset({
    "AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api", "AWS::Lambda::Url",
})  # fmt: skip
"""They answer TLS and nothing else."""
EVENTS = frozenset({"Api", "HttpApi"})
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
STORES = {
    "AWS::DynamoDB::Table": (StoreKind.DATABASE, ""),
    "AWS::Serverless::SimpleTable": (StoreKind.DATABASE, ""),
    "AWS::S3::Bucket": (StoreKind.BUCKET, ""),
    "AWS::RDS::DBInstance": (StoreKind.DATABASE, "StorageEncrypted"),
    "AWS::RDS::DBCluster": (StoreKind.DATABASE, "StorageEncrypted"),
}
"""With the setting that encrypts them, where they are not encrypted anyway."""


def read_cloudformation(tree: Tree, found: Found) -> None:
    """Read every template of it."""
    for entry in tree.entries:
        if entry.suffix not in SUFFIXES or entry.role is not Role.PRODUCTION:
            continue
        if entry.size > MAX_SIZE:
            continue
        text = tree.text(entry.path) if PLACES.search(entry.path) else ""
        documents = read_yaml(text) if isinstance(text, str) and MARK in text else ()
        if isinstance(documents, YamlError) or not documents:
            continue
        for name, one in documents[0].at("Resources").mapping.items():
            if one.at("Type").text.startswith("AWS::"):
                _resource(entry.path, name, one, found)


def _resource(path: str, name: str, one: Node, found: Found) -> None:
    kind, body = one.at("Type").text, one.at("Properties")
    place = Place(path, one.line)
    if kind in FUNCTIONS:  # what stands in the template itself is a helper, not the application
        if not (body.at("Code", "ZipFile") or body.at("InlineCode")):
            found.workloads.append(_function(path, name, one))
        if any(it.at("Type").text in EVENTS for it in body.at("Events").mapping.values()):
            found.listeners.append(_gateway(place, name, "API Gateway"))
        if body.at("FunctionUrlConfig"):
            found.listeners.append(_gateway(place, name, "FunctionUrlConfig"))
    elif kind in GATEWAYS:
        found.listeners.append(_gateway(place, name, kind))
    elif kind == LISTENER:
        found.listeners.extend(_listener(place, name, body))
    elif kind in STORES:
        found.stores.append(_store(place, name, kind, body))


def _gateway(place: Place, name: str, written: str) -> Listener:
    return Listener(place=place, name=name, encrypted=True, public=True, written=written)


def _listener(place: Place, name: str, body: Node) -> Iterator[Listener]:
    protocol = literal(body.at("Protocol"))
    if protocol not in {"HTTP", "HTTPS", "TLS"}:
        return
    redirects = any(
        it.at("Type").text == "redirect" and it.at("RedirectConfig", "Protocol").text == "HTTPS"
        for it in body.at("DefaultActions").items
    )
    written = f"port {body.at('Port').text} {protocol}"
    yield Listener(
        place=place,
        name=name,
        encrypted=protocol != "HTTP",
        redirects=redirects,
        public=True,
        written=written,
    )


def _function(path: str, name: str, one: Node) -> Workload:
    body = one.at("Properties")
    environment = body.at("Environment", "Variables")
    place = Place(path, one.line)
    return Workload(
        name=literal(body.at("FunctionName")) or name,
        kind=one.at("Type").text,
        platform=Platform.FUNCTION,
        source=Source.CLOUDFORMATION,
        place=place,
        serves=True,
        stage=stage_of(path),
        containers=(
            Container(
                name=name,
                place=place,
                variables=tuple(
                    Variable(
                        name=key,
                        place=Place(path, environment.line_of(key)),
                        value=literal(value),
                    )
                    for key, value in environment.mapping.items()
                ),
            ),
        ),
        # SAM makes a role of its own for a function that is given none.
        service_account=name,
    )


def _store(place: Place, name: str, kind: str, body: Node) -> Store:
    sort, setting = STORES[kind]
    stated = truth(body.at(setting)) if setting else None
    at_rest = AtRest.PLATFORM
    if setting:
        at_rest = AtRest.STATED if stated else AtRest.OFF
        at_rest = AtRest.UNKNOWN if body.at(setting).tag else at_rest
    return Store(kind=sort, name=name, resource=kind, place=place, at_rest=at_rest)
