"""The taxonomy of risks that ships: ids, severities, examples, and whose lists name them too."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from tenken.guardrails.text import Direction

DATA = Path(__file__).with_name("data")
"""What ships: people edit the YAML, and the JSON is made of it."""
KNOWN = 1024
"""Ids whose families are remembered; a policy has fewer."""


class Severity(StrEnum):
    """How bad it is when it happens."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


SEVERITIES = tuple(Severity)
"""From the mildest to the worst."""
BOTH = (Direction.INWARD, Direction.OUTWARD)


class SeenBy(StrEnum):
    """What can see a risk at all."""

    TEXT = "text"
    """Rules on the text itself."""
    VERDICT = "verdict"
    """A model's verdict; rules on the text are a hint."""
    ELSEWHERE = "elsewhere"
    """No guard: limits of the gateway, its tool policy, or the inspection."""


class Said(Struct, frozen=True, kw_only=True):
    """A text in both languages."""

    ja: str
    en: str


class Risk(Struct, frozen=True, kw_only=True):
    """A way in which a text can do harm."""

    id: str
    """With dots; a rule for `pii` answers `pii.phone` too where that has none of its own."""
    severity: Severity
    title: Said
    example: Said
    owner: str
    seen_by: SeenBy = SeenBy.TEXT
    directions: tuple[Direction, ...] = BOTH
    """Where it can happen."""
    label: Said | None = None
    """What stands in its place when it is masked; None where there is nothing to mask."""
    owasp_llm_2025: tuple[str, ...] = ()
    nist_ai_600_1: tuple[str, ...] = ()
    ai_guidelines_jp: tuple[str, ...] = ()
    """The common principles of AI事業者ガイドライン 1.2."""


class _Taxonomy(Struct, frozen=True):
    risks: tuple[Risk, ...]


@lru_cache(maxsize=KNOWN)
def family(risk: str) -> tuple[str, ...]:
    """Give an id and the ids above it, nearest first.

    >>> family("pii.jp.passport")
    ('pii.jp.passport', 'pii.jp', 'pii')
    """
    parts = risk.split(".")
    return tuple(".".join(parts[:count]) for count in range(len(parts), 0, -1))


@cache
def shipped() -> Mapping[str, Risk]:
    """Give the risks that tenken knows, by id."""
    text = DATA.joinpath("taxonomy.json").read_bytes()
    return {risk.id: risk for risk in msgspec.json.decode(text, type=_Taxonomy).risks}
