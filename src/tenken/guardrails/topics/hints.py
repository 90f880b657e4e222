"""Hints at harm and topics: the score says so, and the taxonomy asks for a verdict besides."""

from tenken.guardrails.rule import Rule, Rules
from tenken.guardrails.topics.words import WORDS
from tenken.pattern import Pattern

SCORE = 0.5
"""A word is a hint: policies that act on it alone block nurses and novelists."""


DETECTOR = Rules(
    "topics.hints",
    *(
        Rule(
            id=f"hint.{risk.partition('.')[2]}",
            risk=risk,
            pattern=Pattern(f"(?i){words}"),
            gate=words,
            score=SCORE,
        )
        for risk, words in WORDS.items()
    ),
)
