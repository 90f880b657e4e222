"""Says whose texts are stored, and hears the answers that come in pieces."""

from collections.abc import Callable

from tenken.gateway.flow import Flow
from tenken.gateway.keeping.kept import Kept
from tenken.gateway.passage import Passage
from tenken.gateway.plan import Plan
from tenken.gateway.screening.judged import Ear, JudgedStream, LookedStream, looked_stream
from tenken.gateway.screening.masking import keep_answered
from tenken.gateway.screening.outward import STREAMS
from tenken.guardrails.guard import REACH
from tenken.journal.sealing import CHANCE_BYTES, TextKey
from tenken.wire.api import Api
from tenken.wire.dialect import Piece
from tenken.wire.words.words import Words


class KeepTexts:
    """The stage that says whether the texts of a request are stored."""

    def __init__(
        self,
        key: Callable[[], TextKey | None],
        *,
        chance: Callable[[], float],
        token: Callable[[int], str],
    ) -> None:
        """`token` gives so many random bytes, in hex."""
        self._key = key
        self._chance = chance
        self._token = token

    def under(self, plan: Plan) -> "KeepTexts | None":
        """Be a stage only where texts are stored."""
        return None if plan.texts is None or self._key() is None else self

    def __call__(self, flow: Flow) -> None:
        """Choose those of this request, or none."""
        texts, route, key = flow.plan.texts, flow.route, self._key()
        if texts is None or route is None or key is None:
            return
        which = texts.routes.get(route.name, texts.others)
        if which.any and self._chance() < which.sample:
            chance = bytes.fromhex(self._token(CHANCE_BYTES))
            flow.kept = Kept(texts, which, key=key, chance=chance)


class Listening(Ear):
    """Hears as much of a stream as may be kept."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._room = most + 1 + REACH
        self._begun: set[str] = set()
        """Channels of which something was not heard."""

    def told(self, channel: str, text: str) -> str:
        """Take a piece, while there is room."""
        if len(text) > self._room:
            self._begun.add(channel)
        if self._room > 0:
            super().told(channel, text[: self._room])
            self._room -= len(text)
        return ""

    def whole(self, words: Words) -> None:
        """Take texts that are whole, but for those that came in pieces before."""
        known = tuple(["".join(pieces) for pieces in self.texts.values()])
        for text, _ in words:
            if not any(one and text.startswith(one) for one in known):
                self.told(f"whole/{len(self.texts)}", text)

    def heard(self) -> dict[str, bool]:
        """Give each text, and whether it goes on behind what was heard of it.

        Some APIs say it all again at the end: what is said twice is there once.
        """
        found: dict[str, bool] = {}
        for channel, pieces in self.texts.items():
            said = "".join(pieces)
            found[said] = found.get(said, False) or channel in self._begun
        return found


class KeptStream:
    """A stream on its way to the caller whose answer is stored."""

    def __init__(
        self, inner: LookedStream | JudgedStream, kept: Kept, passage: Passage, api: Api
    ) -> None:
        self._inner = inner
        self._kept = kept
        self._passage = passage
        self._ear = Listening(kept.plan.characters_max)
        self._hearing = STREAMS[api](self._ear)

    def heard(self, part: bytes) -> None:
        """Hand on what the provider said, for judges that read it."""
        self._inner.heard(part)

    async def feed(self, piece: Piece) -> bytes:
        """Take events; gives those that may be told now."""
        self._hearing.feed(piece.forward)
        told = await self._inner.feed(piece)
        if piece.done and not self._passage.stopped:
            self._hearing.close()
            heard = self._ear.heard()
            begun = frozenset([at for at, goes_on in enumerate(heard.values()) if goes_on])
            await keep_answered(self._kept, heard, self._passage.answer, begun=begun)
        return told


def passed_stream(
    passage: Passage | None, api: Api
) -> LookedStream | JudgedStream | KeptStream | None:
    """Give what a stream passes on its way to the caller; None where nobody looks."""
    looked = looked_stream(passage, api)
    if looked is None or passage is None or passage.kept is None:
        return looked
    return KeptStream(looked, passage.kept, passage, api)
