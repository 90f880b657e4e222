"""What is written down passes when it is whole, and not when it only looks so."""

from collections.abc import Iterator

import pytest

from tenken.evidence import Grade, Holding
from tenken.readiness.probes.registry import Probe
from tests.readiness.probes import (
    cases_organisation,
    cases_purpose,
    cases_quality,
    cases_resilience,
    cases_safety,
)
from tests.readiness.written import Case, Files, survey_of, worth

MODULES = (cases_purpose, cases_resilience, cases_safety, cases_quality, cases_organisation)
CASES = tuple(case for module in MODULES for case in module.CASES)


def cheats() -> Iterator[object]:
    """Every cheat with the case it belongs to."""
    for case in CASES:
        for name, files in case.cheats.items():
            yield pytest.param(case, files, id=f"{case.id}: {name}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_whole_holds(case: Case) -> None:
    """The right document gives the grade it deserves, with a place."""
    answer = case.probe(survey_of(case.files, case.code))

    assert (answer.holding, answer.grade) == (Holding.HOLDS, case.grade), answer
    assert all(remark.place is not None for remark in answer.seen)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_one_spoiled_place_lowers_the_answer(case: Case) -> None:
    """Spoil one thing in the right document, and it is worth less."""
    right = case.probe(survey_of(case.files, case.code))
    spoiled = case.probe(survey_of(case.spoiled(), case.code))

    assert worth(spoiled) < worth(right), spoiled


@pytest.mark.parametrize(("case", "files"), list(cheats()))
def test_what_only_looks_right_is_not_in_effect(case: Case, files: Files) -> None:
    """A cheat is never worth what the right document is."""
    answer = case.probe(survey_of(files, case.code))

    assert worth(answer) < Grade.CONFIGURED, answer
    assert worth(answer) < worth(case.probe(survey_of(case.files, case.code)))


PROBES = {case.probe for case in CASES}


@pytest.mark.parametrize("probe", sorted(PROBES, key=str))
def test_nothing_found_is_unknown(probe: Probe) -> None:
    """An empty repository has failed nothing: it may be written elsewhere."""
    answer = probe(survey_of({}))

    assert answer.holding is Holding.UNKNOWN
    assert answer.missing is not None
