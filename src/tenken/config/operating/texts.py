"""What `tenken.yaml` says of texts that are stored: which, of how many, under which key."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tenken.config.values import PathText

Part = Literal["request", "answer"]
Share = Annotated[float, Meta(gt=0, le=1)]


class KeyReference(Struct, frozen=True, kw_only=True):
    """Where a key is kept; never the key itself. A secret manager's is mounted as a file."""

    kind: Literal["env", "file"]
    name: PathText
    """The variable, or the file."""


class RouteTextSettings(Struct, frozen=True, kw_only=True):
    """Which texts of a route are stored, in place of what is said for all."""

    store: tuple[Part, ...] | None = None
    """Empty for none."""
    sample: Share | None = None


class TextSettings(Struct, frozen=True, kw_only=True):
    """Which masked texts of requests are stored, sealed. None where nothing is said."""

    store: tuple[Part, ...] = ()
    """Of all routes that say nothing else."""
    sample: Share = 1.0
    """Of so many requests."""
    characters_max: Annotated[int, Meta(ge=1, le=1_000_000)] = 32_000
    """Of a request, and of an answer: of a longer request the latest texts are kept, of a longer
    answer its beginning, and it is on record that something is left out."""
    key: KeyReference | None = None
    """Where the key is: 256 random bits in base64 or hex."""
    old_keys: tuple[KeyReference, ...] = ()
    """Keys of before, for reading what was sealed with them."""
