"""Which API can be answered by which provider, and what is lost on the way.

One row for each caller's API and provider's side. What a row does not have is refused with the
name of the field; nothing is dropped in silence but what the row names as lost.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from msgspec import Struct

from tenken.wire.api import Api
from tenken.wire.asked import Asked
from tenken.wire.dialect import Dialect
from tenken.wire.dialects.anthropic_messages import AnthropicMessages
from tenken.wire.dialects.openai_chat import OpenAIChat
from tenken.wire.dialects.openai_embeddings import OpenAIEmbeddings
from tenken.wire.dialects.openai_responses import OpenAIResponses
from tenken.wire.hosted import AtDeployment, AtVertex
from tenken.wire.translate import chat_caller, messages_caller
from tenken.wire.translate.anthropic_side import AnthropicSide
from tenken.wire.translate.bedrock_side import BedrockSide
from tenken.wire.translate.chat_answer import ChatCaller
from tenken.wire.translate.gemini_side import GeminiSide
from tenken.wire.translate.messages_answer import MessagesCaller
from tenken.wire.translate.openai_side import Limit, OpenAISide
from tenken.wire.translate.translated import Translated

How = Literal["exact", "approximate", "refused"]


class Pair(Struct, frozen=True, kw_only=True):
    """How a caller's API is said at a provider's side."""

    api: Api
    side: str
    how: How
    dialect: Dialect | None = None
    lost: tuple[str, ...] = ()
    """What the provider never sees, or sees in another form."""
    refused: tuple[str, ...] = ()
    """What the provider has no words for: a request with it is refused, or asked elsewhere."""


CHAT: Final = ChatCaller()
MESSAGES: Final = MessagesCaller()


def _openai(
    side: str,
    *,
    keeps: bool = False,
    at: Callable[[Dialect], Dialect] = lambda same: same,
    limit: Limit = "max_completion_tokens",
) -> tuple[Pair, ...]:
    stored = ("previous_response_id", "conversation", "background", "store", "prompt")
    return (
        Pair(api=Api.CHAT, side=side, how="exact", dialect=at(OpenAIChat())),
        Pair(
            api=Api.RESPONSES, side=side, how="exact", dialect=OpenAIResponses(keeps=keeps),
            refused=() if keeps else (*stored, "input (item_reference)"),
        ),
        Pair(api=Api.EMBEDDINGS, side=side, how="exact", dialect=at(OpenAIEmbeddings())),
        Pair(
            api=Api.MESSAGES, side=side, how="approximate",
            dialect=at(Translated(MESSAGES, OpenAISide(limit=limit))),
            lost=(*messages_caller.LOST, "messages.is_error"),
            refused=(*messages_caller.UNSAYABLE, *messages_caller.WITHIN,
                     "stop_sequences (more than 4)", "top_k"),
        ),
    )  # fmt: skip


def _anthropic(
    side: str, *, at: Callable[[Dialect], Dialect] = lambda same: same
) -> tuple[Pair, ...]:
    return (
        Pair(
            api=Api.CHAT, side=side, how="approximate",
            dialect=at(Translated(CHAT, AnthropicSide())), lost=(*chat_caller.LOST, "seed"),
            refused=(*chat_caller.UNSAYABLE, *chat_caller.WITHIN, "frequency_penalty", "n",
                     "presence_penalty", "response_format (json_object)",
                     "temperature (above 1)"),
        ),
        Pair(api=Api.RESPONSES, side=side, how="refused"),
        Pair(api=Api.EMBEDDINGS, side=side, how="refused"),
        Pair(api=Api.MESSAGES, side=side, how="exact", dialect=at(AnthropicMessages())),
    )  # fmt: skip


PAIRS: Final = (
    *_openai("openai"),
    *_openai("openai-stored", keeps=True),
    *_openai("azure", at=AtDeployment),
    *_openai("compatible", limit="max_tokens"),
    *_anthropic("anthropic"),
    *_anthropic("vertex-anthropic", at=AtVertex),
    Pair(
        api=Api.CHAT, side="gemini", how="approximate", dialect=Translated(CHAT, GeminiSide()),
        lost=(*chat_caller.LOST, "tools.function.strict", "user"),
        refused=(*chat_caller.UNSAYABLE, *chat_caller.WITHIN, "image_url (an address)", "n",
                 "parallel_tool_calls (false)", "stop (more than 5)"),
    ),
    Pair(api=Api.RESPONSES, side="gemini", how="refused"),
    Pair(api=Api.EMBEDDINGS, side="gemini", how="refused"),
    Pair(
        api=Api.MESSAGES, side="gemini", how="approximate",
        dialect=Translated(MESSAGES, GeminiSide()),
        lost=(*messages_caller.LOST, "metadata", "tools.strict"),
        refused=(*messages_caller.UNSAYABLE, *messages_caller.WITHIN, "source (an address)",
                 "stop_sequences (more than 5)", "tool_choice.disable_parallel_tool_use"),
    ),
    Pair(
        api=Api.CHAT, side="bedrock", how="approximate", dialect=Translated(CHAT, BedrockSide()),
        lost=(*chat_caller.LOST, "seed", "user"),
        refused=(*chat_caller.UNSAYABLE, *chat_caller.WITHIN, "frequency_penalty",
                 "image_url (an address)", "n", "parallel_tool_calls (false)", "presence_penalty",
                 "response_format (json_object)", "temperature (above 1)", "tool_choice (none)",
                 "tools (none, after calls)"),
    ),
    Pair(api=Api.RESPONSES, side="bedrock", how="refused"),
    Pair(api=Api.EMBEDDINGS, side="bedrock", how="refused"),
    Pair(
        api=Api.MESSAGES, side="bedrock", how="approximate",
        dialect=Translated(MESSAGES, BedrockSide()), lost=(*messages_caller.LOST, "metadata"),
        refused=(*messages_caller.UNSAYABLE, *messages_caller.WITHIN, "source (an address)",
                 "tool_choice (none)", "tool_choice.disable_parallel_tool_use",
                 "tools (none, after calls)", "top_k"),
    ),
)  # fmt: skip
STORED: Final = frozenset({"openai-stored"})
"""Sides of targets that keep responses and conversations for their callers."""
DIALECTS: Final[Mapping[str, Mapping[Api, Dialect]]] = {
    side: {one.api: one.dialect for one in PAIRS if one.side == side and one.dialect is not None}
    for side in dict.fromkeys(pair.side for pair in PAIRS)
}
"""By the provider's side and the caller's API."""


def speaks(side: str, asked: Asked) -> bool:
    """Whether a side has words for an API at all, and keeps what must be kept."""
    return asked.api in DIALECTS[side] and (not asked.stored or side in STORED)
