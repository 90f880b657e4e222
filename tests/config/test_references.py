"""The parts of a manifest meet: every name leads somewhere, every figure can be."""

import pytest

from tests.config.declaring import APPLICATION, load, problems

ENVIRONMENT = (
    "environments: {prod: {routes: [{name: answer, use_case: answer, targets: [third]}]}}"
)


def test_a_file_whose_parts_meet_is_read() -> None:
    """No false alarm."""
    assert load(APPLICATION).application.routes[0].targets == ("first", "second")


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        pytest.param(
            "kpis: [{id: k, formula: f, owner: o, use_case: anser}]",
            "kpis[0].use_case: `anser` is not in `use_cases`; did you mean `answer`?",
            id="kpi",
        ),
        pytest.param(
            "datasets: [{name: d, path: p, use_cases: [answer, zzz]}]",
            "datasets[0].use_cases[1]: `zzz` is not in `use_cases`; known there: answer",
            id="dataset",
        ),
        pytest.param(
            "gates: [{use_case: answer, dataset: d, metric: m, min: 1}]",
            "gates[0].dataset: `d` is not in `datasets`; known there: none",
            id="gate",
        ),
        pytest.param(
            "slos: [{name: s, sli: x, target_percent: 99, window_days: 7, use_case: other}]",
            "slos[0].use_case: `other` is not in `use_cases`; known there: answer",
            id="slo",
        ),
        pytest.param(
            "capacity: {tokens: [{route: answers, input_p50: 1, input_p95: 2, output_p50: 1,"
            " output_p95: 2}]}",
            "capacity.tokens[0].route: `answers` is not in `routes`; did you mean `answer`?",
            id="tokens",
        ),
        pytest.param(
            "safety: {guards: [{id: g, risks: [r], action: block}]}",
            "safety.guards[0].risks[0]: `r` is not in `safety.risks`; known there: none",
            id="guard",
        ),
        pytest.param(
            ENVIRONMENT,
            "environments.prod.routes[0].targets[0]: "
            "`third` is not in `models`; known there: first, second",
            id="environment",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_told(part: str, problem: str) -> None:
    """With the nearest name, or all that are known."""
    assert problems(f"{APPLICATION}{part}\n") == [f"tenken.yaml:11 {problem}"]


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        pytest.param(
            "datasets: [{name: d, path: p}, {name: d, path: q}]",
            "datasets[1]: `d` stands twice in `datasets`; give each a name of its own",
            id="a name twice",
        ),
        pytest.param(
            "capacity: {tokens: [{route: answer, input_p50: 9, input_p95: 2, output_p50: 1,"
            " output_p95: 2}]}",
            "capacity.tokens[0].input_p50: Half of all sessions use 9 tokens and 95 % at most 2: "
            "the first cannot be larger",
            id="p50 above p95",
        ),
        pytest.param(
            "datasets: [{name: d, path: p}]\ngates: [{use_case: answer, dataset: d, metric: m}]",
            "gates[0]: This gate stops nothing; give it `min` or `max`",
            id="a gate that stops nothing",
        ),
        pytest.param(
            "datasets: [{name: d, path: p}]\n"
            "gates: [{use_case: answer, dataset: d, metric: m, min: 2, max: 1}]",
            "gates[0].min: 2 is larger than 1; the two must be the other way round",
            id="a gate without room",
        ),
        pytest.param(
            "data_use: [{provider: openai, tier: api, terms_read_at: 2026-11-23}]",
            "data_use[0].terms_read_at: 2026-11-23 lies in the future; "
            "give the day on which it was read",
            id="read tomorrow",
        ),
        pytest.param(
            "documents: [{kind: other, title: t, url: 'https://example.com/x', "
            "reviewed_at: 2026-02-31}]",
            "documents[0].reviewed_at: `2026-02-31` is no date; write it as 2027-01-31",
            id="no date",
        ),
    ],
)
def test_what_cannot_be_is_told(part: str, problem: str) -> None:
    """A figure or a date that contradicts itself, at its line."""
    (told,) = problems(f"{APPLICATION}{part}\n")

    assert told.partition(" ")[2] == problem


def test_retry_waits_are_the_right_way_round() -> None:
    """The first wait is no longer than the longest."""
    retry = "second], retry: {attempts: 2, base_s: 9, max_s: 3}}"
    text = APPLICATION.replace("second]}", retry)

    assert problems(text) == [
        (
            "tenken.yaml:10 routes[0].retry.base_s: "
            "9 is larger than 3; the two must be the other way round"
        )
    ]


def test_all_of_them_at_once_in_the_order_of_lines() -> None:
    """One run, every problem."""
    text = APPLICATION.replace("use_case: answer", "use_case: a").replace("second]", "x]")

    assert [line.partition(":")[2].split(" ")[1] for line in problems(text)] == [
        "routes[0].targets[1]:",
        "routes[0].use_case:",
    ]
