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
    begun: frozenset[int] = frozenset()
    """The places of those that are only the beginning of their text."""

    def kept(self, masked: tuple[str, ...]) -> tuple[str, ...]:
        """Give what may be kept of its texts.

        Where one goes on the end of it is left out: it may be the half of a value.
        """
        sure = tuple(
            text[: max(0, len(text) - REACH)] if at in self.begun else text
            for at, text in enumerate(masked)
        )
        if self.room is None or not sure:
            return sure
        return (*sure[:-1], sure[-1][: self.room])


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


async def keep_answered(
    kept: Kept, texts: Iterable[str], context: Context, *, begun: frozenset[int] = frozenset()
) -> None:
    """Mask a whole answer and keep it; `begun` are the places of texts that go on."""
    if not kept.which.answer:
        return
    parts = tuple([Part(text=text, origin=Origin.ASSISTANT) for text in texts])
    first = bounded(parts, kept.plan.characters_max, begun=begun)
    masked = await _masked(kept, first, context, None)
    if masked is not None:
        kept.answered(masked, cut=first.cut)


def bounded(parts: Sequence[Part], most: int, *, begun: frozenset[int] = frozenset()) -> Piecemeal:
    """Take parts as far as they have room, and of the next one its beginning.

    `begun` are the places of those that went on before they came here.
    """
    taken: list[Part] = []
    for part in parts:
        size = len(part.text)
        if size > most:
            if not most:
                return Piecemeal(parts=tuple(taken), cut=True, begun=begun)
            if size > most + REACH:
                begun |= {len(taken)}
            taken.append(replace(part, text=part.text[: most + REACH], given=None))
            return Piecemeal(parts=tuple(taken), cut=True, room=most, begun=begun)
        taken.append(replace(part, given=None))
        most -= size
    return Piecemeal(parts=tuple(taken), cut=bool(begun), begun=begun)


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
