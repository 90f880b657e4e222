"""A policy is read over the one that ships; whatever cannot work is told at once, in place."""

from datetime import date

import pytest

from tenken.errors import Malformed, Problem
from tenken.guardrails.detectors import SHIPPED
from tenken.guardrails.policy.floors import Floor
from tenken.guardrails.policy.loading import default_policy, load_policy
from tenken.guardrails.policy.policy import Policy
from tenken.guardrails.policy.risks import SEVERITIES, SeenBy, Severity, shipped
from tenken.guardrails.text import Direction, Origin
from tenken.place import Place
from tests.guardrails.detecting import ALL

FILE = "guard/policy.yaml"
TODAY = date(2026, 11, 1)
FLOOR = Floor(
    risk="injection.direct",
    action="block",
    direction=Direction.INWARD,
    at=Place("platform.yaml", 7),
)


def load(text: str, *floors: Floor) -> Policy:
    """Load a policy for the detectors of the tests."""
    return load_policy(text, file=FILE, detectors=ALL, floors=floors, today=TODAY)


def told(text: str, *floors: Floor) -> list[str]:
    """Give the problems of a policy: line, key, message."""
    with pytest.raises(Malformed) as refused:
        load(text, *floors)
    return [_short(problem) for problem in refused.value.problems]


def _short(problem: Problem) -> str:
    return f"{problem.place.line} {problem.key} {problem.sentence.id}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "rules: [{risk: pii.phon, action: mask}]",
            ["1 rules[0].risk guard.unknown_risk"],
            id="a rule without a risk",
        ),
        pytest.param(
            "risks: [{id: own.risk, severity: low, example: x, owner: y}]",
            ["1 risks[0] guard.no_rule"],
            id="a risk without a rule",
        ),
        pytest.param(
            "code: [{name: own, file: ../own.py, risks: [pii.phon], gates: ['(']}]",
            [
                "1 code[0].file guard.code_elsewhere",
                "1 code[0].gates[0] guard.bad_pattern",
                "1 code[0].risks[0] guard.unknown_risk",
            ],
            id="code from elsewhere",
        ),
        pytest.param(
            "code: [{name: phone, file: guard/own.py, risks: [pii.phone]}]",
            ["1 code[0].name guard.taken_name"],
            id="code under a name that ships",
        ),
        pytest.param(
            "rules: [{risk: injection.direct, action: mask}]",
            ["1 rules[0].action guard.cannot_mask"],
            id="nothing to mask",
        ),
        pytest.param(
            "rules: [{risk: topic.politics, action: block}]",
            ["1 rules[0].action guard.nothing_sees"],
            id="nothing sees it",
        ),
        pytest.param(
            "risks: [{id: pii.member, severity: high, example: a, owner: b}]",
            ["1 risks[0] guard.nothing_sees"],
            id="a risk that only its family's rule answers, and that nothing sees",
        ),
        pytest.param(
            "rules: [{risk: consumption, action: block}]",
            ["1 rules[0].risk guard.answered_elsewhere"],
            id="no guard answers it",
        ),
        pytest.param(
            "rules: [{risk: leak.system_prompt, action: shadow}]",
            ["1 rules[0].action guard.critical_on_shadow"],
            id="critical on shadow",
        ),
        pytest.param(
            "risks: [{id: jailbreak.own, severity: critical, example: x, owner: y}]\n"
            "rules: [{risk: jailbreak, action: shadow}]",
            ["2 rules[0].action guard.critical_on_shadow"],
            id="critical on the shadow of the rule above",
        ),
        pytest.param(
            "rules: [{risk: leak.system_prompt, action: shadow}]\n"
            "waivers: [{risk: leak.system_prompt, owner: a, reason: b, expires_on: 2026-10-31}]",
            [
                "1 rules[0].action guard.critical_on_shadow",
                "2 waivers[0].expires_on guard.waiver_over",
            ],
            id="the waiver is over",
        ),
        pytest.param(
            "risks: [{id: secret, severity: low, example: x, owner: y}]",
            ["1 risks[0].severity guard.milder"],
            id="a severity talked down",
        ),
        pytest.param(
            "rules: [{risk: jailbreak, action: flag, fail: closed}]",
            ["1 rules[0].fail guard.fails_closed"],
            id="closed, though nothing is stopped",
        ),
        pytest.param(
            "rules: [{risk: leak.system_prompt, action: flag, directions: [inward]}]",
            ["1 rules[0].directions[0] guard.wrong_way"],
            id="the wrong way",
        ),
        pytest.param(
            "rules: [{risk: jailbreak, action: flag, threshold: 0.5, flag_from: 0.7}]",
            ["1 rules[0].flag_from guard.flag_above"],
            id="flags above the threshold",
        ),
        pytest.param(
            "rules: [{risk: jailbreak, action: flag, ignores: [tool], thresholds: {tool: 0.3}}]",
            ["1 rules[0].thresholds.tool guard.ignored_threshold"],
            id="ignored, with a threshold",
        ),
        pytest.param(
            "rules:\n- {risk: jailbreak, action: flag}\n- {risk: jailbreak, action: block}",
            ["3 rules[1].action guard.nothing_sees", "3 rules[1].risk guard.two_rules"],
            id="two rules",
        ),
        pytest.param(
            "rules: [{risk: pii.phone, action: mask, detectors: [order, fone]}]",
            [
                "1 rules[0].detectors[0] guard.blind",
                "1 rules[0].detectors[1] guard.unknown_detector",
            ],
            id="detectors that cannot see it",
        ),
        pytest.param(
            "rules: [{risk: pii.phone, action: mask, allow: {patterns: ['.*', '.+', '(']}}]",
            [
                "1 rules[0].allow.patterns[0] guard.empty_pattern",
                "1 rules[0].allow.patterns[1] guard.allows_all",
                "1 rules[0].allow.patterns[2] guard.bad_pattern",
            ],
            id="allowing everything",
        ),
        pytest.param(
            "rules: [{risk: pii.phone, action: flag}]",
            [
                "1 rules[0] guard.data_not_covered",
                "1 rules[0] guard.data_not_covered",
            ],
            id="a type of data that its rule does not mask",
        ),
        pytest.param(
            "lists: [{name: phone, risk: pii.phone, keywords: [x]},"
            " {name: own, risk: nothing}, {name: more, risk: secret, patterns: ['a(b', '\\b']}]",
            [
                "1 lists[0].name guard.taken_name",
                "1 lists[1] guard.empty_list",
                "1 lists[1].risk guard.unknown_risk",
                "1 lists[2].patterns[0] guard.bad_pattern",
            ],
            id="lists",
        ),
        pytest.param(
            "rules: [{risk: secret, action: maks}]\nmode: strict",
            ["1 rules[0].action config.not_allowed", "2 mode config.unknown_key_near"],
            id="the schema",
        ),
    ],
)
def test_what_cannot_work_is_told_with_its_place(text: str, expected: list[str]) -> None:
    """Every problem at once, in the order of the lines."""
    assert told(text) == expected


def test_an_empty_file_is_the_shipped_policy() -> None:
    """Nothing is asked of a team before it has something to say."""
    own, ships = load("version: 1"), default_policy()

    assert {key: rule.action for key, rule in own.rules.items()} == {
        key: rule.action for key, rule in ships.rules.items()
    }


def test_a_rule_takes_the_place_of_the_one_that_ships() -> None:
    """In its directions only; the rest stays."""
    policy = load("rules: [{risk: pii.phone, action: block, directions: [inward]}]")

    inward, outward = (policy.rule("pii.phone", way) for way in Direction)

    assert inward is not None
    assert outward is not None
    assert (inward.action, outward.action) == ("block", "mask")


def test_a_family_is_answered_by_the_rule_above_it() -> None:
    """A new kind of personal data is never without a rule."""
    rule = default_policy().rule("pii.anything.new", Direction.INWARD)

    assert rule is not None
    assert (rule.risk, rule.action, rule.closed) == ("pii", "mask", True)


def test_an_own_risk_has_its_own_label() -> None:
    """So that it can be masked."""
    policy = load(
        "language: ja\n"
        "risks: [{id: pii.member, severity: high, example: x, owner: y,"
        " label: {ja: 会員番号, en: MEMBER}}]\n"
        "lists: [{name: members, risk: pii.member, patterns: ['m-[0-9]{6}']}]\n"
        "rules: [{risk: pii.member, action: mask}]\n"
    )

    assert (policy.label("pii.member"), policy.severity("pii.member")) == (
        "会員番号",
        Severity.HIGH,
    )


def test_without_a_base_every_risk_of_the_file_needs_a_rule() -> None:
    """And nothing else has one."""
    policy = load("base: none\nrules: [{risk: secret, action: mask}]")

    assert {risk for _, risk in policy.rules} == {"secret"}


def test_names_make_streams_wait_for_clauses_unless_said_otherwise() -> None:
    """A name is no run of digits; whoever wants it faster says so."""
    assert load("version: 1").clauses
    assert not load("stream: {clauses: false}").clauses


def test_the_digest_changes_with_the_file() -> None:
    """A release is bound to its policy."""
    one, same, other = load("version: 1"), load("version: 1"), load("language: ja")

    assert one.digest == same.digest != other.digest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rules: [{risk: injection.direct, action: flag}]", ["1 rules[0].action config.looser"]),
        (
            "use_cases: {desk: {rules: [{risk: injection.direct, action: shadow}]}}",
            ["1 use_cases.desk.rules[0].action config.looser"],
        ),
        (
            (
                "rules: [{risk: injection.direct, action: block, threshold: 0.95, thresholds:"
                " {tool: 0.7, retrieved: 0.7, file: 0.7}, ignores: [system, assistant]}]"
            ),
            ["1 rules[0] guard.floor_dodged"],
        ),
        (
            (
                "rules: [{risk: injection.direct, action: block, threshold: 0.7,"
                " ignores: [system, assistant, tool]}]"
            ),
            ["1 rules[0] guard.floor_dodged"],
        ),
        ("base: none\nrules: [{risk: secret, action: mask}]", ["2 rules guard.floor_unanswered"]),
    ],
)
def test_a_floor_is_not_loosened(text: str, expected: list[str]) -> None:
    """Neither by the action, nor by a threshold nobody reaches, nor by looking away."""
    assert told(text, FLOOR) == expected


def test_a_floor_can_be_tightened() -> None:
    """A lower threshold sees more."""
    rule = load("rules: [{risk: injection.direct, action: block, threshold: 0.6}]", FLOOR).rule(
        "injection.direct", Direction.INWARD
    )

    assert rule is not None
    assert rule.thresholds[Origin.USER] == 0.6


def test_every_shipped_risk_that_a_guard_answers_has_a_rule() -> None:
    """And what it would mask has a name to put in its place."""
    policy = default_policy()
    for risk in shipped().values():
        rules = [policy.rule(risk.id, way) for way in risk.directions]
        assert (risk.seen_by is SeenBy.ELSEWHERE) is not all(rules), risk.id
        for rule in rules:
            assert rule is None or rule.action != "mask" or risk.label, risk.id


def test_the_shipped_policy_is_one_that_could_be_written() -> None:
    """Its own rules are checked like anybody's, with the detectors that ship."""
    policy = load_policy("version: 1", file=FILE, detectors=SHIPPED)

    assert policy.rules


def test_every_shipped_detector_speaks_of_known_risks() -> None:
    """What it says is heard by a rule."""
    policy = default_policy()
    unknown = {
        (one.name, risk)
        for one in SHIPPED
        for risk in one.risks
        if not any(policy.rule(risk, way) for way in Direction)
    }

    assert unknown == set()


def test_severities_are_in_order() -> None:
    """Comparisons rest on it."""
    assert SEVERITIES == (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
