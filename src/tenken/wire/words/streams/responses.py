"""Streams of responses: each text comes in pieces, and then whole, up to four times.

Every event that repeats a text is given what was told of it in pieces. Arguments and code are told
when they are whole. Log probabilities spell a text out, so a stream that is looked at has none.
"""

from typing import Any

from tenken.wire.dialects.static import FILTERED
from tenken.wire.sse import Event, Events
from tenken.wire.words.answered import item_words
from tenken.wire.words.streams.screened import Screen, named, read
from tenken.wire.words.words import Json, Who, Words

WHERE = ("item_id", "output_index", "content_index", "summary_index")
FULL = ("text", "refusal", "arguments", "input", "code", "transcript")
BINARY = frozenset({"response.audio"})
"""Their pieces are sound, not text."""
HELD = frozenset({"arguments", "input", "code"})


class _Text:
    """One text on its way."""

    __slots__ = ("came", "told")

    def __init__(self) -> None:
        self.came: list[str] = []
        self.told: list[str] = []


class ScreenedResponses:
    """A stream of events, numbered anew."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._events = Events()
        self._texts: dict[str, _Text] = {}
        self._known: dict[str, str] = {}
        """What was told in the place of each text that is whole."""
        self._response: Json = {}
        self._number = 0
        self._over = False

    def feed(self, forward: bytes) -> bytes:
        """Take events; gives those that may be told now."""
        return b"".join([self._event(event) for event in self._events.feed(forward)])

    def close(self) -> bytes:
        """Give the end of a stream that was stopped; what is held of one that was cut is lost."""
        return self._stop() if self._screen.stopped and not self._over else b""

    def _event(self, event: Event) -> bytes:
        if self._over:
            return b""
        said = read(event.data)
        if said is None:
            return event.raw if not event.data else b""
        told = self._said(said)
        return told + self._stop() if self._screen.stopped else told

    def _said(self, said: Json) -> bytes:
        kind = str(said.get("type"))
        stem, _, last = kind.rpartition(".")
        if last == "delta" and isinstance(said.get("delta"), str) and stem not in BINARY:
            return self._delta(stem, said)
        if last == "done" and (name := _full(said)):
            return self._done(stem, name, said)
        for name in ("item", "part"):
            if isinstance(said.get(name), dict):
                self._object(said[name])
        if isinstance(said.get("response"), dict):
            self._whole(said["response"])
        return b"" if self._screen.stopped else self._next(said)

    def _delta(self, stem: str, said: Json) -> bytes:
        text = self._texts.setdefault(_place(stem, said), _Text())
        text.came.append(said["delta"])
        if stem.rpartition("_")[2] in HELD:
            return b""
        said["delta"] = self._screen.told(_place(stem, said), said["delta"])
        text.told.append(said["delta"])
        if "logprobs" in said:
            said["logprobs"] = []
        return self._next(said) if said["delta"] else b""

    def _done(self, stem: str, name: str, said: Json) -> bytes:
        """Tell the rest of a text, and then what was told of it, whole."""
        place = _place(stem, said)
        text = self._texts.pop(place, None)
        held = stem.rpartition("_")[2] in HELD
        full = said[name]
        if held or text is None or "".join(text.came) != full:
            told, rest = self._looked(full), None
            rest = told if held and text is not None else ""
            self._screen.ended(place)
        else:
            rest = self._screen.ended(place)
            told = "".join([*text.told, rest])
        if self._screen.stopped:
            return b""
        self._known[full] = told
        said[name] = told
        if "logprobs" in said:
            said["logprobs"] = []
        more = {"type": f"{stem}.delta", **{at: said[at] for at in WHERE if at in said}}
        return (self._next({**more, "delta": rest}) if rest else b"") + self._next(said)

    def _looked(self, full: str) -> str:
        holder = {"value": full}
        words = Words()
        words.written(holder, "value", Who.ASSISTANT)
        self._screen.whole(words)
        return holder["value"]

    def _whole(self, response: Json) -> None:
        self._response = {**response, "output": []}
        for item in response.get("output") or ():
            if isinstance(item, dict):
                self._object(item)
        if response.get("output"):
            self._response["output"] = response["output"]

    def _object(self, item: Json) -> None:
        """Put into an object what was told; what was not told in pieces is looked at now."""
        for part in (item, *_parts(item)):
            if "logprobs" in part:
                part["logprobs"] = []
        words = Words()
        item_words(item, words)
        unknown = [text for text, _ in words if text not in self._known]
        if unknown:
            for text in unknown:
                self._known[text] = self._looked(text)
        if not self._screen.stopped:
            # Nested JSON is looked at as a whole: its own text is what is known of it.
            _put(item, self._known)

    def _next(self, said: Json) -> bytes:
        said["sequence_number"] = self._number
        self._number += 1
        return named(said)

    def _stop(self) -> bytes:
        """End the stream as a provider's own filter does."""
        self._over = True
        part = {"type": "output_text", "text": self._screen.stopped, "annotations": []}
        item = {"type": "message", "id": "msg_stopped", "role": "assistant", "content": [part]}
        response = {
            **self._response,
            "status": "incomplete",
            "incomplete_details": {"reason": FILTERED},
            "output": [{**item, "status": "incomplete"}],
        }
        return self._next({"type": "response.incomplete", "response": response})


def _full(said: Json) -> str:
    return next((name for name in FULL if isinstance(said.get(name), str)), "")


def _place(stem: str, said: Json) -> str:
    return "/".join([stem, *[str(said.get(name, "")) for name in WHERE]])


def _parts(item: Json) -> list[Json]:
    found: list[Any] = [*(item.get("content") or ()), *(item.get("summary") or ())]
    return [one for one in found if isinstance(one, dict)]


def _put(item: Json, known: dict[str, str]) -> None:
    words = Words()
    item_words(item, words)
    words.put(tuple([known.get(text, text) for text, _ in words]))
