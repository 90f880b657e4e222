"""Tokens of one call, in classes that do not overlap.

Providers count differently: OpenAI's prompt tokens hold the cached ones, Anthropic's input tokens
do not. Priced as they are reported, cached tokens are paid twice; so each dialect sorts them into
these classes, and the price of a call is the sum over the classes.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Source = Literal["provider", "counted", "estimated", "none"]
"""Who says so: the provider; our own tokeniser; a rule of thumb; nobody."""

Count = Annotated[int, Meta(ge=0, le=2**53)]
"""A number of tokens as a provider may tell it: none is paid back, and all can be added up."""


class Usage(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """Numbers of tokens; each token is in exactly one class."""

    input: int = 0
    """Read at the full price."""
    cache_read: int = 0
    """Read from the provider's cache."""
    cache_write: int = 0
    """Read, and put into the provider's cache for its usual few minutes."""
    output: int = 0
    """Written for the caller to see."""
    reasoning: int = 0
    """Written by the model for itself; priced as output nearly everywhere."""
    source: Source = "none"
    cache_write_hour: int = 0
    """Read, and put into the provider's cache for an hour. Stands last, so that records from
    before it are read as they were written."""

    @property
    def read(self) -> int:
        """All tokens that went in."""
        return self.input + self.cache_read + self.cache_write + self.cache_write_hour

    @property
    def written(self) -> int:
        """All tokens that came out."""
        return self.output + self.reasoning

    @property
    def total(self) -> int:
        """All tokens; what rate limits count."""
        read = self.input + self.cache_read + self.cache_write + self.cache_write_hour
        return read + self.output + self.reasoning  # written out: asked for by each request

    def plus(self, other: "Usage") -> "Usage":
        """Add two calls; the weaker source of the two counts for the sum."""
        return Usage(
            input=self.input + other.input,
            cache_read=self.cache_read + other.cache_read,
            cache_write=self.cache_write + other.cache_write,
            cache_write_hour=self.cache_write_hour + other.cache_write_hour,
            output=self.output + other.output,
            reasoning=self.reasoning + other.reasoning,
            source=max(self.source, other.source, key=STRENGTH.index),
        )


STRENGTH: tuple[Source, ...] = ("provider", "counted", "estimated", "none")
"""From the strongest to the weakest."""
