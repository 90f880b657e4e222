"""Words and patterns of a policy: found in any width and case, each with an id of its own."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tenken.guardrails.folding import fold, lower
from tenken.guardrails.match import Match
from tenken.guardrails.policy.policy import Terms
from tenken.guardrails.text import Context, Text
from tenken.guardrails.view import Span
from tenken.pattern import Pattern, escape

ASCII_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class Term(Struct, frozen=True, kw_only=True, eq=False):
    """One word or pattern."""

    rule: str
    gate: str
    pattern: Pattern


class Words:
    """A detector made from a list of the policy."""

    def __init__(self, terms: Terms) -> None:
        self.name = terms.name
        self.risks = (terms.risk,)
        self._score = terms.score
        self._terms = (*_keywords(terms), *_patterns(terms))

    @property
    def gates(self) -> tuple[str, ...]:
        """The terms themselves."""
        return tuple(term.gate for term in self._terms)

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - the same everywhere
        """Give every place of every term, in the text and in its other readings."""
        return tuple(match for term in self._terms for match in self._of(term, text))

    def _of(self, term: Term, text: Text) -> Iterator[Match]:
        for found in _found(term.pattern, text.lowered):
            yield self._match(term, found.start, found.end, "text")
        for view in text.views:
            for found in _found(term.pattern, view.text):
                span = view.span(found.start, found.end)
                yield self._match(term, span.start, span.end, view.name)

    def _match(self, term: Term, start: int, end: int, view: str) -> Match:
        return Match(
            risk=self.risks[0], rule=term.rule, score=self._score, start=start, end=end, view=view
        )


def _found(pattern: Pattern, lowered: str) -> Iterator[Span]:
    spans = (Span(found.start(), found.end()) for found in pattern.finditer(lowered))
    # A pattern such as a lone boundary finds places between characters: nothing stands there.
    return (span for span in spans if span.start < span.end)


def _keywords(terms: Terms) -> Iterator[Term]:
    for number, word in enumerate(terms.keywords, 1):
        gate = _bounded(lower(fold(word)))
        yield Term(rule=f"{terms.name}.keyword_{number}", gate=gate, pattern=Pattern(gate))


def _patterns(terms: Terms) -> Iterator[Term]:
    for number, text in enumerate(terms.patterns, 1):
        yield Term(rule=f"{terms.name}.pattern_{number}", gate=text, pattern=Pattern(text))


def _bounded(word: str) -> str:
    """A word of Latin letters is a whole word: `ace` is not in `place`; `エース` may be anywhere.

    RE2's own boundary is one of ASCII letters, so a word beside Japanese characters is found.
    """
    before = r"\b" if word[:1] in ASCII_LETTERS else ""
    behind = r"\b" if word[-1:] in ASCII_LETTERS else ""
    return f"{before}{escape(word)}{behind}"
