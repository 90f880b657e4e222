"""Which runtime questions of the checklist are asked, and which are told not to be."""

import pytest

from tenken.evidence import Method
from tenken.messages.speech import Language, Speech
from tenken.readiness.catalogue import shipped
from tenken.readiness.probes.observed.registry import QUESTIONS
from tenken.readiness.probes.observed.unasked import NOT_ASKED, why_not

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
