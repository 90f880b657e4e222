"""The seam of a detector: one noun a file, deterministic, with rules whose ids never change."""

from collections.abc import Sequence
from typing import Protocol

from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Text


class Unable(Exception):
    """A detector that cannot answer says why: a word for the record, never anything of a text."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Detector(Protocol):
    """Looks for some risks in a text."""

    @property
    def name(self) -> str:
        """Names it in a policy, such as `pii.phone`."""
        ...

    @property
    def risks(self) -> tuple[str, ...]:
        """The ids of the risks it may give matches of."""
        ...

    @property
    def gates(self) -> tuple[str, ...]:
        """RE2 patterns: where none is found, `inspect` finds nothing either.

        They are held against the folded text in small letters and against every other view, all
        detectors' at once, so that clean text costs next to nothing. No gate: always asked.
        """
        ...

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        """Give every match, with offsets in the original text; order does not matter."""
        ...
