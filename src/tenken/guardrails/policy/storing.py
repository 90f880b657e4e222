"""What a policy has to mask before a text may be kept: more than it masks on its way.

A rule may be on `shadow`, or look away from some texts: what goes on then holds the value, and
what is kept may not. So whatever the policy's data types do not allow to be kept is masked,
whoever wrote it, and a detector that cannot answer keeps the whole text from being kept.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from tenken.guardrails.policy.policy import Key, Policy, Rule
from tenken.guardrails.policy.risks import family
from tenken.guardrails.policy.written import PromptsEntry
from tenken.guardrails.text import Direction, Origin

HIDDEN = ("secret", "pii")
"""Risks that somebody has to look for wherever texts are kept."""
STOPS = frozenset({"mask", "block"})
USUAL = 0.5


def storing(policy: Policy) -> Policy:
    """Give the policy that texts are held against before they are kept: it only masks."""
    return replace(
        policy,
        rules=_strict(policy.rules, policy),
        of_use_case={name: _strict(own, policy) for name, own in policy.of_use_case.items()},
        judges=(),
        prompts=PromptsEntry(),
        clauses=False,
    )


def unmasked(policy: Policy, direction: Direction, use_case: str) -> tuple[str, ...]:
    """Give the risks of `HIDDEN` that no rule of the policy masks or stops on this way."""
    found = ((risk, policy.rule(risk, direction, use_case)) for risk in HIDDEN)
    return tuple(risk for risk, rule in found if rule is None or rule.action not in STOPS)


def _strict(rules: Mapping[Key, Rule], policy: Policy) -> Mapping[Key, Rule]:
    strict: dict[Key, Rule] = {}
    for key, rule in rules.items():
        if _may_be_kept(rule.risk, policy):
            strict[key] = replace(rule, action="flag")
        elif rule.action == "mask" or _is_data(rule.risk, policy):
            strict[key] = _masking(rule)
    return strict


def _masking(rule: Rule) -> Rule:
    """Mask it for all, from the score from which anything is done about it."""
    usual = min([*rule.thresholds.values(), USUAL])
    return replace(
        rule,
        action="mask",
        thresholds={
            origin: min(rule.thresholds.get(origin, usual), rule.flag_from) for origin in Origin
        },
        detectors=frozenset(),
        closed=True,
    )


def _is_data(risk: str, policy: Policy) -> bool:
    names = {*HIDDEN, *(one for data in policy.data for one in data.risks)}
    return any(one in names for one in family(risk))


def _may_be_kept(risk: str, policy: Policy) -> bool:
    """Whether the type of data that is nearest to a risk may be kept as it is."""
    for one in family(risk):
        types = [data for data in policy.data if one in data.risks]
        if types:
            return all(data.store for data in types)
    return False
