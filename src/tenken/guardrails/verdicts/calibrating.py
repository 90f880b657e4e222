"""How far a judge agrees with people: figures for each risk, each with its interval.

Figures of a judge are of its model, its words and the examples; another of these is another judge.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from tenken import evidence
from tenken.guardrails.text import Direction

OLD_DAYS = 180
"""Models change behind their names; figures that are older say little."""


class Example(Struct, frozen=True, kw_only=True):
    """A text, and what people say of it."""

    text: str
    risks: tuple[str, ...] = ()
    """Those that it holds; none for a harmless one."""
    direction: Direction = Direction.INWARD
    given: tuple[str, ...] = ()


class Judged(Struct, frozen=True, kw_only=True):
    """An example, and the risks that the judge was sure of; None where it said nothing."""

    example: Example
    said: frozenset[str] | None


class Share(Struct, frozen=True, kw_only=True):
    """A share of n, with its 95 % interval."""

    count: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Give the share; 0 of nothing."""
        return self.count / self.n if self.n else 0.0


class Figure(Struct, frozen=True, kw_only=True):
    """How a judge and people agree on one risk."""

    risk: str
    agreement: Share
    kappa: float
    """Agreement beyond chance; 0 where all of one kind were asked about."""
    precision: Share
    recall: Share


class Calibration(Struct, frozen=True, kw_only=True):
    """What `tenken guard calibrate` writes."""

    version: int = 1
    judge: str
    kind: str
    model: str
    wording: str
    """Names the words that it was asked in."""
    threshold: float
    """From this score on it counted as sure."""
    measured_on: date
    examples: str
    """Names the file of examples."""
    n: int
    unanswered: int
    """Of all; a judge that says nothing is held for no risk at all."""
    figures: tuple[Figure, ...]


def figures(judged: Sequence[Judged], risks: Iterable[str]) -> tuple[Figure, ...]:
    """Give the figures for each risk that any example holds or the judge named."""
    answered = [one for one in judged if one.said is not None]
    return tuple(
        _figure(risk, [(risk in one.example.risks, risk in (one.said or ())) for one in answered])
        for risk in risks
    )


def share(count: int, n: int) -> Share:
    """Give a share with Wilson's interval, which holds for small n.

    >>> share(8, 10).low > 0.4
    True
    """
    measured = evidence.share("", count, n)
    return Share(
        count=count,
        n=n,
        low=measured.low or 0.0,
        high=1.0 if measured.high is None else measured.high,
    )


def _figure(risk: str, pairs: Sequence[tuple[bool, bool]]) -> Figure:
    n = len(pairs)
    both = sum(is_so and said for is_so, said in pairs)
    true = sum(is_so for is_so, _ in pairs)
    said = sum(says for _, says in pairs)
    agreed = sum(is_so == says for is_so, says in pairs)
    return Figure(
        risk=risk,
        agreement=share(agreed, n),
        kappa=_kappa(agreed, true, said, n),
        precision=share(both, said),
        recall=share(both, true),
    )


def _kappa(agreed: int, true: int, said: int, n: int) -> float:
    if n == 0:
        return 0.0
    by_chance = (true * said + (n - true) * (n - said)) / (n * n)
    return 0.0 if by_chance == 1 else (agreed / n - by_chance) / (1 - by_chance)
