"""Which runtime questions of the checklist are asked, and which are told not to be."""

import pytest

from tenken.evidence import Method
from tenken.messages.speech import Language, Speech
from tenken.readiness.catalogue import shipped
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.doors import anonymous_requests_are_refused
from tenken.readiness.probes.observed.logs import log_lines_parse_with_required_fields
from tenken.readiness.probes.observed.registry import QUESTIONS
from tenken.readiness.probes.observed.series import system_panels_return_data
from tenken.readiness.probes.observed.unasked import NOT_ASKED, why_not
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT

ITEMS = tuple(shipped().items)
NAMED = {use.probe for item in ITEMS for use in item.probes.runtime}


def test_every_runtime_question_is_asked_or_told_not_to_be() -> None:
    """And none is both, nor in a table without being in the checklist."""
    assert set(QUESTIONS) | set(NOT_ASKED) == NAMED
    assert not set(QUESTIONS) & set(NOT_ASKED)


@pytest.mark.parametrize("language", list(Language))
def test_why_a_question_is_not_asked_is_said(language: Language) -> None:
    """In both languages."""
    speech = Speech(language)
    for probe in NOT_ASKED:
        sentence = why_not(probe)
        assert sentence
        assert speech(sentence) != sentence.id


def test_what_the_running_system_decides_is_asked_there() -> None:
    """Every part that only observation can prove has a proving question, and all are asked."""
    for item in ITEMS:
        for sub in item.sub_ids:
            if item.method_of(sub) is not Method.RUNTIME:
                continue
            uses = [one for one in item.probes.runtime if not sub or not one.subs
                    or sub in one.subs]  # fmt: skip
            assert any(not one.supports for one in uses), (item.id, sub)
            assert [one.probe for one in uses if one.probe in NOT_ASKED] == [], (item.id, sub)


@pytest.mark.parametrize("language", list(Language))
def test_words_inside_sentences_are_said(language: Language) -> None:
    """No id of a message reaches a person."""
    lines = read_logs([("app.log", "\n".join(["printed"] * 1200))], ABOUT)
    seen = Sighting(about=ABOUT, survey=survey_of({}), logs=lines)
    speech = Speech(language)
    told = [
        speech(finding.sentence)
        for finding in log_lines_parse_with_required_fields(seen).answer.findings
    ]
    asked = (system_panels_return_data, anonymous_requests_are_refused)
    missing = [probe(seen).answer.missing for probe in asked]
    told += [speech(one) for one in missing if one]

    assert len(told) == 3
    assert not any("observed" in one for one in told)
