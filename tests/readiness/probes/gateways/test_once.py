"""What follows from a survey: once for it, and anew for another."""

from msgspec.structs import replace

from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.gateways.once import once
from tests.readiness.probes.gateways.behind import survey_of


def test_each_survey_is_looked_at_once() -> None:
    """Two that hold the same are two; nobody reads them through to find that out."""
    first = survey_of({"app/main.py": "print('hello')\n"})
    second = replace(first)
    looked_at: list[Survey] = []

    @once
    def files(survey: Survey) -> int:
        looked_at.append(survey)
        return survey.code.python_files

    found = [files(one) for one in (first, second, first, second)]

    assert found == [1, 1, 1, 1]
    assert [one is first for one in looked_at] == [True, False]
