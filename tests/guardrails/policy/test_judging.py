"""Judges of a policy: what cannot work is told, and nothing is stopped by words alone."""

import pytest

from tenken.errors import Malformed
from tenken.guardrails.detectors import SHIPPED
from tenken.guardrails.policy.loading import load_policy
from tenken.guardrails.text import Direction

MODEL = "kind: model, target: m, budget_usd_per_day: 1"


def wrong(text: str) -> list[str]:
    """Give the keys and sentences of what is wrong."""
    with pytest.raises(Malformed) as found:
        load_policy(text, file="guard/policy.yaml", detectors=SHIPPED)
    return [f"{one.key} {one.sentence.id}" for one in found.value.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "rules: [{risk: harm.violence, action: block, fail: closed}]",
            ["rules[0].action guard.no_verdict"],
            id="words alone",
        ),
        pytest.param(
            "rules: [{risk: harm.violence, action: block, threshold: 0.9}]",
            ["rules[0].action guard.no_verdict"],
            id="nothing at all in effect",
        ),
        pytest.param(
            "rules: [{risk: harm.crime, action: block}]\n"
            f"judges: [{{name: own, {MODEL}, risks: [harm.crime]}}]",
            ["rules[0].action guard.stops_by_hint"],
            id="words beside the judge",
        ),
        pytest.param(
            "rules: [{risk: harm.crime, action: block, detectors: [own]}]\n"
            f"judges: [{{name: own, {MODEL}, risks: [harm.crime], directions: [outward]}}]",
            ["rules[0].action guard.no_verdict"],
            id="a judge of the other direction",
        ),
        pytest.param(
            "rules: [{risk: harm.crime, action: block, detectors: [own]}]\n"
            "lists: [{name: own, risk: harm.crime, keywords: [crime]}]",
            ["rules[0].action guard.no_verdict"],
            id="own words on harm",
        ),
        pytest.param(
            "judges: [{name: a, kind: model, target: m}]",
            ["judges[0] guard.no_budget"],
            id="any sum",
        ),
        pytest.param(
            "judges: [{name: a, kind: llama_guard}]",
            ["judges[0] guard.no_target"],
            id="nowhere",
        ),
        pytest.param(
            "judges: [{name: a, kind: moderation, target: m, risks: [topic.legal, harm.hate]}]",
            ["judges[0].risks[0] guard.blind"],
            id="what it cannot tell",
        ),
        pytest.param(
            f"judges: [{{name: a, {MODEL}, risks: [harm.crme]}}]",
            ["judges[0].risks[0] guard.unknown_risk"],
            id="no risk",
        ),
        pytest.param(
            f"judges: [{{name: a, {MODEL}, risks: [topic.off_topic]}}]",
            ["judges[0] guard.topic_unknown"],
            id="off which topic",
        ),
        pytest.param(
            f"judges: [{{name: a, {MODEL}, risks: [harm.hate]}},"
            f" {{name: a, {MODEL}, risks: [harm.crime]}}]",
            ["judges[0].name guard.taken_name", "judges[1].name guard.taken_name"],
            id="two of a name",
        ),
        pytest.param(
            "judges: [{name: a, kind: ratings, target: m, directions: [inward]}]",
            ["judges[0].directions guard.ratings_inward", "judges[0].target guard.ratings_target"],
            id="ratings are asked nowhere",
        ),
    ],
)
def test_what_cannot_work_is_told(text: str, expected: list[str]) -> None:
    """With its key, before anything is served."""
    assert wrong(text) == expected


def test_a_service_s_own_words_may_stop_a_topic() -> None:
    """What it does not talk about it may say by itself."""
    text = """
rules: [{risk: topic.competitor, action: block, detectors: [rivals]}]
lists: [{name: rivals, risk: topic.competitor, keywords: [Example Corp]}]
"""
    assert load_policy(text, file="guard/policy.yaml", detectors=SHIPPED).lists


def test_a_judge_stands_with_what_it_may_take() -> None:
    """Everything is in the policy; what is not said is the careful way."""
    text = f"""
rules: [{{risk: harm.violence, action: block, detectors: [own], fail: open}}]
judges: [{{name: own, {MODEL}, risks: [harm.violence]}}]
"""
    policy = load_policy(text, file="guard/policy.yaml", detectors=SHIPPED)

    judge = policy.judges[0]
    assert (judge.timeout_s, judge.share, judge.hinted, judge.holds) == (1.5, 1.0, False, True)
    assert judge.directions == set(Direction)
    rule = policy.rule("harm.violence", Direction.INWARD)
    assert rule is not None
    assert not rule.closed
