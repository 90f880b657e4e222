"""Streams of chat completions: every choice, its text, its thoughts and its tool calls.

A tool's arguments are told when they are whole: nobody can act on a part of them, and as JSON in
pieces they could hide a text behind escapes. Log probabilities spell the text out token by token,
so a stream that is looked at has none.
"""

from typing import Any

from msgspec import Struct, field

from tenken.wire.dialects.static import FILTERED
from tenken.wire.sse import Event, Events
from tenken.wire.words.streams.screened import Screen, encoded, read
from tenken.wire.words.words import ARGUMENTS, Json, Who, Words

DONE = b"[DONE]"
TEXTS = ("content", "refusal", "reasoning_content", "reasoning")
OLD = -1
"""Stands for the number of the one call that `function_call` is."""


class _Held(Struct, eq=False):
    """What a call is given, until it is whole."""

    kind: str
    name: str
    parts: list[str] = field(default_factory=list)


class ScreenedChat:
    """A stream of chunks."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._events = Events()
        self._last: Json = {}
        """A chunk, for the names that all of them bear."""
        self._open: dict[int, dict[str, None]] = {}
        """The texts that have begun, by choice."""
        self._calls: dict[int, dict[int, _Held]] = {}
        """The arguments of calls that are not whole, by choice and number of the call."""
        self._over = False

    def feed(self, forward: bytes) -> bytes:
        """Take events; gives those that may be told now."""
        return b"".join([self._event(event) for event in self._events.feed(forward)])

    def close(self) -> bytes:
        """Give what is held."""
        if self._over:
            return b""
        rests = [self._rest(index) for index in sorted({*self._open, *self._calls})]
        return b"".join([*rests, self._stop() if self._screen.stopped else b""])

    def _event(self, event: Event) -> bytes:
        if self._over:
            return b""
        if event.data == DONE:
            rest = self.close()
            return rest if self._screen.stopped else rest + event.raw
        chunk = read(event.data)
        if chunk is None:
            return event.raw if not event.data else b""
        told = self._chunk(chunk)
        return told + self._stop() if self._screen.stopped else told

    def _chunk(self, chunk: Json) -> bytes:
        choices = [one for one in chunk.get("choices") or () if isinstance(one, dict)]
        self._last = {name: value for name, value in chunk.items() if name != "usage"}
        before = b""
        left = []
        for choice in choices:
            index = choice.get("index") or 0
            self._take(index, choice)
            if choice.get("finish_reason") is not None:
                before += self._rest(index)
            if choice.get("finish_reason") is not None or _says(choice.get("delta")):
                left.append(choice)
        if self._screen.stopped:
            return before
        if choices and not left and chunk.get("usage") is None:
            return before
        chunk["choices"] = left
        return before + encoded(chunk)

    def _take(self, index: int, choice: Json) -> None:
        """Hold what a chunk says of a choice, and leave in it what may be told."""
        if "logprobs" in choice:
            choice["logprobs"] = None
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return
        for name in TEXTS:
            text = delta.get(name)
            if isinstance(text, str) and text:
                self._open.setdefault(index, {})[name] = None
                delta[name] = self._screen.told(f"{index}/{name}", text)
        for call in delta.get("tool_calls") or ():
            if isinstance(call, dict):
                self._hold(index, call, number=call.get("index") or 0)
        if isinstance(delta.get("function_call"), dict):
            self._hold(index, {"function": delta["function_call"]}, number=OLD)

    def _hold(self, index: int, call: Json, *, number: int) -> None:
        for kind, name in ARGUMENTS:
            told = call.get(kind)
            if isinstance(told, dict) and isinstance(told.get(name), str):
                held = self._calls.setdefault(index, {}).setdefault(number, _Held(kind, name))
                held.parts.append(told[name])
                told[name] = ""

    def _rest(self, index: int) -> bytes:
        """Give what is held of a choice, as chunks of their own."""
        rests = [
            self._like(index, {name: text})
            for name in self._open.pop(index, ())
            if (text := self._screen.ended(f"{index}/{name}"))
        ]
        for number, held in self._calls.pop(index, {}).items():
            told = {held.name: "".join(held.parts)}
            words = Words()
            words.written(told, held.name, Who.ASSISTANT)
            self._screen.whole(words)
            if not self._screen.stopped:
                call = {"tool_calls": [{"index": number, held.kind: told}]}
                rests.append(self._like(index, call if number != OLD else {"function_call": told}))
        return b"".join(rests)

    def _like(self, index: int, delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": index, "delta": delta, "finish_reason": finish}
        return encoded({**self._last, "choices": [choice]})

    def _stop(self) -> bytes:
        """End the stream as a provider's own filter does."""
        self._over = True
        told = self._like(0, {"content": self._screen.stopped})
        return told + self._like(0, {}, FILTERED) + b"data: [DONE]\n\n"


def _says(delta: Any) -> bool:
    """Whether a delta still says something."""
    if not isinstance(delta, dict):
        return False
    for name, value in delta.items():
        if name == "tool_calls":
            if any(_begins(call) for call in value or ()):
                return True
        elif name == "function_call":
            if _begins({"function": value}):
                return True
        elif (name not in TEXTS and value is not None) or value:
            return True
    return False


def _begins(call: Any) -> bool:
    """Whether a part of a call says more than arguments that are held."""
    if not isinstance(call, dict):
        return False
    told = [call.get(kind) for kind, _ in ARGUMENTS]
    return bool(call.get("id")) or any(isinstance(one, dict) and any(one.values()) for one in told)
