"""Where the texts of a request stand.

What an API's own fields say of a caller (`user`, metadata) is not among them, nor are the
descriptions of tools: the application writes those. Images and files that are not text cannot be
looked at here.
"""

from collections.abc import Callable, Mapping

from tenken.wire.api import Api
from tenken.wire.words.words import Json, Who, Words, call_words, objects

ROLES: Mapping[str, Who] = {
    "system": Who.SYSTEM,
    "developer": Who.SYSTEM,
    "user": Who.USER,
    "assistant": Who.ASSISTANT,
    "tool": Who.TOOL,
    "function": Who.TOOL,
}
PLAIN = frozenset({"role", "content", "name"})
"""What most messages have, and no more."""


def words_asked(api: Api, body: Json) -> Words:
    """Find the texts of a request's body."""
    words = Words()
    FINDERS[api](body, words)
    return words


def _chat(body: Json, words: Words) -> None:
    for message in objects(body.get("messages")):
        who = ROLES.get(str(message.get("role")), Who.USER)
        if who is Who.TOOL:
            _result(message, "content", words)
        else:
            words.content(message, "content", who)
        if message.keys() <= PLAIN:
            continue
        words.text(message, "refusal", who)
        words.text(message, "reasoning_content", who)
        call_words(message, words)
    prediction = body.get("prediction")
    if isinstance(prediction, dict):
        words.content(prediction, "content", Who.ASSISTANT)


def _responses(body: Json, words: Words) -> None:
    words.text(body, "instructions", Who.SYSTEM)
    words.text(body, "input", Who.USER)
    for item in objects(body.get("input")):
        if "role" in item:
            words.content(item, "content", ROLES.get(str(item["role"]), Who.USER))
            continue
        words.written(item, "arguments", Who.ASSISTANT)
        words.written(item, "input", Who.ASSISTANT)
        words.text(item, "code", Who.ASSISTANT)
        _result(item, "output", words)
        words.leaves(item, "action", Who.ASSISTANT)
        words.leaves(item, "results", Who.TOOL)
        words.leaves(item, "outputs", Who.TOOL)
        for name in ("summary", "content"):
            words.texts(item.get(name), "text", Who.ASSISTANT)


def _messages(body: Json, words: Words) -> None:
    words.content(body, "system", Who.SYSTEM)
    for message in objects(body.get("messages")):
        who = ROLES.get(str(message.get("role")), Who.USER)
        words.text(message, "content", who)
        for block in objects(message.get("content")):
            _block(block, who, words)


def _block(block: Json, who: Who, words: Words) -> None:
    match block.get("type"):
        case "tool_use" | "server_tool_use" | "mcp_tool_use":
            words.leaves(block, "input", Who.ASSISTANT)
        case "tool_result" | "mcp_tool_result":
            _result(block, "content", words)
            for inner in objects(block.get("content")):
                if inner.get("type") in {"document", "search_result"}:
                    _block(inner, Who.TOOL, words)
        case "document":
            words.text(block, "title", Who.FILE)
            words.text(block, "context", Who.FILE)
            source = block.get("source")
            if isinstance(source, dict) and source.get("type") == "text":
                words.text(source, "data", Who.FILE)
            elif isinstance(source, dict):
                words.content(source, "content", Who.FILE)
        case "search_result":
            words.text(block, "title", Who.RETRIEVED)
            words.texts(block.get("content"), "text", Who.RETRIEVED)
        case _:
            words.text(block, "text", who)
            words.text(block, "thinking", Who.ASSISTANT)


def _embeddings(body: Json, words: Words) -> None:
    words.leaves(body, "input", Who.USER)


def _result(holder: Json, key: str, words: Words) -> None:
    """Take note of what a tool gave back: a text, often JSON, or parts."""
    value = holder.get(key)
    if not isinstance(value, list):
        words.written(holder, key, Who.TOOL)
        return
    for part in objects(value):
        words.written(part, "text", Who.TOOL)


FINDERS: Mapping[Api, Callable[[Json, Words], None]] = {
    Api.CHAT: _chat,
    Api.RESPONSES: _responses,
    Api.MESSAGES: _messages,
    Api.EMBEDDINGS: _embeddings,
}
