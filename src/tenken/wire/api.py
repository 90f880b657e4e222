"""The APIs that callers speak."""

from enum import StrEnum


class Api(StrEnum):
    """What was called, by the shape of its requests, answers and errors."""

    CHAT = "chat"
    """OpenAI's chat completions."""
    RESPONSES = "responses"
    """OpenAI's responses."""
    EMBEDDINGS = "embeddings"
    """OpenAI's embeddings."""
    MESSAGES = "messages"
    """Anthropic's messages."""
