"""What looks done and is not never turns green; what is done in an unusual way still does."""

import pytest

from tenken.readiness.probes.registry import Probe
from tests.readiness.adversary import (
    answers,
    applications,
    callers,
    checks,
    delivery,
    evaluations,
    guards,
    keys,
    opened,
    papers,
    pipelines,
    running,
    unset,
)
from tests.readiness.adversary.ground import Case, is_green, surveyed

CHEATS = (
    *pipelines.CHEATS,
    *applications.CHEATS,
    *running.CHEATS,
    *papers.CHEATS,
    *delivery.CHEATS,
    *guards.CHEATS,
    *answers.CHEATS,
    *callers.CHEATS,
    *opened.CHEATS,
    *unset.CHEATS,
    *keys.CHEATS,
    *checks.CHEATS,
    *evaluations.CHEATS,
)
HONEST = (
    *pipelines.HONEST_CASES,
    *applications.HONEST_CASES,
    *running.HONEST_CASES,
    *papers.HONEST_CASES,
    *delivery.HONEST_CASES,
    *guards.HONEST_CASES,
    *answers.HONEST_CASES,
    *callers.HONEST_CASES,
    *opened.HONEST_CASES,
    *unset.HONEST_CASES,
    *keys.HONEST_CASES,
    *checks.HONEST_CASES,
    *evaluations.HONEST_CASES,
)


def asked(case: Case) -> dict[Probe, bool]:
    """For each claim, whether it came out green."""
    survey = surveyed(case.files)
    return {probe: is_green(probe(survey)) for probe in case.probes}


@pytest.mark.parametrize("case", CHEATS, ids=lambda case: str(case.id))
def test_a_cheat_is_not_green(case: Case) -> None:
    """Nothing that has no effect is reported as in effect."""
    assert [probe.__name__ for probe, green in asked(case).items() if green] == []


@pytest.mark.parametrize("case", HONEST, ids=lambda case: str(case.id))
def test_an_honest_repository_is_green(case: Case) -> None:
    """What has an effect is reported so, however it is written."""
    assert [probe.__name__ for probe, green in asked(case).items() if not green] == []
