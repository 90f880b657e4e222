"""Streams of Anthropic's messages: blocks of text, of thoughts and of calls.

A call's input is told when it is whole: nobody can act on a part of it, and as JSON in pieces it
could hide a text behind escapes.
"""

from typing import Any

from tenken.wire.sse import Event, Events
from tenken.wire.words.streams.screened import Screen, named, read
from tenken.wire.words.words import Json, Who, Words

TEXTS = {"text_delta": "text", "thinking_delta": "thinking"}
REFUSED = "refusal"


class ScreenedMessages:
    """A stream of events."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._events = Events()
        self._open: dict[int, str] = {}
        """Blocks that have begun, with the kind of delta that they have."""
        self._inputs: dict[int, list[str]] = {}
        self._next = 0
        """The number of the next block."""
        self._over = False

    def feed(self, forward: bytes) -> bytes:
        """Take events; gives those that may be told now."""
        return b"".join([self._event(event) for event in self._events.feed(forward)])

    def close(self) -> bytes:
        """Give what is held."""
        if self._over:
            return b""
        rests = [self._rest(index) for index in tuple(self._open)]
        return b"".join([*rests, self._stop() if self._screen.stopped else b""])

    def _event(self, event: Event) -> bytes:
        if self._over:
            return b""
        said = read(event.data)
        if said is None:
            return event.raw if not event.data else b""
        told = self._said(event, said)
        return told + self._stop() if self._screen.stopped else told

    def _said(self, event: Event, said: Json) -> bytes:
        index = said.get("index") or 0
        match said.get("type"):
            case "content_block_start":
                return self._begin(index, said)
            case "content_block_delta":
                return self._delta(event, index, said)
            case "content_block_stop":
                rest = self._rest(index)
                self._open.pop(index, None)
                return rest if self._screen.stopped else rest + event.raw
            case "message_delta" | "message_stop":
                rest = b"".join([self._rest(one) for one in tuple(self._open)])
                return rest if self._screen.stopped else rest + event.raw
            case _:
                return event.raw

    def _begin(self, index: int, said: Json) -> bytes:
        block = said.get("content_block")
        self._next = max(self._next, index + 1)
        self._open[index] = "text_delta"
        if isinstance(block, dict):
            if block.get("type") == "thinking":
                self._open[index] = "thinking_delta"
            words = Words()
            words.leaves(block, "input", Who.ASSISTANT)
            words.leaves(block, "content", Who.TOOL)
            self._screen.whole(words)
            for name in ("text", "thinking"):
                if isinstance(block.get(name), str) and block[name]:
                    block[name] = self._screen.told(self._channel(index), block[name])
        return named(said)

    def _delta(self, event: Event, index: int, said: Json) -> bytes:
        delta: Any = said.get("delta")
        kind = delta.get("type") if isinstance(delta, dict) else None
        if kind == "input_json_delta":
            self._inputs.setdefault(index, []).append(str(delta.get("partial_json") or ""))
            return b""
        name = TEXTS.get(str(kind))
        if name is None:
            # A signature or a citation stands behind the text that it belongs to.
            return self._flushed(index) + event.raw
        self._open[index] = str(kind)
        delta[name] = self._screen.told(self._channel(index), str(delta.get(name) or ""))
        return named(said) if delta[name] else b""

    def _channel(self, index: int) -> str:
        """Name a block's text, and what it is: thoughts are none of the answer."""
        return f"{index}/{TEXTS[self._open.get(index, 'text_delta')]}"

    def _flushed(self, index: int) -> bytes:
        kind = self._open.get(index, "text_delta")
        text = self._screen.ended(self._channel(index))
        return _delta_of(index, {"type": kind, TEXTS[kind]: text}) if text else b""

    def _rest(self, index: int) -> bytes:
        """Give what is held of a block."""
        parts = self._inputs.pop(index, None)
        if parts is None:
            return self._flushed(index)
        held = {"partial_json": "".join(parts)}
        words = Words()
        words.written(held, "partial_json", Who.ASSISTANT)
        self._screen.whole(words)
        if self._screen.stopped:
            return b""
        return _delta_of(index, {"type": "input_json_delta", **held})

    def _stop(self) -> bytes:
        """End the stream as a refusal of the model ends it, in a block of its own."""
        self._over = True
        closed = [named({"type": "content_block_stop", "index": one}) for one in self._open]
        index = self._next
        block = {"type": "text", "text": ""}
        end = {"stop_reason": REFUSED, "stop_sequence": None}
        return b"".join(
            [
                *closed,
                named({"type": "content_block_start", "index": index, "content_block": block}),
                _delta_of(index, {"type": "text_delta", "text": self._screen.stopped}),
                named({"type": "content_block_stop", "index": index}),
                named({"type": "message_delta", "delta": end, "usage": {"output_tokens": 0}}),
                named({"type": "message_stop"}),
            ]
        )


def _delta_of(index: int, delta: Json) -> bytes:
    return named({"type": "content_block_delta", "index": index, "delta": delta})
