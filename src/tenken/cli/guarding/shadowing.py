"""`tenken guard shadow`: what a policy would have done to texts of the past, without doing it."""

from collections import Counter

from msgspec import Struct

from tenken.cli.guarding.files import Given, GuardOf
from tenken.cli.guarding.table import lines
from tenken.cli.rim import Rim
from tenken.guardrails.excerpt import excerpt
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.policy import ACTIONS, Action
from tenken.guardrails.screening import Part, Screening
from tenken.messages.speech import clean
from tenken.sentence import say

EXAMPLES = 3
"""Of each rule."""


class Key(Struct, frozen=True, order=True):
    """A rule and what it speaks of, one way."""

    risk: str
    rule: str
    direction: str


class Shadow:
    """Counts what would have been done, and keeps a few examples without their values."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.texts = 0
        self.outcomes: Counter[Action] = Counter()
        """Texts by the strongest action on them."""
        self.matches: dict[Key, Counter[Action]] = {}
        self.examples: dict[Key, list[str]] = {}
        self.troubles: Counter[str] = Counter()

    def add(self, given: Given) -> None:
        """Screen a text."""
        context = given.context
        part = Part(text=given.text, origin=context.origin)
        screening = self._guard.screen([part], context)
        self.texts += 1
        self.troubles.update(f"{one.detector} ({one.error})" for one in screening.troubles)
        if screening.action is not None:
            self.outcomes[screening.action] += 1
            self._count(given, screening)

    def _count(self, given: Given, screening: Screening) -> None:
        for one in screening.decisions:
            key = Key(one.risk, one.rule, given.direction)
            self.matches.setdefault(key, Counter())[one.action] += 1
            examples = self.examples.setdefault(key, [])
            if len(examples) < EXAMPLES:
                policy = self._guard.policy
                shown = excerpt(given.text, one, screening.decisions, policy)
                if shown not in examples:
                    examples.append(shown)


def tell_shadow(rim: Rim, made: GuardOf, shadow: Shadow) -> None:
    """Tell the figures, the busiest rule first, then examples."""
    rim.write(
        rim.speech(
            say(
                "guard.would",
                count=shadow.texts,
                blocked=shadow.outcomes["block"],
                masked=shadow.outcomes["mask"],
                flagged=shadow.outcomes["flag"],
                watched=shadow.outcomes["shadow"],
                policy=made.file or "-",
            )
        )
    )
    for trouble, count in sorted(shadow.troubles.items()):
        rim.write(rim.speech(say("guard.would_trouble", detector=trouble, count=count)))
    if shadow.matches:
        _tell_matches(rim, shadow)


def _tell_matches(rim: Rim, shadow: Shadow) -> None:
    strongest_first = ACTIONS[::-1]
    columns = ("risk", "rule", "direction")
    head = [*(rim.speech.text(f"guard.column_{column}") for column in columns), *strongest_first]
    order = sorted(shadow.matches.items(), key=lambda one: (-one[1].total(), one[0]))
    rows = [
        (key.risk, key.rule, key.direction, *(str(counts[one] or "-") for one in strongest_first))
        for key, counts in order
    ]
    for line in lines(head, rows):
        rim.write(line)
    for key, _ in order:
        for shown in shadow.examples[key]:
            rim.write(f"{key.rule}: {clean(shown)}")
