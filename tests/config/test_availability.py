"""A chain of models gives what its SLAs say, and an SLO above that is a doubt with its sum."""

import pytest

from tenken.config.application import Model, Route, Sla
from tenken.config.consistency.availability import chain_of
from tenken.messages.speech import Language, Speech
from tests.config.declaring import TODAY, load


def model(name: str, percent: float | None, provider: str, region: str = "") -> Model:
    """A model with a promise, or none."""
    sla = None
    if percent is not None:
        sla = Sla(availability_percent=percent, source="https://example.com/sla", checked_at=TODAY)
    return Model(id=name, provider=provider, model=name, region=region, sla=sla)


MODELS = {
    one.id: one
    for one in (
        model("a", 99.9, "openai", "japan"),
        model("b", 99.5, "anthropic"),
        model("twin", 99.8, "openai", "japan"),
        model("abroad", 99.9, "openai", "us"),
        model("silent", None, "google"),
    )
}


@pytest.mark.parametrize(
    ("targets", "percent"),
    [
        pytest.param(("a",), 99.9, id="alone"),
        pytest.param(("a", "b"), 99.9995, id="two that fail apart"),
        pytest.param(("a", "twin"), 99.9, id="two that fail together"),
        pytest.param(("a", "abroad"), 99.9999, id="two regions"),
        pytest.param(("a", "silent"), None, id="a promise that is not known"),
        pytest.param(("a", "nobody"), None, id="a model that is not known"),
    ],
)
def test_targets_side_by_side(targets: tuple[str, ...], percent: float | None) -> None:
    """A route answers while one of its targets does."""
    chain = chain_of(Route(name="r", use_case="u", targets=targets), MODELS)

    assert (chain.percent if chain else None) == percent


TEXT = """\
application: {{name: desk, owner: desk team}}
use_cases: [{{id: answer, description: answers}}, {{id: sort, description: sorts}}]
models:
  - id: a
    provider: openai
    model: m
    sla: {{availability_percent: 99.5, source: "https://example.com/sla", checked_at: 2026-11-01}}
routes: [{{name: r, use_case: answer, targets: [a]}}]
slos: [{0}]
"""


def doubts(slo: str) -> list[str]:
    """What is doubtful, as lines."""
    speech = Speech(Language.EN)
    found = load(TEXT.format(f"{{sli: x, window_days: 28, {slo}}}")).doubts
    return [f"{one.place} {speech(one.sentence)}" for one in found]


def test_an_slo_above_the_chain_is_a_doubt_with_its_sum() -> None:
    """It can be used: an SLA is a promise, not a measurement."""
    assert doubts("name: availability, target_percent: 99.9, use_case: answer") == [
        (
            "tenken.yaml:9 The SLO `availability` promises 99.9 %, and by the SLAs of its "
            "models the route `r` gives 99.5 % (1 - (1 - 0.995)): add an independent "
            "fallback, or promise less"
        )
    ]


@pytest.mark.parametrize(
    "slo",
    [
        pytest.param("name: availability, target_percent: 99.5", id="what the chain gives"),
        pytest.param("name: latency, target_percent: 99.9", id="not of availability"),
        pytest.param("name: availability, target_percent: 99.9, use_case: sort", id="elsewhere"),
    ],
)
def test_other_slos_are_no_doubt(slo: str) -> None:
    """No false alarm."""
    assert doubts(slo) == []
