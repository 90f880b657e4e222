"""What single exchanges are looked for by, and what a list tells of each."""

from decimal import Decimal

import msgspec
from msgspec import Struct

from tenken.journal.exchange import Outcome
from tenken.store.rollups.grain import Window


class Sought(Struct, frozen=True, kw_only=True):
    """Which exchanges are looked for; None stands for any."""

    window: Window
    use_case: str | None = None
    route: str | None = None
    caller: str | None = None
    release: str | None = None
    provider: str | None = None
    """Of the last attempt, as the next."""
    model: str | None = None
    outcome: Outcome | None = None
    status: int | None = None
    """Exactly, or a whole class: 4 and 5 stand for all of 400 and of 500."""
    found: bool | None = None
    """Whether a guard found something."""
    drill: bool | None = None
    session: str | None = None
    """The keyed hash of a session that was named; not of one that nobody named."""
    id: str | None = None
    use_cases: tuple[str, ...] | None = None
    """Only of these; of none at all where it is empty."""


LARGEST = 1 << 62
"""What is beyond, and a NUL in a text, no store takes; addresses may say anything."""


class Key(Struct, frozen=True, array_like=True):
    """What tells a record from all others, and where it stands in a list."""

    at: int
    id: str
    span: str

    def written(self) -> str:
        """Give it as text that an address may hold."""
        return msgspec.json.encode(self).hex()

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Give it back; None for what is no key."""
        try:
            key = msgspec.json.decode(bytes.fromhex(text), type=cls)
        except (ValueError, msgspec.DecodeError):
            return None
        fits = abs(key.at) < LARGEST and "\0" not in f"{key.id}{key.span}"
        return key if fits else None


class Line(Struct, frozen=True, kw_only=True):
    """An exchange as a list shows it."""

    id: str
    span: str
    at: int
    trace: str
    caller: str
    use_case: str
    route: str
    release: str
    session: str
    prompt: str
    drill: str
    api: str
    stream: bool
    outcome: Outcome
    status: int
    code: str
    target: str
    """Of the last attempt; empty where there was none."""
    provider: str
    model: str
    tries: int
    found: int
    """Matches of guards."""
    read: int
    """Tokens."""
    written: int
    cost: Decimal
    first_token_us: int
    last_us: int
    cached: bool

    @property
    def key(self) -> Key:
        """Where it stands."""
        return Key(self.at, self.id, self.span)


class Page(Struct, frozen=True, kw_only=True):
    """Some of what was looked for, in order."""

    lines: tuple[Line, ...] = ()
    following: Key | None = None
    """Where to look on; None where there is no more."""
    cut: bool = False
    """Looking took too long: what is not here may stand behind `following`."""
