"""The seam of a detector: one noun a file, deterministic, with rules whose ids never change."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Text


class Unable(Exception):
    """A detector that cannot answer says why: a word for the record, never anything of a text."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Latin(str):
    """A gate that begins or goes on in Latin letters: such gates are searched for together."""

    __slots__ = ()


class Within(str):
    """A gate that is found in what the detector finds or behind it, never before it.

    In a stream it need not be looked for in what has left: what begins there has left as well.
    """

    __slots__ = ()


class Detector(Protocol):
    """Looks for some risks in a text.

    One that says `as_written = True` never looks at other readings: none are made for it.
    """

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


@runtime_checkable
class Conditional(Protocol):
    """A detector without gates that knows from the context alone when it finds nothing."""

    def applies(self, context: Context) -> bool:
        """Tell whether there is anything to hold a text against."""
        ...
