"""Masks the texts that are to be stored: once more, and more than on their way.

What a guard only counts goes on as it is, and is masked here. A text is masked before it is cut,
and where only a part of it is looked at, the end of that part is left out: a value that is cut in
two is no value that anything would find.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.keeping.kept import UNSCREENED, Kept
from tenken.gateway.screening.looking import looked_at
from tenken.guardrails.guard import REACH
from tenken.guardrails.masking.masks import Masks
from tenken.guardrails.screening import Part
from tenken.guardrails.text import Context, Origin
from tenken.journal.texts import Said


class Piecemeal(Struct, frozen=True, kw_only=True):
    """As much of some texts as may be kept."""

    parts: tuple[Part, ...]
    cut: bool = False
    """Whether anything is left out."""
    room: int | None = None
    """Of the last of them so many characters may be kept."""
    goes_on: bool = False
    """The last of them is only the beginning of its text."""

    def kept(self, masked: tuple[str, ...]) -> tuple[str, ...]:
        """Give what may be kept of its texts.

        Where one goes on the end of it is left out: it may be the half of a value.
        """
        if self.room is None or not masked:
            return masked
        *whole, last = masked
        sure = last[: max(0, len(last) - REACH)] if self.goes_on else last
        return (*whole, sure[: self.room])


async def keep_asked(
    kept: Kept, parts: Sequence[Part], context: Context, masks: Masks | None
) -> None:
    """Mask a request and keep it; what is masked has the same placeholders as on its way."""
    if not kept.which.request:
        return
    latest = bounded(tuple(reversed(parts)), kept.plan.characters_max)
    own = masks.fork() if masks is not None else None
    masked = await _masked(kept, latest, context, own)
    if masked is not None:
        kept.asked(tuple(reversed(masked)), cut=latest.cut)


async def keep_answered(kept: Kept, texts: Iterable[str], context: Context) -> None:
    """Mask a whole answer and keep it."""
    if not kept.which.answer:
        return
    parts = tuple([Part(text=text, origin=Origin.ASSISTANT) for text in texts])
    first = bounded(parts, kept.plan.characters_max)
    masked = await _masked(kept, first, context, None)
    if masked is not None:
        kept.answered(masked, cut=first.cut)


def bounded(parts: Sequence[Part], most: int) -> Piecemeal:
    """Take parts as far as they have room, and of the next one its beginning."""
    taken: list[Part] = []
    for part in parts:
        size = len(part.text)
        if size > most:
            if not most:
                return Piecemeal(parts=tuple(taken), cut=True)
            taken.append(replace(part, text=part.text[: most + REACH], given=None))
            goes_on = size > most + REACH
            return Piecemeal(parts=tuple(taken), cut=True, room=most, goes_on=goes_on)
        taken.append(replace(part, given=None))
        most -= size
    return Piecemeal(parts=tuple(taken))


async def _masked(
    kept: Kept, piecemeal: Piecemeal, context: Context, masks: Masks | None
) -> tuple[Said, ...] | None:
    """Give the texts masked; None, and nothing of the request is kept, where that is not sure."""
    parts = piecemeal.parts
    if not parts:
        return ()
    screening = await looked_at(kept.plan.guard, parts, context, masks)
    if screening.troubles or screening.blocked:
        kept.withhold(UNSCREENED)
        return None
    texts = piecemeal.kept(screening.texts)
    pairs = zip(parts, texts, strict=True)
    return tuple([Said(part.origin.value, _written(text)) for part, text in pairs])


def _written(text: str) -> str:
    """Give it as it can be written: half of a pair of surrogates cannot."""
    return text.encode(errors="replace").decode()
