"""Where the texts of a whole answer stand: every choice, thoughts, and what tools are told."""

from collections.abc import Callable, Mapping

from tenken.wire.api import Api
from tenken.wire.words.words import Json, Who, Words, call_words, objects

THOUGHTS = ("reasoning_content", "reasoning")
ITEM_TEXTS = ("text", "refusal", "code")
ITEM_WRITTEN = ("arguments", "input", "output")


def words_answered(api: Api, body: Json) -> Words:
    """Find the texts of an answer's body."""
    words = Words()
    FINDERS[api](body, words)
    return words


def without_tokens(api: Api, body: Json) -> None:
    """Take out what tells an answer's tokens one by one: the text as it was before."""
    if api is Api.CHAT:
        for choice in objects(body.get("choices")):
            if choice.get("logprobs") is not None:
                choice["logprobs"] = None
    if api is Api.RESPONSES:
        for item in objects(body.get("output")):
            for part in objects(item.get("content")):
                if "logprobs" in part:
                    part["logprobs"] = []


def _chat(body: Json, words: Words) -> None:
    for choice in objects(body.get("choices")):
        message = choice.get("message")
        if not isinstance(message, dict):
            continue
        for name in ("content", "refusal", *THOUGHTS):
            if message.get(name):
                words.text(message, name, Who.ASSISTANT)
        words.texts(message.get("content"), "text", Who.ASSISTANT)
        if isinstance(message.get("audio"), dict):
            words.text(message["audio"], "transcript", Who.ASSISTANT)
        call_words(message, words)


def _responses(body: Json, words: Words) -> None:
    for item in objects(body.get("output")):
        item_words(item, words)


def item_words(item: Json, words: Words) -> None:
    """Find the texts of one item of a response, or of one part of an item."""
    for name in ITEM_TEXTS:
        words.text(item, name, Who.ASSISTANT)
    for name in ITEM_WRITTEN:
        words.written(item, name, Who.ASSISTANT)
    words.leaves(item, "action", Who.ASSISTANT)
    for name in ("content", "summary"):
        for part in objects(item.get(name)):
            for inner in ITEM_TEXTS:
                words.text(part, inner, Who.ASSISTANT)


def _messages(body: Json, words: Words) -> None:
    for block in objects(body.get("content")):
        words.text(block, "text", Who.ASSISTANT)
        words.text(block, "thinking", Who.ASSISTANT)
        words.leaves(block, "input", Who.ASSISTANT)


def _nothing(body: Json, words: Words) -> None:
    del body, words


FINDERS: Mapping[Api, Callable[[Json, Words], None]] = {
    Api.CHAT: _chat,
    Api.RESPONSES: _responses,
    Api.MESSAGES: _messages,
    Api.EMBEDDINGS: _nothing,
}
