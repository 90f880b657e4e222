"""Whether the diagrams show what the infrastructure has, and nothing that is not there."""

from collections.abc import Iterator, Mapping

from tenken.evidence import Answer, Finding
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, not_visible, partly, seen, unknown
from tenken.readiness.facts.code import PeerKind
from tenken.readiness.facts.documents import Diagram, DiagramNode
from tenken.readiness.facts.infrastructure import Platform
from tenken.readiness.facts.survey import Survey
from tenken.sentence import say

MOST_TOLD = 10
FEW = 3
MANY = 5
"""Fewer than FEW parts say little of a drawing with more than MANY times as many boxes."""
LONGEST_NAME = 80
"""A box with more in it is a note: it speaks of things, and is none of them."""
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "openai": ("openai", "gpt", "chatgpt"),
    "azure": ("azure",),
    "anthropic": ("anthropic", "claude"),
    "google": ("gemini", "google"),
    "vertex": ("vertex", "gemini"),
    "bedrock": ("bedrock", "claude"),
    "mistral": ("mistral",),
    "cohere": ("cohere",),
    "groq": ("groq",),
}
PRODUCTS: Mapping[str, tuple[str, ...]] = {
    "Cloud Tasks": ("cloud tasks", "cloudtasks"),
    "Pub/Sub": ("pub/sub", "pubsub"),
    "Redis": ("redis",),
    "Memorystore": ("memorystore",),
    "BigQuery": ("bigquery",),
    "Firestore": ("firestore",),
    "Cloud SQL": ("cloud sql", "cloudsql"),
    "SQS": ("sqs",),
    "DynamoDB": ("dynamodb",),
    "Kafka": ("kafka",),
    "Azure OpenAI": ("azure openai",),
    "Bedrock": ("bedrock",),
    "Anthropic": ("anthropic", "claude"),
    "Pinecone": ("pinecone",),
    "Qdrant": ("qdrant",),
    "Elasticsearch": ("elasticsearch",),
    "Postgres": ("postgres",),
    "RabbitMQ": ("rabbitmq",),
    "Weaviate": ("weaviate",),
    "Lambda": ("lambda",),
    "Spanner": ("spanner",),
    "Looker": ("looker",),
}
"""Products whose box in a diagram can be looked up in the infrastructure and the code."""
IMAGES: Mapping[str, tuple[str, ...]] = {
    "postgres": ("postgres",), "pgvector": ("postgres", "pgvector"), "mysql": ("mysql",),
    "mariadb": ("mariadb", "mysql"), "mongo": ("mongo",), "redis": ("redis",),
    "valkey": ("valkey", "redis"), "qdrant": ("qdrant",), "weaviate": ("weaviate",),
    "chroma": ("chroma",), "milvus": ("milvus",), "elasticsearch": ("elasticsearch",),
    "opensearch": ("opensearch",), "rabbitmq": ("rabbitmq",), "kafka": ("kafka",),
    "minio": ("minio",), "litellm": ("litellm",), "ollama": ("ollama",), "vllm": ("vllm",),
    "langfuse": ("langfuse",), "prometheus": ("prometheus",), "grafana": ("grafana",),
    "nginx": ("nginx",), "traefik": ("traefik",), "caddy": ("caddy",),
}  # fmt: skip
"""Words of an image's name, and those that name it in a diagram."""
ROUTED = frozenset({"Anthropic", "Azure OpenAI", "Bedrock"})
ROUTERS = ("litellm", "openrouter", "portkey")
"""Behind one of these the provider is chosen where no file of the repository says so."""
Parts = Mapping[str, tuple[tuple[str, ...], Place]]


def answer(survey: Survey) -> Answer:
    """Compare the boxes of all diagrams with resources, providers and peers, both ways."""
    diagrams = survey.documents.diagrams
    if not diagrams:
        return _without(survey)
    parts = {**(_resources(survey) or _beside(survey)), **_providers(survey)}
    if not parts:
        return unknown(say("probes_8.nothing_to_compare", place=str(diagrams[0].place)))
    drawn = [node for diagram in diagrams for node in diagram.nodes]
    words = " | ".join(f"{node.label} {node.id}".lower() for node in drawn)
    wrong = tuple(dict.fromkeys(_not_there(drawn, survey, parts)))
    missing = tuple(dict.fromkeys(_not_drawn(parts, words, diagrams[0])))
    shown = len(parts) - len(missing) + len(_known_products(drawn, survey, parts))
    told = (*wrong, *missing)[:MOST_TOLD]
    if not wrong and not shown and survey.documents.pictures:
        return _without(survey)  # what the files have is drawn, if at all, in a picture
    if wrong or shown < len(missing):
        return fails(*told)
    remark = seen("probes_8.diagram_matches", diagrams[0].place, count=shown, nodes=len(drawn))
    if not told and shown < FEW and len(drawn) > shown * MANY:
        told = (gap("probes_8.mostly_not_compared", diagrams[0].place, nodes=len(drawn)),)
    return partly((remark,), told) if told else holds(remark)


def _without(survey: Survey) -> Answer:
    pictures = survey.documents.pictures
    if pictures:
        return not_visible(say("probes_8.diagram_is_a_picture", path=pictures[0].path))
    return unknown(say("probes_8.no_diagram"))


def _resources(survey: Survey) -> dict[str, tuple[tuple[str, ...], Place]]:
    found: dict[str, tuple[tuple[str, ...], Place]] = {}
    for one in survey.infrastructure.components:
        found.setdefault(one.name, (one.words, one.place))
    for workload in survey.infrastructure.workloads:
        if workload.platform is Platform.CLOUD_RUN:
            found.setdefault("Cloud Run", (("cloud run", "cloudrun"), workload.place))
    return found


def _beside(survey: Survey) -> dict[str, tuple[tuple[str, ...], Place]]:
    """Products that run beside the application on one host, where nothing else is described."""
    return {
        name: (words, workload.place)
        for workload in survey.infrastructure.workloads
        if workload.platform is Platform.COMPOSE
        for container in workload.containers
        for name, words in IMAGES.items()
        if name in container.image.lower().partition(":")[0]
    }


def _providers(survey: Survey) -> dict[str, tuple[tuple[str, ...], Place]]:
    return {
        call.provider: (PROVIDERS[call.provider], call.place)
        for call in survey.code.calls
        if call.provider in PROVIDERS
    }


def _not_drawn(parts: Parts, words: str, diagram: Diagram) -> Iterator[Finding]:
    for name, (known, place) in parts.items():
        if not any(word in words for word in known):
            yield gap("probes_8.not_drawn", diagram.place, part=name, at=str(place))


def _not_there(drawn: list[DiagramNode], survey: Survey, parts: Parts) -> Iterator[Finding]:
    present = " | ".join(_known_words(survey, parts)).lower()
    told: set[str] = set()
    for node in drawn:
        label = f"{node.label} {node.id}".lower().replace("claude.md", "")
        for product, words in PRODUCTS.items() if len(node.label) <= LONGEST_NAME else ():
            if product not in told and any(word in label for word in words):
                told.add(product)
                routed = product in ROUTED and any(word in present for word in ROUTERS)
                if not routed and not any(word in present for word in words):
                    yield lie(
                        "probes_8.drawn_and_not_there", node.place, part=node.label or node.id
                    )


def _known_products(drawn: list[DiagramNode], survey: Survey, parts: Parts) -> set[str]:
    """Products that are drawn and that the code or the infrastructure has, beside the parts."""
    present = " | ".join(_known_words(survey, parts)).lower()
    labels = " | ".join(f"{node.label} {node.id}".lower() for node in drawn)
    return {
        product
        for product, words in PRODUCTS.items()
        if product not in parts
        and any(word in labels for word in words)
        and any(word in present for word in words)
    }


def _known_words(survey: Survey, parts: Parts) -> Iterator[str]:
    for name, (words, _) in parts.items():
        yield name
        yield from words
    if _has_azure_models(survey):
        yield "azure openai"
    for peer in survey.code.peers:
        yield peer.name
        if peer.kind is PeerKind.MODEL:
            yield from PROVIDERS.get(peer.name.lower(), ())
    for workload in survey.infrastructure.workloads:
        yield workload.name
        yield from (container.image for container in workload.containers)
    yield from (dependency.name for dependency in survey.code.dependencies)
    yield from (store.resource.replace("_", " ") for store in survey.infrastructure.stores)


def _has_azure_models(survey: Survey) -> bool:
    """A deployment of a model is described, or the application is told where one is."""
    given = (
        variable.name
        for workload in survey.infrastructure.workloads
        for container in workload.containers
        for variable in container.variables
    )
    read = (one.name for one in survey.code.environment)
    told = any(name.startswith("AZURE_OPENAI") for name in (*given, *read))
    return told or bool(survey.infrastructure.capacities)
