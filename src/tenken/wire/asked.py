"""What a request asks for, as far as the gateway acts on it; everything else stays bytes."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from tenken.wire.api import Api

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]
Header = tuple[bytes, bytes]
COUNT_MAX = 2**31 - 1
"""No count is larger: it is kept on record, and said to others, as a number of fixed size."""

BYTES_A_TOKEN = 4
"""About so many; what is estimated is settled by what was used."""


class BodyLimits(Struct, frozen=True, kw_only=True):
    """What a body may hold."""

    depth_max: int = 64
    objects_max: int = 100_000
    """In all of a body; reading more would hold up everybody else."""
    messages_max: int = 10_000
    choices_max: int = 128
    tools_max: int = 1_000
    images_max: int = 500
    inputs_max: int = 2_048
    """Texts that are embedded at once."""


class Turn(Struct, frozen=True):
    """One message: who speaks, and the texts in it."""

    role: Role
    texts: tuple[str, ...] = ()


class Asked(Struct, frozen=True, kw_only=True):
    """A body that was read and found good."""

    api: Api
    model: str
    body: bytes
    stream: bool = False
    wants_usage: bool = True
    """Whether a stream's caller asked for the event that tells tokens."""
    output_max: int | None = None
    """Tokens that the answer may have at most, where the caller says so."""
    choices: int = 1
    user: str = ""
    """The API's own field for whose request it is."""
    turns: tuple[Turn, ...] = ()
    tools: bool = False
    extra: Mapping[str, msgspec.Raw] = {}
    """Fields that are passed through and read by nobody here."""
    headers: tuple[Header, ...] = ()
    """Headers of the API itself that a provider of the same API must see."""
    stored: str = ""
    """The field that wants something kept at the provider, where there is one."""

    @property
    def input_estimate(self) -> int:
        """Tokens of the input by a rule of thumb: a quarter of the bytes.

        ASCII text has about a quarter of a token a byte. Japanese has about 0.7 tokens a character
        of three bytes, which is nearly the same.
        """
        return len(self.body) // BYTES_A_TOKEN
