"""Which API can be answered by which provider, and what is lost on the way.

One row for each caller's API and provider's side. What a row does not have is refused with the
name of the field; nothing is dropped in silence but what the row names as lost.
"""

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from tenken.wire.api import Api
from tenken.wire.asked import Asked
from tenken.wire.dialect import Dialect
from tenken.wire.dialects.anthropic_messages import AnthropicMessages
from tenken.wire.dialects.openai_chat import OpenAIChat
from tenken.wire.dialects.openai_embeddings import OpenAIEmbeddings
from tenken.wire.dialects.openai_responses import OpenAIResponses
from tenken.wire.translate import chat_caller, messages_caller
from tenken.wire.translate.anthropic_side import AnthropicSide
from tenken.wire.translate.chat_answer import ChatCaller
from tenken.wire.translate.messages_answer import MessagesCaller
from tenken.wire.translate.openai_side import OpenAISide
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


MESSAGES_AT_OPENAI: Final = Translated(MessagesCaller(), OpenAISide())
AT_OPENAI: Final = ("top_k", "stop_sequences (more than 4)", "max_tokens 0")
PAIRS: Final = (
    Pair(api=Api.CHAT, side="openai", how="exact", dialect=OpenAIChat()),
    Pair(
        api=Api.RESPONSES, side="openai", how="exact", dialect=OpenAIResponses(),
        refused=("previous_response_id", "conversation", "background", "store", "prompt",
                 "item_reference"),
    ),
    Pair(api=Api.EMBEDDINGS, side="openai", how="exact", dialect=OpenAIEmbeddings()),
    Pair(
        api=Api.MESSAGES, side="openai", how="approximate", dialect=MESSAGES_AT_OPENAI,
        lost=messages_caller.LOST, refused=(*messages_caller.UNSAYABLE, *AT_OPENAI),
    ),
    Pair(api=Api.CHAT, side="openai-stored", how="exact", dialect=OpenAIChat()),
    Pair(
        api=Api.RESPONSES, side="openai-stored", how="exact", dialect=OpenAIResponses(keeps=True)
    ),
    Pair(api=Api.EMBEDDINGS, side="openai-stored", how="exact", dialect=OpenAIEmbeddings()),
    Pair(
        api=Api.MESSAGES, side="openai-stored", how="approximate", dialect=MESSAGES_AT_OPENAI,
        lost=messages_caller.LOST, refused=(*messages_caller.UNSAYABLE, *AT_OPENAI),
    ),
    Pair(
        api=Api.CHAT, side="anthropic", how="approximate",
        dialect=Translated(ChatCaller(), AnthropicSide()), lost=(*chat_caller.LOST, "seed"),
        refused=(*chat_caller.UNSAYABLE, "n", "presence_penalty", "frequency_penalty",
                 "temperature > 1", "response_format json_object"),
    ),
    Pair(api=Api.RESPONSES, side="anthropic", how="refused"),
    Pair(api=Api.EMBEDDINGS, side="anthropic", how="refused"),
    Pair(api=Api.MESSAGES, side="anthropic", how="exact", dialect=AnthropicMessages()),
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
