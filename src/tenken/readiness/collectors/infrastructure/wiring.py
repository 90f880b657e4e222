"""What the environment of a container tells: whom it calls, which keys it has, who it is."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from tenken.pattern import Pattern
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.facts.exposure import Encryption, Upstream
from tenken.readiness.facts.identity import Identity, Kept, KeyKind, StaticKey
from tenken.readiness.facts.infrastructure import Platform, Source, Variable, Workload

PROVIDERS = {
    "OPENAI": "openai",
    "ANTHROPIC": "anthropic",
    "CLAUDE": "anthropic",
    "GEMINI": "google",
    "GOOGLE": "google",
    "MISTRAL": "mistral",
    "COHERE": "cohere",
    "GROQ": "groq",
    "TOGETHER": "together",
    "OPENROUTER": "openrouter",
    "DEEPSEEK": "deepseek",
    "XAI": "xai",
    "LLM": "llm",
    "PERPLEXITY": "perplexity",
    "FIREWORKS": "fireworks",
    "HUGGINGFACE": "huggingface",
    "HF": "huggingface",
    "REPLICATE": "replicate",
    "LITELLM": "litellm",
    "VOYAGE": "voyage",
}
KEY_NAME = Pattern(
    r"(?:^|_)(API_?KEY|SECRET_KEY|ACCESS_KEY|SECRET_ACCESS_KEY|APP_KEY|AUTH_TOKEN|TOKEN)$"
)
MODEL_WORDS = frozenset({"AZURE_OPENAI", "OPENAI"})
PLAIN_SCHEMES = {
    "http": Encryption.PLAIN,
    "ws": Encryption.PLAIN,
    "ftp": Encryption.PLAIN,
    "redis": Encryption.PLAIN,
    "amqp": Encryption.PLAIN,
}
TLS_SCHEMES = frozenset({"https", "wss", "rediss", "amqps", "mongodb+srv"})
DATABASES = frozenset({"postgres", "postgresql", "mysql", "mariadb"})
SSL_MODES = {
    "disable": Encryption.PLAIN,
    "false": Encryption.PLAIN,
    "0": Encryption.PLAIN,
    "disabled": Encryption.PLAIN,
    "prefer": Encryption.MAYBE,
    "allow": Encryption.MAYBE,
    "preferred": Encryption.MAYBE,
    "require": Encryption.TLS,
    "required": Encryption.TLS,
    "true": Encryption.TLS,
    "verify-ca": Encryption.VERIFIED,
    "verify-full": Encryption.VERIFIED,
    "verify_identity": Encryption.VERIFIED,
}
SSL_NAMES = frozenset(
    {
        "PGSSLMODE",
        "DB_SSLMODE",
        "DB_SSL_MODE",
        "POSTGRES_SSLMODE",
        "POSTGRES_SSL_MODE",
        "DATABASE_SSLMODE",
        "SSLMODE",
        "DATABASE_SSL_MODE",
    }
)
LOCAL_ENDINGS = (".local", ".internal", ".svc", ".cluster", ".localhost", ".localdomain", ".lan")


def wire(found: Found) -> None:
    """Read the variables of every workload that is not only for a developer's machine."""
    for workload in found.workloads:
        if workload.platform is Platform.COMPOSE:
            continue
        for container in workload.containers:
            for variable in container.variables:
                found.upstreams.extend(upstreams(variable))
                found.static_keys.extend(keys(variable, workload))
        found.identities.extend(_identity(workload))


def upstreams(variable: Variable) -> Iterator[Upstream]:
    """The address in a variable, and whether what goes there is encrypted."""
    text = variable.value
    if not text:
        return
    if variable.name.upper() in SSL_NAMES:
        mode = SSL_MODES.get(text.lower())
        if mode is not None:
            yield _upstream(variable, "", mode, f"{variable.name}={text[:20]}")
        return
    if "://" not in text or len(text) > 2000:
        return
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return
    scheme = (
        parts.scheme.lower().partition("+")[0] if parts.scheme != "mongodb+srv" else parts.scheme
    )
    if scheme in TLS_SCHEMES:
        yield _upstream(variable, host, Encryption.TLS, f"{scheme}://")
    elif scheme in PLAIN_SCHEMES:
        yield _upstream(variable, host, PLAIN_SCHEMES[scheme], f"{scheme}://{host}")
    elif scheme in DATABASES:
        yield from _database(variable, scheme, host, dict(parse_qsl(parts.query)))


def _database(
    variable: Variable, scheme: str, host: str, query: dict[str, str]
) -> Iterator[Upstream]:
    key = next(
        (one for one in query if one.lower() in {"sslmode", "ssl", "ssl-mode", "ssl_mode"}), None
    )
    if key is None:
        return
    mode = SSL_MODES.get(query[key].lower())
    # A unix socket of a proxy is named in `host`, and goes nowhere in the clear.
    if mode is not None and not query.get("host", "").startswith("/"):
        yield _upstream(variable, host, mode, f"{scheme}: {key}={query[key][:20]}")


def _upstream(variable: Variable, host: str, encryption: Encryption, written: str) -> Upstream:
    return Upstream(
        name=variable.name,
        place=variable.place,
        host=host,
        encryption=encryption,
        written=written,
        local=is_local(host),
    )


def is_local(host: str) -> bool:
    """Loopback, a bare service name, or a name that only a private network knows."""
    if not host or "*" in host:
        return False
    if "." not in host and ":" not in host:
        return True
    if host.endswith(LOCAL_ENDINGS):
        return True
    try:
        return ip_address(host).is_loopback or ip_address(host).is_link_local
    except ValueError:
        return False


def keys(variable: Variable, workload: Workload) -> Iterator[StaticKey]:
    """A long-lived key that a workload is given."""
    name = variable.name.upper()
    if name == "GOOGLE_APPLICATION_CREDENTIALS" and variable.value:
        yield _key(variable, workload, KeyKind.SERVICE_ACCOUNT_KEY)
    elif name in {"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"}:
        yield _key(variable, workload, KeyKind.ACCESS_KEY)
    elif name in {"AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET"}:
        yield _key(variable, workload, KeyKind.CLIENT_SECRET)
    elif KEY_NAME.search(name) and (variable.value or variable.secret is not None):
        provider = provider_of(name)
        yield _key(
            variable, workload, KeyKind.PROVIDER_KEY if provider else KeyKind.OTHER_KEY, provider
        )


def provider_of(name: str) -> str:
    """The LLM provider that a key's name speaks of, else empty."""
    words = name.upper().split("_")
    if "OPENAI" in words and "AZURE" in words:
        return "azure"
    return next((PROVIDERS[word] for word in words if word in PROVIDERS), "")


def _key(variable: Variable, workload: Workload, kind: KeyKind, provider: str = "") -> StaticKey:
    kept = (
        Kept.IN_SECRET_STORE
        if variable.secret is not None
        else Kept.IN_FILE
        if variable.value
        else Kept.UNKNOWN
    )
    return StaticKey(
        kind=kind, kept=kept, name=variable.name, place=variable.place, workload=workload.name,
        provider=provider,
    )  # fmt: skip


CLOUDS = {
    Platform.CLOUD_RUN: ("google", "service account"),
    Platform.ECS: ("aws", "task role"),
    Platform.CONTAINER_APPS: ("azure", "managed identity"),
    Platform.FUNCTION: ("aws", "role"),
}


def _identity(workload: Workload) -> Iterator[Identity]:
    known = CLOUDS.get(workload.platform)
    if workload.service_account and known and workload.source is not Source.COMPOSE:
        cloud, how = known
        yield Identity(
            workload=workload.name, account=workload.service_account, cloud=cloud, how=how,
            place=workload.place,
        )  # fmt: skip
