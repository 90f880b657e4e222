"""Opens stored texts for a file: whoever exports them has the key, and their readers need none."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from tenken.errors import UsageError
from tenken.journal.sealing import Ring, Unopened
from tenken.journal.texts import Said, Whose

Rows = Sequence[Sequence[Any]]


def opened(pieces: Iterable[Rows], ring: Ring) -> Iterator[Rows]:
    """Give rows with what was said in the place of the seal; raises UsageError for a lost key."""
    for piece in pieces:
        yield [_row(row, ring) for row in piece]


def _row(row: Sequence[Any], ring: Ring) -> tuple[object, ...]:
    id_, span, at, sealed = row
    try:
        texts = ring.open(bytes(sealed), whose=Whose(id_, span, at))
    except Unopened as error:
        raise UsageError(error.sentence.id, **dict(error.sentence.values)) from error
    return (id_, span, at, _listed(texts.request), _listed(texts.answer), ",".join(texts.cut))


def _listed(said: tuple[Said, ...]) -> str:
    return msgspec.json.encode([{"who": one.who, "text": one.text} for one in said]).decode()
