"""What the process reaches outside itself, and the variables it reads."""

import ast
from collections.abc import Iterator, Mapping

from tenken.readiness.collectors.code.models.retrying.around import INBOUND, LIMITERS
from tenken.readiness.collectors.code.reading import LibraryCall, Reading
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Literal
from tenken.readiness.facts.calls import LlmCall
from tenken.readiness.facts.code import EnvironmentRead, Limiter, Peer, PeerKind

CLIENTS: tuple[tuple[str, PeerKind, str], ...] = (
    ("psycopg", PeerKind.DATABASE, "postgres"), ("asyncpg", PeerKind.DATABASE, "postgres"),
    ("sqlalchemy.create_engine", PeerKind.DATABASE, "database"),
    ("sqlalchemy.ext.asyncio.create_async_engine", PeerKind.DATABASE, "database"),
    ("sqlmodel.create_engine", PeerKind.DATABASE, "database"),
    ("pymysql", PeerKind.DATABASE, "mysql"),
    ("aiomysql", PeerKind.DATABASE, "mysql"), ("sqlite3.connect", PeerKind.DATABASE, "sqlite"),
    ("aiosqlite", PeerKind.DATABASE, "sqlite"), ("pymongo", PeerKind.DATABASE, "mongodb"),
    ("motor", PeerKind.DATABASE, "mongodb"), ("google.cloud.firestore", PeerKind.DATABASE,
    "firestore"),
    ("google.cloud.bigquery", PeerKind.DATABASE, "bigquery"),
    ("snowflake", PeerKind.DATABASE, "snowflake"),
    ("supabase.create_client", PeerKind.DATABASE, "supabase"), ("redis", PeerKind.CACHE, "redis"),
    ("valkey", PeerKind.CACHE, "valkey"), ("pymemcache", PeerKind.CACHE, "memcached"),
    ("celery.Celery", PeerKind.QUEUE, "celery"), ("google.cloud.pubsub", PeerKind.QUEUE, "pubsub"),
    ("google.cloud.tasks", PeerKind.QUEUE, "cloud-tasks"), ("kafka", PeerKind.QUEUE, "kafka"),
    ("google.cloud.tasks_v2", PeerKind.QUEUE, "cloud-tasks"),
    ("aiokafka", PeerKind.QUEUE, "kafka"), ("confluent_kafka", PeerKind.QUEUE, "kafka"),
    ("pika", PeerKind.QUEUE, "rabbitmq"), ("aio_pika", PeerKind.QUEUE, "rabbitmq"),
    ("azure.servicebus", PeerKind.QUEUE, "servicebus"),
    ("google.cloud.storage", PeerKind.STORAGE, "gcs"),
    ("azure.storage.blob", PeerKind.STORAGE, "blob"), ("minio", PeerKind.STORAGE, "minio"),
    ("elasticsearch", PeerKind.SEARCH, "elasticsearch"),
    ("opensearchpy", PeerKind.SEARCH, "opensearch"),
    ("azure.search", PeerKind.SEARCH, "azure-search"), ("pinecone", PeerKind.VECTOR, "pinecone"),
    ("qdrant_client", PeerKind.VECTOR, "qdrant"), ("chromadb", PeerKind.VECTOR, "chroma"),
    ("weaviate", PeerKind.VECTOR, "weaviate"), ("pymilvus", PeerKind.VECTOR, "milvus"),
)  # fmt: skip
CLIENTS_BY_PACKAGE: Mapping[str, tuple[tuple[str, PeerKind, str], ...]] = {
    package: tuple(row for row in CLIENTS if row[0].partition(".")[0] == package)
    for package in {row[0].partition(".")[0] for row in CLIENTS}
}
"""Every call of the code is held against these."""
BOTO: Mapping[str, tuple[PeerKind, str]] = {
    "s3": (PeerKind.STORAGE, "s3"), "dynamodb": (PeerKind.DATABASE, "dynamodb"),
    "sqs": (PeerKind.QUEUE, "sqs"), "sns": (PeerKind.QUEUE, "sns"),
    "kinesis": (PeerKind.QUEUE, "kinesis"),
    "opensearch": (PeerKind.SEARCH, "opensearch"), "secretsmanager": (PeerKind.HTTP,
    "secretsmanager"),
}  # fmt: skip
READERS = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "decouple.config"})


def peers(reading: Reading, calls: tuple[LlmCall, ...]) -> Iterator[Peer]:
    """Give every dependency outside the process once, models first."""
    seen: set[tuple[PeerKind, str]] = set()
    for peer in _peers(reading, calls):
        if (peer.kind, peer.name) not in seen:
            seen.add((peer.kind, peer.name))
            yield peer


def _peers(reading: Reading, calls: tuple[LlmCall, ...]) -> Iterator[Peer]:
    for fact in calls:
        for target in fact.targets:
            if target.provider:
                yield Peer(kind=PeerKind.MODEL, name=target.provider, place=fact.place)
    for module in reading.production:
        for one in reading.library_calls(module):
            yield from _client(reading, one)


def _client(reading: Reading, one: LibraryCall) -> Iterator[Peer]:
    call, scope, names = one
    place = scope.module.place(call)
    for dotted in names:
        if dotted.endswith((".client", ".resource")) and dotted.startswith(("boto3", "aioboto3")):
            service = argument(call, "service_name", 0)
            name = str(service.value) if isinstance(service, ast.Constant) else ""
            if name in BOTO:
                yield Peer(kind=BOTO[name][0], name=BOTO[name][1], place=place)
        for prefix, kind, name in CLIENTS_BY_PACKAGE.get(dotted.partition(".")[0], ()):
            if dotted == prefix or (dotted.startswith(f"{prefix}.") and _builds(dotted)):
                yield Peer(kind=kind, name=name, place=place)
        if dotted.startswith(("httpx.", "requests.", "aiohttp.")):
            yield from _host(reading, call, scope)


def _builds(dotted: str) -> bool:
    last = dotted.rpartition(".")[2]
    return (
        last[:1].isupper()
        or last in {"connect", "create_pool", "from_url", "create_engine", "get_client"}
        or (last.startswith("connect"))
    )


def _host(reading: Reading, call: ast.Call, scope: Function) -> Iterator[Peer]:
    nodes = [
        node
        for node in (*call.args[:2], argument(call, "base_url"), argument(call, "url"))
        if node is not None
    ]
    for node in nodes:
        for value in reading.follower.values(node, scope):
            text = str(value.value) if isinstance(value, Literal) else ""
            if text.startswith(("http://", "https://")):
                host = text.split("/")[2].partition("@")[2] or text.split("/")[2]
                yield Peer(kind=PeerKind.HTTP, name=host, place=scope.module.place(call))
                return


def environment(reading: Reading) -> Iterator[EnvironmentRead]:
    """Give the variables that production code reads, each place once."""
    for module in reading.production:
        calls = (node for node in module.scopes if isinstance(node, ast.Call))
        for node in (*calls, *module.kinds[ast.Subscript]):
            match node:
                case ast.Call() if node.args and isinstance(node.args[0], ast.Constant):
                    scope = module.scopes.get(node, module.top)
                    if last_name(node.func) in {
                        "getenv",
                        "get",
                        "setdefault",
                        "config",
                        "env",
                    } and (set(reading.follower.dotted(node.func, scope)) & READERS):
                        name = str(node.args[0].value)
                        yield EnvironmentRead(name=name, place=module.place(node))
                case ast.Subscript(
                    value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str() as name)
                ):
                    yield EnvironmentRead(name=name, place=module.place(node))
                case _:
                    pass


def limiters(reading: Reading) -> Iterator[Limiter]:
    """Give the rate limiters of production code, and which way they look."""
    for module in reading.production:
        for call, _, names in reading.library_calls(module):
            for dotted in names:
                if not dotted.rpartition(".")[2][:1].isupper():
                    continue
                for family in (*INBOUND, *LIMITERS):
                    if dotted.startswith(f"{family}."):
                        yield Limiter(
                            place=module.place(call), library=family, inbound=family in INBOUND
                        )
