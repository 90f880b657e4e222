"""A policy as it is in effect: every rule found by risk, direction and use case."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from tenken.guardrails.policy.judges import Judge
from tenken.guardrails.policy.risks import Risk, Said, Severity, family
from tenken.guardrails.policy.written import PromptsEntry
from tenken.guardrails.text import Direction, Origin
from tenken.pattern import Pattern

Action = Literal["shadow", "flag", "mask", "block"]
ACTIONS: tuple[Action, ...] = ("shadow", "flag", "mask", "block")
"""From the weakest to the strongest."""
Language = Literal["ja", "en"]


class Allowed(Struct, frozen=True, kw_only=True, eq=False):
    """What looks like a risk and is none."""

    values: frozenset[str] = frozenset()
    """Folded, in small letters."""
    patterns: tuple[Pattern, ...] = ()
    rules: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is allowed at all."""
        return bool(self.values or self.patterns or self.rules)

    def takes(self, rule: str, lowered: str) -> bool:
        """Whether a match of that rule, on that text in small letters, is let pass."""
        if rule in self.rules or lowered in self.values:
            return True
        return any(pattern.fullmatch(lowered) for pattern in self.patterns)


class Rule(Struct, frozen=True, kw_only=True, eq=False):
    """What is done about a risk in one direction."""

    risk: str
    action: Action
    direction: Direction
    thresholds: Mapping[Origin, float]
    """For every origin that it looks at; none for those it ignores."""
    flag_from: float
    """From this score a match is at least recorded; above every threshold where it is not used."""
    detectors: frozenset[str]
    """Names of those that may speak; empty for all."""
    closed: bool
    """Whether a detector that cannot answer stops the text."""
    allowed: Allowed
    tell: Said


Key = tuple[Direction, str]
"""Direction and risk."""


class DataType(Struct, frozen=True, kw_only=True):
    """A type of data, its class, and how it is treated."""

    type: str
    data_class: str
    treatment: Literal["mask", "block", "allow"]
    store: bool
    risks: tuple[str, ...]


class Terms(Struct, frozen=True, kw_only=True):
    """Words and patterns of the policy that speak for a risk."""

    name: str
    risk: str
    keywords: tuple[str, ...]
    patterns: tuple[str, ...]
    score: float


class Code(Struct, frozen=True, kw_only=True):
    """A detector in Python that the policy names."""

    name: str
    file: str
    """Below the folder of the policy."""
    function: str
    risks: tuple[str, ...]
    gates: tuple[str, ...]
    timeout_s: float


class Policy(Struct, frozen=True, kw_only=True, eq=False):
    """A policy, checked and with nothing left to look up elsewhere."""

    risks: Mapping[str, Risk]
    rules: Mapping[Key, Rule]
    of_use_case: Mapping[str, Mapping[Key, Rule]]
    """All rules of a use case that does something otherwise."""
    language: Language
    lists: tuple[Terms, ...]
    code: tuple[Code, ...]
    judges: tuple[Judge, ...]
    data: tuple[DataType, ...]
    clauses: bool
    """Whether streams are held back by clauses."""
    prompts: PromptsEntry
    names: Literal["lists", "dictionary"]
    tell: Said
    """What is told where no rule has words of its own."""
    digest: str
    """Of the files it was made from: part of what a release is."""

    def rule(self, risk: str, direction: Direction, use_case: str = "") -> Rule | None:
        """Give the rule for a risk, else the one for the nearest risk above it."""
        rules = self.of_use_case.get(use_case, self.rules)
        for id_ in family(risk):
            if (rule := rules.get((direction, id_))) is not None:
                return rule
        return None

    def risk(self, id: str) -> Risk | None:  # noqa: A002 - the word of the taxonomy
        """Give a risk, else the nearest one above it."""
        for id_ in family(id):
            if (risk := self.risks.get(id_)) is not None:
                return risk
        return None

    def severity(self, id: str) -> Severity:  # noqa: A002 - the word of the taxonomy
        """Give how bad a risk is; the worst for one that nobody has weighed."""
        risk = self.risk(id)
        return risk.severity if risk else Severity.CRITICAL

    def label(self, id: str) -> str:  # noqa: A002 - the word of the taxonomy
        """Give what stands in the place of a masked value; its id where no label is known."""
        labels = (self.risks[id_].label for id_ in family(id) if id_ in self.risks)
        said = next((label for label in labels if label is not None), None)
        if said is None:
            return id.partition(".")[0].upper()
        return said.ja if self.language == "ja" else said.en
