"""OpenAI's responses.

Written after OpenAI's public API reference (responses, streaming), read 2026-11.
"""

import msgspec
from msgspec import Raw, Struct

from tenken.drills.provider.dialects.dialect import BROKEN, EVENTS, Refusing, event, named
from tenken.drills.provider.dialects.openai_errors import OVERLOADED, WRONG, refusing
from tenken.drills.provider.hearing import NOTHING, Heard, Spoken, system, turn, turns_of
from tenken.drills.provider.seen import SeenTurn
from tenken.drills.provider.telling import CREATED, PADDING, Telling

INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


class _Body(Struct):
    model: str = ""
    input: Raw = NOTHING
    instructions: Raw = NOTHING
    stream: bool = False


class OpenAIResponses:
    """A `Dialect`."""

    streams_as = EVENTS
    malformed = b"event: response.output_text.delta\ndata: " + BROKEN + b"\n\n"
    overloaded = event({**OVERLOADED, "type": "error"}, "error")
    wrong = WRONG

    def heard(self, body: bytes) -> Heard:
        """Read a request; its input is a text or a list of items."""
        asked = msgspec.json.decode(body, type=_Body)
        return Heard(
            model=asked.model,
            stream=asked.stream,
            turns=(*system(asked.instructions), *_input(asked.input)),
        )

    def whole(self, telling: Telling) -> bytes:
        """Give a whole answer."""
        said = _response(telling, _ended(telling), [_message(telling)])
        if telling.padding:
            said["padding"] = PADDING * (telling.padding // len(PADDING))
        return msgspec.json.encode(said)

    def pieces(self, telling: Telling) -> list[bytes]:
        """Give the item and its text in small pieces, and the whole response as the end."""
        begun = _response(telling, "in_progress", [], usage=False)
        item = {**_message(telling), "content": [], "status": "in_progress"}
        where = {"item_id": item["id"], "output_index": 0, "content_index": 0}
        texts = [("response.output_text.delta", {**where, "delta": it}) for it in telling.parts]
        ended = _response(telling, _ended(telling), [_message(telling)])
        said: list[tuple[str, dict[str, object]]] = [
            ("response.created", {"response": begun}),
            ("response.output_item.added", {"output_index": 0, "item": item}),
            ("response.content_part.added", {**where, "part": _text("")}),
            *((name, {**data, "logprobs": []}) for name, data in texts),
            ("response.output_text.done", {**where, "text": telling.text, "logprobs": []}),
            ("response.content_part.done", {**where, "part": _text(telling.text)}),
            ("response.output_item.done", {"output_index": 0, "item": _message(telling)}),
            (f"response.{_ended(telling)}", {"response": ended}),
        ]
        return [named(name, sequence_number=at, **data) for at, (name, data) in enumerate(said)]

    def part(self, text: str) -> bytes:
        """Give one event with text."""
        return named("response.output_text.delta", delta=text)

    def padding(self, size: int) -> bytes:
        """Give one event of that size."""
        return named("response.in_progress", padding=PADDING * (size // len(PADDING)))

    def refusing(self, status: int) -> Refusing:
        """Give an error."""
        return refusing(status)


def _input(said: Raw) -> tuple[SeenTurn, ...]:
    try:
        return turns_of(msgspec.json.decode(said, type=list[Spoken]))
    except msgspec.DecodeError:
        return (turn("user", said),)


def _ended(telling: Telling) -> str:
    return "incomplete" if telling.finish in INCOMPLETE else "completed"


def _text(text: str) -> dict[str, object]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _message(telling: Telling) -> dict[str, object]:
    return {
        "id": f"msg-fake-{telling.number}",
        "type": "message",
        "role": "assistant",
        "status": _ended(telling),
        "content": [_text(telling.text)],
    }


def _response(
    telling: Telling, status: str, output: list[dict[str, object]], *, usage: bool = True
) -> dict[str, object]:
    reason = INCOMPLETE.get(telling.finish) if status == "incomplete" else None
    return {
        "id": f"resp-fake-{telling.number}",
        "object": "response",
        "created_at": CREATED,
        "model": telling.model,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": _usage(telling) if usage and telling.tells_usage else None,
    }


def _usage(telling: Telling) -> dict[str, object]:
    return {
        "input_tokens": telling.read_tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": telling.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": telling.read_tokens + telling.output_tokens,
    }
