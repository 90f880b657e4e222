"""Looks at answers: whole ones at once, streams before anything of them leaves."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tenken.gateway.passage import Passage
from tenken.gateway.screening.agreed import Following, look
from tenken.gateway.screening.inward import LARGE, beside, parts_of
from tenken.gateway.screening.looking import looked_at
from tenken.gateway.screening.masking import keep_answered
from tenken.guardrails.stream.window import Released, Window
from tenken.wire.api import Api
from tenken.wire.dialect import BROKEN, Unreadable
from tenken.wire.words.answered import without_tokens, words_answered
from tenken.wire.words.streams.chat import ScreenedChat
from tenken.wire.words.streams.messages import ScreenedMessages
from tenken.wire.words.streams.responses import ScreenedResponses
from tenken.wire.words.streams.screened import Screen, Screened
from tenken.wire.words.words import Words

decoded = msgspec.json.Decoder().decode
STREAMS: Mapping[Api, Callable[[Screen], Screened]] = {
    Api.CHAT: ScreenedChat,
    Api.RESPONSES: ScreenedResponses,
    Api.MESSAGES: ScreenedMessages,
}


async def looked(passage: Passage, body: bytes, api: Api) -> bytes:
    """Give a whole answer as it may leave; when `passage` is stopped then, it may not."""
    if passage.judges is not None:
        await passage.judges.settled()
    if api is Api.EMBEDDINGS:
        return body  # numbers, and many of them
    small = len(body) <= LARGE
    tree = _read(body) if small else await asyncio.to_thread(_read, body)
    words = words_answered(api, tree)
    parts = parts_of(words)
    if not parts:
        return body
    screening = await looked_at(passage.guard, parts, passage.answer, passage.masks)
    passage.note(screening)
    if passage.judges is not None and not passage.stopped:
        await passage.judges.judge(screening.texts)
    if passage.stopped:
        return b""
    if passage.kept is not None:
        await keep_answered(passage.kept, [part.text for part in parts], passage.answer)
    texts = passage.restored(screening.texts)
    changed = texts != tuple([part.text for part in parts])
    if changed:
        words.put(texts)
        without_tokens(api, tree)
    kept = passage.agreed
    if kept is not None and await beside(len(body), lambda: look(passage, kept, tree)):
        return b""
    if not changed:
        return body
    return await beside(len(body), lambda: msgspec.json.encode(tree))


def _read(body: bytes) -> Any:
    """Read all of an answer; raises Unreadable: before, some of it was passed over."""
    try:
        return decoded(body)
    except BROKEN as error:
        raise Unreadable(str(error)) from error


def stream_of(passage: Passage, api: Api) -> Screened:
    """Give what a stream passes on its way to the caller."""
    return STREAMS[api](StreamScreen(passage))


class StreamScreen:
    """The windows of one stream: one for each text that comes in pieces."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._windows: dict[str, Window] = {}
        self._following: dict[str, Following] = {}

    @property
    def stopped(self) -> str:
        """What the user is told once the stream is stopped."""
        return self._passage.stopped

    def told(self, channel: str, text: str) -> str:
        """Take the next piece of a text; gives what may be told now."""
        passage = self._passage
        if passage.stopped:
            return ""
        window = self._windows.get(channel)
        if window is None:
            window = passage.guard.window(passage.answer, passage.masks)
            self._windows[channel] = window
            if passage.agreed is not None and passage.agreed.holds_for(channel):
                self._following[channel] = Following(passage, passage.agreed)
        return self._followed(channel, self._noted(window.feed(text)))

    def ended(self, channel: str) -> str:
        """Take the end of a text; gives what was held of it."""
        window = self._windows.pop(channel, None)
        if window is None or self._passage.stopped:
            return ""
        rest = self._followed(channel, self._noted(window.close()))
        if (following := self._following.pop(channel, None)) is not None:
            following.close()
        return "" if self.stopped else rest

    def _followed(self, channel: str, text: str) -> str:
        """Hold what is about to be told against the schema that was agreed."""
        following = self._following.get(channel)
        if following is None:
            return text
        following.feed(text)
        return "" if self.stopped else text

    def whole(self, words: Words) -> None:
        """Look at texts that are whole."""
        passage = self._passage
        parts = parts_of(words)
        if not parts or passage.stopped:
            return
        screening = passage.guard.screen(parts, passage.answer, passage.masks)
        passage.note(screening)
        if not passage.stopped:
            words.put(passage.restored(screening.texts))

    def _noted(self, released: Released) -> str:
        self._passage.note(released.screening)
        return released.text
