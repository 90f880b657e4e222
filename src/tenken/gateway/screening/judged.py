"""Streams that judges are asked about: held until they were judged, or their end at least.

The end of a stream is where its last text is: it is held in any case, so that a stream that a
judge stops ends as a stopped one. What was shown before cannot be taken back.
"""

from tenken.gateway.passage import Judges, Passage
from tenken.gateway.screening.looking import looked_at
from tenken.gateway.screening.outward import STREAMS, stream_of
from tenken.guardrails.screening import Part
from tenken.guardrails.text import Origin
from tenken.wire.api import Api
from tenken.wire.dialect import Piece
from tenken.wire.words.streams.screened import Screened
from tenken.wire.words.words import Words


class Ear:
    """Hears all texts of a stream, and says nothing."""

    stopped = ""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}

    def told(self, channel: str, text: str) -> str:
        """Take a piece."""
        self.texts.setdefault(channel, []).append(text)
        return ""

    def ended(self, channel: str) -> str:  # noqa: ARG002 - as any screen
        """Take an end."""
        return ""

    def whole(self, words: Words) -> None:
        """Take texts that are whole."""
        for text, _ in words:
            self.texts.setdefault(f"whole/{len(self.texts)}", []).append(text)


class JudgedStream:
    """A stream on its way to the caller, with what judges say of it."""

    def __init__(self, passage: Passage, judges: Judges, screened: Screened, api: Api) -> None:
        self._passage = passage
        self._judges = judges
        self._screened = screened
        self._ear = Ear()
        self._hearing = STREAMS[api](self._ear)
        self._kept: list[bytes] = []
        passage.raw.clear()
        self._judged = 0
        """Characters that were."""

    def heard(self, part: bytes) -> None:
        """Keep what the provider said, for judges that read it."""
        self._passage.raw.append(part)

    async def feed(self, piece: Piece) -> bytes:
        """Take events; gives those that may be told now. Raises Refusal for a stopped request."""
        await self._judges.settled()
        if not self._judges.listens:
            return self._screened.feed(piece.forward)
        self._hearing.feed(piece.forward)
        ends = bool(piece.finish) or piece.done
        if self._judges.holds or ends:
            self._kept.append(piece.forward)
        if not ends:
            return b"" if self._judges.holds else self._screened.feed(piece.forward)
        await self._ask()
        kept = b"".join(self._kept)
        self._kept.clear()
        return self._screened.feed(kept)

    async def _ask(self) -> None:
        if self._passage.stopped:
            return
        self._hearing.close()
        said = ["".join(pieces) for pieces in self._ear.texts.values()]
        texts = tuple(dict.fromkeys(said))  # some APIs say it all again at the end
        size = sum([len(text) for text in texts])
        if size == self._judged:
            return
        self._judged = size
        parts = tuple([Part(text=text, origin=Origin.ASSISTANT) for text in texts])
        passage = self._passage
        screening = await looked_at(passage.guard, parts, passage.answer, passage.masks)
        if not screening.blocked:  # else it is stopped where it is told
            await self._judges.judge(screening.texts)


class LookedStream:
    """A stream on its way to the caller that nobody judges."""

    def __init__(self, screened: Screened) -> None:
        self._screened = screened

    def heard(self, part: bytes) -> None:
        """Keep nothing."""

    async def feed(self, piece: Piece) -> bytes:
        """Take events; gives those that may be told now."""
        return self._screened.feed(piece.forward)


def looked_stream(passage: Passage | None, api: Api) -> LookedStream | JudgedStream | None:
    """Give what a stream passes on its way to the caller; None where nobody looks."""
    if passage is None:
        return None
    screened = stream_of(passage, api)
    if passage.judges is None:
        return LookedStream(screened)
    return JudgedStream(passage, passage.judges, screened, api)
