"""What our own code does for an item can also be done without it."""

import pytest

from tenken.evidence import Grade
from tenken.readiness.catalogue import Item, shipped
from tenken.readiness.probes.registry import probes
from tests.readiness.adversary.ground import is_green
from tests.readiness.adversary.test_adversary import HONEST as HONEST_CASES
from tests.readiness.applications import HONEST, survey_of
from tests.readiness.estates.cloud_run import CLOUD_RUN
from tests.readiness.probes.test_document_probes import CASES
from tests.readiness.probes.test_running_monitoring import EVERY
from tests.readiness.written import MANIFEST

ESTATE = [*CLOUD_RUN, *CLOUD_RUN.values()]
"""An estate on which another test lets every probe of monitoring pass."""
BUILT = [item for item in shipped().items if item.built_by]
SHOWN_ELSEWHERE = (
    {
        probe.__name__
        for case in HONEST_CASES
        if MANIFEST not in case.files
        for probe in case.probes
    }
    | {
        case.probe.__name__
        for case in CASES
        if MANIFEST not in case.files and case.grade is Grade.CONFIGURED
    }
    | {probe.__name__ for probe in EVERY if not any("tenken" in text for text in ESTATE)}
)
"""Probes of which another test shows that a repository without a word of ours satisfies them."""


def test_some_items_are_built_by_our_code() -> None:
    """The test below would pass over an empty list."""
    assert len(BUILT) > 10


@pytest.mark.parametrize("item", BUILT, ids=lambda item: str(item.id))
def test_an_item_of_ours_is_met_without_us(item: Item) -> None:
    """Each of its questions to a repository has a true form that names nothing of tenken."""
    assert not any("tenken" in text for text in HONEST.values())
    asked = {use.probe for use in item.probes.repository} - SHOWN_ELSEWHERE
    survey = survey_of(HONEST)

    assert [name for name in sorted(asked) if not is_green(probes()[name](survey))] == []
