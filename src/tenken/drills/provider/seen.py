"""What a provider saw: the truth by which drills and accounting are judged."""

from typing import Literal

from msgspec import Struct

from tenken.drills.provider.fault import Wrong


class SeenTurn(Struct, frozen=True, kw_only=True):
    """A message as it arrived: who speaks, how long, and which canaries are in it."""

    role: str
    characters: int
    canaries: tuple[str, ...] = ()


class Seen(Struct, kw_only=True):
    """One call. Credentials are told apart by a digest of a few digits, never kept."""

    number: int
    at_s: float
    """Seconds since the provider began, on a clock that never jumps."""
    path: str
    model: str
    stream: bool
    credential: str
    """The first eight hex digits of its SHA-256; empty where none was sent."""
    turns: tuple[SeenTurn, ...] = ()
    watched: tuple[int, ...] = ()
    """Which of the values that the plan watches for were in it, by their numbers there."""
    fault: Wrong = Wrong.NONE
    status: int = 0
    retry_count: int = 0
    """What the official clients say of their own tries."""
    trace: str = ""
    request_id: str = ""
    pieces: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    ended_s: float = 0.0
    end: Literal["open", "whole", "error", "cut_by_us", "left"] = "open"
    """`left`: the client went away before we had said everything."""
