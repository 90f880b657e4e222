"""The judges of a policy: whom they are, what they are asked about, and what they may cost."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from tenken.guardrails.text import Direction

Kind = Literal["model", "llama_guard", "moderation", "ratings"]


class Pin(Struct, frozen=True, kw_only=True):
    """A calibration file, as it was when the policy was written."""

    file: str
    digest: str


class Judge(Struct, frozen=True, kw_only=True):
    """A judge as it is asked."""

    name: str
    kind: Kind
    target: str
    risks: tuple[str, ...]
    """Those that it may speak of."""
    about: str
    directions: frozenset[Direction]
    timeout_s: float
    hinted: bool
    share: float
    budget_usd: Decimal | None
    longest: int
    holds: bool
    """Whether a stream waits for it."""
    pin: Pin | None
