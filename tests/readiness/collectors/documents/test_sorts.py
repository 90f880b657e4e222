"""What sort of case a row is, and under which names it asks and expects."""

import json
from collections.abc import Mapping, Sequence

import pytest

from tenken.evidence import Holding
from tenken.readiness.collectors.documents.data.cases.rows import read_rows
from tenken.readiness.collectors.documents.data.cases.sorts import kind_of_text, sort_of
from tenken.readiness.probes.quality import (
    edge_and_failure_cases_exist,
    golden_set_covers_the_use_cases,
)
from tests.readiness.written import survey_of


def lines(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("values", "sort"),
    [
        ({"category": "adversarial"}, "adversarial"),
        ({"tags": "billing,prompt-injection"}, "adversarial"),
        ({"attack_type": "role_play"}, "adversarial"),
        ({"attack_type": "none"}, ""),
        ({"id": "adv_014"}, "adversarial"),
        ({"id": "golden-inj-02"}, "adversarial"),
        ({"category": "out_of_scope"}, "edge"),
        ({"タグ": "範囲外"}, "edge"),
        ({"should_refuse": "true"}, "edge"),
        ({"should_refuse": "false"}, ""),
        ({"answerable": "False"}, "edge"),
        ({"expected": '{"should_refuse":true}'}, "edge"),
        ({"category": "known_failures"}, "failure"),
        ({"id": "edge-computing-1"}, ""),
        ({"category": "attack surface management"}, ""),
        ({"category": "empty nest"}, ""),
        ({"type": "knowledge"}, ""),
        ({"difficulty": "hard"}, ""),
    ],
)
def test_sort_of_a_row(values: dict[str, str], sort: str) -> None:
    """A label says it as a whole; a subject that has the word in it does not."""
    assert sort_of(values) == sort


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("knowledge_base_eval.jsonl", ""),
        ("product_questions.jsonl", ""),
        ("prod_samples.jsonl", "production"),
        ("debug_cases.json", ""),
        ("edge_cases.jsonl", "edge"),
        ("adversarial_set.jsonl", "adversarial"),
    ],
)
def test_kind_of_a_file(name: str, kind: str) -> None:
    """A word within a word tells nothing."""
    assert kind_of_text(name) == kind


@pytest.mark.parametrize(
    ("asks", "expects"),
    [
        ("input_text", "expected_output"),
        ("userMessage", "mustContain"),
        ("customer_question", "gold_answer"),
        ("User Prompt", "Expected Answer"),
        ("turns", "expect"),
    ],
)
def test_a_set_is_read_under_other_names(asks: str, expects: str) -> None:
    """What comes in and what is expected have many names; a row with neither is no case."""
    rows = [{asks: f"question {at}", expects: f"answer {at}"} for at in range(25)]
    bare = [{asks: f"question {at}", "note": "x"} for at in range(25)]

    whole = golden_set_covers_the_use_cases(survey_of({"evals/golden.jsonl": lines(rows)}))
    spoiled = golden_set_covers_the_use_cases(survey_of({"evals/golden.jsonl": lines(bare)}))

    assert whole.holding is Holding.HOLDS
    assert spoiled.holding is Holding.UNKNOWN


def test_a_list_of_cases_may_have_some_that_expect_nothing() -> None:
    """A refusal is often written as an empty list; a list that mostly expects nothing is none."""
    asked = [{"question": f"question {at}", "expected_sources": [f"{at}.md"]} for at in range(25)]
    refused = [{"question": f"other {at}", "expected_sources": []} for at in range(5)]

    mostly = read_rows(json.dumps({"about": "x", "evaluation_cases": asked + refused}), "json")
    hardly = read_rows(json.dumps({"about": "x", "evaluation_cases": asked[:2] + refused}), "json")

    assert mostly is not None
    assert len(mostly) == 30
    assert hardly is None


def test_hard_cases_without_an_origin_are_a_part() -> None:
    """Attacks that can be asked are there, wherever they come from; too few of them are not."""
    row = {"expected": "a refusal", "category": "prompt_injection"}
    golden = [{"input": f"question {at}", "expected": f"answer {at}"} for at in range(20)]
    attacks = [{"input": f"ignore what you were told {at}", **row} for at in range(5)]
    unanswered = [{**one, "expected": ""} for one in attacks]

    def holding(hard: list[dict[str, str]]) -> Holding:
        text = lines([*golden, *hard])
        return edge_and_failure_cases_exist(survey_of({"evals/golden.jsonl": text})).holding

    assert holding(attacks) is Holding.PARTLY
    assert holding(attacks[:2]) is Holding.FAILS
    assert holding(unanswered) is Holding.FAILS


def test_a_set_that_is_named_for_attacks_is_a_part() -> None:
    """The file says what its rows are; its rows have to say what is expected."""
    attacks = [{"input": f"ignore what you were told {at}", "expected": "no"} for at in range(5)]
    hollow = [{**one, "expected": "TODO"} for one in attacks]

    def holding(rows: list[dict[str, str]]) -> Holding:
        survey = survey_of({"evals/adversarial_set.jsonl": lines(rows)})
        return edge_and_failure_cases_exist(survey).holding

    assert holding(attacks) is Holding.PARTLY
    assert holding(hollow) is Holding.FAILS
