"""What files ask for is what `/metrics` shows: each series by its name and labels."""

from typing import Any

import pytest
import re2
from prometheus_client.samples import Sample

from tenken.config.operating.objectives import Slo
from tenken.keeper.generating.datadog import METRICS, PREFIX
from tenken.keeper.generating.promql import Events, indicator_of
from tenken.keeper.sinks.metrics import keeping
from tenken.keeper.sinks.metrics.families import Families
from tenken.keeper.sinks.metrics.keeping import Kept
from tenken.store.rollups.totals import Combination, Ever, FeedbackTotals, MatchTotals, Totals
from tests.keeper.generating.given import CATALOGUE

SELECTOR = re2.compile(r"(tenken_\w+)\{([^}]*)\}")
LABEL = re2.compile(r'(\w+)(=~|=)"([^"]*)"')
WHO: dict[str, Any] = {
    "use_case": "answer", "route": "fast", "caller": "desk", "release": "r1", "provider": "p",
    "model": "m", "drill": False,
}  # fmt: skip
EVER = Ever(
    exchanges=(Combination(**WHO, totals=Totals(requests=1, answered=1)),),
    matches=(
        MatchTotals(
            use_case="answer", risk="x", rule="r", action="failed", stage="inward", severity="",
            drill=False, matches=1,
        ),
    ),
    feedback=(
        FeedbackTotals(
            **WHO, kind="thumbs", unit="", said=1, good=1, bad=0, value_thousandths=0
        ),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def shown() -> list[Sample]:
    """Every series of a ledger that has seen one request, one match and one judgement."""
    families = (*Families(100, plain=str).of(EVER), *keeping.families(Kept()))
    return [sample for family in families for sample in family.samples]


@pytest.mark.parametrize("slo", CATALOGUE, ids=lambda one: one.sli)
def test_each_selection_finds_something(slo: Slo, shown: list[Sample]) -> None:
    """A misspelt label would select nothing, for ever."""
    indicator = indicator_of(slo)
    assert indicator is not None
    text = (
        f"{indicator.good} {indicator.total}" if isinstance(indicator, Events) else indicator.good
    )
    selections = SELECTOR.findall(text)

    assert selections
    for name, labels in selections:
        wanted = LABEL.findall(labels)
        assert any(
            one.name == name and all(_fits(one, *label) for label in wanted) for one in shown
        ), (name, labels)


def test_the_agent_reads_what_is_shown(shown: list[Sample]) -> None:
    """By the names of families, as its check wants them."""
    names = {one.name for one in shown} | {"tenken_store_up"}

    for metric in METRICS:
        endings = ("_total", "_count", "")
        assert any(f"{PREFIX}_{metric}{ending}" in names for ending in endings), metric


def _fits(sample: Sample, name: str, operator: str, value: str) -> bool:
    has = sample.labels.get(name, "")
    return has in value.split("|") if operator == "=~" else has == value
