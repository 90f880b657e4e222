"""What a guard policy states counts where every call passes it, and only what it really stops."""

from textwrap import dedent

import pytest

from tenken.evidence import Answer, Grade, Holding
from tenken.guardrails.detectors import SHIPPED
from tenken.readiness.collectors.gateways.seers import SEERS
from tenken.readiness.probes import monitoring, safety, security
from tenken.readiness.probes.registry import Probe
from tests.readiness.estates.survey import Files
from tests.readiness.probes.gateways.behind import LITELLM, OURS, spoiled, survey_of
from tests.readiness.probes.gateways.test_through import SECOND_CLIENT, ids

POLICY = dedent("""\
    version: 1
    language: ja
    risks:
      - id: desk.penalty
        severity: high
        example: Promises that a penalty is lifted
        owner: support-lead
      - {id: desk.wage, severity: medium, example: Promises a pay date, owner: support-lead}
    lists:
      - {name: promises, risk: desk.penalty, keywords: [罰則は取り消します]}
      - {name: wages, risk: desk.wage, keywords: [必ず振り込まれます]}
    judges:
      - {name: judge, kind: moderation, target: first}
    rules:
      - {risk: desk.penalty, action: block, fail: closed}
      - {risk: desk.wage, action: flag}
      - {risk: injection.direct, action: block, threshold: 0.8, fail: closed}
    data:
      - {type: phone, data_class: confidential, treatment: mask, risks: [pii.phone]}
    """)
TESTS = dedent("""\
    tests:
      - {text: 罰則は取り消します, direction: outward, expect: block, risks: [desk.penalty]}
      - {text: 必ず振り込まれます, direction: outward, expect: flag, risks: [desk.wage]}
    """)
GUARDED: Files = {**OURS, "guard/policy.yaml": POLICY, "guard/tests.yaml": TESTS}


def test_what_detectors_see_is_what_they_say() -> None:
    """The inspection knows them by a list of its own: they take long to load."""
    known = {one.name: tuple(map(str, one.risks)) for one in SHIPPED}

    assert {one.name: one.risks for one in SEERS} == known


HELD: tuple[Probe, ...] = (
    safety.risk_taxonomy_is_own,
    safety.taxonomy_is_reflected_in_guard_rules,
    safety.input_guard_blocks_injection,
    safety.input_guard_blocks_pii,
    safety.output_guard_stops_pii,
    security.masker_covers_the_listed_types,
    security.inputs_are_checked,
)


@pytest.mark.parametrize("probe", HELD)
def test_a_policy_before_every_call_is_configured(probe: Probe) -> None:
    """Its own taxonomy, rules, tests and types of data."""
    answer = probe(survey_of(GUARDED))

    assert answer.holding is Holding.HOLDS, answer
    assert answer.grade is Grade.CONFIGURED


INJECTION = "injection.direct, action: block, threshold: 0.8, fail: closed"
SPOILED: list[tuple[Probe, str, str, str]] = [
    (safety.input_guard_blocks_injection, INJECTION,
     "injection.direct, action: shadow", "gateways.in_part"),
    (safety.input_guard_blocks_injection, INJECTION,
     "injection.indirect, action: flag", "gateways.in_part"),
    (safety.input_guard_blocks_injection, INJECTION,
     "injection.direct, action: block, fail: open", "gateways.in_part"),
    (safety.input_guard_blocks_injection, INJECTION,
     "injection.direct, action: block, threshold: 1.0", "gateways.in_part"),
    (safety.input_guard_blocks_injection, INJECTION,
     "injection.direct, action: block, ignores: [user]", "gateways.in_part"),
    (safety.input_guard_blocks_injection, INJECTION,
     "injection.direct, action: blok", "gateways.policy_refused"),
    (safety.input_guard_blocks_pii, INJECTION, "pii.jp.my_number, action: shadow",
     "gateways.policy_refused"),
    (safety.input_guard_blocks_off_topic, INJECTION, "topic.off_topic, action: flag",
     "code.guard_logs_only"),
    (safety.taxonomy_is_reflected_in_guard_rules, "desk.penalty, action: block, fail: closed",
     "desk.penalty, action: flag", "probes_4.high_risk_only_logged"),
    (safety.taxonomy_is_reflected_in_guard_rules, "risks: [desk.wage]", "risks: [topic.off_topic]",
     "probes_4.rule_without_tests"),
    (safety.taxonomy_is_reflected_in_guard_rules, "id: desk.wage,", "id: other.wage,",
     "probes_4.risk_without_rule"),
    (security.masker_covers_the_listed_types, "type: phone,", "type: employee_id,",
     "probes_7.type_not_masked"),
]  # fmt: skip


@pytest.mark.parametrize(("probe", "old", "new", "id_"), SPOILED)
def test_a_rule_that_does_not_stop_is_no_pass(probe: Probe, old: str, new: str, id_: str) -> None:
    """Shadow, flag, open, too sure, blind for users, wrong, untested."""
    answer = probe(survey_of(spoiled(GUARDED, old, new)))

    assert answer.holding is not Holding.HOLDS, answer
    assert id_ in ids(answer), answer


def waived(day: str) -> Answer:
    """What the rules are worth with a high risk on shadow that somebody accepts until a day."""
    shadow = POLICY.replace("desk.penalty, action: block, fail: closed",
                            "desk.penalty, action: shadow")  # fmt: skip
    entry = f"{{risk: desk.penalty, owner: lead, reason: Trial, expires_on: {day}}}"
    policy = f"{shadow}waivers: [{entry}]\n"
    return safety.taxonomy_is_reflected_in_guard_rules(
        survey_of({**GUARDED, "guard/policy.yaml": policy})
    )


def test_a_waiver_holds_until_its_day() -> None:
    """After it the gateway refuses the policy, and nothing in it counts as in effect."""
    assert waived("2026-12-31").holding is Holding.HOLDS
    over = waived("2026-10-01")
    assert over.holding is not Holding.HOLDS or over.grade is Grade.DECLARED


@pytest.mark.parametrize("probe", HELD[1:])
def test_a_policy_that_a_call_goes_past_is_not_in_effect(probe: Probe) -> None:
    """What users reach unscreened is not screened."""
    answer = probe(survey_of(spoiled(GUARDED, *SECOND_CLIENT)))

    assert answer.holding is not Holding.HOLDS or answer.grade is Grade.DECLARED, answer


@pytest.mark.parametrize("files", [OURS, LITELLM], ids=["ours", "litellm"])
def test_the_gateways_list_of_models_is_an_allow_list(files: Files) -> None:
    """What it does not name it refuses; a call past it is refused by nobody."""
    probe = security.models_are_on_the_allow_list

    assert probe(survey_of(files)).holding is Holding.HOLDS
    assert probe(survey_of(spoiled(files, *SECOND_CLIENT))).holding is not Holding.HOLDS


def test_a_wildcard_is_no_allow_list() -> None:
    """Whatever is asked for is handed on."""
    wide = spoiled(LITELLM, "model: openai/gpt-4.1", "model: openai/*")

    assert security.models_are_on_the_allow_list(survey_of(wide)).holding is not Holding.HOLDS


def test_a_name_that_the_gateway_does_not_serve_is_told() -> None:
    """The call is refused each time, whatever the file promises for other names."""
    answer = safety.input_guard_blocks_injection(
        survey_of(spoiled(OURS, 'model="chat"', 'model="gpt-5"'))
    )

    assert answer.holding is Holding.PARTLY
    assert "gateways.no_route" in ids(answer)


TRACED: Files = {
    **OURS,
    "tenken.yaml": OURS["tenken.yaml"]
    + "telemetry: {traces: [{url: 'https://collector.example.com/v1/traces'}]}\n",
}


@pytest.mark.parametrize("files", [TRACED, LITELLM], ids=["ours", "litellm"])
def test_spans_of_a_gateway_carry_tokens(files: Files) -> None:
    """They leave it, whatever the application traces itself; nothing is said without a sink."""
    assert monitoring.spans_carry_tokens(survey_of(files)).holding is Holding.HOLDS
    without = spoiled(files, "traces: [{url: 'https://collector.example.com/v1/traces'}]", "") if (
        files is TRACED
    ) else spoiled(files, "callbacks: [otel]", "x: 1")  # fmt: skip
    assert monitoring.spans_carry_tokens(survey_of(without)).holding is not Holding.HOLDS


def test_code_that_is_not_there_is_told() -> None:
    """Such a policy is refused when it is read, so nothing of it is in effect."""
    named = POLICY + "code: [{name: own, file: guard/own.py, risks: [desk.wage]}]\n"
    answer = safety.taxonomy_is_reflected_in_guard_rules(
        survey_of({**GUARDED, "guard/policy.yaml": named})
    )
    beside = {**GUARDED, "guard/policy.yaml": named, "guard/own.py": "def inspect(a, b): ...\n"}

    assert answer.holding is not Holding.HOLDS
    assert safety.taxonomy_is_reflected_in_guard_rules(survey_of(beside)).holding is Holding.HOLDS
