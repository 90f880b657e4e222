"""Which targets a request is too long for: counted exactly, but only where it may be.

No text has more tokens than bytes, so most requests are never looked at. Beyond that an estimate
decides, and only near a limit the text is counted with a vocabulary, which is loaded when it is
first needed. What stays unsure goes to the target, which knows best.
"""

import asyncio

import splintr

from tenken.gateway.plan import Target
from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.asked import Asked
from tenken.wire.refusal import Refusal, Refused

VOCABULARY = "o200k_base"
SLICE = 50_000
"""Characters counted at once: a few milliseconds, in which nobody else is served."""
BYTES_A_TOKEN = 4
MOST_BYTES_A_TOKEN = 16
NEAR = 0.5
"""An estimate below this part of a limit is sure enough."""
TURN_TOKENS = 3
"""Around each message."""
EXACT = ("gpt-", "chatgpt-", "o1", "o3", "o4", "claude-")
"""Models whose own count is this one, or more."""
UNSURE = 0.8
"""Others may count so much less."""


class Lengths:
    """Counts tokens."""

    def __init__(self) -> None:
        self._vocabulary: splintr.AnyTokenizer | None = None

    async def fitting(
        self, asked: Asked, targets: tuple[Target, ...], larger: tuple[Target, ...]
    ) -> tuple[Target, ...]:
        """Give the targets that may hold it, from the larger ones where none does.

        Raises Refusal that says how long it is and what the limit is.
        """
        tokens = await self._tokens(asked, targets)
        found = tuple([one for one in targets if holds(one, tokens)])
        if found:
            return found
        found = tuple([one for one in larger if holds(one, tokens)])
        if found:
            return found
        limits = [one.context_tokens or 0 for one in (*targets, *larger)]
        raise too_long(asked, tokens=tokens, limit=max(limits))

    async def _tokens(self, asked: Asked, targets: tuple[Target, ...]) -> int:
        texts = [text for turn in asked.turns for text in turn.texts]
        size = sum([len(text.encode(errors="replace")) for text in texts])
        least = min([one.context_tokens for one in targets if one.context_tokens], default=0)
        if size // BYTES_A_TOKEN < NEAR * least or not least:
            return 0
        sure = size // MOST_BYTES_A_TOKEN
        if sure > max([one.context_tokens or sure for one in targets]):
            return sure
        return TURN_TOKENS * len(asked.turns) + await self.count(texts)

    async def count(self, texts: list[str]) -> int:
        """Count exactly, by and by."""
        vocabulary = self._vocabulary
        if vocabulary is None:
            load = splintr.Tokenizer.from_pretrained
            vocabulary = self._vocabulary = await asyncio.to_thread(load, VOCABULARY)
        tokens = 0
        for text in texts:
            for at in range(0, len(text), SLICE):
                tokens += len(vocabulary.encode(text[at : at + SLICE]))
                await asyncio.sleep(0)
        return tokens


def holds(target: Target, tokens: int) -> bool:
    """Whether a target may hold so many."""
    if target.context_tokens is None:
        return True
    sure = tokens if target.model.startswith(EXACT) else tokens * UNSURE
    return sure <= target.context_tokens


def too_long(asked: Asked, *, tokens: int, limit: int) -> Refusal:
    """Say how long it is."""
    return Refusal(
        Refused(
            status=400,
            code="context_length_exceeded",
            param="input" if asked.api is Api.RESPONSES else "messages",
            sentence=say("gateway.too_long", tokens=tokens, limit=limit),
            should_retry=False,
        )
    )
