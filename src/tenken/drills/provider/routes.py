"""Which API a path belongs to, as vendors lay out their paths."""

from urllib.parse import unquote

from msgspec import Struct

from tenken.drills.provider.dialects.anthropic import AnthropicMessages
from tenken.drills.provider.dialects.bedrock import Bedrock
from tenken.drills.provider.dialects.dialect import Dialect
from tenken.drills.provider.dialects.gemini import Gemini
from tenken.drills.provider.dialects.openai_chat import OpenAIChat
from tenken.drills.provider.dialects.openai_embeddings import OpenAIEmbeddings
from tenken.drills.provider.dialects.openai_responses import OpenAIResponses


class Way(Struct, frozen=True):
    """An API, and what its path says already."""

    dialect: Dialect
    model: str = ""
    stream: bool | None = None
    """None: the body says it."""


ANTHROPIC = AnthropicMessages()
ENDINGS: dict[str, Dialect] = {
    "chat/completions": OpenAIChat(),
    "responses": OpenAIResponses(),
    "embeddings": OpenAIEmbeddings(),
    "messages": ANTHROPIC,
}
"""Below any base: `/v1`, none at all, or Azure's `/openai/v1` and `/openai/deployments/NAME`."""
DEPLOYMENTS = "/openai/deployments/"
GEMINI = Gemini()
BEDROCK = Bedrock()


def way_of(path: str) -> Way | None:
    """Find the API of a path; None where there is none."""
    if path.startswith("/model/"):
        return _bedrock(path)
    if "/models/" in path and ":" in path:
        return _published(path)
    for ending, dialect in ENDINGS.items():
        if path.endswith(f"/{ending}"):
            return Way(dialect, _deployment(path))
    return None


def _deployment(path: str) -> str:
    if not path.startswith(DEPLOYMENTS):
        return ""
    return unquote(path.removeprefix(DEPLOYMENTS).partition("/")[0])


def _bedrock(path: str) -> Way | None:
    model, _, how = path.removeprefix("/model/").rpartition("/")
    if how not in {"converse", "converse-stream"}:
        return None
    return Way(BEDROCK, unquote(model), how == "converse-stream")


def _published(path: str) -> Way | None:
    """Gemini by key or on Vertex AI, and Claude on Vertex AI."""
    model, _, how = path.rpartition("/models/")[2].rpartition(":")
    if how in {"rawPredict", "streamRawPredict"} and "/publishers/anthropic/" in path:
        return Way(ANTHROPIC, unquote(model), how == "streamRawPredict")
    if how not in {"generateContent", "streamGenerateContent"}:
        return None
    return Way(GEMINI, unquote(model), how == "streamGenerateContent")
