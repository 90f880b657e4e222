"""Where a provider is called, and in whose words: its address, path and side by its kind.

Sources: the vendors' API references and client libraries (OpenAI 3.51, Anthropic 2.8, botocore
1.44; Azure OpenAI's, Vertex AI's and Bedrock's own), read 2026-11.
"""

from urllib.parse import quote, urlsplit

from msgspec import Struct

from tenken.config.application import Model
from tenken.config.platform import Provider
from tenken.pattern import Pattern
from tenken.sentence import Sentence, say
from tenken.transport.addresses import Origin

SIDES = {
    "openai": "openai",
    "azure": "openai",
    "embedded": "compatible",
    "other": "compatible",
    "anthropic": "anthropic",
    "google": "gemini",
    "vertex": "gemini",
    "bedrock": "bedrock",
}
"""How a kind of provider is spoken to, where its settings do not say otherwise."""
KEEPING = frozenset({"openai", "compatible"})
"""Sides that can be told to keep responses."""
OWN_ADDRESSES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1",
    "google": "https://generativelanguage.googleapis.com/v1beta",
    "embedded": "http://127.0.0.1:8089/v1",
}
"""Where a kind of provider is when the platform file does not say otherwise."""
REGIONAL = frozenset({"vertex", "bedrock"})
"""Whose addresses name a region."""
JOINED = frozenset({"us", "eu"})
"""Regions of Vertex AI that are several at once, and have addresses of another form."""
REGION = Pattern(r"[a-z0-9-]{1,40}")
"""A region stands in the name of the host that credentials are sent to: nothing else is one."""
ADDRESS = Pattern(
    r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?"
)
"""What every reader of addresses reads alike: no user, no query, no fragment, no escapes."""
LARGEST_PORT = 65535
AZURE_PATH, AZURE_OLD_PATH = "/openai/v1", "/openai"
CLAUDE = "claude"


class Located(Struct, frozen=True, kw_only=True):
    """Where a model is called, and how it is spoken to."""

    side: str
    origin: Origin
    base_path: str
    query: str = ""
    region: str = ""


def region_of(model: Model, provider: Provider) -> str:
    """Give where a model is called."""
    return model.region or provider.region


def missing(model: Model, provider: Provider) -> Sentence | None:
    """Tell what an address cannot be made without."""
    kind = provider.kind
    if kind in REGIONAL and not region_of(model, provider):
        return say("gateway.no_region", name=provider.id)
    if kind == "vertex" and not provider.project:
        return say("gateway.no_project", name=provider.id)
    if kind not in REGIONAL and not (provider.base_url or OWN_ADDRESSES.get(kind)):
        return say("gateway.no_address", name=provider.id)
    if provider.base_url and not _plain(provider.base_url):
        return say("gateway.odd_address", name=provider.id)
    if kind in REGIONAL and REGION.fullmatch(region_of(model, provider)) is None:
        return say("gateway.odd_region", name=model.id, region=region_of(model, provider))
    if provider.keeps_responses and side_of(model, provider) != "openai-stored":
        return say("gateway.keeps_no_responses", name=provider.id)
    return None


def _plain(address: str) -> bool:
    found = ADDRESS.fullmatch(address)
    if found is None:
        return False
    port = urlsplit(address).netloc.rpartition("]")[2].partition(":")[2]
    steps = {*(found[1] or "").split("/")}
    return not {".", ".."} & steps and 0 < int(port or 1) <= LARGEST_PORT


def side_of(model: Model, provider: Provider) -> str:
    """Name the side that a model is spoken to in."""
    if provider.kind == "vertex" and model.model.startswith(CLAUDE):
        return "vertex-anthropic"
    if provider.kind == "azure" and by_deployment(provider):
        return "azure"
    side = SIDES[provider.kind]
    return "openai-stored" if side in KEEPING and provider.keeps_responses else side


def by_deployment(provider: Provider) -> bool:
    """Whether Azure's addresses name the deployment: those with an `api-version`."""
    path = urlsplit(provider.base_url or "").path.rstrip("/")
    return bool(provider.api_version) and not path.endswith("/v1")


def located(model: Model, provider: Provider) -> Located:
    """Give where a model is called; nothing that `missing` tells may be missing."""
    region = region_of(model, provider)
    url = urlsplit(provider.base_url or _own(provider.kind, region))
    tls = url.scheme == "https"
    return Located(
        side=side_of(model, provider),
        origin=Origin(
            host=url.hostname or "",
            port=url.port or (443 if tls else 80),
            tls=tls,
            here=provider.kind == "embedded",
        ),
        base_path=_path(model, provider, url.path.rstrip("/")),
        query=f"api-version={quote(provider.api_version)}" if provider.api_version else "",
        region=region,
    )


def _own(kind: str, region: str) -> str:
    if kind == "bedrock":
        domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        return f"https://bedrock-runtime.{region}.{domain}"
    if kind == "vertex":
        return f"https://{_vertex_host(region)}/v1"
    return OWN_ADDRESSES[kind]


def _vertex_host(region: str) -> str:
    if region == "global":
        return "aiplatform.googleapis.com"
    if region in JOINED:
        return f"aiplatform.{region}.rep.googleapis.com"
    return f"{region}-aiplatform.googleapis.com"


def _path(model: Model, provider: Provider, path: str) -> str:
    if provider.kind == "vertex":
        publisher = "anthropic" if model.model.startswith(CLAUDE) else "google"
        project, region = quote(provider.project, safe=""), region_of(model, provider)
        return f"{path or '/v1'}/projects/{project}/locations/{region}/publishers/{publisher}"
    if provider.kind == "azure":
        return path or (AZURE_OLD_PATH if by_deployment(provider) else AZURE_PATH)
    return path
