"""Direct, indirect and disguised orders, and jailbreaks: by rules and by the classifier."""

from collections.abc import Iterator, Sequence

from tenken.guardrails.injection.combining import findings
from tenken.guardrails.injection.hits import hits
from tenken.guardrails.injection.learned import judged
from tenken.guardrails.injection.rules import DIRECT, INDIRECT, JAILBREAK, Finding
from tenken.guardrails.match import Match
from tenken.guardrails.text import UNTRUSTED, Context, Text
from tenken.guardrails.view import View
from tenken.guardrails.views.letters import SPACED

OBFUSCATED = "injection.obfuscated"
HIDDEN = "hidden"
DISGUISED = ("hidden", "base64", "hex", "rot13", "reversed", "spaced", "leet")
"""Nobody writes so by accident: what is found there is surer by `BONUS`."""
BONUS, MOST = 0.1, 0.98
HIDDEN_SCORE = 0.85
HIDDEN_LEAST = 6
"""A message of this many unseen characters is an attack whatever it says."""
BEYOND_NOTE = 0.05
"""Fetched data may not give orders at all."""


class Orders:
    """Looks for orders that somebody slips in."""

    name = "injection.orders"
    risks = (DIRECT, INDIRECT, OBFUSCATED, JAILBREAK)
    gates: tuple[str, ...] = ()
    """Always asked: the lexicon is as fast as a gate over all its words would be."""

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        """Give what the text says, then what its other readings say beyond that."""
        untrusted = context.origin in UNTRUSTED
        open_ones = _findings(text.lowered, untrusted=untrusted)
        known = {finding.rule for finding in open_ones}
        matches = [_match(finding, untrusted=untrusted) for finding in open_ones]
        for view in text.views:
            matches += _hidden(view)
            for finding in _findings_of(view, untrusted=untrusted):
                if finding.rule not in known:
                    matches.append(_disguised(finding, view))
        return matches


DETECTOR = Orders()


def _findings(lowered: str, *, untrusted: bool) -> list[Finding]:
    words = hits(lowered)
    return judged(lowered, words, findings(words, untrusted=untrusted), typed=not untrusted)


def _findings_of(view: View, *, untrusted: bool) -> list[Finding]:
    words = hits(view.text, loose=view.name.endswith(SPACED))
    return judged(view.text, words, findings(words, untrusted=untrusted), typed=False)


def _match(finding: Finding, *, untrusted: bool) -> Match:
    direct = untrusted and finding.risk == DIRECT
    return Match(
        risk=INDIRECT if direct else finding.risk,
        rule=finding.rule,
        score=min(MOST, round(finding.score + BEYOND_NOTE * untrusted, 2)),
        start=finding.start,
        end=finding.end,
    )


def _disguised(finding: Finding, view: View) -> Match:
    span = view.span(finding.start, finding.end)
    bonus = BONUS if any(step in DISGUISED for step in view.name.split("+")) else 0.0
    return Match(
        risk=OBFUSCATED,
        rule=finding.rule,
        score=min(MOST, round(finding.score + bonus, 2)),
        start=span.start,
        end=span.end,
        view=view.name,
    )


def _hidden(view: View) -> Iterator[Match]:
    if view.name == HIDDEN and len(view.text.strip()) >= HIDDEN_LEAST:
        span = view.span(0, len(view.text))
        yield Match(
            risk=OBFUSCATED,
            rule="injection.hidden_message",
            score=HIDDEN_SCORE,
            start=span.start,
            end=span.end,
            view=view.name,
        )
